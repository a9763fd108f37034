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
    """Of each candidate: ``cost`` is wages and late, the rest of a round's price knows no hour. ``minutes``:
    by how much the others are late.
    """

    sound: Flags
    cost: Numbers
    paid: Numbers
    minutes: Numbers
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

    def reckoned(self, candidates: Candidates) -> Reckoned:
        """With the break where it violates nothing and costs least, then where it is soonest."""
        due = self._due(candidates)
        length = self.length[candidates.shift] + (candidates.visit >= 0)
        first = np.where(self.arrays.shifts.out[candidates.shift], 0, BEFORE_LEAVING)
        first = np.where(due, first, NO_REST)
        many = np.where(due, length + 1 - first, 1)
        ends = np.cumsum(many)
        which = np.repeat(np.arange(len(candidates)), many)
        rest_at = np.arange(len(which)) + np.repeat(first - ends + many, many)
        each = candidates.only(which)
        timed = self._timed(each, rest_at)
        cost = wages(self.arrays, each.shift, timed.paid) + timed.late
        order = np.lexsort((rest_at, timed.paused, cost, ~timed.sound, which))
        best = order[ends - many]
        return Reckoned(timed.sound[best], cost[best], timed.paid[best], timed.minutes[best], timed.own[best])

    def _due(self, candidates: Candidates) -> Flags:
        if not self.arrays.shifts.rests[candidates.shift].any():
            return np.zeros(len(candidates), dtype=bool)
        lanes, order, _ = self.lanes(candidates, np.full(len(candidates), NO_REST))
        due = np.empty(len(order), dtype=bool)
        due[order] = Clock(self.arrays, lanes).due()
        return due

    def _timed(self, candidates: Candidates, rest_at: Numbers) -> Timed:
        """In the order of the candidates."""
        lanes, order, position = self.lanes(candidates, rest_at)
        found = Clock(self.arrays, lanes, position if candidates.visit >= 0 else None).timed()
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        return Timed(*(getattr(found, name)[back] for name in Timed.__dataclass_fields__))

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
