"""What it would cost to put each visit into each technician's day, nearly: by ways and hours as they are now.

The table is kept for all visits that wait, one column being reckoned anew when its day changes; whoever puts
a visit lets the evaluator say what it really costs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adapters.planning.suitability import Key, keys_of, suitability
from domain.maintenance.planning.asks import before_rest
from domain.maintenance.planning.model import DAY, HOUR, Problem, Route, Visit
from domain.maintenance.planning.timing import Timed, day_of

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Course:
    """The gaps of a day: between which places, from when and until when, and what is paid by now."""

    before: Places
    after: Places
    leaves: Numbers
    until: Numbers
    paid: int


class Gaps:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.keys = keys_of(problem)
        self.column = {key: number for number, key in enumerate(self.keys)}
        self.row = {one.id: number for number, one in enumerate(problem.visits)}
        self._suited = suitability(problem, self.keys)
        self._seconds = _lengthened(problem)
        self._metres = _table(problem.travel.metres)
        self._place = np.array([one.place for one in problem.visits], dtype=np.int64)
        self._lasts = np.array([one.duration for one in problem.visits], dtype=np.float64)
        self._spans = {day: _spans(problem.visits, day) for day in range(len(problem.days))}
        vans = [one for one in problem.technicians if one.parts is not None]
        self._parts = sorted({part for one in problem.visits for part in one.parts}) if vans else []
        self._needs = np.array(
            [[one.parts.get(part, 0) for part in self._parts] for one in problem.visits], dtype=np.int64
        ).reshape(len(problem.visits), len(self._parts))
        self.cost = np.full((len(problem.visits), len(self.keys)), np.inf)
        self.at = np.zeros(self.cost.shape, dtype=np.int16)

    def allowed(self, visit: str) -> NDArray[np.bool_]:
        """By key."""
        row: NDArray[np.bool_] = self._suited.allowed[self.row[visit]]
        return row

    def reckon(self, key: Key, timed: Timed, rows: NDArray[np.int64]) -> None:
        """What the visits of ``rows`` would cost in this day."""
        column = self.column[key]
        rows = rows[self._suited.allowed[rows, column]]
        rows = rows[(self._needs[rows] <= self._left(key[0], timed)).all(axis=1)]
        if not len(rows):
            return
        course = self._course(key, timed)
        costs = self._costs(key, course, rows)
        best = costs.argmin(axis=1)
        self.at[rows, column] = best
        self.cost[rows, column] = costs[np.arange(len(rows)), best]

    def _left(self, technician: str, timed: Timed) -> Places:
        """Of each part, what is in the van beside what the round takes."""
        have = self.problem.technician[technician].parts
        if have is None:
            return np.full(len(self._parts), np.iinfo(np.int64).max)
        taken = self._needs[[self.row[one.visit] for one in timed.round.stops]].sum(axis=0)
        left: Places = np.array([have.get(part, 0) for part in self._parts], dtype=np.int64) - taken
        return left

    def _course(self, key: Key, timed: Timed) -> Course:
        """As soon as everything can be, with the breaks where they are now."""
        route = Route(*key, tuple(one.visit for one in timed.round.stops))
        day = day_of(self.problem, route, {})
        placed = timed.placed
        leaves, _ = day.first_departure(placed)
        course = day.course(leaves, placed)
        latest = day.latest_begins(course, placed)
        places = [ask.place for ask in day.asks]
        ends = [begins + ask.duration for begins, ask in zip(course.begins, day.asks, strict=True)]
        back = min(day.shift.end, leaves + day.shift.ordinary + day.shift.overtime_most + _rest(timed))
        until = [before_rest(moment, index, placed) for index, moment in enumerate(latest)]
        until.append(before_rest(back, len(places), placed) if not places else back)
        return Course(
            np.array([day.start, *places], dtype=np.int64),
            np.array([*places, day.technician.end], dtype=np.int64),
            np.array([leaves, *ends], dtype=np.float64),
            np.array(until, dtype=np.float64),
            timed.round.paid if places or day.shift.out else 0,
        )

    def _costs(self, key: Key, course: Course, rows: NDArray[np.int64]) -> Numbers:
        who, day = key
        technician = self.problem.technician[who]
        shift = technician.shifts[day]
        place, lasts = self._place[rows][:, None], self._lasts[rows][:, None]
        there, onward = self._seconds[course.before, place], self._seconds[place, course.after]
        comes = course.leaves + there
        begins = _begins(self._spans[day], rows, comes, lasts)
        fits = begins + lasts + onward <= course.until
        empty = len(course.before) == 1 and not shift.out
        straight = 0.0 if empty else self._seconds[course.before, course.after]
        longer = there + onward - straight + lasts
        way = self._metres[course.before, place] + self._metres[place, course.after]
        way = way - (0 if empty else self._metres[course.before, course.after])
        over = np.maximum(course.paid + longer - max(shift.ordinary, course.paid), 0)
        cost = way * (technician.per_km / 1000) + (longer - over) * (technician.per_hour / HOUR)
        cost += over * (technician.overtime_per_hour / HOUR) + (technician.per_day if empty else 0)
        cost += self._suited.cost[rows, self.column[key]][:, None]
        fits &= over <= shift.overtime_most
        result: Numbers = np.where(fits, cost, np.inf)
        return result


def _rest(timed: Timed) -> int:
    return sum(one.ends - one.begins for one in timed.round.pauses)


def _begins(
    spans: tuple[Numbers, Numbers], rows: NDArray[np.int64], comes: Numbers, lasts: Numbers
) -> Numbers:
    """The first moment in a window that the whole visit fits in, or never."""
    opens, closes = spans
    found = np.full(comes.shape, np.inf)
    for number in range(opens.shape[1] - 1, -1, -1):
        begins = np.maximum(comes, opens[rows, number][:, None])
        found = np.where(begins + lasts <= closes[rows, number][:, None], begins, found)
    return found


def _spans(visits: Sequence[Visit], day: int) -> tuple[Numbers, Numbers]:
    """The windows of a day, as many columns as the visit with the most has."""
    spans = [_of_day(one, day) for one in visits]
    most = max((len(some) for some in spans), default=1)
    opens = np.full((len(visits), max(most, 1)), np.inf)
    closes = np.full(opens.shape, -np.inf)
    for number, some in enumerate(spans):
        for column, (first, last) in enumerate(some):
            opens[number, column], closes[number, column] = first, last
    return opens, closes


def _of_day(visit: Visit, day: int) -> list[tuple[float, float]]:
    windows = sorted((one.opens, one.closes) for one in visit.windows if one.day == day)
    first, last = 0.0, float(10 * DAY)
    if visit.pin is not None and visit.pin.at is not None:
        first, last = float(visit.pin.at), float(visit.pin.at + visit.duration)
    if visit.promise is not None and visit.promise.day == day:
        first = max(first, visit.promise.at - visit.promise.tolerance)
    spans = windows if visit.windows else [(0, 10 * DAY)]
    return [(max(a, first), min(b, last)) for a, b in spans if max(a, first) + visit.duration <= min(b, last)]


def _lengthened(problem: Problem) -> Numbers:
    """Ways as they are on average of the hours in which people drive."""
    by = problem.travel.percent[8:18]
    return _table(problem.travel.seconds) * (sum(by) / len(by) / 100)


def _table(rows: Sequence[Sequence[int]]) -> Numbers:
    return np.array([np.asarray(row) for row in rows], dtype=np.float64)
