"""Who may do which visit on which day, and what that alone costs, for all visits and days at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.maintenance.planning.model import Problem, Technician, Visit
from domain.maintenance.planning.standing import visit_faults

Key = tuple[str, int]
"""A technician's day."""
Flags = NDArray[np.bool_]
Money = NDArray[np.int64]


@dataclass(frozen=True)
class Suitability:
    """Rows are the visits of the problem, columns the ``keys``. ``cost`` is in minor units, whatever the
    way and the hour: waiting, another than the preferred technician, a promise of another day."""

    keys: tuple[Key, ...]
    allowed: Flags
    cost: Money


def keys_of(problem: Problem) -> tuple[Key, ...]:
    """All technicians' days, by day."""
    days = range(len(problem.days))
    return tuple((one.id, day) for day in days for one in problem.technicians if day in one.shifts)


def suitability(problem: Problem, keys: Sequence[Key]) -> Suitability:
    return Suitability(tuple(keys), _allowed(problem, keys), _cost(problem, keys))


def _allowed(problem: Problem, keys: Sequence[Key]) -> Flags:
    """Visits that ask for the same have the same row, so that each is looked at once."""
    rows: dict[object, Flags] = {}
    table = np.zeros((len(problem.visits), len(keys)), dtype=np.bool_)
    for number, visit in enumerate(problem.visits):
        days = frozenset(one.day for one in visit.windows) if visit.windows else None
        asked = (tuple(sorted(visit.skills.items())), visit.zone, visit.pin, tuple(visit.parts.items()), days)
        if asked not in rows:
            rows[asked] = _row(problem, visit, keys, days)
        table[number] = rows[asked]
    return table


def _row(problem: Problem, visit: Visit, keys: Sequence[Key], days: frozenset[int] | None) -> Flags:
    may = {one.id: _may(one, visit) for one in problem.technicians}
    return np.array(
        [may[who] and (days is None or day in days) and _pinned(visit, day) for who, day in keys],
        dtype=np.bool_,
    )


def _may(technician: Technician, visit: Visit) -> bool:
    """Whatever the day."""
    day = 0 if visit.pin is None or visit.pin.day is None else visit.pin.day
    have = technician.parts
    in_van = have is None or all(have.get(part, 0) >= many for part, many in visit.parts.items())
    return in_van and not visit_faults(technician, visit, day)


def _pinned(visit: Visit, day: int) -> bool:
    return visit.pin is None or visit.pin.day in (None, day)


def _cost(problem: Problem, keys: Sequence[Key]) -> Money:
    day = np.array([day for _, day in keys], dtype=np.int64)
    column: dict[str, list[int]] = {}
    for index, (who, _) in enumerate(keys):
        column.setdefault(who, []).append(index)
    urgency = np.array([one.urgency for one in problem.visits], dtype=np.int64)
    cost: Money = urgency[:, None] * day[None, :]
    for number, visit in enumerate(problem.visits):
        if visit.preferred is not None:
            cost[number] += problem.prices.not_preferred
            cost[number, column.get(visit.preferred, [])] -= problem.prices.not_preferred
        if visit.promise is not None:
            elsewhere = day != visit.promise.day
            moved = elsewhere.copy()
            if visit.promise.technician is not None:
                named = np.zeros(len(keys), dtype=np.bool_)
                named[column.get(visit.promise.technician, [])] = True
                moved |= ~named
            cost[number] += problem.prices.moved * moved + problem.prices.other_day * elsewhere
    return cost
