"""A route with one more visit in it, timed and priced as the evaluator does it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.maintenance.planning.asks import Ask
from domain.maintenance.planning.evaluation import Evaluation, Fault
from domain.maintenance.planning.evaluator import time_route
from domain.maintenance.planning.model import HOUR, Plan, Problem, Route, Technician, Visit, Window
from domain.maintenance.planning.pricing import priced
from domain.maintenance.planning.room import Fit, Room
from domain.maintenance.planning.timing import Timed

EXTRA = 2 * HOUR
"""More than that nobody is asked to stay longer."""
MOMENTS = frozenset({Fault.WINDOW, Fault.PINNED_TIME})


@dataclass(frozen=True)
class Tried:
    """``cost`` is what the visit adds. ``extra``: by how much the day is longer than it may be."""

    timed: Timed
    begins: int
    cost: int
    extra: int

    @property
    def sound(self) -> bool:
        return not self.timed.violations

    def giving_way(self) -> tuple[str, int] | None:
        """Which one other visit begins later than it can, or than was promised, and by how much."""
        late = {stop.visit: stop.late for stop in self.timed.round.stops if stop.late}
        faults = {one.visit: one.amount for one in self.timed.violations if one.fault in MOMENTS}
        both = late | faults
        if len(faults) < len(self.timed.violations) or len(both) != 1:
            return None
        visit, amount = next(iter(both.items()))
        return None if visit is None else (visit, amount)


class Trying:
    def __init__(self, problem: Problem, plan: Plan, evaluation: Evaluation) -> None:
        self.problem, self.plan, self.evaluation = problem, plan, evaluation
        self._rounds = {(one.technician, one.day): one for one in evaluation.rounds}

    def at(
        self, visit: Visit, room: Room, fit: Fit, ask: Ask, longer: bool = False,
        later: tuple[str, int] | None = None,
    ) -> Tried | None:  # fmt: skip
        """``longer``: the day may be. ``later``: another visit that may be. None if a visit that is bound to
        another round would move."""
        windows = () if ask.any_time else tuple(Window(fit.day, *one) for one in ask.windows)
        old = self.plan.of(fit.technician, fit.day).visits
        others = [self._wider(self.problem.visit[one], later) for one in old]
        small = replace(
            self.problem,
            technicians=(_longer(room) if longer else room.technician,),
            visits=(replace(visit, windows=windows), *others),
        )
        route = Route(fit.technician, fit.day, (*old[: fit.position], visit.id, *old[fit.position :]))
        bound = self._bound(old)
        timed = time_route(small, route, bound | {visit.id: ask.floor})
        if any(bound.get(stop.visit, stop.begins) != stop.begins for stop in timed.round.stops):
            return None
        before = self._rounds.get((fit.technician, fit.day))
        cost = priced(small, timed.round).total - (priced(small, before).total if before else 0)
        return Tried(timed, timed.round.stops[fit.position].begins, cost, _extra(room, timed))

    def _bound(self, visits: Sequence[str]) -> dict[str, int]:
        """Those that are bound to others begin when they do."""
        bound = (id for id in visits if self.problem.links_of.get(id))
        return {id: self.evaluation.stops[id][1].begins for id in bound}

    def _wider(self, visit: Visit, later: tuple[str, int] | None) -> Visit:
        if later is None or visit.id != later[0]:
            return visit
        windows = tuple(replace(one, closes=one.closes + later[1]) for one in visit.windows)
        promise = visit.promise and replace(visit.promise, at=visit.promise.at + later[1])
        return replace(visit, windows=windows, promise=promise)


def _longer(room: Room) -> Technician:
    shift = room.shift
    longer = replace(shift, end=shift.end + EXTRA, overtime_most=shift.overtime_most + EXTRA)
    return replace(room.technician, shifts={room.day: longer})


def _extra(room: Room, timed: Timed) -> int:
    shift, round = room.shift, timed.round
    return max(0, round.overtime - shift.overtime_most, round.returns - shift.end)
