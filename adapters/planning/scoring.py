"""What a plan costs, for searches: as the evaluator says, without pricing again the rounds that stayed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from domain.maintenance.planning.evaluation import Fault
from domain.maintenance.planning.evaluator import evaluate, time_route
from domain.maintenance.planning.model import HOUR, Plan, Problem, Route, Tie
from domain.maintenance.planning.pricing import priced, rounded
from domain.maintenance.planning.solving import Limits, Progress
from domain.maintenance.planning.standing import standing_faults
from domain.maintenance.planning.timing import Timed

MOST = 200_000
"""Routes that are remembered."""


@dataclass(frozen=True)
class Scored:
    """A route by itself. ``faults`` is 0 when it can be driven; ``paid`` in seconds."""

    faults: int
    cost: int
    paid: int


class Scoring:
    """Of one problem. `score` equals `evaluate`: how much is hard violated, then the cost of everything."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._met: dict[Route, Scored] = {}
        self._last: tuple[Route, Timed] | None = None
        self._bound = {
            visit
            for link in problem.links
            if link.tie is not Tie.SAME_TECHNICIAN
            for visit in (link.first, link.second)
        }
        self._penalty = sum(one.penalty for one in problem.visits)
        self._out = [
            (one.id, day) for one in problem.technicians for day, shift in one.shifts.items() if shift.out
        ]

    def route(self, route: Route) -> Scored:
        """As if nothing in it were bound to other rounds."""
        known = self._met.get(route)
        if known is None:
            if len(self._met) >= MOST:
                self._met.clear()
            known = self._met[route] = self._scored(route)
        return known

    def timed(self, route: Route) -> Timed:
        """The last one is known: who puts a visit somewhere asks for its price, then for this."""
        if self._last is None or self._last[0] != route:
            self._last = route, time_route(self.problem, route)
        return self._last[1]

    def score(self, plan: Plan) -> tuple[int, int]:
        routes = self._all(plan)
        bound = [one for one in routes if not self._bound.isdisjoint(one.visits)]
        free = [self.route(one) for one in routes if self._bound.isdisjoint(one.visits)]
        faults, cost = sum(one.faults for one in free), sum(one.cost for one in free)
        paid: Counter[str] = Counter()
        for one in routes:
            paid[one.technician] += self.route(one).paid
        if self._bound:
            more, dearer, longer = self._together(bound)
            faults, cost = faults + more, cost + dearer
            paid.update(longer)
        faults += self._parted(routes) + self._crowded(routes)
        return faults, cost + self._left_out(routes) + self._uneven(paid)

    def cost(self, plan: Plan) -> int:
        return self.score(plan)[1]

    def _scored(self, route: Route) -> Scored:
        timed = self.timed(route)
        faults = [*timed.violations, *standing_faults(self.problem, route)]
        cost = priced(self.problem, timed.round).total
        return Scored(sum(max(1, one.amount) for one in faults), cost, timed.round.paid)

    def _all(self, plan: Plan) -> list[Route]:
        """With the empty rounds of those who are out already."""
        used = [one for one in plan.routes if one.visits]
        if not self._out:
            return used
        there = {(one.technician, one.day) for one in used}
        return used + [Route(*key, ()) for key in self._out if key not in there]

    def _together(self, bound: list[Route]) -> tuple[int, int, Counter[str]]:
        """The rounds that wait for each other: their faults, their cost, and how much longer they take."""
        found = evaluate(self.problem, Plan(tuple(bound)))
        there = {(one.technician, one.day) for one in bound}
        rounds = [one for one in found.rounds if (one.technician, one.day) in there]
        cost = sum(priced(self.problem, one).total for one in rounds)
        ours = (Fault.UNPLANNED, Fault.ZONE_FULL, Fault.SAME_TECHNICIAN)
        hard = [
            one
            for one in found.violations
            if one.fault not in ours and (one.technician is None or (one.technician, one.day) in there)
        ]
        longer: Counter[str] = Counter()
        for one in rounds:
            route = Route(one.technician, one.day, tuple(stop.visit for stop in one.stops))
            longer[one.technician] += one.paid - self.route(route).paid
        return sum(max(1, one.amount) for one in hard), cost, longer

    def _parted(self, routes: Iterable[Route]) -> int:
        """Visits that one technician should do and two would."""
        same = [link for link in self.problem.links if link.tie is Tie.SAME_TECHNICIAN]
        if not same:
            return 0
        who = {visit: one.technician for one in routes for visit in one.visits}
        pairs = ((who.get(link.first), who.get(link.second)) for link in same)
        return sum(None not in pair and pair[0] != pair[1] for pair in pairs)

    def _crowded(self, routes: Iterable[Route]) -> int:
        most = self.problem.zone_most
        if not most:
            return 0
        inside = {
            (one.day, zone, one.technician)
            for one in routes
            for zone in {self.problem.visit[visit].zone for visit in one.visits}
            if zone in most
        }
        count = Counter((day, str(zone)) for day, zone, _ in inside)
        return sum(max(0, many - most[zone]) for (_, zone), many in count.items())

    def _left_out(self, routes: Iterable[Route]) -> int:
        visit = self.problem.visit
        return self._penalty - sum(visit[id].penalty for one in routes for id in one.visits)

    def _uneven(self, paid: Counter[str]) -> int:
        by_hour = self.problem.prices.uneven_per_hour
        if not by_hour:
            return 0
        all_paid = [paid.get(one.id, 0) for one in self.problem.technicians if one.shifts]
        return rounded((max(all_paid, default=0) - min(all_paid, default=0)) * by_hour, HOUR)


def progress(
    problem: Problem, plan: Plan, cost: int, solver: str, seconds: float, limits: Limits
) -> Progress:
    unplanned = len(problem.visits) - len(plan.planned)
    return Progress(plan, cost, unplanned, solver, seconds, min(1.0, seconds / max(limits.seconds, 1e-9)))
