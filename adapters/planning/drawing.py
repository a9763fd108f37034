"""Which part of a plan is looked at next: days that pass near each other, around a visit drawn by lot."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from adapters.planning.suitability import Key, keys_of, suitability
from domain.maintenance.planning.model import Plan, Problem


@dataclass(frozen=True)
class Size:
    """The most of a part. ``idle``: days on which nobody goes out yet; ``lost``: unplanned visits."""

    days: int = 20
    visits: int = 90
    idle: int = 15
    lost: int = 15


class Drawing:
    """Those who were least in parts come next."""

    def __init__(self, problem: Problem, size: Size, random: Random) -> None:
        self._problem = problem
        self._size = size
        self._random = random
        self._ids = [one.id for one in problem.visits]
        self._row = {id: number for number, id in enumerate(self._ids)}
        self._places = np.array([one.place for one in problem.visits], dtype=np.int64)
        self._homes = np.array([one.start for one in problem.technicians], dtype=np.int64)
        self._keys = keys_of(problem)
        self._column = {key: number for number, key in enumerate(self._keys)}
        self._allowed = suitability(problem, self._keys).allowed
        self._times = np.zeros(len(self._ids), dtype=np.int64)

    @property
    def rounds(self) -> int:
        """How often every visit was in a part."""
        return int(self._times.min(initial=1 << 30))

    def part(self, plan: Plan) -> tuple[tuple[Key, ...], tuple[str, ...]]:
        routes = {(one.technician, one.day): one.visits for one in plan.routes if one.visits}
        where = {visit: key for key, visits in routes.items() for visit in visits}
        seed = self._seed([id for id in self._ids if id not in where])
        near = self._near(seed)
        busy = self._busy([where[id] for id in near if id in where], where.get(seed), routes)
        keys = (*busy, *self._idle(seed, routes))
        columns = [self._column[key] for key in keys if key in self._column]
        lost = (id for id in near if id not in where and self._allowed[self._row[id], columns].any())
        visits = [visit for key in busy for visit in routes[key]]
        visits += [id for id, _ in zip(lost, range(self._size.lost), strict=False)]
        self._times[[self._row[id] for id in {*visits, seed}]] += 1
        return keys, tuple(visits)

    def _seed(self, unplanned: Sequence[str]) -> str:
        """Every third time one that is not planned."""
        among = unplanned if unplanned and self._random.randrange(3) == 0 else self._ids
        times = self._times[[self._row[id] for id in among]]
        return among[self._random.choice(np.flatnonzero(times == times.min()).tolist())]

    def _near(self, seed: str) -> list[str]:
        row = np.asarray(self._problem.travel.seconds[self._problem.visit[seed].place])
        return [self._ids[number] for number in np.argsort(row[self._places], kind="stable")]

    def _busy(self, near: Sequence[Key], seed: Key | None, routes: Mapping[Key, Sequence[str]]) -> list[Key]:
        """Of all days, of the seed's day before others, or of the seed's technician before others."""
        kind = self._random.randrange(3)
        order: Iterable[Key] = near
        if seed is not None and kind:
            same = 1 if kind == 1 else 0
            order = [*(key for key in near if key[same] == seed[same]), *near]
        chosen: list[Key] = []
        visits = 0
        for key in dict.fromkeys(order):
            many = len(routes[key])
            if not chosen or visits + many <= self._size.visits:
                chosen.append(key)
                visits += many
            if len(chosen) == self._size.days:
                break
        return chosen

    def _idle(self, seed: str, routes: Mapping[Key, object]) -> list[Key]:
        """Of those who live nearest, by lot."""
        row = np.asarray(self._problem.travel.seconds[self._problem.visit[seed].place])
        free: list[Key] = []
        for number in np.argsort(row[self._homes], kind="stable"):
            technician = self._problem.technicians[int(number)]
            keys = ((technician.id, day) for day in technician.shifts)
            free += [key for key in keys if key not in routes and key in self._column]
            if len(free) >= 3 * self._size.idle:
                break
        return self._random.sample(free, min(self._size.idle, len(free)))
