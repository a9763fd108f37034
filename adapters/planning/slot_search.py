"""The cheapest places for a visit among all the places of all rounds, priced as the evaluator prices them.

What a place costs at least is known without the hours; only places that may still be among the best are
timed. Rounds that wait for each other, or have more than one break, are left to the evaluator itself.
"""

from dataclasses import dataclass

import numpy as np

from adapters.planning.arrays import Arrays, Flags
from adapters.planning.bound_rounds import BoundRounds
from adapters.planning.places import Places
from adapters.planning.rounds import Candidates, Rounds
from adapters.planning.uneven import Uneven
from adapters.planning.ways import Numbers
from domain.maintenance.planning.model import Visit
from domain.maintenance.planning.slots import Slot

AT_ONCE = 32
"""Places that are timed together."""
UNKNOWN = -(2**60)
NONE = 2**60


@dataclass(frozen=True)
class Offer:
    """Places for a visit. ``cost`` is exact, or what it is at least."""

    where: Candidates
    cost: Numbers
    metres: Numbers
    begins: Numbers

    def __len__(self) -> int:
        return len(self.where)

    def only(self, which: Numbers | Flags) -> "Offer":
        return Offer(self.where.only(which), self.cost[which], self.metres[which], self.begins[which])

    def and_(self, other: "Offer") -> "Offer":
        shift = np.concatenate((self.where.shift, other.where.shift))
        position = np.concatenate((self.where.position, other.where.position))
        return Offer(
            Candidates(shift, position, self.where.visit),
            np.concatenate((self.cost, other.cost)),
            np.concatenate((self.metres, other.metres)),
            np.concatenate((self.begins, other.begins)),
        )


class Search:
    """For one visit. ``most`` slots at most, ``each_day`` of them on a day."""

    def __init__(
        self, arrays: Arrays, rounds: Rounds, places: Places, bound: BoundRounds, visit: Visit
    ) -> None:
        self.arrays, self.rounds, self.places, self.bound, self.visit = arrays, rounds, places, bound, visit
        self.row = arrays.visits.index[visit.id]
        self.priced = places.priced
        self.uneven = Uneven(arrays, places.priced)
        self.allowed, waits = bound.bound(visit)
        self.slow = bound.slow | waits

    def found(self, allowed: Flags, most: int, each_day: int | None) -> list[Slot]:
        known, pending = self._bounds(allowed & self.allowed & ~self.priced.closed)
        while len(pending):
            limit = self._limit(known, most, each_day)
            day = self.arrays.shifts.day[pending.where.shift]
            pending = pending.only(pending.cost <= limit[day])
            order = np.argsort(pending.cost, kind="stable")
            known = known.and_(self._exact(pending.only(order[:AT_ONCE])))
            pending = pending.only(order[AT_ONCE:])
        chosen = known.only(self._chosen(known, most, each_day))
        return [self._slot(chosen, index) for index in range(len(chosen))]

    def _bounds(self, allowed: Flags) -> tuple[Offer, Offer]:
        """What is known exactly, and the rest with what it costs at least."""
        at = self.places.possible(self.arrays, self.row, allowed)
        where = Candidates(self.places.shift[at], self.places.position[at], self.row)
        longer = self.places.longer(self.arrays, self.row, at)
        fixed = self.places.fixed(self.arrays, self.visit, at, longer)
        work = self.places.work(self.arrays, self.row, at)
        least = fixed + self.places.least(self.arrays, at, work)
        least -= self.uneven.less(where.shift)
        least[self.slow[where.shift]] = UNKNOWN
        offer = Offer(where, least, longer, fixed)
        return offer.only(np.zeros(len(offer), dtype=bool)), offer

    def _exact(self, offer: Offer) -> Offer:
        """Only what breaks nothing. Until here ``begins`` has what the place costs at whatever hour."""
        slow = self.slow[offer.where.shift]
        return self._timed(offer.only(~slow)).and_(self._evaluated(offer.only(slow)))

    def _timed(self, offer: Offer) -> Offer:
        found = self.rounds.reckoned(offer.where)
        shift = offer.where.shift
        cost = offer.begins + found.cost - self.priced.cost[shift]
        cost += self.uneven.more(shift, found.paid - self.priced.paid[shift])
        sound = found.sound & (found.minutes <= self.priced.minutes[shift])
        return Offer(offer.where, cost, offer.metres, found.begins).only(sound)

    def _evaluated(self, offer: Offer) -> Offer:
        cost, metres, begins = offer.cost.copy(), offer.metres.copy(), offer.begins.copy()
        sound = np.zeros(len(offer), dtype=bool)
        for index, (shift, position) in enumerate(zip(offer.where.shift, offer.where.position, strict=True)):
            added = self.bound.added(self.visit, int(shift), int(position))
            if added is None:
                continue
            more = {self.arrays.visits.number(who): much for who, much in added.paid.items()}
            uneven = self.uneven.more_of(more)
            cost[index], metres[index], begins[index] = added.cost + uneven, added.metres, added.begins
            sound[index] = True
        return Offer(offer.where, cost, metres, begins).only(sound)

    def _order(self, known: Offer) -> Numbers:
        """By cost, then by what comes first."""
        where, shifts = known.where, self.arrays.shifts
        day, who = shifts.day[where.shift], shifts.technician[where.shift]
        return np.lexsort((where.position, who, known.begins, day, known.cost))

    def _chosen(self, known: Offer, most: int, each_day: int | None) -> Numbers:
        order = self._order(known)
        if each_day is not None:
            day = self.arrays.shifts.day[known.where.shift][order]
            rank = np.zeros(len(order), dtype=np.int64)
            for one in np.unique(day):
                rank[day == one] = np.arange(int((day == one).sum()))
            order = order[rank < each_day]
        return order[:most]

    def _limit(self, known: Offer, most: int, each_day: int | None) -> Numbers:
        """By day: beyond it nothing would be chosen."""
        limit = np.full(len(self.arrays.problem.days), NONE, dtype=np.int64)
        chosen = known.only(self._chosen(known, most, each_day))
        if len(chosen) >= most:
            limit[:] = chosen.cost[-1]
        if each_day is not None:
            day = self.arrays.shifts.day[chosen.where.shift]
            for one in np.unique(day):
                inside = chosen.cost[day == one]
                if len(inside) >= each_day:
                    limit[one] = min(limit[one], inside[-1])
        return limit

    def _slot(self, offer: Offer, index: int) -> Slot:
        technician, day = self.arrays.shifts.keys[int(offer.where.shift[index])]
        begins = int(offer.begins[index])
        return Slot(
            self.visit.id, technician, day, int(offer.where.position[index]), begins,
            begins + self.visit.duration, int(offer.cost[index]), int(offer.metres[index]),
        )  # fmt: skip
