"""What a planning is asked: days, technicians, visits, and what binds and prices them.

Moments are seconds from the local midnight of a day, durations are seconds, ways are metres, money is in
minor units of the tenant's currency. Days and places are indices into ``Problem.days`` and
``Problem.places``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from domain.maintenance.planning.travel import Travel

HOUR = 3600
DAY = 24 * HOUR


@dataclass(frozen=True)
class Point:
    """WGS 84, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Break:
    """Begins between ``earliest`` and ``latest``, and is not paid."""

    earliest: int
    latest: int
    duration: int


@dataclass(frozen=True)
class Shift:
    """A technician's working day: leaves at ``begin`` or later and is back by ``end``.

    Paid time beyond ``ordinary`` is overtime, of which there is ``overtime_most`` at most.
    ``start`` is another place than the technician's own, for a day that has begun; who is ``out`` leaves it
    at ``begin`` and drives to the end of the round even without a visit.
    """

    begin: int = 8 * HOUR
    end: int = 18 * HOUR
    ordinary: int = 8 * HOUR
    overtime_most: int = HOUR
    breaks: tuple[Break, ...] = ()
    start: int | None = None
    out: bool = False


@dataclass(frozen=True)
class Technician:
    """``shifts`` by day; a day that is missing is not worked. ``zones``: nothing means everywhere.

    ``skills`` by name with the level. ``parts``: what is in the van every morning, None if it is not counted.
    An hour of overtime costs ``overtime_per_hour`` in place of ``per_hour``.
    """

    id: str
    start: int
    end: int
    shifts: Mapping[int, Shift]
    skills: Mapping[str, int] = field(default_factory=dict)
    zones: frozenset[str] = frozenset()
    parts: Mapping[str, int] | None = None
    per_hour: int = 0
    overtime_per_hour: int = 0
    per_km: int = 0
    per_day: int = 0


@dataclass(frozen=True)
class Window:
    """The whole visit lies between ``opens`` and ``closes`` of the day."""

    day: int
    opens: int
    closes: int


@dataclass(frozen=True)
class Promise:
    """What the customer was told. Nobody begins more than ``tolerance`` before ``at`` on that day; to begin
    more than ``tolerance`` after it, on another day, or with another technician than the one named, has its
    price.
    """

    day: int
    at: int
    tolerance: int = 900
    technician: str | None = None


@dataclass(frozen=True)
class Pin:
    """What may not be changed: the day, the moment it begins, who comes."""

    day: int | None = None
    at: int | None = None
    technician: str | None = None


@dataclass(frozen=True)
class Visit:
    """No windows: at any time. ``penalty`` is the price of leaving it out; only an ``optional`` visit may be
    left out without a violation. ``urgency`` is the price of each day that it waits.
    """

    id: str
    place: int
    duration: int
    skills: Mapping[str, int] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()
    zone: str | None = None
    parts: Mapping[str, int] = field(default_factory=dict)
    promise: Promise | None = None
    preferred: str | None = None
    pin: Pin | None = None
    urgency: int = 0
    penalty: int = 100_000
    optional: bool = False


class Tie(StrEnum):
    BEFORE = "before"
    """The first has ended before the second begins, be it on another day."""
    SAME_TECHNICIAN = "same_technician"
    TOGETHER = "together"
    """Two technicians at once: both begin in the same second, and are two people."""


@dataclass(frozen=True)
class Link:
    tie: Tie
    first: str
    second: str


@dataclass(frozen=True)
class Prices:
    """What is not a technician's own price, in minor units.

    ``late_per_minute``: beginning later than promised and tolerated, each minute that is begun. ``moved``:
    once for each promise that is not kept (late, another day, another technician); ``other_day`` more for
    another day. ``not_preferred``: another than the customer's preferred technician. ``uneven_per_hour``:
    between the technician with the most and the one with the fewest paid hours, of those who have a shift.
    """

    late_per_minute: int = 50
    moved: int = 2_000
    other_day: int = 2_000
    not_preferred: int = 500
    uneven_per_hour: int = 0


@dataclass(frozen=True)
class Problem:
    """``zone_most``: the most technicians in a zone on one day. Ids are unique; `checking` tells what is
    wrong with a problem that comes from outside, everything else takes it as sound.
    """

    days: tuple[date, ...]
    places: tuple[Point, ...]
    travel: Travel
    technicians: tuple[Technician, ...]
    visits: tuple[Visit, ...]
    links: tuple[Link, ...] = ()
    prices: Prices = field(default_factory=Prices)
    zone_most: Mapping[str, int] = field(default_factory=dict)
    currency: str = "EUR"

    @cached_property
    def technician(self) -> Mapping[str, Technician]:
        return {one.id: one for one in self.technicians}

    @cached_property
    def visit(self) -> Mapping[str, Visit]:
        return {one.id: one for one in self.visits}

    @cached_property
    def links_of(self) -> Mapping[str, Sequence[Link]]:
        """The links by each of the two visits they bind."""
        by: dict[str, list[Link]] = {}
        for link in self.links:
            by.setdefault(link.first, []).append(link)
            by.setdefault(link.second, []).append(link)
        return by


@dataclass(frozen=True)
class Route:
    """One technician's day, in the order of the visits."""

    technician: str
    day: int
    visits: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """Routes without visits may be left out. Whatever visit is in none is not planned."""

    routes: tuple[Route, ...] = ()

    @cached_property
    def planned(self) -> frozenset[str]:
        return frozenset(visit for route in self.routes for visit in route.visits)

    def of(self, technician: str, day: int) -> Route:
        found = (one for one in self.routes if (one.technician, one.day) == (technician, day))
        return next(found, Route(technician, day, ()))

    def with_route(self, route: Route) -> "Plan":
        """In place of the technician's route of that day; an empty one goes."""
        others = [one for one in self.routes if (one.technician, one.day) != (route.technician, route.day)]
        return Plan(tuple(sorted([*others, *([route] if route.visits else [])], key=_order)))


def _order(route: Route) -> tuple[int, str]:
    return route.day, route.technician
