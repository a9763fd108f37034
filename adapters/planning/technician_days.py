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


class TechnicianDays:
    """An iteration is one step. Without ``start`` it begins with nothing planned. With ``patience`` it ends
    after so many steps that found nothing better."""

    name = "technician-days"

    def __init__(
        self,
        pool: RoutePool | None = None,
        size: Size | None = None,
        step: float = STEP,
        scoring: Scoring | None = None,
        patience: int | None = None,
    ) -> None:
        self.pool = pool if pool is not None else RoutePool()
        self._scoring = scoring
        self._size = size
        self._step = step
        self._patience = patience

    def solve(
        self,
        problem: Problem,
        limits: Limits,
        start: Plan | None = None,
        tell: Tell = nobody,
        stop: Halt = never,
    ) -> Plan:
        search = _Search(problem, limits, self._scoring or Scoring(problem), stop)
        search.begin(start or Plan())
        areas, random = Areas(problem, self._size), Random(limits.seed)
        while problem.visits and not search.over(self._patience):
            days, visits = areas.drawn(random, search.plan)
            found = search.anew(days, visits, self._step, self.pool) if days and visits else None
            if found is not None and search.take(found):
                self.pool.add_plan(search.plan)
                spent = search.seconds()
                tell(progress(problem, search.plan, search.score[1], self.name, spent, limits))
        return search.plan


class _Search:
    """The best so far, and how to go on from it."""

    def __init__(self, problem: Problem, limits: Limits, scoring: Scoring, stop: Halt) -> None:
        self.problem = problem
        self._limits = limits
        self._scoring = scoring
        self._filling = Filling(scoring)
        self._stop = stop
        self._began = monotonic()
        self._steps = 0
        self._better_at = 0

    def begin(self, plan: Plan) -> None:
        self.plan, self.score = plan, self._scoring.score(plan)

    def seconds(self) -> float:
        return monotonic() - self._began

    def over(self, patience: int | None) -> bool:
        self._steps += 1
        steps = self._limits.iterations
        enough = steps is not None and self._steps > steps
        vain = patience is not None and self._steps - self._better_at > patience
        return enough or vain or self.seconds() >= self._limits.seconds or self._stop()

    def take(self, plan: Plan) -> bool:
        """As good a plan is taken too, to come elsewhere; whether it is better."""
        score = self._scoring.score(plan)
        if score[0] > self.score[0]:  # what the model says only nearly
            plan = self._filling.filled(mended(self._scoring, plan))
            score = self._scoring.score(plan)
        better = score < self.score
        if score <= self.score:
            self.plan, self.score = plan, score
        if better:
            self._better_at = self._steps
        return better

    def anew(
        self, days: tuple[Key, ...], visits: tuple[str, ...], step: float, pool: RoutePool
    ) -> Plan | None:
        model = DaysModel(self.problem, area_of(self.problem, self.plan, days, visits))
        left, counted = self._limits.seconds - self.seconds(), self._limits.iterations is not None
        parameters = counting(left) if counted else searching(min(left, step))
        found = solved(model, parameters, {key: self.plan.of(*key).visits for key in days}, self._stop)
        if found is None:
            return None
        routes = model.routes(found)
        for route in routes:
            pool.add(route)
        kept = [one for one in self.plan.routes if (one.technician, one.day) not in days]
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


def searching(seconds: float) -> "pywrapcp.RoutingSearchParameters":
    """Guided local search, as long as there is time."""
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(max(1, int(seconds * 1000)))
    return parameters


def counting(seconds: float) -> "pywrapcp.RoutingSearchParameters":
    """As far as each step is better, which is as far on every machine."""
    parameters = searching(seconds)
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GREEDY_DESCENT
    parameters.lns_time_limit.FromMilliseconds(max(1, int(seconds * 1000)))
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
