"""Marks and names that would hide each other are moved apart, always alike."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import cos, hypot, sin

from domain.maintenance.planning.shown.ground import XY

ROUNDS = 40
FARTHEST = 34
PUSH = 0.55
PULL = 0.04
GOLDEN = 2.399963
MANY = 400
"""Beyond so many marks there is no room to move to."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def apart(at: Sequence[XY], gap: float, fixed: Sequence[XY] = ()) -> list[XY]:
    """How far each mark is moved so that, as far as there is room, none is nearer than ``gap`` to another,
    nor to what is ``fixed``."""
    if len(at) > MANY:
        return [(0.0, 0.0)] * len(at)
    # Marks at the very same address leave it in different directions.
    moved = [(x + cos(n * GOLDEN) * 0.5, y + sin(n * GOLDEN) * 0.5) for n, (x, y) in enumerate(at)]
    for _ in range(ROUNDS):
        pushes = _pushes([*moved, *fixed], gap)
        if not pushes:
            break
        moved = [
            _bounded(home, _step(home, one, pushes.get(n)))
            for n, (home, one) in enumerate(zip(at, moved, strict=True))
        ]
    offsets = [(x - a, y - b) for (x, y), (a, b) in zip(moved, at, strict=True)]
    return [(round(x, 1), round(y, 1)) if hypot(x, y) > 1.5 else (0.0, 0.0) for x, y in offsets]


def _pushes(moved: Sequence[XY], gap: float) -> dict[int, XY]:
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    for n, (x, y) in enumerate(moved):
        cells[int(x // gap), int(y // gap)].append(n)
    pushes: dict[int, XY] = {}
    for (column, row), members in cells.items():
        near = [
            n
            for c in (column - 1, column, column + 1)
            for r in (row - 1, row, row + 1)
            for n in cells.get((c, r), ())
        ]
        for a in members:
            for b in near:
                if a != b and (distance := hypot(moved[a][0] - moved[b][0], moved[a][1] - moved[b][1])) < gap:
                    share = PUSH * (gap - distance) / max(distance, 0.1)
                    x, y = pushes.get(a, (0.0, 0.0))
                    pushes[a] = (
                        x + (moved[a][0] - moved[b][0]) * share, y + (moved[a][1] - moved[b][1]) * share
                    )  # fmt: skip
    return pushes


def _step(home: XY, one: XY, push: XY | None) -> XY:
    x, y = push or (0.0, 0.0)
    return one[0] + x + (home[0] - one[0]) * PULL, one[1] + y + (home[1] - one[1]) * PULL


def _bounded(home: XY, one: XY) -> XY:
    x, y = one[0] - home[0], one[1] - home[1]
    far = hypot(x, y)
    return one if far <= FARTHEST else (home[0] + x * FARTHEST / far, home[1] + y * FARTHEST / far)


def free(box: Box, taken: Iterable[Box]) -> bool:
    left, top, right, bottom = box
    return all(right <= a or c <= left or bottom <= b or d <= top for a, b, c, d in taken)


def around(at: XY, reach: float) -> Box:
    return at[0] - reach, at[1] - reach, at[0] + reach, at[1] + reach
