"""Certain days laid out as a problem: weeks, holidays, absences, what stands already, what is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from domain.maintenance.planning.intake import BEGUN, Absence, Hold, KnownVisit, Standing, VisitState, Worker
from domain.maintenance.planning.model import (
    Link,
    Pin,
    Plan,
    Point,
    Prices,
    Problem,
    Promise,
    Route,
    Shift,
    Technician,
    Visit,
)
from domain.maintenance.planning.opening import windows_of
from domain.maintenance.planning.outside import bounds_from
from domain.maintenance.planning.travel import Travel

UNKNOWN = Travel((), ())
"""The roads are asked once the places are known."""
STANDING = frozenset({VisitState.PLANNED, *BEGUN})


@dataclass(frozen=True)
class Wish:
    """What is to be planned: nothing named means all visits that wait and all technicians."""

    first_on: date
    days: int
    visits: tuple[str, ...] = ()
    technicians: tuple[str, ...] = ()
    seconds: float = 30.0
    seed: int = 0
    prices: Prices = field(default_factory=Prices)
    zone_most: Mapping[str, int] = field(default_factory=dict)

    @property
    def dates(self) -> tuple[date, ...]:
        return tuple(self.first_on + timedelta(days=one) for one in range(self.days))


@dataclass(frozen=True)
class Horizon:
    """``elsewhere``: where visits stand that are bound to others and are not in ``visits``. ``present``: what
    has not begun begins no sooner than that second of that day.
    """

    wish: Wish
    workers: tuple[Worker, ...]
    visits: tuple[KnownVisit, ...]
    absences: tuple[Absence, ...] = ()
    holidays: frozenset[date] = frozenset()
    links: tuple[Link, ...] = ()
    holds: tuple[Hold, ...] = ()
    elsewhere: Mapping[str, Standing] = field(default_factory=dict)
    present: tuple[date, int] | None = None
    currency: str = "EUR"

    def index(self, day: date) -> int:
        return (day - self.wish.first_on).days

    @property
    def last_on(self) -> date:
        return self.wish.first_on + timedelta(days=self.wish.days - 1)


def problem_of(horizon: Horizon, travel: Travel = UNKNOWN) -> Problem:
    """Without ``travel`` its places are there to ask the roads about."""
    wish, places = horizon.wish, _Places()
    technicians = tuple(_technician(horizon, one, places) for one in horizon.workers)
    drawn = [_visit(horizon, one, places) for one in horizon.visits]
    visits = tuple(one for one in drawn if one is not None)
    known = {one.id for one in visits}
    links = tuple(one for one in horizon.links if {one.first, one.second} <= known)
    return Problem(
        wish.dates, tuple(places.index), travel, technicians, visits, links, wish.prices,
        dict(wish.zone_most), horizon.currency,
    )  # fmt: skip


def in_force(horizon: Horizon, problem: Problem) -> Plan:
    """The rounds as they stand, of the visits that are in the problem."""
    routes: dict[tuple[int, str], list[tuple[int, int, str]]] = {}
    for one in horizon.visits:
        at = one.standing
        there = at.on in problem.days and one.ref in problem.visit
        if there and at.state in STANDING and at.on is not None and at.technician:
            key = horizon.index(at.on), at.technician
            routes.setdefault(key, []).append((at.position or 0, at.begins or 0, one.ref))
    return Plan(
        tuple(Route(who, day, tuple(ref for *_, ref in sorted(routes[day, who])))
              for day, who in sorted(routes))
    )  # fmt: skip


class _Places:
    def __init__(self) -> None:
        self.index: dict[Point, int] = {}

    def of(self, point: Point) -> int:
        return self.index.setdefault(point, len(self.index))


def _technician(horizon: Horizon, one: Worker, places: _Places) -> Technician:
    return Technician(
        one.ref, places.of(one.start), places.of(one.end), _shifts(horizon, one), one.skills, one.zones,
        one.parts, one.per_hour, one.overtime_per_hour, one.per_km, one.per_day,
    )  # fmt: skip


def _shifts(horizon: Horizon, one: Worker) -> dict[int, Shift]:
    away = [absence for absence in horizon.absences if absence.technician == one.ref]
    worked = {
        index: one.week[day.isoweekday()]
        for index, day in enumerate(horizon.wish.dates)
        if day.isoweekday() in one.week and day not in horizon.holidays
        and not any(absence.begins_on <= day <= absence.ends_on for absence in away)
    }  # fmt: skip
    return worked if horizon.present is None else _from_now(horizon, one, worked, *horizon.present)


def _from_now(
    horizon: Horizon, one: Worker, worked: dict[int, Shift], today: date, now: int
) -> dict[int, Shift]:
    """Who has not begun yet leaves now at the earliest."""
    index = horizon.index(today)
    shift = worked.get(index)
    at = ((each.standing.state, each.standing.technician, each.standing.on) for each in horizon.visits)
    if shift is None or any(state in BEGUN and (who, on) == (one.ref, today) for state, who, on in at):
        return worked
    left = replace(shift, begin=max(shift.begin, now))
    others = {day: each for day, each in worked.items() if day != index}
    return others if left.begin >= left.end else dict(sorted({**others, index: left}.items()))


def _visit(horizon: Horizon, known: KnownVisit, places: _Places) -> Visit | None:
    """Nothing for what these days cannot hold, whoever comes."""
    order, wish = known.order, horizon.wish
    drawn = Visit(
        order.ref, places.of(order.point), order.duration, order.skills, (), order.zone, order.parts,
        _promise(horizon, known), order.preferred, _pin(horizon, known), order.urgency, order.penalty,
        order.optional or (order.due_on is not None and order.due_on > horizon.last_on),
    )  # fmt: skip
    if known.standing.state in BEGUN:
        return replace(drawn, promise=None)
    hold = next((one for one in horizon.holds if one.visit == order.ref), None)
    bounds = bounds_from(order.ref, horizon.links, horizon.elsewhere, wish.dates)
    pinned_away = order.pinned_on not in (None, *wish.dates) and known.standing.on not in wish.dates
    if bounds is None or pinned_away:
        return None
    windows = windows_of(order, wish.dates, bounds.and_now(horizon.present), hold)
    return replace(drawn, windows=windows, pin=bounds.pin(drawn.pin))


def _promise(horizon: Horizon, known: KnownVisit) -> Promise | None:
    told = known.order.told
    if told is None:
        return None
    return Promise(horizon.index(told.on), told.at, told.tolerance, told.technician)


def _pin(horizon: Horizon, known: KnownVisit) -> Pin | None:
    order, at = known.order, known.standing
    if at.state in BEGUN and at.on is not None:
        return Pin(horizon.index(at.on), at.begins, at.technician)
    for hold in horizon.holds:
        if hold.visit == order.ref:
            return Pin(horizon.index(hold.on), None, hold.technician)
    if order.pinned_on is None and order.pinned_at is None and order.pinned_technician is None:
        return None
    on = order.pinned_on
    if on is not None and on not in horizon.wish.dates:  # it stands on another day, and stays there
        on = at.on
    return Pin(None if on is None else horizon.index(on), order.pinned_at, order.pinned_technician)
