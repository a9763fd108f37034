"""VROOM by itself, through pyvroom: vehicles by technician and day, skills, breaks, several windows.

It knows nothing of overtime, of what a later day costs, of a preferred technician and of a price for leaving
out. It searches as much as its exploration level says and then ends, so a longer time changes nothing once it
has ended; where the time is too short for the level, it is asked again with each shorter time.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
import vroom
from numpy.typing import NDArray

from bench.planning.rivals.found import Found, Turn, scale, square, turns
from domain.maintenance.planning.model import DAY, HOUR, Plan, Problem, Route, Shift, Visit

MOST = 5
"""The highest exploration level."""
WEEK_END = 30 * DAY
DEAREST = 2**31
"""It refuses plans that might cost more; what is dearer is said in coarser parts."""


@dataclass(frozen=True)
class Vroom:
    """``marks``: after which times it is asked what it has."""

    marks: Sequence[float] = (1, 5, 10, 20)
    name: str = "VROOM"

    def search(self, problem: Problem, seconds: float, seed: int = 0) -> list[Found]:  # noqa: ARG002
        found = []
        for mark in [one for one in self.marks if one < seconds] + [seconds]:
            begun = time.perf_counter()
            model = Model(problem)
            left = max(0.05, mark - (time.perf_counter() - begun))
            solution = model.input().solve(MOST, 1, timedelta(seconds=left))
            took = time.perf_counter() - begun
            found.append(Found(min(took, mark), model.plan(solution)))
            if took < mark - 0.1:
                break
        return found


@dataclass
class Model:
    problem: Problem
    turns: list[Turn] = field(init=False)

    def __post_init__(self) -> None:
        self.turns = turns(self.problem)
        homes = [place for turn in self.turns for place in (_start(turn), turn.technician.end)]
        self._places = sorted({*homes, *(one.place for one in self.problem.visits)})
        self._index = {place: index for index, place in enumerate(self._places)}
        self._kinds = sorted({_kind(one) for one in self.problem.visits})
        self._parts = sorted({part for turn in self.turns for part in turn.technician.parts or ()})

    def input(self) -> vroom.Input:
        """What a way costs, its metres and its time, is one price where all have the same."""
        metres = square(self.problem.travel.metres, self._places)
        seconds = square(self.problem.travel.seconds, self._places)
        asked = vroom.Input()
        asked.set_durations_matrix("car", seconds)
        who, parts = self.problem.technicians[0], scale(self.problem)
        price = metres * who.per_km * parts / 1_000 + seconds * who.per_hour * parts / HOUR
        asked.set_costs_matrix("car", np.rint(price * min(1.0, DEAREST / self._dearest(price))))
        asked.add_vehicle([self._vehicle(number, turn) for number, turn in enumerate(self.turns)])
        asked.add_job([self._job(number, visit) for number, visit in enumerate(self.problem.visits)])
        return asked

    def _dearest(self, price: NDArray[np.float64]) -> float:
        """What VROOM takes a plan to cost at most: the dearest way from everywhere, or to everywhere."""
        stops = [self._index[one.place] for one in self.problem.visits]
        homes = [self._index[place] for turn in self.turns for place in (_start(turn), turn.technician.end)]
        ways = np.maximum(price.max(axis=1), price.max(axis=0))
        return float(ways[stops + homes].sum())

    def plan(self, solution: Any) -> Plan:
        routes: dict[int, list[str]] = {}
        frame = solution.routes
        for vehicle, kind, number in zip(frame["vehicle_id"], frame["type"], frame["id"], strict=True):
            if kind == "job":
                routes.setdefault(int(vehicle), []).append(self.problem.visits[int(number)].id)
        return Plan(
            tuple(
                Route(self.turns[vehicle].technician.id, self.turns[vehicle].day, tuple(visits))
                for vehicle, visits in sorted(routes.items())
            )
        )

    def _vehicle(self, number: int, turn: Turn) -> vroom.Vehicle:
        who, shift, midnight = turn.technician, turn.shift, turn.day * DAY
        most = shift.begin + shift.ordinary + shift.overtime_most + turn.rest
        return vroom.Vehicle(
            number,
            start=self._index[_start(turn)],
            end=self._index[who.end],
            capacity=[10**6 if who.parts is None else who.parts.get(part, 0) for part in self._parts],
            skills=self._skills(turn),
            time_window=(midnight + shift.begin, midnight + min(shift.end, most)),
            breaks=self._breaks(number, shift, midnight),
        )

    def _skills(self, turn: Turn) -> set[int]:
        """The kinds of visits that this one may do."""
        skills = turn.technician.skills
        return {
            number
            for number, kind in enumerate(self._kinds)
            if all(skills.get(skill, 0) >= level for skill, level in kind)
        }

    def _breaks(self, number: int, shift: Shift, midnight: int) -> list[vroom.Break]:
        return [
            vroom.Break(
                number * 10 + index,
                time_windows=[vroom.TimeWindow(midnight + one.earliest, midnight + one.latest)],
                service=one.duration,
            )
            for index, one in enumerate(shift.breaks)
        ]

    def _job(self, number: int, visit: Visit) -> vroom.Job:
        windows = [
            vroom.TimeWindow(one.day * DAY + one.opens, one.day * DAY + one.closes - visit.duration)
            for one in sorted(visit.windows, key=lambda one: (one.day, one.opens))
            if one.closes - one.opens >= visit.duration
        ]
        return vroom.Job(
            number,
            location=self._index[visit.place],
            default_service=visit.duration,
            delivery=[visit.parts.get(part, 0) for part in self._parts],
            skills={self._kinds.index(_kind(visit))},
            time_windows=windows or [vroom.TimeWindow(0, WEEK_END)],
        )


def _kind(visit: Visit) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(visit.skills.items()))


def _start(turn: Turn) -> int:
    return turn.technician.start if turn.shift.start is None else turn.shift.start
