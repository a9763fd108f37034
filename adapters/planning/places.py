"""All the places of all rounds at which a visit might come in, and what it costs there at least."""

from collections.abc import Sequence

import numpy as np

from adapters.planning.arrays import FAR, Arrays, Flags
from adapters.planning.bound_rounds import BoundRounds
from adapters.planning.lanes import Column, rounded, wages
from adapters.planning.rounds import Candidates, Rounds
from adapters.planning.ways import Numbers
from domain.maintenance.planning.model import Route, Visit
from domain.maintenance.planning.standing import standing_faults

KM = 1000


class Priced:
    """The rounds as they are. ``closed``: something is violated already. ``cost`` is wages and late."""

    def __init__(
        self, arrays: Arrays, rounds: Rounds, bound: BoundRounds, named: Sequence[tuple[str, ...]]
    ) -> None:
        self.used: Flags = (rounds.length > 0) | arrays.shifts.out
        many = len(rounds.length)
        self.cost, self.paid, self.minutes = (np.zeros(many, dtype=np.int64) for _ in range(3))
        self.closed = np.zeros(many, dtype=bool)
        plain = np.flatnonzero(self.used & ~bound.slow)
        found = rounds.reckoned(Candidates(plain, np.zeros_like(plain)))
        self.cost[plain], self.paid[plain], self.minutes[plain] = found.cost, found.paid, found.minutes
        self.closed[plain] = ~found.sound
        for shift in np.flatnonzero(self.used & bound.slow):
            self.closed[shift], self.paid[shift], self.minutes[shift] = bound.alone(int(shift))
        for shift in np.flatnonzero(rounds.length > 0):
            route = Route(*arrays.shifts.keys[shift], named[int(shift)])
            self.closed[shift] |= bool(standing_faults(arrays.problem, route))
        self.totals = np.zeros(len(arrays.problem.technicians), dtype=np.int64)
        np.add.at(self.totals, arrays.shifts.technician, self.paid)
        self.working = np.array([bool(one.shifts) for one in arrays.problem.technicians], dtype=bool)


class Places:
    """One row for each place: its round, how many visits come before, and between where and where it is."""

    def __init__(self, arrays: Arrays, rounds: Rounds, bound: BoundRounds, priced: Priced) -> None:
        self.rounds, self.priced = rounds, priced
        many = rounds.length + 1
        self.shift = np.repeat(np.arange(len(many)), many)
        self.position = np.arange(len(self.shift)) - np.repeat(np.cumsum(many) - many, many)
        leaves, latest = rounds.room()
        self.leaves = leaves[self.shift, self.position]
        unsure = (priced.minutes > 0) | bound.slow
        self.latest = np.where(unsure[self.shift], FAR, latest[self.shift, self.position])
        self._ends(arrays)
        self._ways(arrays)

    def _ends(self, arrays: Arrays) -> None:
        shifts, visits, rows = arrays.shifts, arrays.visits, self.rounds.rows
        place = visits.place if len(visits.place) else shifts.start  # no row is anybody's then
        before = place[rows[self.shift, np.maximum(self.position - 1, 0)]]
        self.before = np.where(self.position > 0, before, shifts.start[self.shift])
        last = self.position == self.rounds.length[self.shift]
        after = place[rows[self.shift, self.position]]
        self.after = np.where(last, shifts.home[self.shift], after)
        self.unused = ~self.priced.used[self.shift]

    def _ways(self, arrays: Arrays) -> None:
        """``work``: driving and visits of each round, at the best hour."""
        seconds, metres = arrays.ways.seconds, arrays.ways.metres
        self.gap = np.where(self.unused, 0, metres[self.before, self.after])
        self.gap_seconds = np.where(self.unused, 0, seconds[self.before, self.after])
        many = len(self.rounds.length)
        self.metres, self.driving = np.zeros(many, dtype=np.int64), np.zeros(many, dtype=np.int64)
        np.add.at(self.metres, self.shift, self.gap)
        np.add.at(self.driving, self.shift, self.gap_seconds)
        self.serving = np.zeros(many, dtype=np.int64)
        inner = self.position > 0
        rows = self.rounds.rows[self.shift[inner], self.position[inner] - 1]
        np.add.at(self.serving, self.shift[inner], arrays.visits.duration[rows])
        self.fastest = min(arrays.problem.travel.percent)

    def possible(self, arrays: Arrays, row: int, allowed: Flags) -> Numbers:
        """The numbers of the places at which it can begin in time, and the next visit too."""
        found = np.flatnonzero(allowed[self.shift])
        place = np.full(len(found), arrays.visits.place[row])
        rows = np.full(len(found), row)
        comes = arrays.ways.arrival(self.before[found], place, self.leaves[found])
        begins, fits = Column(arrays, rows, arrays.shifts.day[self.shift[found]]).begins(comes)
        goes = begins + arrays.visits.duration[row]
        there = arrays.ways.arrival(place, self.after[found], goes)
        chosen: Numbers = found[fits & (there <= self.latest[found])]
        return chosen

    def longer(self, arrays: Arrays, row: int, at: Numbers) -> Numbers:
        """Metres."""
        place, ways = arrays.visits.place[row], arrays.ways.metres
        found: Numbers = ways[self.before[at], place] + ways[place, self.after[at]] - self.gap[at]
        return found

    def fixed(self, arrays: Arrays, visit: Visit, at: Numbers, longer: Numbers) -> Numbers:
        """What it costs more at whatever hour: ways, a day that is begun, and what the visit itself asks."""
        shifts, shift, prices = arrays.shifts, self.shift[at], arrays.problem.prices
        metres, per_km = self.metres[shift], shifts.per_km[shift]
        cost = rounded((metres + longer) * per_km, KM) - rounded(metres * per_km, KM)
        cost = cost + np.where(self.unused[at], shifts.per_day[shift], 0) + visit.urgency * shifts.day[shift]
        if visit.preferred is not None:
            cost += prices.not_preferred * (shifts.technician[shift] != arrays.visits.number(visit.preferred))
        if visit.promise is not None:
            elsewhere = shifts.day[shift] != visit.promise.day
            row = arrays.visits.index[visit.id]
            named = arrays.visits.named[row]
            somebody_else = (named >= 0) & (named != shifts.technician[shift])
            cost += prices.moved * (elsewhere | somebody_else) + prices.other_day * elsewhere
        return cost

    def work(self, arrays: Arrays, row: int, at: Numbers) -> Numbers:
        """Driving and visits of the rounds with it, at the least."""
        place, ways, shift = arrays.visits.place[row], arrays.ways.seconds, self.shift[at]
        driving = ways[self.before[at], place] + ways[place, self.after[at]] - self.gap_seconds[at]
        driving = (self.driving[shift] + driving) * self.fastest // 100
        found: Numbers = driving + self.serving[shift] + arrays.visits.duration[row]
        return found

    def least(self, arrays: Arrays, at: Numbers, paid: Numbers) -> Numbers:
        """How much more the wages are at least, if so much is paid."""
        shift = self.shift[at]
        return wages(arrays, shift, paid) - self.priced.cost[shift]
