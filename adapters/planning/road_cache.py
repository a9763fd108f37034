"""Ways that were asked once, in two matrices that grow with the places."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from domain.maintenance.planning.model import Point

UNASKED = -2
FIRST = 64
Matrix = NDArray[np.int32]


class KnownWays:
    """Each place has a number for as long as this lives; what is asked meanwhile may be written any time."""

    def __init__(self) -> None:
        self._number: dict[Point, int] = {}
        self._seconds, self._metres = _unasked(FIRST), _unasked(FIRST)

    def __len__(self) -> int:
        return len(self._number)

    def new(self, points: Sequence[Point]) -> int:
        """How many of them have no number yet."""
        return len({one for one in points if one not in self._number})

    def numbers(self, points: Sequence[Point]) -> list[int]:
        numbers = [self._number.setdefault(one, len(self._number)) for one in points]
        size = len(self._seconds)
        if len(self._number) > size:
            more = max(2 * size, len(self._number))
            self._seconds, self._metres = _grown(self._seconds, more), _grown(self._metres, more)
        own = np.array(numbers, dtype=np.intp)
        self._seconds[own, own] = self._metres[own, own] = 0
        return numbers

    def unasked(self, sources: Sequence[int], targets: Sequence[int]) -> NDArray[np.bool_]:
        missing: NDArray[np.bool_] = self._seconds[np.ix_(sources, targets)] == UNASKED
        return missing

    def learn(
        self, sources: Sequence[int], targets: Sequence[int], seconds: list[list[int]],
        metres: list[list[int]],
    ) -> None:  # fmt: skip
        """The way from a place to itself stays none, however far the road is."""
        where = np.ix_(sources, targets)
        other = np.not_equal.outer(np.array(sources), np.array(targets))
        self._seconds[where] = np.where(other, np.array(seconds, dtype=np.int32), 0)
        self._metres[where] = np.where(other, np.array(metres, dtype=np.int32), 0)

    def ways(self, numbers: Sequence[int]) -> tuple[Matrix, Matrix]:
        where = np.ix_(numbers, numbers)
        return self._seconds[where], self._metres[where]


def _unasked(size: int) -> Matrix:
    return np.full((size, size), UNASKED, dtype=np.int32)


def _grown(matrix: Matrix, size: int) -> Matrix:
    larger = _unasked(size)
    larger[: len(matrix), : len(matrix)] = matrix
    return larger
