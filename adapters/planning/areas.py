"""Which technicians' days are planned anew together: those that pass near each other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from domain.maintenance.planning.model import Plan, Problem, Visit
from domain.maintenance.planning.standing import visit_faults

Key = tuple[str, int]


@dataclass(frozen=True)
class Size:
    """The most that is planned anew at once. ``idle``: days on which nobody goes out yet."""

    days: int = 8
    visits: int = 40
    idle: int = 2
    unplanned: int = 8


class Areas:
    def __init__(self, problem: Problem, size: Size | None = None) -> None:
        self._problem = problem
        self._size = size or Size()
        self._ids = [one.id for one in problem.visits]
        self._places = np.array([one.place for one in problem.visits], dtype=np.int64)
        self._homes = np.array([one.start for one in problem.technicians], dtype=np.int64)

    def drawn(self, random: Random, plan: Plan) -> tuple[tuple[Key, ...], tuple[str, ...]]:
        """Days and visits around a visit drawn by lot; those that are not planned have half the lots."""
        where = {visit: (one.technician, one.day) for one in plan.routes for visit in one.visits}
        unplanned = [id for id in self._ids if id not in where]
        seed = random.choice(unplanned if unplanned and random.random() < 0.5 else self._ids)
        near = self._near(seed)
        days = self._busy(random, plan, [where[id] for id in near if id in where], where.get(seed))
        days += self._idle(random, seed, {*where.values(), *days})
        visits = [visit for key in days for visit in plan.of(*key).visits]
        lost = [id for id in near if id not in where and self._possible(self._problem.visit[id], days)]
        return tuple(days), (*visits, *lost[: self._size.unplanned])

    def _near(self, seed: str) -> list[str]:
        row = np.asarray(self._problem.travel.seconds[self._problem.visit[seed].place])
        return [self._ids[index] for index in np.argsort(row[self._places], kind="stable")]

    def _busy(self, random: Random, plan: Plan, near: Sequence[Key], seed: Key | None) -> list[Key]:
        """Of all days, of the seed's day only, or the seed's technician first."""
        kind = random.randrange(3) if seed else 0
        keys: Iterable[Key] = near
        if kind == 1 and seed:
            keys = (key for key in near if key[1] == seed[1])
        elif kind == 2 and seed:
            keys = [*(key for key in near if key[0] == seed[0]), *near]
        return list(self._fitting(keys, plan))

    def _fitting(self, keys: Iterable[Key], plan: Plan) -> Iterator[Key]:
        days = visits = 0
        for key in dict.fromkeys(keys):
            many = len(plan.of(*key).visits)
            if days and visits + many > self._size.visits:
                continue
            days, visits = days + 1, visits + many
            yield key
            if days == self._size.days:
                return

    def _idle(self, random: Random, seed: str, taken: set[Key]) -> list[Key]:
        """Of those who live nearest."""
        visit, problem = self._problem.visit[seed], self._problem
        row = np.asarray(problem.travel.seconds[visit.place])
        order = np.argsort(row[self._homes], kind="stable")
        free: list[Key] = []
        for index in order:
            technician = problem.technicians[int(index)]
            free += [(technician.id, day) for day in technician.shifts if (technician.id, day) not in taken]
            if len(free) >= 4 * self._size.idle:
                break
        return random.sample(free, min(self._size.idle, len(free)))

    def _possible(self, visit: Visit, days: Iterable[Key]) -> bool:
        technician = self._problem.technician
        return any(not visit_faults(technician[who], visit, day) for who, day in days)
