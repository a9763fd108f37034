"""What it costs that one technician has more paid hours than another, as the rounds change."""

from collections.abc import Mapping

import numpy as np

from adapters.planning.arrays import Arrays
from adapters.planning.lanes import rounded
from adapters.planning.places import Priced
from adapters.planning.ways import Numbers
from domain.maintenance.planning.model import HOUR


class Uneven:
    def __init__(self, arrays: Arrays, priced: Priced) -> None:
        self.each = arrays.problem.prices.uneven_per_hour
        self.who, self.totals, self.working = arrays.shifts.technician, priced.totals, priced.working
        if self.each:
            self._sort()

    def _sort(self) -> None:
        """The fewest and the most hours of all, and of all the others."""
        working = np.flatnonzero(self.working)
        order = working[np.argsort(self.totals[working], kind="stable")]
        self.fewest, self.most = int(order[0]), int(order[-1])
        self.low, self.high = int(self.totals[self.fewest]), int(self.totals[self.most])
        others = self.totals[order]
        self.next_low = int(others[1]) if len(order) > 1 else None
        self.next_high = int(others[-2]) if len(order) > 1 else None
        self.cost = self._cost(np.array([self.high - self.low]))

    def _cost(self, spread: Numbers) -> Numbers:
        return rounded(spread * self.each, HOUR)

    def more(self, shift: Numbers, longer: Numbers) -> Numbers:
        """By how much it is dearer if each of these days is so much longer, and no other."""
        if not self.each:
            return np.zeros(len(shift), dtype=np.int64)
        who = self.who[shift]
        total = self.totals[who] + longer
        if self.next_low is None or self.next_high is None:
            return np.zeros(len(shift), dtype=np.int64)
        low = np.where(who == self.fewest, self.next_low, self.low)
        high = np.where(who == self.most, self.next_high, self.high)
        return self._cost(np.maximum(high, total) - np.minimum(low, total)) - self.cost

    def more_of(self, longer: Mapping[int, int]) -> int:
        """The same for several technicians at once."""
        if not self.each:
            return 0
        totals = self.totals.copy()
        for who, much in longer.items():
            totals[who] += much
        working = totals[self.working]
        return int((self._cost(np.array([working.max() - working.min()])) - self.cost)[0])

    def less(self, shift: Numbers) -> Numbers:
        """By how much it can be cheaper at the most."""
        if not self.each:
            return np.zeros(len(shift), dtype=np.int64)
        who = self.who[shift]
        return np.where((who == self.fewest) | (who == self.most), self.cost, 0)
