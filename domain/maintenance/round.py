"""A technician's day in force: how long it is, how it goes, and whom it will keep waiting.

Moments are seconds from the local midnight of the day; before and after it they go on counting.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from domain.calendar import zone_info

HOUR = 3600
DAY = 24 * HOUR
EVE = 18 * HOUR - DAY
"""At six in the evening before, the round is told to the technician."""
GRACE = 600
"""Who is expected is looked for ten minutes later, and every ten minutes from then on."""
PATIENCE = 2 * HOUR
"""After the return that was planned nobody is waited for any longer."""


class Phase(StrEnum):
    AHEAD = "ahead"
    EVE = "eve"
    TODAY = "today"
    OVER = "over"


@dataclass(frozen=True)
class Call:
    """One visit of the round, as planned and as it went. ``way`` and ``pause`` come before it.

    ``promised`` is the last moment at which it may begin without breaking a promise. A visit that was
    ``missed`` (the client was away) is over.
    """

    begins: int
    ends: int
    way: int = 0
    pause: int = 0
    promised: int | None = None
    started: int | None = None
    ended: int | None = None
    missed: bool = False

    @property
    def left(self) -> bool:
        return self.ended is None and not self.missed

    @property
    def under_way(self) -> bool:
        return self.started is not None and self.left

    @property
    def to_come(self) -> bool:
        return self.started is None and self.left

    @property
    def too_late(self) -> bool:
        return self.promised is not None and self.begins > self.promised


@dataclass(frozen=True)
class Day:
    """``paid`` is the working time that the plan gave it, breaks left out."""

    on_day: date
    leaves: int
    returns: int
    paid: int
    calls: tuple[Call, ...] = field(default=())

    @property
    def waited_until(self) -> int:
        return self.returns + PATIENCE


@dataclass(frozen=True)
class RoundFacts:
    """The facts of the rule book, of one moment."""

    on_day: date
    phase: Phase
    visits: int
    left: int
    missed: int
    late_minutes: int
    promises_at_risk: int
    planned_minutes: int
    expected_minutes: int

    def as_facts(self) -> dict[str, object]:
        return {**vars(self), "phase": self.phase.value}


def round_facts(day: Day, now: int) -> RoundFacts:
    phase = phase_of(day, now)
    planned = in_order(day.calls)
    going = forecast(planned, now) if phase is Phase.TODAY else planned
    behind = max(max((one.ends for one in going), default=0) - max((o.ends for o in planned), default=0), 0)
    delays = [will.begins - was.begins for was, will in zip(planned, going, strict=True) if was.to_come]
    left = sum(one.left for one in planned)
    return RoundFacts(
        on_day=day.on_day,
        phase=phase,
        visits=len(planned),
        left=left,
        missed=sum(one.missed for one in planned),
        late_minutes=(delays[0] if delays else behind if left else 0) // 60,
        promises_at_risk=sum(one.to_come and one.too_late for one in going),
        planned_minutes=day.paid // 60,
        expected_minutes=(day.paid + behind) // 60,
    )


def second_of(at: datetime, day: date, zone: str) -> int:
    """As the clock on the wall has it, counted from the midnight with which the day began."""
    local = at.astimezone(zone_info(zone))
    return (local.date() - day).days * DAY + local.hour * HOUR + local.minute * 60 + local.second


def in_order(calls: Sequence[Call]) -> tuple[Call, ...]:
    """As they are made: what is over, what is under way, and the rest as planned."""

    def place(call: Call) -> tuple[int, int]:
        if not call.left:
            return 0, call.begins if call.ended is None else call.ended
        return 1 if call.under_way else 2, call.begins

    return tuple(sorted(calls, key=place))


def phase_of(day: Day, now: int) -> Phase:
    """A day whose visits are all over is over, whatever the hour."""
    done = bool(day.calls) and not any(one.left for one in day.calls)
    if done or now >= day.waited_until:
        return Phase.OVER
    if now >= 0:
        return Phase.TODAY
    return Phase.EVE if now >= EVE else Phase.AHEAD


def forecast(calls: Sequence[Call], now: int) -> tuple[Call, ...]:
    """When the visits will begin and end if nothing else happens: nobody begins sooner than planned, nobody
    who has not begun yet does so before now, and a visit takes the time that it was given."""
    known: list[Call] = []
    free: int | None = None
    for call in calls:
        known.append(expected(call, free, now))
        free = free if call.missed else known[-1].ends
    return tuple(known)


def expected(call: Call, free: int | None, now: int) -> Call:
    """``free``: when the one before it ends; nothing for the first."""
    if call.missed:
        return call
    takes = call.ends - call.begins
    if call.started is not None:
        ends = call.ended if call.ended is not None else max(call.started + takes, now)
        return replace(call, begins=call.started, ends=ends)
    if call.ended is not None:
        return replace(call, ends=call.ended)
    begins = max(call.begins, now, call.begins if free is None else free + call.way + call.pause)
    return replace(call, begins=begins, ends=begins + takes)


def look_at(day: Day, now: int) -> int | None:
    """When the facts change by themselves; nothing when the day is over."""
    match phase_of(day, now):
        case Phase.OVER:
            return None
        case Phase.AHEAD:
            return EVE
        case _:
            planned = in_order(day.calls)
            awaited = _awaited(planned, forecast(planned, now))
            return min(max(awaited, now) + GRACE, day.waited_until)


def _awaited(planned: Sequence[Call], going: Sequence[Call]) -> int:
    """The next thing to be heard of: the end of the visit under way, else the beginning of the next one."""
    both = zip(planned, going, strict=True)
    heard = (will.ends if was.under_way else will.begins for was, will in both if was.left)
    return next(heard, DAY)
