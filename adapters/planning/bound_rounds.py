"""Rounds that cannot be timed alone, priced by the evaluator itself together with those they wait for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from adapters.planning.arrays import Arrays, Flags
from domain.maintenance.planning.evaluation import Evaluation, Fault
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Plan, Problem, Route, Tie, Visit

Key = tuple[str, int]
MINUTE = 60
TIES = frozenset(Fault(one.value) for one in Tie)


@dataclass(frozen=True)
class Added:
    """By one visit at one place."""

    cost: int
    metres: int
    begins: int
    paid: Mapping[str, int]
    """Seconds more, by technician."""


class BoundRounds:
    """``slow``: the shifts that are timed here, by their number."""

    def __init__(self, arrays: Arrays, named: Sequence[tuple[str, ...]]) -> None:
        self.problem, self.named = arrays.problem, named
        self.keys: Sequence[Key] = arrays.shifts.keys
        self.technician, self.day = arrays.shifts.technician, arrays.shifts.day
        self._known: dict[tuple[int, ...], Evaluation] = {}
        self.where = {id: shift for shift, visits in enumerate(named) for id in visits}
        self.groups = self._groups()
        in_groups = np.isin(np.arange(len(named)), list(self.groups))
        self.slow: Flags = arrays.shifts.odd | in_groups | (not arrays.ways.fits)

    def _groups(self) -> dict[int, frozenset[int]]:
        """The shifts that wait for each other."""
        found: dict[int, frozenset[int]] = {}
        for link in self.problem.links:
            first, second = self.where.get(link.first), self.where.get(link.second)
            if link.tie is Tie.SAME_TECHNICIAN or first is None or second is None or first == second:
                continue
            if self.keys[first][1] == self.keys[second][1]:
                merged = found.get(first, frozenset([first])) | found.get(second, frozenset([second]))
                found.update(dict.fromkeys(merged, merged))
        return found

    def bound(self, visit: Visit) -> tuple[Flags, Flags]:
        """The shifts that what binds the visit allows, and those that it may wait for others in."""
        allowed, waits = np.ones(len(self.named), dtype=bool), np.zeros(len(self.named), dtype=bool)
        for link in self.problem.links_of.get(visit.id, ()):
            first = link.first == visit.id
            mate = self.where.get(link.second if first else link.first)
            if mate is None:
                allowed &= link.tie is Tie.SAME_TECHNICIAN or (link.tie is Tie.BEFORE and first)
                continue
            who, day = self.technician[mate], self.day[mate]
            if link.tie is Tie.SAME_TECHNICIAN:
                allowed &= self.technician == who
                continue
            if link.tie is Tie.TOGETHER:
                allowed &= (self.day == day) & (self.technician != who)
            else:
                allowed &= self.day <= day if first else self.day >= day
            waits |= self.day == day
        return allowed, waits

    def alone(self, shift: int) -> tuple[bool, int, int]:
        """Whether something is wrong in the round or in those it waits for, what is paid for it, and by how
        many minutes it is late.
        """
        found = self._evaluated(self._together([shift]))
        rounds = [one for one in found.rounds if (one.technician, one.day) == self.keys[shift]]
        late = sum(-(-stop.late // MINUTE) for one in rounds for stop in one.stops)
        wrong = any(one.fault not in TIES for one in found.hard)
        return wrong, sum(one.paid for one in rounds), late

    def added(self, visit: Visit, shift: int, position: int) -> Added | None:
        """Nothing if it breaks something, or a promise to somebody else."""
        links = self.problem.links_of.get(visit.id, ())
        mates = [link.second if link.first == visit.id else link.first for link in links]
        shifts = self._together([shift, *(self.where[one] for one in mates if one in self.where)])
        before, after = self._as_it_is(shifts), self._evaluated(shifts, visit, (shift, position))
        if set(after.hard) - set(before.hard) or set(after.moved) - set(before.moved) - {visit.id}:
            return None
        if _late(after, visit.id) > _late(before, visit.id):
            return None
        paid = {who: much - before.paid.get(who, 0) for who, much in after.paid.items()}
        cost = after.cost.total - before.cost.total
        return Added(cost, after.metres - before.metres, after.stops[visit.id][1].begins, paid)

    def _together(self, shifts: Iterable[int]) -> list[int]:
        return sorted({one for shift in shifts for one in self.groups.get(shift, (shift,))})

    def _as_it_is(self, shifts: Sequence[int]) -> Evaluation:
        key = tuple(shifts)
        if key not in self._known:
            self._known[key] = self._evaluated(shifts)
        return self._known[key]

    def _evaluated(
        self, shifts: Sequence[int], visit: Visit | None = None, at: tuple[int, int] = (-1, 0)
    ) -> Evaluation:
        routes = []
        for shift in shifts:
            visits = self.named[shift]
            if visit is not None and shift == at[0]:
                visits = (*visits[: at[1]], visit.id, *visits[at[1] :])
            routes.append(Route(*self.keys[shift], visits))
        plan = Plan(tuple(one for one in routes if one.visits))
        return evaluate(self._part(shifts, plan, visit), plan)

    def _part(self, shifts: Sequence[int], plan: Plan, visit: Visit | None) -> Problem:
        """The problem of these rounds alone. Who is bound to a visit elsewhere is held all the same."""
        visits = [self.problem.visit[id] for id in sorted(plan.planned)]
        if visit is not None:
            visits = [visit if one.id == visit.id else one for one in visits]
        links = dict.fromkeys(link for one in visits for link in self.problem.links_of.get(one.id, ()))
        people = {self.keys[shift][0] for shift in shifts}
        return replace(
            self.problem,
            technicians=tuple(one for one in self.problem.technicians if one.id in people),
            visits=tuple(visits),
            links=tuple(links),
            prices=replace(self.problem.prices, uneven_per_hour=0),
            zone_most={},
        )


def _late(evaluation: Evaluation, but: str) -> int:
    """By how many minutes the others are late."""
    return sum(-(-stop.late // MINUTE) for id, (_, stop) in evaluation.stops.items() if id != but)
