"""What a rival found, when, and what every one of them is given alike.

Each is used as its documentation shows, on one thread, with all of the problem that it can say. What it
cannot say (breaks here, links there) its plan may violate: such visits are taken out afterwards, by the
evaluator, and put back where they fit, by the same insertion for all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd, lcm
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from adapters.planning.insertion import Insertion
from domain.maintenance.planning.model import HOUR, Plan, Problem, Shift, Technician, Visit
from domain.maintenance.planning.solving import Limits
from domain.maintenance.planning.standing import visit_faults

FINEST = 1_000
MENDING = 30.0
Mask = NDArray[np.bool_]
Matrix = NDArray[np.int64]


@dataclass(frozen=True)
class Found:
    """``seconds`` since the rival was asked, the building of its model included."""

    seconds: float
    plan: Plan


class Rival(Protocol):
    @property
    def name(self) -> str: ...

    def search(self, problem: Problem, seconds: float, seed: int = 0) -> list[Found]:
        """Every better plan by its own price, in the order of time; the last is what it ends with."""


@dataclass(frozen=True)
class Turn:
    """A technician's day."""

    technician: Technician
    day: int
    shift: Shift

    @property
    def rest(self) -> int:
        return sum(one.duration for one in self.shift.breaks)


def scale(problem: Problem) -> int:
    """The fewest parts of a minor unit by which prices by the metre and the second are whole numbers."""
    parts = [1]
    for one in problem.technicians:
        parts.append(1_000 // gcd(1_000, one.per_km))
        parts += [HOUR // gcd(HOUR, price) for price in (one.per_hour, one.overtime_per_hour)]
    return min(FINEST, lcm(*parts))


def turns(problem: Problem) -> list[Turn]:
    return [
        Turn(technician, day, shift)
        for technician in problem.technicians
        for day, shift in sorted(technician.shifts.items())
    ]


def able(problem: Problem, turns: Sequence[Turn]) -> list[Mask]:
    """Of each visit, whether each of them may do it on this day."""
    kinds: dict[tuple[object, ...], int] = {}
    kind_of = [kinds.setdefault(_asks(one), len(kinds)) for one in problem.visits]
    models = [problem.visits[kind_of.index(kind)] for kind in range(len(kinds))]
    found = []
    for turn in turns:
        may = np.array([not visit_faults(turn.technician, one, turn.day) for one in models], dtype=bool)
        found.append(may[kind_of])
    return found


def _asks(visit: Visit) -> tuple[object, ...]:
    return tuple(sorted(visit.skills.items())), visit.zone, visit.pin


def square(rows: Sequence[Sequence[int]], places: Sequence[int]) -> Matrix:
    """The matrix between these places."""
    chosen = np.array(places, dtype=np.int64)
    return np.array([np.asarray(rows[place], dtype=np.int64)[chosen] for place in places])


def at(found: Sequence[Found], seconds: float) -> Plan:
    """The best by then; nothing planned where there was none yet."""
    until = [one.plan for one in found if one.seconds <= seconds]
    return until[-1] if until else Plan()


def carried_out(problem: Problem, plan: Plan) -> Plan:
    """Without what cannot be, and what was left out put where it fits."""
    return Insertion().solve(problem, Limits(seconds=MENDING), start=plan)
