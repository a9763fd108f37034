"""Rounds by PyVRP (Wouda, Lan and Kool 2024), an iterated local search that is made for routes.

What PyVRP finds is mended by the evaluator's word, filled by insertion, and told if it is better.
"""

import time
from dataclasses import dataclass

from pyvrp import CostEvaluator, PenaltyManager, PenaltyParams, ProblemData, RandomNumberGenerator, Solution
from pyvrp.IteratedLocalSearch import IteratedLocalSearch, IteratedLocalSearchCallbacks
from pyvrp.IteratedLocalSearch import IteratedLocalSearchParams as SearchParams
from pyvrp.search import (
    OPERATORS,
    LocalSearch,
    NeighbourhoodParams,
    PerturbationManager,
    PerturbationParams,
    compute_neighbours,
)

from adapters.planning.bound import held
from adapters.planning.insertion import Filling
from adapters.planning.mending import mended
from adapters.planning.pool import RoutePool
from adapters.planning.pyvrp_encoding import encoded
from adapters.planning.pyvrp_model import Encoding
from adapters.planning.scoring import Scoring
from adapters.planning.suitability import keys_of
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Plan, Problem, Route
from domain.maintenance.planning.solving import Halt, Limits, Progress, Tell, never, nobody

LOOKED = 250
"""After so many iterations it is looked whether what is best by then is better by the evaluator too."""


@dataclass(frozen=True)
class Manner:
    """How PyVRP searches. ``lateness``: what a second too late costs at first, in seconds of work."""

    neighbours: int = 40
    shaken: int = 25
    lateness: float = 100.0
    patience: int | None = None
    """Ends after so many iterations that found nothing better."""


class PyVrp:
    name = "pyvrp"

    def __init__(
        self, pool: RoutePool | None = None, manner: Manner | None = None, scoring: Scoring | None = None
    ) -> None:
        """``scoring``: of the problem that will be solved, if it is known before."""
        self.pool = RoutePool() if pool is None else pool
        self.manner = manner or Manner()
        self._scoring = scoring

    def solve(
        self,
        problem: Problem,
        limits: Limits,
        start: Plan | None = None,
        tell: Tell = nobody,
        stop: Halt = never,
    ) -> Plan:
        watch = _Watch(limits, stop, self.manner.patience)
        scoring = self._scoring or Scoring(problem)
        filling = Filling(scoring)
        best = _Best(scoring, filling, self.pool, tell, watch, self.name)
        best.begin(mended(scoring, start) if start else Plan())
        keys = keys_of(problem)
        if not problem.visits or not keys:
            return best.plan
        now = evaluate(problem, best.plan)
        encoding = encoded(problem, held(problem, now, keys), keys, whole=not now.unplanned)
        if encoding.options and not watch.over():
            begins = {visit: stop.begins for visit, (_, stop) in now.stops.items()}
            _search(encoding, encoding.solution(best.plan, begins), limits.seed, self.manner, best, watch)
        return best.plan


class _Watch:
    """When it is enough: PyVRP asks it at every iteration."""

    def __init__(self, limits: Limits, stop: Halt, patience: int | None) -> None:
        self._began = time.monotonic()
        self._limits = limits
        self._stop = stop
        self._patience = patience
        self.iterations = 0
        self.improved_at = 0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    @property
    def share(self) -> float:
        most = self._limits.iterations
        by_iterations = self.iterations / most if most else 0.0
        return min(1.0, max(by_iterations, self.seconds / max(self._limits.seconds, 1e-9)))

    def over(self) -> bool:
        return self.seconds >= self._limits.seconds or self._stop()

    def __call__(self, best_cost: float) -> bool:
        del best_cost
        most, patience = self._limits.iterations, self._patience
        if most is not None and self.iterations >= most:
            return True
        if patience is not None and self.iterations - self.improved_at >= patience:
            return True
        return self.over()


class _Best:
    """The best plan by the evaluator."""

    def __init__(
        self, scoring: Scoring, filling: Filling, pool: RoutePool, tell: Tell, watch: _Watch, name: str
    ) -> None:
        self._scoring = scoring
        self._filling = filling
        self._pool = pool
        self._tell = tell
        self._watch = watch
        self._name = name
        self.plan = Plan()
        self.score: tuple[int, int] | None = None

    def met(self, route: Route) -> None:
        if not self._scoring.route(route).faults:
            self._pool.add(route)

    def begin(self, plan: Plan) -> None:
        filled = self._filling.filled(plan, halt=self._watch.over)
        self._offer(min(filled, plan, key=self._scoring.score))

    def look(self, plan: Plan) -> None:
        self._offer(self._filling.filled(mended(self._scoring, plan)))

    def _offer(self, plan: Plan) -> None:
        score = self._scoring.score(plan)
        self._pool.add_plan(plan)
        if self.score is None or score < self.score:
            self.plan, self.score = plan, score
            unplanned = len(self._scoring.problem.visits) - len(plan.planned)
            watch = self._watch
            self._tell(Progress(plan, score[1], unplanned, self._name, watch.seconds, watch.share))


class _Listening(IteratedLocalSearchCallbacks):
    def __init__(self, encoding: Encoding, best: _Best, watch: _Watch) -> None:
        self._encoding = encoding
        self._best = best
        self._watch = watch
        self._met_every = max(LOOKED, 2 * len(encoding.problem.visits))
        self._waiting: Solution | None = None

    def on_best(self, best: Solution) -> None:
        self._watch.improved_at = self._watch.iterations
        self._waiting = best if best.is_feasible() else self._waiting

    def on_iteration(
        self, current: Solution, candidate: Solution, best: Solution, cost_evaluator: CostEvaluator
    ) -> None:
        del candidate, best, cost_evaluator
        self._watch.iterations += 1
        if self._watch.iterations % self._met_every == 0 and current.is_feasible():
            for route in self._encoding.plan(current).routes:
                self._best.met(route)
        if self._watch.iterations % LOOKED == 0:
            self.look()

    def look(self) -> None:
        if self._waiting is not None:
            plan, self._waiting = self._encoding.plan(self._waiting), None
            self._best.look(plan)


def _penalties(data: ProblemData, manner: Manner) -> PenaltyManager:
    """What is violated costs work at first; where work costs nothing, so much that little is violated."""
    rate = max(one.unit_duration_cost for one in data.vehicle_types())
    if not rate:
        usual = PenaltyParams()
        return PenaltyManager(usual.midpoint_penalties(data), usual)
    penalty = manner.lateness * rate
    return PenaltyManager(
        ([penalty * 60] * data.num_load_dimensions, penalty, penalty),
        PenaltyParams(min_penalty=1.0, max_penalty=max(1e6, 100 * penalty)),
    )


def _search(
    encoding: Encoding, start: Solution, seed: int, manner: Manner, best: _Best, watch: _Watch
) -> None:
    data = encoding.data
    random = RandomNumberGenerator(seed=seed)
    neighbours = compute_neighbours(data, NeighbourhoodParams(num_neighbours=manner.neighbours))
    shaking = PerturbationManager(PerturbationParams(1, manner.shaken))
    local = LocalSearch(data, random, neighbours, shaking)
    for operator in OPERATORS:
        if operator.supports(data):
            local.add_operator(operator(data))
    penalties = _penalties(data, manner)
    listening = _Listening(encoding, best, watch)
    first = local(start, penalties.max_cost_evaluator(), exhaustive=True)
    if first.is_feasible():
        best.look(encoding.plan(first))
    params = SearchParams(callbacks=listening)
    IteratedLocalSearch(data, penalties, local, first, params).run(watch, collect_stats=False)
    listening.look()
