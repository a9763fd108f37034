"""The rounds of a plan, prepared to say where a visit fits in and what it adds."""

import numpy as np

from adapters.planning.admission import Admission
from adapters.planning.arrays import Arrays
from adapters.planning.bound_rounds import BoundRounds
from adapters.planning.places import Places, Priced
from adapters.planning.rounds import Rounds
from adapters.planning.slot_search import Search
from domain.maintenance.planning.model import Plan, Problem, Visit
from domain.maintenance.planning.slots import Slot

ALL = 10**6


class Board:
    """The rounds of one plan; nothing in it changes."""

    def __init__(self, problem: Problem, plan: Plan, arrays: Arrays | None = None) -> None:
        """``arrays``: of the same problem, if there are some already."""
        self.problem = problem
        self.arrays = arrays or Arrays(problem)
        routes = {(one.technician, one.day): one.visits for one in plan.routes}
        self.planned = plan.planned
        self.named = [routes.get(key, ()) for key in self.arrays.shifts.keys]
        numbers = self.arrays.visits.index
        self.rounds = Rounds(self.arrays, [[numbers[id] for id in one] for one in self.named])
        self.admission = Admission(self.arrays, self.named)
        self.bound = BoundRounds(self.arrays, self.named)
        self.priced = Priced(self.arrays, self.rounds, self.bound, self.named)
        self.places = Places(self.arrays, self.rounds, self.bound, self.priced)

    def visit(self, id: str) -> Visit:
        return self.problem.visit[id]

    def troubled(self) -> list[tuple[str, int]]:
        """The days on which something is violated or late."""
        bad = self.priced.closed | (self.priced.minutes > 0)
        return [self.arrays.shifts.keys[shift] for shift in np.flatnonzero(bad)]

    def slots(self, visit: str, most: int = 10, each_day: int | None = None) -> list[Slot]:
        if visit in self.planned:
            return []
        asked = self.visit(visit)
        return self._search(self.arrays, asked).found(self.admission.of_visit(asked), most, each_day)

    def fits(self, visit: Visit, technician: str, day: int) -> list[Slot]:
        shift = self.arrays.shifts.index.get((technician, day))
        if shift is None or visit.id in self.planned:
            return []
        allowed = self.admission.of_visit(visit)
        allowed &= np.arange(len(allowed)) == shift
        return self._search(self.arrays.replaced(visit), visit).found(allowed, ALL, None)

    def _search(self, arrays: Arrays, visit: Visit) -> Search:
        return Search(arrays, self.rounds.over(arrays), self.places, self.bound, visit)
