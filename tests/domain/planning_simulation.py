"""A whole plan, carried out: who is linked is waited for until nobody has to wait any more."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from domain.maintenance.planning.evaluation import Fault
from domain.maintenance.planning.model import DAY, HOUR, Plan, Problem, Route, Shift, Tie
from tests.domain.planning_day import Diary, Today, Wrong, half_up

PATIENCE = 3 * DAY
"""Who waits longer waits for somebody who waits for them."""
Days = Mapping[tuple[str, int], Diary]


class Deadlock(Exception):
    """Linked visits wait for each other."""


@dataclass
class Story:
    """A whole plan as it went."""

    cost: int
    days: Days
    wrong: Wrong
    unplanned: list[str]
    moved: set[str]
    paid: dict[str, int]
    held: Mapping[str, int]


def carry_out(problem: Problem, plan: Plan) -> Story:
    """Raises Deadlock. For plans of known visits, each once, on days that are worked."""
    routes = [one for one in _cells(problem, plan) if one.visits or _shift(problem, one).out]
    held, days = _waited(problem, routes)
    where = {visit: route for route in routes for visit in route.visits}
    unplanned = [one.id for one in problem.visits if one.id not in where]
    wrong = sum((diary.wrong for diary in days.values()), Wrong())
    wrong.update((Fault.UNPLANNED, one) for one in unplanned if not problem.visit[one].optional)
    for route in routes:
        wrong.update(_unable(problem, route))
        wrong.update(_short(problem, route))
    wrong.update(_unlinked(problem, where))
    wrong.update(_crowded(problem, routes))
    paid = {one.id: 0 for one in problem.technicians if one.shifts}
    for (technician, _), diary in days.items():
        paid[technician] += diary.paid
    cost = sum(diary.cost for diary in days.values()) + sum(_price(problem, one) for one in routes)
    cost += sum(problem.visit[one].penalty for one in unplanned)
    uneven = max(paid.values()) - min(paid.values())
    cost += half_up(Fraction(uneven * problem.prices.uneven_per_hour, HOUR))
    moved = {one for one, route in where.items() if _is_moved(problem, route, days, one)}
    return Story(cost, days, wrong, unplanned, moved, paid, held)


def today(problem: Problem, route: Route, held: Mapping[str, int]) -> Today:
    visits = tuple(problem.visit[one] for one in route.visits)
    technician = problem.technician[route.technician]
    return Today(problem, technician, _shift(problem, route), route.day, visits, held)


def _shift(problem: Problem, route: Route) -> Shift:
    return problem.technician[route.technician].shifts[route.day]


def _cells(problem: Problem, plan: Plan) -> Iterator[Route]:
    for technician in problem.technicians:
        yield from (plan.of(technician.id, day) for day in technician.shifts)


def _waited(problem: Problem, routes: Sequence[Route]) -> tuple[dict[str, int], Days]:
    held: dict[str, int] = {}
    while True:
        days = {(one.technician, one.day): today(problem, one, held).best() for one in routes}
        more = _longer(problem, routes, days, held)
        if more == held:
            return held, days
        held = more
        if max(held.values()) > PATIENCE:
            raise Deadlock


def _longer(
    problem: Problem, routes: Sequence[Route], days: Days, held: Mapping[str, int]
) -> dict[str, int]:  # fmt: skip
    at = {}
    for route in routes:
        diary = days[route.technician, route.day]
        for visit, begins, ends in zip(route.visits, diary.begins, diary.ends, strict=True):
            at[visit] = route.day, begins, ends
    more = dict(held)
    for link in problem.links:
        if link.first not in at or link.second not in at:
            continue
        (day, begins, ends), (other_day, other, _) = at[link.first], at[link.second]
        if day == other_day and link.tie is Tie.TOGETHER and begins != other:
            more[link.first] = more[link.second] = max(begins, other)
        if day == other_day and link.tie is Tie.BEFORE and other < ends:
            more[link.second] = max(more.get(link.second, 0), ends)
    return more


def _price(problem: Problem, route: Route) -> int:
    """What does not depend on the hours."""
    who, visits = problem.technician[route.technician], [problem.visit[one] for one in route.visits]
    places = [today(problem, route, {}).start, *(one.place for one in visits), who.end]
    metres = sum(problem.travel.metres[a][b] for a, b in pairwise(places))
    strangers = sum(one.preferred not in (None, who.id) for one in visits)
    waited = sum(one.urgency for one in visits) * route.day
    return half_up(Fraction(metres * who.per_km, 1000)) + who.per_day + waited + (
        strangers * problem.prices.not_preferred
    )  # fmt: skip


def _is_moved(problem: Problem, route: Route, days: Days, visit: str) -> bool:
    promise = problem.visit[visit].promise
    if promise is None:
        return False
    late = days[route.technician, route.day].late[route.visits.index(visit)]
    return late > 0 or promise.day != route.day or promise.technician not in (None, route.technician)


def _unable(problem: Problem, route: Route) -> Iterator[tuple[Fault, str]]:
    who = problem.technician[route.technician]
    for visit in (problem.visit[one] for one in route.visits):
        for skill, level in visit.skills.items():
            if who.skills.get(skill, 0) < level:
                yield Fault.SKILL, visit.id
        if visit.zone and who.zones and visit.zone not in who.zones:
            yield Fault.ZONE, visit.id
        if visit.pin and visit.pin.day not in (None, route.day):
            yield Fault.PINNED_DAY, visit.id
        if visit.pin and visit.pin.technician not in (None, who.id):
            yield Fault.PINNED_TECHNICIAN, visit.id


def _short(problem: Problem, route: Route) -> Wrong:
    who, wanted = problem.technician[route.technician], Counter[str]()
    for visit in route.visits:
        wanted.update(problem.visit[visit].parts)
    missing = wanted - Counter(who.parts if who.parts is not None else wanted)
    return Wrong({(Fault.PARTS, f"{who.id} {part}"): number for part, number in missing.items()})


def _unlinked(problem: Problem, where: Mapping[str, Route]) -> Iterator[tuple[Fault, str]]:
    """A visit that waits for nobody, a team of one, and who comes on the wrong day."""
    for link in problem.links:
        one, other = where.get(link.first), where.get(link.second)
        broken = False
        if link.tie is Tie.SAME_TECHNICIAN:
            broken = bool(one and other and one.technician != other.technician)
        elif link.tie is Tie.BEFORE:
            broken = other is not None and (one is None or one.day > other.day)
        elif one and other:
            broken = one.day != other.day or one.technician == other.technician
        else:
            broken = one is not other
        if broken:
            yield Fault(link.tie.value), link.second if other else link.first


def _crowded(problem: Problem, routes: Sequence[Route]) -> Wrong:
    wrong = Wrong()
    for zone, most in problem.zone_most.items():
        for day in range(len(problem.days)):
            inside = [
                one
                for one in routes
                if one.day == day and any(problem.visit[visit].zone == zone for visit in one.visits)
            ]
            wrong[Fault.ZONE_FULL, f"{zone} {day}"] += max(0, len(inside) - most)
    return +wrong
