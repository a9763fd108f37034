"""One visit carried by hand to another place in the rounds."""

from domain.maintenance.planning.evaluator import route_cost
from domain.maintenance.planning.model import Plan, Problem, Route


def taken_out(plan: Plan, visit: str) -> Plan:
    for route in plan.routes:
        if visit in route.visits:
            rest = tuple(one for one in route.visits if one != visit)
            return plan.with_route(Route(route.technician, route.day, rest))
    return plan


def carried(
    problem: Problem, plan: Plan, visit: str, technician: str, day: int, position: int | None = None
) -> Plan:
    """Before the visit that stands at ``position`` once it is taken out; without one, where it violates
    least and then costs least."""
    without = taken_out(plan, visit)
    there = without.of(technician, day)
    places = range(len(there.visits) + 1)
    tried = [Route(technician, day, (*there.visits[:at], visit, *there.visits[at:])) for at in places]
    if position is not None:
        return without.with_route(tried[min(max(position, 0), len(there.visits))])
    return without.with_route(min(tried, key=lambda route: route_cost(problem, route)))
