"""Prices a plan exactly and lists everything that is wrong with it: the single truth about plans."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations_with_replacement

from domain.maintenance.planning.evaluation import Cost, Evaluation, Fault, Violation
from domain.maintenance.planning.model import HOUR, Break, Plan, Problem, Route, Tie
from domain.maintenance.planning.pricing import lateness, priced, rounded, together, wages
from domain.maintenance.planning.standing import standing_faults
from domain.maintenance.planning.timing import Day, Timed, Tried, day_of

Key = tuple[str, int]


def time_route(problem: Problem, route: Route, not_before: Mapping[str, int] | None = None) -> Timed:
    """One route by itself. ``not_before``: what other rounds ask of the visits that are bound to theirs.

    The breaks are taken where that violates least, then costs least, then soonest. One may put off the
    return so far that another is due as well.
    """
    day = day_of(problem, route, not_before or {})
    due = day.due()
    best = _with_breaks(problem, day, due)
    while more := set(day.due(best.course.returns)) - set(due):
        due = tuple(one for one in day.shift.breaks if one in more or one in due)
        best = _with_breaks(problem, day, due)
    return day.timed(best)


def _with_breaks(problem: Problem, day: Day, due: tuple[Break, ...]) -> Tried:
    if not due:
        return day.tried(())
    first = -1 if not day.shift.out else 0
    places = combinations_with_replacement(range(first, len(day.asks) + 1), len(due))
    tried = (day.tried(tuple(zip(place, due, strict=True))) for place in places)
    return min(tried, key=lambda one: (len(one.violations), _price(problem, day, one), _begins(one)))


def _price(problem: Problem, day: Day, tried: Tried) -> int:
    """Only what depends on the places of the breaks."""
    price = sum(wages(day.technician, tried.paid, tried.overtime))
    for id, seconds in day.late(tried.course):
        promise = problem.visit[id].promise
        kept_by_whom = promise is not None and promise.technician in (None, day.technician.id)
        price += lateness(problem, seconds) + problem.prices.moved * kept_by_whom
    return price


def _begins(tried: Tried) -> tuple[int, ...]:
    return tuple(pause.begins for pause in tried.course.pauses)


def route_cost(problem: Problem, route: Route) -> tuple[int, int]:
    """How much is violated in a route by itself, and what it costs, for searches to compare in that order."""
    timed = time_route(problem, route)
    faults = [*timed.violations, *standing_faults(problem, route)]
    return sum(max(1, one.amount) for one in faults), priced(problem, timed.round).total


def evaluate(problem: Problem, plan: Plan) -> Evaluation:
    routes, violations = _readable(problem, plan)
    timed = _in_step(problem, routes)
    for route in routes:
        violations += standing_faults(problem, route)
        violations += timed[route.technician, route.day].violations
    rounds = tuple(timed[route.technician, route.day].round for route in routes)
    planned = {visit for route in routes for visit in route.visits}
    unplanned = tuple(one.id for one in problem.visits if one.id not in planned)
    violations += [Violation(Fault.UNPLANNED, id) for id in unplanned if not problem.visit[id].optional]
    violations += [*_links(problem, timed), *_zones(problem, routes)]
    cost = together(priced(problem, one) for one in rounds)
    paid = {one.id: 0 for one in problem.technicians if one.shifts}
    for one in rounds:
        paid[one.technician] = paid.get(one.technician, 0) + one.paid
    return Evaluation(
        _with_whole(problem, cost, unplanned, paid), rounds, tuple(violations), unplanned,
        _moved(problem, timed), paid,
    )  # fmt: skip


def _with_whole(problem: Problem, cost: Cost, unplanned: Iterable[str], paid: Mapping[str, int]) -> Cost:
    """With what no single round costs."""
    left_out = sum(problem.visit[id].penalty for id in unplanned)
    spread = max(paid.values(), default=0) - min(paid.values(), default=0)
    uneven = rounded(spread * problem.prices.uneven_per_hour, HOUR)
    return together([cost, Cost(unplanned=left_out, uneven=uneven)])


def _readable(problem: Problem, plan: Plan) -> tuple[list[Route], list[Violation]]:
    """The routes that can be timed at all, those of who is out already among them, by day and technician."""
    routes: dict[Key, Route] = {}
    found: list[Violation] = []
    seen: set[str] = set()
    for route in plan.routes:
        key = (route.technician, route.day)
        if route.technician not in problem.technician or not 0 <= route.day < len(problem.days):
            found.append(Violation(Fault.UNKNOWN_TECHNICIAN, None, *key))
            continue
        if key in routes:
            found.append(Violation(Fault.TWICE, None, *key))
            continue
        kept = []
        for visit in route.visits:
            if visit not in problem.visit or visit in seen:
                fault = Fault.TWICE if visit in seen else Fault.UNKNOWN_VISIT
                found.append(Violation(fault, visit, *key))
            else:
                kept.append(visit)
                seen.add(visit)
        routes[key] = Route(*key, tuple(kept))
    for technician in problem.technicians:
        for day, shift in technician.shifts.items():
            if shift.out:
                routes.setdefault((technician.id, day), Route(technician.id, day, ()))
    used = (route for (who, day), route in routes.items() if route.visits or _out(problem, who, day))
    return sorted(used, key=lambda one: (one.day, one.technician)), found


def _out(problem: Problem, technician: str, day: int) -> bool:
    shift = problem.technician[technician].shifts.get(day)
    return shift is not None and shift.out


def _in_step(problem: Problem, routes: list[Route]) -> dict[Key, Timed]:
    """Every route with its times; those that are bound to each other are timed until none waits longer."""
    timed = {(one.technician, one.day): time_route(problem, one) for one in routes}
    binding = [link for link in problem.links if link.tie is not Tie.SAME_TECHNICIAN]
    if not binding:
        return timed
    where = {visit: route for route in routes for visit in route.visits}
    floors: dict[str, int] = {}
    for _ in range(2 * len(binding) + 2):
        raised = _raised(problem, where, timed, floors)
        if not raised:
            break
        for route in {(one.technician, one.day): one for one in (where[id] for id in raised)}.values():
            timed[route.technician, route.day] = time_route(problem, route, floors)
    return timed


def _raised(
    problem: Problem, where: Mapping[str, Route], timed: Mapping[Key, Timed], floors: dict[str, int]
) -> set[str]:
    """The visits that have to wait longer for another round than they do; ``floors`` has until when."""
    raised = set()
    for link in problem.links:
        first, second = where.get(link.first), where.get(link.second)
        if link.tie is Tie.SAME_TECHNICIAN or not first or not second or first.day != second.day:
            continue
        if first is second:  # the order within one round is as it is
            continue
        begins, ends = _moment(timed, first, link.first)
        other, _ = _moment(timed, second, link.second)
        if link.tie is Tie.TOGETHER and begins < other:
            floors[link.first] = other
            raised.add(link.first)
        until = begins if link.tie is Tie.TOGETHER else ends
        if other < until:
            floors[link.second] = until
            raised.add(link.second)
    return raised


def _moment(timed: Mapping[Key, Timed], route: Route, visit: str) -> tuple[int, int]:
    stop = timed[route.technician, route.day].round.stops[route.visits.index(visit)]
    return stop.begins, stop.ends


def _links(problem: Problem, timed: Mapping[Key, Timed]) -> list[Violation]:
    at = {stop.visit: (one.round, stop) for one in timed.values() for stop in one.round.stops}
    found = []
    for link in problem.links:
        first, second = at.get(link.first), at.get(link.second)
        amount = 0
        if link.tie is Tie.SAME_TECHNICIAN:
            broken = bool(first and second and first[0].technician != second[0].technician)
        elif link.tie is Tie.BEFORE:
            broken = second is not None and (first is None or first[0].day > second[0].day)
            if first and second and first[0].day == second[0].day:
                amount = max(0, first[1].ends - second[1].begins)
        else:
            broken = (first is None) != (second is None)
            if first and second:
                broken = first[0].day != second[0].day or first[0].technician == second[0].technician
                amount = 0 if broken else abs(first[1].begins - second[1].begins)
        if broken or amount:
            placed = second or first
            if placed is not None:
                round, stop = placed
                about = link.first if placed is second else link.second
                fault = Fault(link.tie.value)
                found.append(Violation(fault, stop.visit, round.technician, round.day, amount, about))
    return found


def _zones(problem: Problem, routes: Iterable[Route]) -> list[Violation]:
    inside = {
        (route.day, zone, route.technician)
        for route in routes
        for zone in {problem.visit[visit].zone for visit in route.visits}
        if zone in problem.zone_most
    }
    count = Counter((day, zone) for day, zone, _ in inside)
    over = sorted(
        (day, str(zone), many - problem.zone_most[str(zone)]) for (day, zone), many in count.items()
    )
    return [Violation(Fault.ZONE_FULL, None, None, day, more, zone) for day, zone, more in over if more > 0]


def _moved(problem: Problem, timed: Mapping[Key, Timed]) -> tuple[str, ...]:
    at = {stop.visit: (one.round, stop) for one in timed.values() for stop in one.round.stops}
    broken = []
    for visit in problem.visits:
        promise, found = visit.promise, at.get(visit.id)
        if promise and found:
            round, stop = found
            other = promise.technician not in (None, round.technician)
            if promise.day != round.day or other or stop.late:
                broken.append(visit.id)
    return tuple(broken)
