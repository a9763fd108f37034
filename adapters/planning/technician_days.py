"""Large neighbourhood search: some technicians' days after the other are planned anew by the routing solver,
with everything that binds them (Shaw 1998, Using constraint programming and local search methods to solve
vehicle routing problems)."""

from collections.abc import Mapping
from random import Random
from time import monotonic

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from adapters.planning.areas import Areas, Size
from adapters.planning.insertion import Filling
from adapters.planning.mending import mended
from adapters.planning.pool import RoutePool
from adapters.planning.routing_model import Area, DaysModel, Key
from adapters.planning.scoring import Scoring, progress
from domain.maintenance.planning.evaluation import Round
from domain.maintenance.planning.evaluator import evaluate, time_route
from domain.maintenance.planning.model import DAY, Plan, Problem
from domain.maintenance.planning.solving import Halt, Limits, Tell, never, nobody

STEP = 0.3
"""Seconds of one step, which cannot be interrupted otherwise than between two solutions."""
SOLUTIONS = 120
"""Of one step, where iterations are counted instead of seconds."""


class TechnicianDays:
    """An iteration is one step. Without ``start`` it begins with nothing planned."""

    name = "technician-days"

    def __init__(
        self,
        pool: RoutePool | None = None,
        size: Size | None = None,
        step: float = STEP,
        scoring: Scoring | None = None,
    ) -> None:
        self.pool = pool if pool is not None else RoutePool()
        self._scoring = scoring
        self._size = size
        self._step = step

    def solve(
        self,
        problem: Problem,
        limits: Limits,
        start: Plan | None = None,
        tell: Tell = nobody,
        stop: Halt = never,
    ) -> Plan:
        began, random = monotonic(), Random(limits.seed)
        areas, scoring = Areas(problem, self._size), self._scoring or Scoring(problem)
        filling = Filling(scoring)
        best, now = start or Plan(), scoring.score(start or Plan())
        steps = 0
        while problem.visits and not stop():
            spent = monotonic() - began
            if spent >= limits.seconds or (limits.iterations is not None and steps >= limits.iterations):
                break
            steps += 1
            days, visits = areas.drawn(random, best)
            if not days or not visits:
                continue
            left = limits.seconds - spent
            plan = self._anew(problem, best, days, visits, left, limits.iterations is not None, stop)
            if plan is None:
                continue
            found = scoring.score(plan)
            if found[0] > now[0]:  # what the model says only nearly
                plan = filling.filled(mended(scoring, plan))
                found = scoring.score(plan)
            if found > now:
                continue
            if found < now:
                self.pool.add_plan(plan)
                tell(progress(problem, plan, found[1], self.name, monotonic() - began, limits))
            best, now = plan, found
        return best

    def _anew(
        self, problem: Problem, plan: Plan, days: tuple[Key, ...], visits: tuple[str, ...], left: float,
        counted: bool, stop: Halt,
    ) -> Plan | None:  # fmt: skip
        model = DaysModel(problem, area_of(problem, plan, days, visits))
        parameters = searching(left if counted else min(left, self._step), SOLUTIONS if counted else None)
        found = solved(model, parameters, {key: plan.of(*key).visits for key in days}, stop)
        if found is None:
            return None
        routes = model.routes(found)
        for route in routes:
            self.pool.add(route)
        changed = {(one.technician, one.day): one for one in routes}
        kept = [one for one in plan.routes if (one.technician, one.day) not in changed]
        merged = [*kept, *(one for one in routes if one.visits)]
        return Plan(tuple(sorted(merged, key=lambda one: (one.day, one.technician))))


def area_of(problem: Problem, plan: Plan, days: tuple[Key, ...], visits: tuple[str, ...]) -> Area:
    """With the moments of the plan where they matter."""
    rounds = [time_route(problem, plan.of(*key)).round for key in days]
    leaves = {stop.visit: stop.ends for one in rounds for stop in one.stops}
    rests = {visit: rest for one in rounds for visit, rest in _rests(one).items()}
    used = frozenset((one.technician, one.day) for one in rounds if one.stops)
    if not problem.links:
        return Area(days, visits, leaves=leaves, rests=rests, used=used)
    inside = set(visits)
    stops = {id: at for id, at in evaluate(problem, plan).stops.items() if id not in inside}
    begins = {id: round.day * DAY + stop.begins for id, (round, stop) in stops.items()}
    technicians = {id: round.technician for id, (round, _) in stops.items()}
    return Area(days, visits, begins, leaves, technicians, rests, used)


def _rests(round: Round) -> dict[str, tuple[int, int]]:
    """The breaks on arrival at a visit and after it, by visit."""
    found: dict[str, tuple[int, int]] = {}
    for pause in round.pauses:
        if pause.before >= 0 and round.stops:
            after = pause.before == len(round.stops)
            visit = round.stops[min(pause.before, len(round.stops) - 1)].visit
            on_arrival, afterwards = found.get(visit, (0, 0))
            lasts = pause.ends - pause.begins
            found[visit] = (on_arrival, afterwards + lasts) if after else (on_arrival + lasts, afterwards)
    return found


def searching(seconds: float, solutions: int | None = None) -> "pywrapcp.RoutingSearchParameters":
    """Guided local search from a good beginning."""
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(max(1, int(seconds * 1000)))
    parameters.lns_time_limit.FromMilliseconds(100_000)
    if solutions is not None:
        parameters.solution_limit = solutions
    return parameters


def solved(
    model: DaysModel, parameters: "pywrapcp.RoutingSearchParameters", now: Mapping[Key, tuple[str, ...]],
    stop: Halt,
) -> "pywrapcp.Assignment | None":  # fmt: skip
    """From the routes as they are, if the model takes them, otherwise from nothing."""
    routing = model.routing

    def look() -> None:
        if stop():
            routing.CancelSearch()

    routing.AddAtSolutionCallback(look)
    routing.CloseModelWithParameters(parameters)
    begin = model.assignment(now)
    if begin is not None:
        return routing.SolveFromAssignmentWithParameters(begin, parameters)
    return routing.SolveWithParameters(parameters)
