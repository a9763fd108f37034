"""Mends the rest of a day with as little disturbance as may be.

What has no technician any more is put in between where nobody notices. Only where that does not do, the
routing solver plans some technicians' days anew, from what is in force; every promise that it breaks has its
price.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, pairwise, zip_longest
from time import monotonic

from adapters.planning.insertion import Filling
from adapters.planning.mending import mended
from adapters.planning.routing_model import DaysModel, Key
from adapters.planning.scoring import Scoring, progress
from adapters.planning.slots import Board
from adapters.planning.technician_days import area_of, counting, searching, solved
from domain.maintenance.planning.evaluator import evaluate, time_route
from domain.maintenance.planning.model import Plan, Problem, Route, Technician, Visit
from domain.maintenance.planning.slots import Slot
from domain.maintenance.planning.solving import Halt, Limits, Tell, never, nobody
from domain.maintenance.planning.standing import visit_faults

AT_WORK = 10
"""Technicians' days that are planned anew at once."""
SECONDS = 0.06
HOUR = 3600.0
HALF_AN_HOUR = 30


class Repair:
    """A solver for the rest of a day; ``start`` is what is left of the plan in force. One iteration is one
    neighbourhood that is planned anew.
    """

    name = "repair"

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds

    def solve(
        self, problem: Problem, limits: Limits, start: Plan | None = None, tell: Tell = nobody,
        stop: Halt = never,
    ) -> Plan:  # fmt: skip
        began, start = monotonic(), start or Plan()
        if not problem.visits:
            return start
        best, bad = put_between(problem, start, stop)
        days = area(problem, best, bad)
        scoring = Scoring(problem)
        if days and scoring.score(best)[0]:
            best, _ = put_between(problem, mended(scoring, best), stop)
        if best != start and tell is not nobody:
            tell(progress(problem, best, scoring.cost(best), self.name, monotonic() - began, limits))
        if stop() or limits.iterations == 0 or not days:
            return best
        left = max(0.0, limits.seconds - (monotonic() - began))
        seconds = None if limits.iterations is not None else min(self._seconds, left)
        anew = anew_of(scoring, best, days, seconds, stop)
        if anew is None or (score := scoring.score(anew)) >= scoring.score(best):
            return best
        tell(progress(problem, anew, score[1], self.name, monotonic() - began, limits))
        return anew


def anew_of(
    scoring: Scoring, plan: Plan, days: tuple[Key, ...], seconds: float | None, stop: Halt
) -> Plan | None:
    """With these days planned anew, and what is not planned; without seconds as long as it gets better."""
    problem = scoring.problem
    missing = [one.id for one in problem.visits if one.id not in plan.planned]
    visits = (*(id for key in days for id in plan.of(*key).visits), *missing)
    model = DaysModel(dearly(problem), area_of(problem, plan, days, visits))
    parameters = counting(HOUR) if seconds is None else searching(seconds)
    found = solved(model, parameters, {key: plan.of(*key).visits for key in days}, stop)
    if found is None:
        return None
    for route in model.routes(found):
        plan = plan.with_route(route)
    if scoring.score(plan)[0]:
        plan = Filling(scoring).filled(mended(scoring, plan))
    return plan


def put_between(problem: Problem, plan: Plan, stop: Halt = never) -> tuple[Plan, list[Key]]:
    """With every visit that fits in without a broken promise, and for less than leaving it out; the one first
    that would lose most without its best place. And the days on which something is wrong or late.
    """
    board = Board(problem, plan)
    missing = [one.id for one in problem.visits if one.id not in plan.planned]
    while missing and not stop():
        found = {id: board.slots(id, 2) for id in missing}
        penalty = {id: problem.visit[id].penalty for id in missing}
        worth = {id: slots for id, slots in found.items() if slots and slots[0].cost < penalty[id]}
        if not worth:
            break
        chosen = max(worth, key=lambda id: _regret(problem.visit[id], worth[id]))
        slot = worth[chosen][0]
        visits = plan.of(slot.technician, slot.day).visits
        now = (*visits[: slot.position], chosen, *visits[slot.position :])
        plan = plan.with_route(Route(slot.technician, slot.day, now))
        missing = [id for id in worth if id != chosen]
        board = Board(problem, plan, board.arrays)
    hard = evaluate(problem, plan).hard if problem.links or problem.zone_most else ()
    tied = [(one.technician, one.day or 0) for one in hard if one.technician]
    return plan, list(dict.fromkeys([*board.troubled(), *tied]))


def _regret(visit: Visit, slots: Sequence[Slot]) -> int:
    return (slots[1].cost if len(slots) > 1 else visit.penalty) - slots[0].cost


def area(problem: Problem, plan: Plan, bad: Sequence[Key]) -> tuple[Key, ...]:
    """The days on which something is wrong or late, and those that could best take over; nothing if all is
    well.
    """
    waiting = [one.id for one in problem.visits if one.id not in plan.planned]
    for key in bad:
        stops = time_route(problem, plan.of(*key)).round.stops
        waiting += [one.visit for one in stops if one.late] or [one.visit for one in stops]
    queues = [_nearest(problem, plan, problem.visit[id]) for id in waiting]
    others = (key for rank in zip_longest(*queues) for key in rank if key is not None)
    return tuple(islice(dict.fromkeys([*bad, *others]), AT_WORK))


def _nearest(problem: Problem, plan: Plan, visit: Visit) -> list[Key]:
    """Who may do it, by the detour."""
    found = [
        (_detour(problem, plan.of(one.id, day), one, visit), one.id, day)
        for one in problem.technicians
        for day in one.shifts
        if not visit_faults(one, visit, day)
    ]
    return [(who, day) for _, who, day in sorted(found)[:AT_WORK]]


def _detour(problem: Problem, route: Route, technician: Technician, visit: Visit) -> int:
    shift, seconds = technician.shifts[route.day], problem.travel.seconds
    start = technician.start if shift.start is None else shift.start
    places = [start, *(problem.visit[id].place for id in route.visits), technician.end]
    to = visit.place
    return min(seconds[a][to] + seconds[to][b] - seconds[a][b] for a, b in pairwise(places))


def dearly(problem: Problem) -> Problem:
    """The solver knows no price of being late once: half an hour bears it."""
    prices = problem.prices
    late = prices.late_per_minute + prices.moved // HALF_AN_HOUR
    return replace(problem, prices=replace(prices, late_per_minute=late))
