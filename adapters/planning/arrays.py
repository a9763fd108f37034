"""A problem as arrays: what visits ask of each day, and what each technician's day allows and costs."""

from collections.abc import Sequence
from copy import copy

import numpy as np
from numpy.typing import NDArray

from adapters.planning.ways import Numbers, Ways
from domain.maintenance.planning.asks import ask_of
from domain.maintenance.planning.model import DAY, Problem, Shift, Technician, Visit

FAR = 10 * DAY
"""Later than everything."""
Flags = NDArray[np.bool_]


class Shifts:
    """Of every technician on every day that is worked, in the order of the problem. With more than one break
    a day is ``odd``: it is left to the evaluator.
    """

    def __init__(self, problem: Problem) -> None:
        number = {one.id: index for index, one in enumerate(problem.technicians)}
        found = [
            (one, day, shift) for one in problem.technicians for day, shift in sorted(one.shifts.items())
        ]
        self.keys = [(one.id, day) for one, day, _ in found]
        self.index = {key: index for index, key in enumerate(self.keys)}
        self.technician = _column([number[one.id] for one, _, _ in found])
        self.day = _column([day for _, day, _ in found])
        shifts = [shift for _, _, shift in found]
        self.begin = _column([one.begin for one in shifts])
        self.end = _column([one.end for one in shifts])
        self.ordinary = _column([one.ordinary for one in shifts])
        self.overtime_most = _column([one.overtime_most for one in shifts])
        self.out = np.array([one.out for one in shifts], dtype=bool)
        self.odd = np.array([len(one.breaks) > 1 for one in shifts], dtype=bool)
        self._breaks(shifts)
        self._people([(one, shift) for one, _, shift in found])

    def _breaks(self, shifts: Sequence[Shift]) -> None:
        first = [one.breaks[0] if one.breaks else None for one in shifts]
        self.rests = np.array([one is not None for one in first], dtype=bool)
        self.earliest = _column([one.earliest if one else 0 for one in first])
        self.latest = _column([one.latest if one else FAR for one in first])
        self.rest = _column([one.duration if one else 0 for one in first])

    def _people(self, found: Sequence[tuple[Technician, Shift]]) -> None:
        self.start = _column([one.start if shift.start is None else shift.start for one, shift in found])
        self.home = _column([one.end for one, _ in found])
        self.per_hour = _column([one.per_hour for one, _ in found])
        self.overtime_per_hour = _column([one.overtime_per_hour for one, _ in found])
        self.per_km = _column([one.per_km for one, _ in found])
        self.per_day = _column([one.per_day for one, _ in found])


class Visits:
    """Rows of visits by their number; ``floor``, ``kept`` and the windows by day first. A visit begins in a
    window from ``opens`` to ``until``.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        many, days = len(problem.visits), len(problem.days)
        widest = max([_windows_of_a_day(one) for one in problem.visits], default=1)
        self.index = {one.id: index for index, one in enumerate(problem.visits)}
        self.technicians = {one.id: index for index, one in enumerate(problem.technicians)}
        self.place, self.duration = np.zeros(many, dtype=np.int64), np.zeros(many, dtype=np.int64)
        self.pinned = np.full(many, FAR, dtype=np.int64)
        self.named = np.full(many, -1, dtype=np.int64)
        self.held, self.any_time = np.zeros(many, dtype=bool), np.zeros(many, dtype=bool)
        self.floor = np.zeros((days, many), dtype=np.int64)
        self.kept = np.full((days, many), FAR, dtype=np.int64)
        self.opens = np.full((max(1, widest), days, many), FAR, dtype=np.int64)
        self.until = np.full((max(1, widest), days, many), -FAR, dtype=np.int64)
        for visit in problem.visits:
            self._fill(visit)

    def number(self, technician: str) -> int:
        return self.technicians.get(technician, -1)

    def replaced(self, visit: Visit) -> "Visits":
        """With another promise, in rows of its own."""
        made = copy(self)
        for name in ("place", "duration", "pinned", "named", "held", "any_time", "floor", "kept"):
            setattr(made, name, getattr(self, name).copy())
        made._fill(visit)
        return made

    def _fill(self, visit: Visit) -> None:
        row = self.index[visit.id]
        self.place[row], self.duration[row] = visit.place, visit.duration
        self.any_time[row] = not visit.windows
        promise = visit.promise
        if promise is not None and promise.technician is not None:
            self.named[row] = self.technicians.get(promise.technician, len(self.technicians))
        self.floor[:, row], self.kept[:, row] = 0, FAR
        if visit.pin is not None and visit.pin.at is not None:
            self.pinned[row], self.floor[:, row] = visit.pin.at, visit.pin.at
        self.held[row] = ask_of(self.problem, visit, 0).held
        days = {one.day for one in visit.windows} | ({promise.day} if promise else set())
        for day in days:
            if not 0 <= day < len(self.problem.days):
                continue
            ask = ask_of(self.problem, visit, day)
            self.floor[day, row] = ask.floor
            self.kept[day, row] = FAR if ask.kept is None else ask.kept
            for number, (opens, closes) in enumerate(ask.windows):
                self.opens[number, day, row], self.until[number, day, row] = opens, closes - ask.duration


class Arrays:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.ways = Ways(problem.travel)
        self.shifts = Shifts(problem)
        self.visits = Visits(problem)

    def replaced(self, visit: Visit) -> "Arrays":
        made = copy(self)
        made.visits = self.visits.replaced(visit)
        return made


def _windows_of_a_day(visit: Visit) -> int:
    days = [one.day for one in visit.windows]
    return max((days.count(day) for day in set(days)), default=0)


def _column(values: Sequence[int]) -> Numbers:
    return np.array(values, dtype=np.int64)
