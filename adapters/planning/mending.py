"""A plan without what cannot be carried out: visits that violate something are left out, as few as may be."""

from collections.abc import Iterable

from adapters.planning.scoring import Scored, Scoring
from domain.maintenance.planning.evaluation import Fault, Violation
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Plan, Problem, Route


def mended(scoring: Scoring, plan: Plan) -> Plan:
    """The same plan if nothing is violated."""
    problem = scoring.problem
    plan = Plan(tuple(_sound(scoring, route) for route in _known(problem, plan)))
    if not problem.links and not problem.zone_most:
        return plan
    while hard := evaluate(problem, plan).hard:
        gone = _culprits(problem, plan, hard)
        if not gone:
            return plan
        plan = Plan(
            tuple(
                Route(one.technician, one.day, tuple(visit for visit in one.visits if visit not in gone))
                for one in plan.routes
            )
        )
    return plan


def _known(problem: Problem, plan: Plan) -> Iterable[Route]:
    """What the problem knows, each once, of technicians who work that day."""
    seen: set[str] = set()
    routes: dict[tuple[str, int], Route] = {}
    for one in plan.routes:
        technician = problem.technician.get(one.technician)
        if technician is None or one.day not in technician.shifts or (one.technician, one.day) in routes:
            continue
        visits = tuple(visit for visit in one.visits if visit in problem.visit and visit not in seen)
        seen.update(visits)
        if len(visits) == len(set(visits)):
            routes[one.technician, one.day] = Route(one.technician, one.day, visits)
    return routes.values()


def _sound(scoring: Scoring, route: Route) -> Route:
    """Without the visits that violate something, the cheapest first that mends it."""
    while route.visits and (now := scoring.route(route)).faults:
        penalty = {id: scoring.problem.visit[id].penalty for id in route.visits}
        without = {id: _without(route, id) for id in route.visits}
        best = min(route.visits, key=lambda id: _loss(scoring.route(without[id]), now, penalty[id]))
        route = without[best]
    return route


def _loss(then: Scored, now: Scored, penalty: int) -> tuple[bool, float]:
    """What mends it at once goes before what only betters it; that, by what each second less costs."""
    if not then.faults:
        return False, then.cost + penalty
    return True, penalty / max(0.5, now.faults - then.faults)


def _without(route: Route, visit: str) -> Route:
    return Route(route.technician, route.day, tuple(one for one in route.visits if one != visit))


def _culprits(problem: Problem, plan: Plan, hard: Iterable[Violation]) -> set[str]:
    """The first violation that can be mended is: one after the other, since often several go together."""
    where = {visit: route for route in plan.routes for visit in route.visits}
    for one in hard:
        if one.fault is Fault.ZONE_FULL:
            return _least_of_zone(problem, plan, one)
        if one.fault is Fault.TOGETHER:
            return {id for id in (one.visit, one.about) if id in where and id is not None}
        if one.visit is not None and one.visit in where:
            return {one.visit}
        route = plan.of(one.technician or "", one.day or 0)
        bound = [id for id in route.visits if id in problem.links_of] or list(route.visits)
        if bound:
            return {min(bound, key=lambda id: problem.visit[id].penalty)}
    return set()


def _least_of_zone(problem: Problem, plan: Plan, full: Violation) -> set[str]:
    """The visits in the zone of the technician who has the fewest there."""
    inside = [
        {visit for visit in route.visits if problem.visit[visit].zone == full.about}
        for route in plan.routes
        if route.day == full.day
    ]
    return min(filter(None, inside), key=lambda some: (len(some), sorted(some)), default=set())
