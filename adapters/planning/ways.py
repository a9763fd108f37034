"""Travel times of many ways at once, to the second as `Travel` reckons them."""

from math import lcm

import numpy as np
from numpy.typing import NDArray

from domain.maintenance.planning.model import DAY
from domain.maintenance.planning.travel import HOUR, Travel

Numbers = NDArray[np.int64]
LARGEST = 2**40
"""Beyond it, sums would not fit into 64 bits."""
LONGEST = 10 * DAY
"""Seconds of a way; what takes longer is driven by nobody."""


def rows(listed: object) -> Numbers:
    return np.ascontiguousarray(np.array(listed, dtype=np.int64))


class Ways:
    """``fits``: the factors of the hours can be reckoned in 64 bits; otherwise `Travel` reckons each way."""

    def __init__(self, travel: Travel) -> None:
        self.seconds = np.minimum(rows([np.asarray(one) for one in travel.seconds]), LONGEST)
        self.metres = rows([np.asarray(one) for one in travel.metres])
        self.even = travel.even
        self.unit = lcm(*travel.percent)
        self.fits = self.even or self.unit < LARGEST
        self._arrival = np.frompyfunc(travel.arrival, 3, 1)
        self._departure = np.frompyfunc(travel.departure, 3, 1)
        if not self.even and self.fits:
            self.speeds = np.array([100 * self.unit // one for one in travel.percent] * 2, dtype=np.int64)
            self.driven = np.concatenate(([0], np.cumsum(self.speeds * HOUR)))

    def arrival(self, a: Numbers, b: Numbers, leaves: Numbers) -> Numbers:
        empty = self.seconds[a, b]
        if self.even:
            return leaves + empty
        if not self.fits:
            return np.array(self._arrival(a, b, leaves), dtype=np.int64)
        driven = self._until(leaves) + empty * self.unit
        hour = self._hour(driven)
        there = hour * HOUR - (self.driven[hour] - driven) // self.speeds[hour]
        return np.where(empty == 0, leaves, there)

    def departure(self, a: Numbers, b: Numbers, arrives: Numbers) -> Numbers:
        """The latest."""
        empty = self.seconds[a, b]
        if self.even:
            return arrives - empty
        if not self.fits:
            return np.array(self._departure(a, b, arrives), dtype=np.int64)
        wanted = self._until(arrives) - empty * self.unit
        hour = self._hour(wanted)
        at_latest = hour * HOUR + (wanted - self.driven[hour]) // self.speeds[hour]
        return np.where(empty == 0, arrives, at_latest)

    def _until(self, moment: Numbers) -> Numbers:
        hour = np.clip(moment // HOUR, 0, len(self.speeds) - 1)
        driven: Numbers = self.driven[hour] + (moment - hour * HOUR) * self.speeds[hour]
        return driven

    def _hour(self, driven: Numbers) -> Numbers:
        return np.clip(np.searchsorted(self.driven, driven, "right") - 1, 0, len(self.speeds) - 1)
