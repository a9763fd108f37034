"""What the technician was told of a round, and whether it has changed since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from domain.maintenance.round import DAY, Day, Phase, phase_of

SPAN = 10**8
"""Contents that are told apart; a telling is its number and, behind it, the content that was told."""
MINUTE = 60

Content = Sequence[tuple[str, int]]
"""The visits of a round in their order, and when each begins by the plan."""


@dataclass(frozen=True)
class Telling:
    """One that was written down. ``reached``: the technician has it, or cannot be written to at all;
    ``withdrawn``: it was overtaken before it went out. Otherwise it is still tried.
    """

    number: int
    reached: bool
    withdrawn: bool = False


@dataclass(frozen=True)
class TellingFacts:
    """``telling`` is the number under which the present content is told, or was."""

    on_day: date
    phase: Phase
    visits: int
    told: bool
    changed: bool
    telling: int

    def as_facts(self) -> dict[str, object]:
        return {**vars(self), "phase": self.phase.value}


def telling_facts(day: Day, now: int, content: Content, tellings: Sequence[Telling] = ()) -> TellingFacts:
    """Told again is told under another number, so that a round that comes back to what it was is told too;
    what is still tried keeps its number, until it gets through or the round is another one.
    """
    mark = content_mark(content)
    last = max(tellings, key=lambda one: one.number, default=None)
    known = max((one.number for one in tellings if one.reached), default=None)
    same = last is not None and not last.withdrawn and last.number % SPAN == mark
    turn = 1 if last is None else last.number // SPAN + (not same)
    return TellingFacts(
        day.on_day, _phase(day, now), len(content), known is not None,
        known is not None and known % SPAN != mark, turn * SPAN + mark,
    )  # fmt: skip


def _phase(day: Day, now: int) -> Phase:
    """A round that was emptied has no hours of its own."""
    if day.calls or now < 0:
        return phase_of(day, now)
    return Phase.TODAY if now < DAY else Phase.OVER


def content_mark(content: Content) -> int:
    """Nobody notices seconds."""
    text = ";".join(f"{visit}@{begins // MINUTE}" for visit, begins in content)
    return int.from_bytes(sha256(text.encode()).digest()[:8]) % SPAN


def telling_of(step_key: str) -> int | None:
    """``maintenance.round:T-1.20320309:told#112345678:2032-03-09`` has it behind the step."""
    step = step_key.rsplit(":", 2)[1] if step_key.count(":") >= 2 else ""
    number = step.partition("#")[2].partition(".")[0]
    return int(number) if number.isdecimal() else None
