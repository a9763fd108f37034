"""The best of the routes that were met, put together anew.

Each route is a column with its own exact price. A visit that is in several chosen routes stays in one of
them. The evaluator judges; a choice that it refuses is forbidden, and another one is sought.
"""

from collections import defaultdict
from collections.abc import Iterable
from time import monotonic

from adapters.planning.choice import Choice, Column
from adapters.planning.pool import RoutePool
from adapters.planning.scoring import Scoring, progress
from domain.maintenance.planning.evaluator import time_route
from domain.maintenance.planning.model import DAY, Plan, Problem, Route, Tie
from domain.maintenance.planning.solving import Halt, Limits, Tell, never, nobody

COLUMNS = 20_000
PRICING = 0.4
"""The part of the time in which columns are priced."""
TRIES = 4
"""How often a choice that the evaluator refuses is sought anew."""


class Recombination:
    """An iteration is a try."""

    name = "recombination"

    def __init__(self, pool: RoutePool | None = None, scoring: Scoring | None = None) -> None:
        self.pool = pool if pool is not None else RoutePool()
        self._scoring = scoring

    def solve(
        self,
        problem: Problem,
        limits: Limits,
        start: Plan | None = None,
        tell: Tell = nobody,
        stop: Halt = never,
    ) -> Plan:
        began, scoring = monotonic(), self._scoring or Scoring(problem)
        best, now = start or Plan(), scoring.score(start or Plan())
        until = began + limits.seconds * PRICING

        def enough() -> bool:
            return monotonic() > until or stop()

        choice = Choice(problem, columns(problem, scoring, self.pool, best, enough))
        choice.hint(best)
        for _ in range(min(TRIES, limits.iterations or TRIES)):
            left = limits.seconds - (monotonic() - began)
            if left <= 0 or stop() or not choice.columns:
                break
            chosen = choice.chosen(left, limits, stop)
            if chosen is None:
                break
            plan = once(scoring, chosen)
            found = scoring.score(plan)
            if found < now:
                tell(progress(problem, plan, found[1], self.name, monotonic() - began, limits))
                best = plan
            if found[0] <= now[0]:
                break
            choice.forbid(chosen)
        return best


def columns(
    problem: Problem, scoring: Scoring, pool: RoutePool, plan: Plan, enough: Halt = never
) -> list[Column]:
    """Those of the plan, then those that were met last; nothing that cannot be driven."""
    together = [link for link in problem.links if link.tie is Tie.TOGETHER]
    found: list[Column] = []
    met: set[tuple[str, int, frozenset[str]]] = set()
    for route in [*plan.routes, *reversed(list(pool))]:
        inside = frozenset(route.visits)
        if not inside or (route.technician, route.day, inside) in met:  # the order met last is the best
            continue
        if len(found) == COLUMNS or (len(found) >= len(plan.routes) and enough()):
            break
        scored = scoring.route(route)
        if not scored.faults and not any({link.first, link.second} <= inside for link in together):
            met.add((route.technician, route.day, inside))
            found.append(Column(route, scored.cost, scored.paid, _begins(problem, route)))
    return found


def _begins(problem: Problem, route: Route) -> dict[str, tuple[int, int]]:
    linked = problem.links_of
    if linked.keys().isdisjoint(route.visits):
        return {}
    stops = time_route(problem, route).round.stops
    midnight = route.day * DAY
    return {
        stop.visit: (midnight + stop.begins, midnight + stop.begins + stop.later)
        for stop in stops
        if stop.visit in linked
    }


def once(scoring: Scoring, routes: Iterable[Route]) -> Plan:
    """Each visit stays where leaving it out of the others saves most."""
    plan = {(one.technician, one.day): one for one in routes}
    keys = defaultdict(list)
    for key, route in plan.items():
        for visit in route.visits:
            keys[visit].append(key)
    for visit, several in keys.items():
        while len(several) > 1:
            without = {key: _without(plan[key], visit) for key in several}
            saves = {
                key: (
                    scoring.route(plan[key]).faults - scoring.route(without[key]).faults,
                    scoring.route(plan[key]).cost - scoring.route(without[key]).cost,
                )
                for key in several
            }
            key = max(several, key=lambda one: saves[one])
            plan[key] = without[key]
            several.remove(key)
    kept = [one for one in plan.values() if one.visits]
    return Plan(tuple(sorted(kept, key=lambda one: (one.day, one.technician))))


def _without(route: Route, visit: str) -> Route:
    return Route(route.technician, route.day, tuple(one for one in route.visits if one != visit))
