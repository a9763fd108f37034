"""A look at a case and the answer to it, as the definition of the language has them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Book = Mapping[str, Any]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Look:
    prefix: str
    at: datetime
    zone: str
    done: frozenset[str]
    is_open: Callable[[date], bool]

    @property
    def local(self) -> datetime:
        return self.at.astimezone(ZoneInfo(self.zone))

    @property
    def today(self) -> date:
        return self.local.date()

    def moment(self, day: date, hour: time) -> datetime:
        """An hour that the clock skips in spring comes an hour later; of one that comes twice, the first."""
        return datetime.combine(day, hour, ZoneInfo(self.zone)).astimezone(UTC)

    def shifted(self, day: date, shift: str) -> date:
        while shift != "none" and not self.is_open(day):
            day += timedelta(days=1 if shift == "next" else -1)
        return day


@dataclass(frozen=True)
class Effect:
    """What a step does: its key, what it is, to whom, with which words, and the day it was due."""

    key: str
    kind: str
    to: str
    template: str
    channels: tuple[str, ...]
    due_on: date


@dataclass(frozen=True)
class Answer:
    outcome: str
    stage: str
    steps: tuple[Effect, ...] = ()
    next_at: datetime | None = None
    closes: str = ""
    held: bool = False
    result: Mapping[str, Any] = field(default_factory=dict)


class Refused(Exception):
    """The fact that is at fault."""

    def __init__(self, fact: str) -> None:
        super().__init__(fact)
        self.fact = fact


def hour_of(text: str) -> time:
    return time.fromisoformat(text)


def many(thing: Any) -> list[Any]:
    """One thing or a list of things, as the language allows in many places."""
    if thing is None:
        return []
    return thing if isinstance(thing, list) else [thing]


def effects_of(row: Mapping[str, Any], id: str, day: date, dated: date, look: Look) -> tuple[Effect, ...]:
    """The effects of a row in the order written, without those that are done.

    Under `process:case:id:date`; several of them add the role, `alert` or the verb.
    """
    found = [(kind, one) for kind in row if kind in ("send", "alert", "act") for one in many(row[kind])]
    whole, made = f"{look.prefix}:{id}:{dated}", []
    for kind, one in found:
        mark = one["to"] if kind == "send" else "alert" if kind == "alert" else one
        key = f"{look.prefix}:{id}.{mark}:{dated}" if len(found) > 1 else whole
        if key in look.done or whole in look.done:
            continue
        if kind == "send":
            channels = tuple(many(one["channels"]))
            made.append(Effect(key, "message", one["to"], one["template"], channels, day))
        elif kind == "alert":
            made.append(Effect(key, "alert", one["team"], "", (), day))
        else:
            made.append(Effect(key, "act", "", "", (), day))
    return tuple(made)
