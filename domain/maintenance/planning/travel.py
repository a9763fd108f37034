"""How long the way between two places takes, at which hour one leaves, and how far it is."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import lcm

HOUR = 3600


@dataclass(frozen=True)
class Travel:
    """``seconds[a][b]`` on empty roads and ``metres[a][b]``; rows are sequences of integers, such as `array`.

    ``percent`` by local hour: 150 means that what takes an hour on empty roads takes an hour and a half then.
    Who leaves later never arrives earlier: a way that reaches into the next hour goes on at that hour's speed
    (Ichoua, Gendreau and Potvin 2003, Vehicle dispatching with time-dependent travel times).
    """

    seconds: Sequence[Sequence[int]]
    metres: Sequence[Sequence[int]]
    percent: tuple[int, ...] = (100,) * 24

    @cached_property
    def even(self) -> bool:
        """At every hour alike."""
        return len(set(self.percent)) == 1 and self.percent[0] == 100

    @cached_property
    def _unit(self) -> int:
        return lcm(*self.percent)

    @cached_property
    def _speeds(self) -> tuple[int, ...]:
        """Of each hour of two days, in parts of a second of empty road per second."""
        return tuple(100 * self._unit // one for one in self.percent) * 2

    @cached_property
    def _driven(self) -> tuple[int, ...]:
        """Since midnight, at the beginning of each hour of two days."""
        return tuple(accumulate((speed * HOUR for speed in self._speeds), initial=0))

    def arrival(self, a: int, b: int, leaves: int) -> int:
        """The moment at which one is there, in seconds from the midnight before ``leaves``."""
        empty = self.seconds[a][b]
        if self.even or not empty:
            return leaves + empty
        return self._when(self._until(leaves) + empty * self._unit)

    def departure(self, a: int, b: int, arrives: int) -> int:
        """The latest moment to leave in order to be there by ``arrives``; below 0 on the day before."""
        empty = self.seconds[a][b]
        if self.even or not empty:
            return arrives - empty
        wanted = self._until(arrives) - empty * self._unit
        return self._when_at_latest(wanted)

    def _until(self, moment: int) -> int:
        if moment < 0:
            return moment * self._speeds[0]
        hour = min(moment // HOUR, len(self._speeds) - 1)
        return self._driven[hour] + (moment - hour * HOUR) * self._speeds[hour]

    def _hour(self, driven: int) -> int:
        return min(max(bisect_right(self._driven, driven) - 1, 0), len(self._speeds) - 1)

    def _when(self, driven: int) -> int:
        """The first second by which so much is driven."""
        hour = self._hour(driven)
        return hour * HOUR - (self._driven[hour] - driven) // self._speeds[hour]

    def _when_at_latest(self, driven: int) -> int:
        """The last second by which no more than so much is driven."""
        hour = self._hour(driven)
        return hour * HOUR + (driven - self._driven[hour]) // self._speeds[hour]
