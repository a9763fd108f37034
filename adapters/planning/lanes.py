"""Many rounds timed at once, each to the second as the evaluator times it, as long as nothing is violated.

A lane is a round with the place of its break. Lanes are sorted by length, longest first: at the n-th visit
the first ``active[n]`` of them still have one.
"""

from dataclasses import dataclass

import numpy as np

from adapters.planning.arrays import FAR, Arrays, Flags
from adapters.planning.ways import Numbers
from domain.maintenance.planning.model import HOUR

MINUTE = 60
NO_REST = -2
BEFORE_LEAVING = -1


@dataclass(frozen=True)
class Lanes:
    """``visits[n]``: the n-th visit of each lane that has one. ``rest_at``: how many visits come before the
    break.
    """

    shift: Numbers
    length: Numbers
    visits: tuple[Numbers, ...]
    rest_at: Numbers


@dataclass(frozen=True)
class Timed:
    """``sound``: nothing violated; the rest holds only then. ``late``: what broken promises about the time
    cost; ``minutes``: how much later than told the others are served, but for the visit that is asked about,
    which begins at ``own``.
    """

    sound: Flags
    paid: Numbers
    late: Numbers
    minutes: Numbers
    own: Numbers
    paused: Numbers


class Column:
    """What the n-th visits of the lanes ask, each of its day."""

    def __init__(self, arrays: Arrays, rows: Numbers, day: Numbers) -> None:
        visits, self.rows = arrays.visits, rows
        key = day * len(visits.place) + rows
        self.place, self.duration = visits.place[rows], visits.duration[rows]
        self.floor, self.kept = visits.floor.ravel()[key], visits.kept.ravel()[key]
        self.windows = [
            (opens.ravel()[key], until.ravel()[key])
            for opens, until in zip(visits.opens, visits.until, strict=True)
        ]
        self.any_time, self.held, self.pinned = visits.any_time[rows], visits.held[rows], visits.pinned[rows]

    def begins(self, ready: Numbers) -> tuple[Numbers, Flags]:
        """In the first window that it fits into; whether there is one."""
        earliest = np.maximum(ready, self.floor)
        begins, fits = earliest, self.any_time
        for opens, until in reversed(self.windows):
            there = np.maximum(earliest, opens)
            inside = there <= until
            begins, fits = np.where(inside, there, begins), fits | inside
        return begins, fits & (begins <= self.pinned)

    def latest(self, limit: Numbers, begins: Numbers) -> Numbers:
        """The latest moment up to the limit at which it may begin, for what was told and for its windows."""
        limit = np.minimum(limit, np.maximum(self.kept, begins))
        found = np.where(self.any_time, limit, begins)
        for opens, until in self.windows:
            latest = np.minimum(limit, until)
            found = np.where(latest >= opens, np.maximum(found, latest), found)
        return np.where(self.pinned < FAR, begins, found)


