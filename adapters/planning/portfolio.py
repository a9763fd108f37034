"""Several solvers under one deadline, each where it is best; the best plan by the evaluator wins.

Insertion gives a plan at once. PyVRP finds routes, from several beginnings; CP-SAT puts the best of all that
were met together; the routing solver improves what is rich, some technicians' days at a time. Many visits are
planned in groups that are drawn anew from the routes.
"""

from dataclasses import dataclass, replace
from itertools import count
from time import monotonic

from adapters.planning.groups import Groups
from adapters.planning.insertion import Insertion
from adapters.planning.mending import mended
from adapters.planning.pool import RoutePool
from adapters.planning.pyvrp_rounds import Manner, PyVrp
from adapters.planning.recombination import Recombination
from adapters.planning.scoring import Scoring, progress
from adapters.planning.technician_days import TechnicianDays
from domain.maintenance.planning.model import Plan, Problem
from domain.maintenance.planning.solving import Halt, Limits, Progress, Solver, Tell, never, nobody

SOME, MANY = 90, 250
"""Visits up to which a plan is soon as good as it gets, and beyond which only groups come anywhere."""
STEPS = 0.004
"""Steps of the routing solver for each iteration of PyVRP: a step takes so much longer."""
ALIKE, WHOLE = 3, 1_000
"""Kinds of technicians up to which so many visits are planned at once: PyVRP keeps a matrix for each kind."""
PATIENCE = 80
"""Iterations of PyVRP in vain for each visit (of 50 at least), after which it begins elsewhere."""
VAIN = 25
"""The same in steps of the routing solver."""
NEARER = 30
"""So many neighbours PyVRP tries for each of many visits; on 400 customers better than 20 and than 40."""


@dataclass(frozen=True)
class Phase:
    """Ends when ``until`` of the time is gone. ``part`` of the iterations are its own, if they are counted.
    ``afresh``: it begins with the first plan and not with the best, so as to come elsewhere.
    """

    solver: Solver
    until: float
    part: float
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
        if not problem.visits or not any(one.shifts for one in problem.technicians):
            return Plan()
        scoring, pool = Scoring(problem), RoutePool()
        best = Best(scoring, limits, tell, stop)
        if start is not None:
            best.offer(mended(scoring, start), self.name)
        first = Insertion().solve(problem, best.left(), start, best.hear, stop)
        best.offer(first, Insertion.name)
        for turn in count():
            before = best.plan
            for phase in phases(problem, scoring, pool, turn):
                if best.over():
                    return best.plan
                pool.add_plan(best.plan)
                begin = first if phase.afresh and start is None else best.plan
                found = phase.solver.solve(problem, best.within(phase, turn), begin, best.hear, stop)
                best.offer(found, phase.solver.name)
            if limits.iterations is not None or (turn and best.plan == before):
                break
        return best.plan


def phases(problem: Problem, scoring: Scoring, pool: RoutePool, turn: int) -> list[Phase]:
    """Of the first turn, which shares out the time, and of those that follow if there is some left."""
    many = len(problem.visits)
    whole = PyVrp(pool, scoring=scoring)
    near = Manner.neighbours if many <= MANY else NEARER
    impatient = PyVrp(pool, Manner(near, patience=PATIENCE * max(50, many)), scoring)
    recombination = Recombination(pool, scoring)
    days = TechnicianDays(pool, scoring=scoring, patience=VAIN)
    at_once = many <= SOME or (many <= WHOLE and kinds(problem) <= ALIKE)
    if many > MANY and not at_once:
        return [
            Phase(Groups(pool=pool), 0.85, 0.8), Phase(recombination, 0.9, 0.1),
            Phase(TechnicianDays(pool, scoring=scoring), 1.0, STEPS),
        ]  # fmt: skip
    if not at_once:
        return [
            Phase(whole, 0.25, 0.4), Phase(Groups(pool=pool), 0.8, 0.5), Phase(recombination, 0.85, 0.1),
            Phase(TechnicianDays(pool, scoring=scoring), 1.0, STEPS),
        ]  # fmt: skip
    late = 0.75 if many <= SOME * 3 // 2 else 1.0 if plain(problem) else 0.95
    late = 1.0 if turn else late
    return [
        Phase(impatient, late, 0.8, afresh=turn > 0), Phase(recombination, max(late, 0.8), 0.1),
        Phase(days, 1.0, STEPS),
    ]  # fmt: skip


def kinds(problem: Problem) -> int:
    """Technicians who differ in nothing but their names are of one kind."""
    return len({repr(replace(one, id="")) for one in problem.technicians})


def plain(problem: Problem) -> bool:
    """Whether PyVRP is told all of it, so that of many visits nothing is left for others to mend."""
    bound = problem.links or problem.zone_most or problem.prices.uneven_per_hour
    breaks = any(shift.breaks for one in problem.technicians for shift in one.shifts.values())
    return not bound and not breaks and problem.travel.even


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

    def within(self, phase: Phase, turn: int) -> Limits:
        """Where iterations are counted, the time is no more than a bound for all."""
        left, counted = self.left(), self._limits.iterations
        seed = self._limits.seed + 1_000 * turn
        if counted is not None:
            return replace(left, seed=seed, iterations=max(1, round(counted * phase.part)))
        spent = monotonic() - self._began
        return replace(left, seed=seed, seconds=max(0.0, phase.until * self._limits.seconds - spent))
