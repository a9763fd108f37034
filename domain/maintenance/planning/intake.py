"""What is known of technicians and visits day after day, before any of it is laid out over certain days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from domain.maintenance.planning.model import Point, Shift


@dataclass(frozen=True)
class Worker:
    """A technician as the firm knows them. ``week``: shifts by weekday, Monday is 1. Money in minor units."""

    ref: str
    contact_ref: str
    start: Point
    end: Point
    week: Mapping[int, Shift]
    skills: Mapping[str, int] = field(default_factory=dict)
    zones: frozenset[str] = frozenset()
    parts: Mapping[str, int] | None = None
    per_hour: int = 0
    overtime_per_hour: int = 0
    per_km: int = 0
    per_day: int = 0
    active: bool = True


class AbsenceReason(StrEnum):
    ILL = "ill"
    LEAVE = "leave"
    TRAINING = "training"
    OTHER = "other"


@dataclass(frozen=True)
class Absence:
    """Both days included."""

    technician: str
    begins_on: date
    ends_on: date
    reason: AbsenceReason = AbsenceReason.OTHER


@dataclass(frozen=True)
class Opening:
    """When a customer may be visited: on one day, on these weekdays (Monday is 1), or on any day."""

    opens: int
    closes: int
    on: date | None = None
    weekdays: frozenset[int] = frozenset()

    def holds(self, day: date) -> bool:
        if self.on is not None:
            return self.on == day
        return not self.weekdays or day.isoweekday() in self.weekdays


@dataclass(frozen=True)
class Told:
    """What the customer was told: the day, the second of it, and who comes."""

    on: date
    at: int
    tolerance: int = 900
    technician: str | None = None


@dataclass(frozen=True)
class Order:
    """A visit as it was asked for. ``not_before_on`` is the first day that does, ``due_on`` the last."""

    ref: str
    contact_ref: str
    work: str
    point: Point
    duration: int
    address: str = ""
    skills: Mapping[str, int] = field(default_factory=dict)
    zone: str | None = None
    parts: Mapping[str, int] = field(default_factory=dict)
    openings: tuple[Opening, ...] = ()
    not_before_on: date | None = None
    due_on: date | None = None
    told: Told | None = None
    preferred: str | None = None
    pinned_on: date | None = None
    pinned_at: int | None = None
    pinned_technician: str | None = None
    urgency: int = 0
    penalty: int = 100_000
    optional: bool = False


class VisitState(StrEnum):
    TO_PLAN = "to_plan"
    PLANNED = "planned"
    STARTED = "started"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"


BEGUN = frozenset({VisitState.STARTED, VisitState.DONE})
OPEN = frozenset({VisitState.TO_PLAN, VisitState.PLANNED})


@dataclass(frozen=True)
class Standing:
    """Where a visit stands: in whose round, when by the plan in force, and when it really was."""

    state: VisitState = VisitState.TO_PLAN
    technician: str | None = None
    on: date | None = None
    begins: int | None = None
    ends: int | None = None
    position: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class KnownVisit:
    order: Order
    standing: Standing
    updated_at: datetime

    @property
    def ref(self) -> str:
        return self.order.ref


@dataclass(frozen=True)
class Hold:
    """A place in a round that is kept for a customer, who was told when the visit begins."""

    visit: str
    technician: str
    on: date
    begins: int
    ends: int
