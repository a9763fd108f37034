"""Many rounds timed at once, each to the second as the evaluator times it, as long as nothing is violated.

A lane is a round with the place of its break. Lanes are sorted by length, longest first: at the n-th visit
the first ``active[n]`` of them still have one.
"""

from dataclasses import dataclass

import numpy as np

from adapters.planning.arrays import FAR, Arrays, Flags, Visits
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
    """``sound``: nothing violated; the rest holds only then. ``late``: the price of broken promises about the
    time; ``late_own``: the part of the visits that are asked about, which begin at ``own``. ``returns`` is
    right in any case.
    """

    sound: Flags
    returns: Numbers
    paid: Numbers
    late: Numbers
    late_own: Numbers
    own: Numbers
    paused: Numbers


class Clock:
    """Reckons the moments of lanes."""

    def __init__(self, arrays: Arrays, lanes: Lanes, own: Numbers | None = None) -> None:
        """``own``: the place in each lane of the visit that is asked about."""
        self.arrays, self.lanes, self.own = arrays, lanes, own
        shifts, at = arrays.shifts, lanes.shift
        self.day = shifts.day[at]
        self.start, self.home = shifts.start[at], shifts.home[at]
        self.earliest, self.latest, self.rest = shifts.earliest[at], shifts.latest[at], shifts.rest[at]
        self.places = [arrays.visits.place[one] for one in lanes.visits]
        last = self.start.copy()
        for place in self.places:
            last[: len(place)] = place
        self.last = last

    def timed(self) -> Timed:
        shifts, at = self.arrays.shifts, self.lanes.shift
        begin = shifts.begin[at]
        before = self.lanes.rest_at == BEFORE_LEAVING
        pause = np.maximum(begin, self.earliest)
        first = np.where(before, pause + self.rest, begin)
        self.sound = ~before | (pause <= self.latest)
        begins, returns = self.course(first)
        leaves = np.where(shifts.out[at], first, np.maximum(first, self._put_off(begins, returns)))
        paid = returns - leaves - np.where(self.lanes.rest_at >= 0, self.rest, 0)
        over = np.maximum(0, paid - shifts.ordinary[at])
        sound = self.sound & (returns <= shifts.end[at]) & (over <= shifts.overtime_most[at])
        late, late_own = self._late(begins)
        latest, _ = self.course(leaves)
        paused = np.where(before, pause, self.paused)
        return Timed(sound, returns, paid, late, late_own, self._own(latest), paused)

    def course(self, leaves: Numbers) -> tuple[list[Numbers], Numbers]:
        """When each visit begins, and the return; notes in ``sound`` what is too late."""
        visits, ways = self.arrays.visits, self.arrays.ways
        now, at = leaves.copy(), self.start
        self.paused = np.full_like(leaves, FAR)
        found = []
        for index, (rows, place) in enumerate(zip(self.lanes.visits, self.places, strict=True)):
            many = len(rows)
            comes = ways.arrival(at[:many], place, now[:many])
            ready = self._rested(index, comes, many)
            begins, fits = first_begin(visits, self.day[:many], rows, ready)
            self.sound[:many] &= fits
            found.append(begins)
            now[:many], at = begins + visits.duration[rows], place
        now = self._rested_at_last(now)
        return found, ways.arrival(self.last, self.home, now)

    def _rested(self, index: int, comes: Numbers, many: int) -> Numbers:
        here = self.lanes.rest_at[:many] == index
        if not here.any():
            return comes
        pause = np.maximum(comes, self.earliest[:many])
        self.sound[:many] &= ~here | (pause <= self.latest[:many])
        self.paused[:many] = np.where(here, pause, self.paused[:many])
        return np.where(here, pause + self.rest[:many], comes)

    def _rested_at_last(self, now: Numbers) -> Numbers:
        here = self.lanes.rest_at == self.lanes.length
        pause = np.maximum(now, self.earliest)
        self.sound &= ~here | (pause <= self.latest)
        self.paused = np.where(here, pause, self.paused)
        return np.where(here, pause + self.rest, now)

    def _put_off(self, begins: list[Numbers], returns: Numbers) -> Numbers:
        """The latest departure by which nobody is served later than told and the return is not later."""
        visits, ways, rest_at = self.arrays.visits, self.arrays.ways, self.lanes.rest_at
        limit = ways.departure(self.last, self.home, returns)
        rests = rest_at == self.lanes.length
        limit = np.where(rests, np.minimum(self.latest, limit - self.rest), limit)
        for index in range(len(begins) - 1, -1, -1):
            rows, many = self.lanes.visits[index], len(begins[index])
            latest = self._latest(rows, limit[:many] - visits.duration[rows], begins[index], many)
            latest = np.where(visits.held[rows], begins[index], latest)
            here = rest_at[:many] == index
            if here.any():
                rested = np.minimum(self.latest[:many], latest - self.rest[:many])
                latest = np.where(here, rested, latest)
            before = self.places[index - 1][:many] if index else self.start[:many]
            limit[:many] = ways.departure(before, self.places[index], latest)
        return limit

    def _latest(self, rows: Numbers, limit: Numbers, begins: Numbers, many: int) -> Numbers:
        """The latest moment up to the limit at which it may begin, for what was told and for its windows."""
        visits, day = self.arrays.visits, self.day[:many]
        limit = np.minimum(limit, np.maximum(visits.kept[day, rows], begins))
        found = np.where(visits.any_time[rows], limit, begins)
        for opens, closes in zip(visits.opens, visits.closes, strict=True):
            latest = np.minimum(limit, closes[day, rows] - visits.duration[rows])
            found = np.where(latest >= opens[day, rows], np.maximum(found, latest), found)
        return np.where(visits.pinned[rows] < FAR, begins, found)

    def room(self) -> tuple[Numbers, Numbers]:
        """For each place in each lane: when one can leave for a visit there, and when one has to be at the
        next place, if all that is told is kept; no breaks.
        """
        visits, shifts, ways = self.arrays.visits, self.arrays.shifts, self.arrays.ways
        self.sound = np.ones(len(self.start), dtype=bool)
        begins, returns = self.course(shifts.begin[self.lanes.shift])
        leaves = np.zeros((len(self.start), len(begins) + 1), dtype=np.int64)
        latest = np.zeros_like(leaves)
        leaves[:, 0] = shifts.begin[self.lanes.shift]
        limit = np.maximum(shifts.end[self.lanes.shift], returns)
        latest[np.arange(len(limit)), self.lanes.length] = limit
        limit = ways.departure(self.last, self.home, limit)
        for index in range(len(begins) - 1, -1, -1):
            rows, many = self.lanes.visits[index], len(begins[index])
            leaves[:many, index + 1] = begins[index] + visits.duration[rows]
            limit[:many] = self._latest(rows, limit[:many] - visits.duration[rows], begins[index], many)
            latest[:many, index] = limit[:many]
            before = self.places[index - 1][:many] if index else self.start[:many]
            limit[:many] = ways.departure(before, self.places[index], limit[:many])
        return leaves, latest

    def _own(self, begins: list[Numbers]) -> Numbers:
        found = np.zeros_like(self.start)
        if self.own is not None:
            for index, one in enumerate(begins):
                found[: len(one)] = np.where(self.own[: len(one)] == index, one, found[: len(one)])
        return found

    def _late(self, begins: list[Numbers]) -> tuple[Numbers, Numbers]:
        visits, prices = self.arrays.visits, self.arrays.problem.prices
        late, own = np.zeros_like(self.start), np.zeros_like(self.start)
        who = self.arrays.shifts.technician[self.lanes.shift]
        for index, rows in enumerate(self.lanes.visits):
            many = len(rows)
            over = begins[index] - visits.kept[self.day[:many], rows]
            if not (over > 0).any():
                continue
            named = visits.named[rows]
            kept_by_whom = (named < 0) | (named == who[:many])
            cost = -(-over // MINUTE) * prices.late_per_minute + prices.moved * kept_by_whom
            cost = np.where(over > 0, cost, 0)
            late[:many] += cost
            if self.own is not None:
                own[:many] += np.where(self.own[:many] == index, cost, 0)
        return late, own


def wages(arrays: Arrays, shift: Numbers, paid: Numbers) -> Numbers:
    shifts = arrays.shifts
    over = np.maximum(0, paid - shifts.ordinary[shift])
    ordinary = rounded((paid - over) * shifts.per_hour[shift], HOUR)
    return ordinary + rounded(over * shifts.overtime_per_hour[shift], HOUR)


def rounded(amount: Numbers, by: int) -> Numbers:
    return (2 * amount + by) // (2 * by)


def first_begin(visits: Visits, day: Numbers, rows: Numbers, ready: Numbers) -> tuple[Numbers, Flags]:
    """In the first window that it fits into; whether there is one."""
    earliest = np.maximum(ready, visits.floor[day, rows])
    begins, fits = earliest, visits.any_time[rows]
    for opens, closes in zip(visits.opens[::-1], visits.closes[::-1], strict=True):
        there = np.maximum(earliest, opens[day, rows])
        inside = there + visits.duration[rows] <= closes[day, rows]
        begins, fits = np.where(inside, there, begins), fits | inside
    return begins, fits & (begins <= visits.pinned[rows])
