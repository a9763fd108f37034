"""What a plan costs, when everything happens in it, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cached_property


class Fault(StrEnum):
    """Why a plan cannot be carried out as it stands."""

    UNKNOWN_VISIT = "unknown_visit"
    UNKNOWN_TECHNICIAN = "unknown_technician"
    TWICE = "twice"
    UNPLANNED = "unplanned"
    NOT_WORKING = "not_working"
    SKILL = "skill"
    ZONE = "zone"
    ZONE_FULL = "zone_full"
    PARTS = "parts"
    WINDOW = "window"
    SHIFT_END = "shift_end"
    OVERTIME = "overtime"
    BREAK = "break"
    PINNED_DAY = "pinned_day"
    PINNED_TIME = "pinned_time"
    PINNED_TECHNICIAN = "pinned_technician"
    BEFORE = "before"
    SAME_TECHNICIAN = "same_technician"
    TOGETHER = "together"


@dataclass(frozen=True)
class Violation:
    """``amount``: by how much, in seconds for what is about time, in pieces for parts, otherwise 0."""

    fault: Fault
    visit: str | None = None
    technician: str | None = None
    day: int | None = None
    amount: int = 0
    about: str = ""
    """The skill, the part, the zone or the other visit."""


@dataclass(frozen=True)
class Stop:
    """``metres`` and ``leaves`` are of the way to it. ``later``: how many seconds later it could begin with
    nothing in the route violated that is not violated already; ``earlier``: how many seconds sooner the
    technician, without a wait on the way, could begin.
    """

    visit: str
    leaves: int
    arrives: int
    begins: int
    ends: int
    metres: int
    late: int = 0
    later: int = 0
    earlier: int = 0

    @property
    def waits(self) -> int:
        """Includes a break that is taken on arrival."""
        return self.begins - self.arrives


@dataclass(frozen=True)
class Pause:
    """A break as it is taken. ``before`` is how many visits are done by then; `-1` is before leaving."""

    begins: int
    ends: int
    before: int


@dataclass(frozen=True)
class Round:
    """A route with its times. ``paid`` is from leaving to coming back without the breaks."""

    technician: str
    day: int
    leaves: int
    returns: int
    paid: int
    overtime: int
    metres: int
    driving: int
    stops: tuple[Stop, ...]
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True)
class Cost:
    """In minor units."""

    ways: int = 0
    labour: int = 0
    overtime: int = 0
    days: int = 0
    late: int = 0
    moved: int = 0
    urgency: int = 0
    not_preferred: int = 0
    unplanned: int = 0
    uneven: int = 0

    @property
    def total(self) -> int:
        return sum(getattr(self, one.name) for one in fields(self))


@dataclass(frozen=True)
class Evaluation:
    """``unplanned`` in the order of the problem."""

    cost: Cost
    rounds: tuple[Round, ...]
    violations: tuple[Violation, ...] = ()
    unplanned: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    paid: Mapping[str, int] = field(default_factory=dict)
    """Seconds over all days, of each technician who has a shift."""

    @property
    def hard(self) -> tuple[Violation, ...]:
        """What makes the plan impossible; a visit that is not planned only makes it incomplete."""
        return tuple(one for one in self.violations if one.fault is not Fault.UNPLANNED)

    @property
    def feasible(self) -> bool:
        return not self.hard

    @property
    def metres(self) -> int:
        return sum(one.metres for one in self.rounds)

    @property
    def worked(self) -> int:
        return sum(one.paid for one in self.rounds)

    @property
    def overtime(self) -> int:
        return sum(one.overtime for one in self.rounds)

    @cached_property
    def stops(self) -> Mapping[str, tuple[Round, Stop]]:
        return {stop.visit: (round, stop) for round in self.rounds for stop in round.stops}