class Clock:
    """Reckons the moments of lanes."""

    def __init__(self, arrays: Arrays, lanes: Lanes, own: Numbers | None = None) -> None:
        """``own``: the place in each lane of the visit that is asked about."""
        self.arrays, self.lanes, self.own = arrays, lanes, own
        shifts, at = arrays.shifts, lanes.shift
        self.begin, self.start, self.home = shifts.begin[at], shifts.start[at], shifts.home[at]
        self.earliest, self.latest, self.rest = shifts.earliest[at], shifts.latest[at], shifts.rest[at]
        day = shifts.day[at]
        self.columns = [Column(arrays, rows, day[: len(rows)]) for rows in lanes.visits]
        self.last = self.start.copy()
        for column in self.columns:
            self.last[: len(column.rows)] = column.place
        self.sound = np.ones(len(at), dtype=bool)
        self.resting = [lanes.rest_at[: len(one.rows)] == n for n, one in enumerate(self.columns)]
        self.rested = [bool(one.any()) for one in self.resting]

    def due(self) -> Flags:
        """Without a break the round would end too late for it."""
        at, shifts = self.lanes.shift, self.arrays.shifts
        _, returns = self.course(self.begin)
        found: Flags = shifts.rests[at] & (self.begin < self.latest) & (returns > self.latest)
        return found

    def timed(self) -> Timed:
        shifts, at = self.arrays.shifts, self.lanes.shift
        before = self.lanes.rest_at == BEFORE_LEAVING
        pause = np.maximum(self.begin, self.earliest)
        first = np.where(before, pause + self.rest, self.begin)
        self.sound = ~before | (pause <= self.latest)
        begins, returns = self.course(first)
        leaves = np.where(shifts.out[at], first, np.maximum(first, self._put_off(begins, returns)))
        paid = returns - leaves - np.where(self.lanes.rest_at >= 0, self.rest, 0)
        over = np.maximum(0, paid - shifts.ordinary[at])
        sound = self.sound & (returns <= shifts.end[at]) & (over <= shifts.overtime_most[at])
        late, minutes = self._late(begins)
        latest, _ = self.course(leaves)
        return Timed(sound, paid, late, minutes, self._own(latest), np.where(before, pause, self.paused))

    def course(self, leaves: Numbers) -> tuple[list[Numbers], Numbers]:
        """When each visit begins, and the return; notes in ``sound`` what is too late."""
        ways = self.arrays.ways
        now, at, found = leaves.copy(), self.start, []
        self.paused = np.full_like(leaves, FAR)
        for index, column in enumerate(self.columns):
            many = len(column.rows)
            comes = ways.arrival(at[:many], column.place, now[:many])
            if self.rested[index]:
                comes = self._rested(self.resting[index], comes, many)
            begins, fits = column.begins(comes)
            self.sound[:many] &= fits
            found.append(begins)
            now[:many], at = begins + column.duration, column.place
        now = self._rested(self.lanes.rest_at == self.lanes.length, now, len(now))
        return found, ways.arrival(self.last, self.home, now)

    def _rested(self, here: Flags, comes: Numbers, many: int) -> Numbers:
        pause = np.maximum(comes, self.earliest[:many])
        self.sound[:many] &= ~here | (pause <= self.latest[:many])
        self.paused[:many] = np.where(here, pause, self.paused[:many])
        return np.where(here, pause + self.rest[:many], comes)

    def _put_off(self, begins: list[Numbers], returns: Numbers) -> Numbers:
        """The latest departure by which nobody is served later than told and the return is not later."""
        ways = self.arrays.ways
        limit = ways.departure(self.last, self.home, returns)
        rests = self.lanes.rest_at == self.lanes.length
        limit = np.where(rests, np.minimum(self.latest, limit - self.rest), limit)
        for index in range(len(begins) - 1, -1, -1):
            column, many = self.columns[index], len(begins[index])
            latest = column.latest(limit[:many] - column.duration, begins[index])
            latest = np.where(column.held, begins[index], latest)
            if self.rested[index]:
                rested = np.minimum(self.latest[:many], latest - self.rest[:many])
                latest = np.where(self.resting[index], rested, latest)
            limit[:many] = ways.departure(self._before(index, many), column.place, latest)
        return limit

    def _before(self, index: int, many: int) -> Numbers:
        return self.columns[index - 1].place[:many] if index else self.start[:many]

    def room(self) -> tuple[Numbers, Numbers]:
        """For each place in each lane: when one can leave for a visit there, and when one has to be at the
        next place, if all that is told is kept; no breaks.
        """
        ways = self.arrays.ways
        begins, returns = self.course(self.begin)
        leaves = np.zeros((len(self.start), len(begins) + 1), dtype=np.int64)
        latest = np.zeros_like(leaves)
        leaves[:, 0] = self.begin
        limit = np.maximum(self.arrays.shifts.end[self.lanes.shift], returns)
        latest[np.arange(len(limit)), self.lanes.length] = limit
        limit = ways.departure(self.last, self.home, limit)
        for index in range(len(begins) - 1, -1, -1):
            column, many = self.columns[index], len(begins[index])
            leaves[:many, index + 1] = begins[index] + column.duration
            limit[:many] = column.latest(limit[:many] - column.duration, begins[index])
            latest[:many, index] = limit[:many]
            limit[:many] = ways.departure(self._before(index, many), column.place, limit[:many])
        return leaves, latest

    def _own(self, begins: list[Numbers]) -> Numbers:
        found = np.zeros_like(self.start)
        if self.own is not None:
            for index, one in enumerate(begins):
                here = self.own[: len(one)] == index
                found[: len(one)][here] = one[here]
        return found

    def _late(self, begins: list[Numbers]) -> tuple[Numbers, Numbers]:
        visits, prices = self.arrays.visits, self.arrays.problem.prices
        late, minutes = np.zeros_like(self.start), np.zeros_like(self.start)
        for index, column in enumerate(self.columns):
            over = begins[index] - column.kept
            if not (over > 0).any():
                continue
            many, named = len(over), visits.named[column.rows]
            whom = self.arrays.shifts.technician[self.lanes.shift[:many]]
            begun = np.where(over > 0, -(-over // MINUTE), 0)
            moved = prices.moved * ((over > 0) & ((named < 0) | (named == whom)))
            late[:many] += begun * prices.late_per_minute + moved
            minutes[:many] += begun if self.own is None else np.where(self.own[:many] == index, 0, begun)
        return late, minutes


def wages(arrays: Arrays, shift: Numbers, paid: Numbers) -> Numbers:
    shifts = arrays.shifts
    over = np.maximum(0, paid - shifts.ordinary[shift])
    ordinary = rounded((paid - over) * shifts.per_hour[shift], HOUR)
    return ordinary + rounded(over * shifts.overtime_per_hour[shift], HOUR)


def rounded(amount: Numbers, by: int) -> Numbers:
    return (2 * amount + by) // (2 * by)
