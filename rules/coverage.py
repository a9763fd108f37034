"""What a set of conditions covers: gaps, overlaps and rows that can never be reached.

Every fact's values are cut into the segments between the ends that the cells name, so that a cell is a set of
segments (bits of an integer) and questions about rows become questions about sets.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, reduce
from operator import or_
from typing import Any

from rules.condition import Cell, Condition, Span, Today
from rules.facts import Fact, shown
from rules.source import nullable

PATIENCE = 20_000
"""Comparisons after which a row is taken for reachable: it cannot be told in reasonable time."""

Box = Mapping[str, int]
"""The segments that a row accepts of each fact that it names."""


@dataclass(frozen=True)
class Axis:
    """The segments of one fact: `none` first where it can be, then values or, in turn, gaps and ends."""

    fact: Fact
    ends: tuple[Any, ...]
    continuous: bool

    @property
    def shift(self) -> int:
        return 1 if nullable(self.fact) else 0

    @cached_property
    def _positions(self) -> dict[Any, int]:
        return {end: position for position, end in enumerate(self.ends)}

    @cached_property
    def everything(self) -> int:
        if not self.continuous:
            return int((1 << (len(self.ends) + self.shift)) - 1)
        whole = (1 << (2 * len(self.ends) + 1 + self.shift)) - 1
        if self.fact.type in ("decimal", "percent"):
            return int(whole)
        for index in range(1, len(self.ends)):
            if _next(self.ends[index - 1]) == self.ends[index]:
                whole &= ~(1 << (2 * index + self.shift))
        return int(whole)

    def mask(self, cell: Cell) -> int:
        mask = 1 if cell.none and self.shift else 0
        for span in cell.spans:
            mask |= self._span(span) << self.shift
        return (self.everything & ~mask if cell.negated else mask) & self.everything

    def _span(self, span: Span) -> int:
        if not self.continuous:
            return 1 << self._positions[span.low]
        low, high = 0, 2 * len(self.ends)
        if span.low is not None:
            low = 2 * bisect_left(self.ends, _plain(span.low)) + (2 if span.low_open else 1)
        if span.high is not None:
            high = 2 * bisect_left(self.ends, _plain(span.high)) + (0 if span.high_open else 1)
        return ((1 << (high - low + 1)) - 1) << low

    def said(self, segment: int) -> str:
        """An example of the segment, as an author would write it."""
        if segment < self.shift:
            return "none"
        index = segment - self.shift
        if not self.continuous:
            return shown(self.fact, self.ends[index])
        place, is_end = divmod(index, 2)
        if is_end:
            return shown(self.fact, self.ends[place])
        if place == 0:
            return f"< {shown(self.fact, self.ends[0])}" if self.ends else "…"
        if place == len(self.ends):
            return f"> {shown(self.fact, self.ends[-1])}"
        return f"{shown(self.fact, self.ends[place - 1])} < … < {shown(self.fact, self.ends[place])}"


def axes_of(facts: Mapping[str, Fact], conditions: Sequence[Condition]) -> dict[str, Axis]:
    """One axis for every fact named; none for a date compared with both fixed and moving days."""
    cells: dict[str, list[Cell]] = {}
    for condition in conditions:
        for name, cell in condition.cells:
            cells.setdefault(name, []).append(cell)
    return {name: axis for name, found in cells.items() if (axis := _axis(facts[name], found))}


def _axis(fact: Fact, cells: list[Cell]) -> Axis | None:
    if fact.type == "enum":
        return Axis(fact, fact.values, False)
    if fact.type == "bool":
        return Axis(fact, (False, True), False)
    ends = {end for cell in cells for span in cell.spans for end in (span.low, span.high) if end is not None}
    if len({isinstance(end, Today) for end in ends}) > 1:
        return None
    return Axis(fact, tuple(sorted(_plain(end) for end in ends)), True)


def box_of(condition: Condition, axes: Mapping[str, Axis]) -> dict[str, int] | None:
    """None when a cell is of a fact without an axis."""
    if any(name not in axes for name, _ in condition.cells):
        return None
    return {name: axes[name].mask(cell) for name, cell in condition.cells}


def covered(box: Box, others: Sequence[Box], axes: Mapping[str, Axis]) -> bool:
    """Whether every point of ``box`` lies in one of ``others``."""
    return _covered(dict(box), list(others), axes, [PATIENCE])


def _covered(box: dict[str, int], others: list[Box], axes: Mapping[str, Axis], patience: list[int]) -> bool:
    patience[0] -= 1 + len(others)
    if patience[0] < 0:
        return False
    meeting = [o for o in others if all(m & box.get(n, axes[n].everything) for n, m in o.items())]
    if not meeting or _sticks_out(box, meeting):
        return False
    split = _split(box, meeting, axes)
    if not split:
        return True
    name, mask = split
    whole = box.get(name, axes[name].everything)
    return all(
        _covered({**box, name: part}, meeting, axes, patience) for part in (whole & mask, whole & ~mask)
    )


def _sticks_out(box: Mapping[str, int], others: list[Box]) -> bool:
    """Whether some values of one fact are in none of the rows: most boxes show it at once."""
    return any(
        all(name in other for other in others) and mask & ~reduce(or_, (other[name] for other in others))
        for name, mask in box.items()
    )


def _split(box: Mapping[str, int], others: list[Box], axes: Mapping[str, Axis]) -> tuple[str, int] | None:
    """A fact on which the first row does not take all of the box; None when some row takes all of it."""
    found = None
    for other in others:
        short = next((n for n, m in other.items() if box.get(n, axes[n].everything) & ~m), None)
        if short is None:
            return None
        found = found or (short, other[short])
    return found


def segments(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _plain(end: Any) -> Any:
    return end.offset if isinstance(end, Today) else end


def _next(end: Any) -> Any:
    return end + (timedelta(days=1) if hasattr(end, "year") else 1)
