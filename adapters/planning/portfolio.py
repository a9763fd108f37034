"""Several solvers under one deadline, each where it is best; the best plan by the evaluator wins.

Insertion gives a plan at once. PyVRP finds routes, from several beginnings; CP-SAT puts the best of all that
were met together; the routing solver improves what is rich, some technicians' days at a time. Many visits are
planned in groups that are drawn anew from the routes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import monotonic

from adapters.planning.insertion import Insertion
from adapters.planning.mending import mended
from adapters.planning.pool import RoutePool
from adapters.planning.pyvrp_rounds import PyVrp
from adapters.planning.recombination import Recombination
from adapters.planning.scoring import Scoring, progress
from adapters.planning.technician_days import TechnicianDays
from domain.maintenance.planning.model import Plan, Problem
from domain.maintenance.planning.solving import Halt, Limits, Progress, Solver, Tell, never, nobody

MANY = 300
"""Visits beyond which groups are better than the whole."""
STEPS = 0.004
"""Steps of the routing solver for each iteration of PyVRP: a step takes so much longer."""


@dataclass(frozen=True)
class Phase:
    """Ends when ``until`` of the time is gone. ``part`` of the iterations are its own, if they are counted.
    ``afresh``: it begins with the first plan and not with the best, so as to come elsewhere.
    """

    solver: Solver
    until: float
    part: float
    seed: int = 0
    afresh: bool = False


class Portfolio:
    """Iterations, where they are counted, are those of PyVRP; the others make as few as fit to that."""

    name = "portfolio"

    def solve(
        self,
        problem: Problem,
        limits: Limits,
        start: Plan | None = None,
        tell: Tell = nobody,
        stop: Halt = never,
    ) -> Plan:
        scoring, pool = Scoring(problem), RoutePool()
        best = Best(scoring, limits, tell, stop)
        if start is not None:
            best.offer(mended(scoring, start), self.name)
        first = Insertion().solve(problem, best.left(), start, best.hear, stop)
        best.offer(first, Insertion.name)
        for phase in phases(problem, scoring, pool):
            if best.over() or not problem.visits:
                break
            pool.add_plan(best.plan)
            begin = first if phase.afresh and start is None else best.plan
            found = phase.solver.solve(problem, best.within(phase), begin, best.hear, stop)
            best.offer(found, phase.solver.name)
        return best.plan


def phases(problem: Problem, scoring: Scoring, pool: RoutePool) -> Iterator[Phase]:
    recombination, days = Recombination(pool, scoring), TechnicianDays(pool, scoring=scoring)
    if len(problem.visits) > MANY:
        yield Phase(PyVrp(pool), 0.8, 0.8)
        yield Phase(recombination, 0.88, 0.1)
        yield Phase(days, 1.0, STEPS)
        return
    yield Phase(PyVrp(pool), 0.35, 0.4)
    yield Phase(PyVrp(pool), 0.6, 0.3, seed=1, afresh=True)
    yield Phase(recombination, 0.7, 0.1)
    yield Phase(days, 0.8, STEPS)
    yield Phase(PyVrp(pool), 0.95, 0.2, seed=2)
    yield Phase(recombination, 1.0, 0.1)


class Best:
    """The best so far, and the time."""

    def __init__(self, scoring: Scoring, limits: Limits, tell: Tell, stop: Halt) -> None:
        self._scoring = scoring
        self._limits = limits
        self._tell = tell
        self._stop = stop
        self._began = monotonic()
        self.plan = Plan()
        self._score = scoring.score(self.plan)

    def offer(self, plan: Plan, solver: str) -> None:
        found = self._scoring.score(plan)
        if found < self._score:
            self.plan, self._score = plan, found
            spent = monotonic() - self._began
            self._tell(progress(self._scoring.problem, plan, found[1], solver, spent, self._limits))

    def hear(self, told: Progress) -> None:
        self.offer(told.plan, told.solver)

    def over(self) -> bool:
        return self._stop() or monotonic() - self._began >= self._limits.seconds

    def left(self) -> Limits:
        return replace(self._limits, seconds=max(0.0, self._limits.seconds - (monotonic() - self._began)))

    def within(self, phase: Phase) -> Limits:
        """Where iterations are counted, the time is no more than a bound for all."""
        left, counted = self.left(), self._limits.iterations
        seed = self._limits.seed + 1_000 * phase.seed
        if counted is not None:
            return replace(left, seed=seed, iterations=max(1, round(counted * phase.part)))
        spent = monotonic() - self._began
        return replace(left, seed=seed, seconds=max(0.0, phase.until * self._limits.seconds - spent))
