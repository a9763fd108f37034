"""The rounds of a plan as arrays: what each of them costs, whom it can take in, and where."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np

from adapters.planning.arrays import Arrays, Flags
from adapters.planning.lanes import BEFORE_LEAVING, NO_REST, Clock, Lanes, Timed, wages
from adapters.planning.ways import Numbers


@dataclass(frozen=True)
class Candidates:
    """Rounds that are asked about. With ``visit`` they have it at ``position``, besides what they have."""

    shift: Numbers
    position: Numbers
    visit: int = -1

    def __len__(self) -> int:
        return len(self.shift)

    def only(self, which: Numbers | Flags) -> "Candidates":
        return Candidates(self.shift[which], self.position[which], self.visit)


@dataclass(frozen=True)
class Reckoned:
    """Of each candidate: ``cost`` is wages and late, the rest of a round's price knows no hour."""

    sound: Flags
    cost: Numbers
    paid: Numbers
    late: Numbers
    late_own: Numbers
    begins: Numbers


class Rounds:
    """``rows[shift]``: the numbers of a round's visits, padded."""

    def __init__(self, arrays: Arrays, sequences: Sequence[Sequence[int]]) -> None:
        self.arrays = arrays
        self.length = np.array([len(one) for one in sequences], dtype=np.int64)
        widest = max([len(one) for one in sequences], default=0)
        self.rows = np.zeros((len(sequences), widest + 1), dtype=np.int64)
        for index, one in enumerate(sequences):
            self.rows[index, : len(one)] = one

    def over(self, arrays: Arrays) -> "Rounds":
        """The same ones, on arrays in which a promise is another."""
        made = copy(self)
        made.arrays = arrays
        return made

    def lanes(self, candidates: Candidates, rest_at: Numbers) -> tuple[Lanes, Numbers, Numbers]:
        """The lanes, the candidate of each, and the place of the visit in it."""
        more = candidates.visit >= 0
        length = self.length[candidates.shift] + more
        order = np.argsort(-length, kind="stable")
        shift, position, length = candidates.shift[order], candidates.position[order], length[order]
        columns = []
        for index in range(int(length[0]) if len(length) else 0):
            many = int(np.searchsorted(-length, -index, "left"))
            base = self.rows[shift[:many]]
            if more:
                at = position[:many]
                after = base[:, index - 1] if index else base[:, 0]
                rows = np.where(at > index, base[:, index], np.where(at == index, candidates.visit, after))
            else:
                rows = base[:, index]
            columns.append(rows)
        return Lanes(shift, length, tuple(columns), rest_at[order]), order, position

    def timed(self, candidates: Candidates, rest_at: Numbers) -> Timed:
        """In the order of the candidates."""
        lanes, order, position = self.lanes(candidates, rest_at)
        found = Clock(self.arrays, lanes, position if candidates.visit >= 0 else None).timed()
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        return Timed(*(getattr(found, name)[back] for name in Timed.__dataclass_fields__))

    def without_rest(self, candidates: Candidates) -> tuple[Reckoned, Flags]:
        """As if nobody had a break, and whether one is due."""
        timed = self.timed(candidates, np.full(len(candidates), NO_REST))
        shifts, at = self.arrays.shifts, candidates.shift
        due = shifts.rests[at] & (shifts.begin[at] < shifts.latest[at]) & (timed.returns > shifts.latest[at])
        return self._reckoned(candidates, timed), due

    def with_rest(self, candidates: Candidates) -> Reckoned:
        """The break where it violates nothing and costs least, then where it is soonest."""
        length = self.length[candidates.shift] + (candidates.visit >= 0)
        first = np.where(self.arrays.shifts.out[candidates.shift], 0, BEFORE_LEAVING)
        many = length + 1 - first
        which = np.repeat(np.arange(len(candidates)), many)
        rest_at = np.arange(len(which)) - np.repeat(np.cumsum(many) - many, many) + np.repeat(first, many)
        lanes = candidates.only(which)
        timed = self.timed(lanes, rest_at)
        found = self._reckoned(lanes, timed)
        order = np.lexsort((rest_at, timed.paused, found.cost, ~found.sound, which))
        best = order[np.concatenate(([0], np.cumsum(many)[:-1]))] if len(many) else order
        return Reckoned(*(getattr(found, name)[best] for name in Reckoned.__dataclass_fields__))

    def _reckoned(self, candidates: Candidates, timed: Timed) -> Reckoned:
        cost = wages(self.arrays, candidates.shift, timed.paid) + timed.late
        return Reckoned(timed.sound, cost, timed.paid, timed.late, timed.late_own, timed.own)

    def reckoned(self, candidates: Candidates) -> Reckoned:
        """All of them, with their breaks."""
        found, due = self.without_rest(candidates)
        rested = self.with_rest(candidates.only(due))
        made = [getattr(found, name).copy() for name in Reckoned.__dataclass_fields__]
        for values, name in zip(made, Reckoned.__dataclass_fields__, strict=True):
            values[due] = getattr(rested, name)
        return Reckoned(*made)

    def room(self) -> tuple[Numbers, Numbers]:
        """By round and place: the moment at which one can leave for a visit there, and the latest at which
        one has to be at the next place; a break makes it no easier.
        """
        many, widest = self.rows.shape
        every = Candidates(np.arange(many), np.zeros(many, dtype=np.int64))
        lanes, order, _ = self.lanes(every, np.full(many, NO_REST))
        clock = Clock(self.arrays, lanes)
        leaves, latest = clock.room()
        made = np.zeros((2, many, widest + 1), dtype=np.int64)
        made[0, order, : leaves.shape[1]] = leaves
        made[1, order, : latest.shape[1]] = latest
        return made[0], made[1]
