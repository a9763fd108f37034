"""Tables that must answer once and only once: what no row covers, and what two rows cover."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rules.condition import Condition
from rules.coverage import Axis, axes_of, segments
from rules.reader import Node, Place
from rules.reading import Reading

MOST = 5
"""Gaps and overlaps told; the others are usually of the same kind."""

Row = tuple[str, int, Condition]
"""Id, line, condition."""


@dataclass
class _Search:
    reading: Reading
    axes: Mapping[str, Axis]
    order: Sequence[str]
    masks: list[dict[str, int]]
    wanted: bool
    """Whether a gap is a mistake."""
    gaps: list[dict[str, str]] = field(default_factory=list)
    overlaps: dict[tuple[int, int], dict[str, str]] = field(default_factory=dict)
    spent: bool = False
    """Whether it became too much: whether a row is missing cannot be told."""
    walked: set[tuple[tuple[int, ...], int]] = field(default_factory=set)
    """The same rows are often left on the same columns: without this, thirty columns take hours."""

    def walk(self, rows: tuple[int, ...], depth: int, at: dict[str, str]) -> None:
        if len(self.gaps) >= MOST or len(self.overlaps) >= MOST or (rows and (rows, depth) in self.walked):
            return
        if self.spent:
            return
        self.walked.add((rows, depth))
        if not rows:
            self.gaps += [at] if self.wanted else []
            return
        if depth == len(self.order):
            if len(rows) > 1:
                self.overlaps.setdefault((rows[0], rows[1]), at)
            return
        name = self.order[depth]
        axis = self.axes[name]
        groups: dict[tuple[int, ...], int] = {}
        by_segment: dict[int, list[int]] = {}
        for row in rows:
            mask = self.masks[row].get(name, axis.everything)
            if not self.reading.spend(1 + mask.bit_count()):
                self.spent = True
                return
            for segment in segments(mask):
                by_segment.setdefault(segment, []).append(row)
        for segment in segments(axis.everything):
            groups.setdefault(tuple(by_segment.get(segment, ())), segment)
        for found, segment in groups.items():
            self.walk(found, depth + 1, {**at, name: axis.said(segment)})


def refuse_gaps_and_overlaps(
    reading: Reading, node: Node, columns: Sequence[str], rows: Sequence[Row], *, gaps: bool
) -> None:
    """``gaps``: whether every combination of values must have its row."""
    axes = axes_of(reading.facts, [condition for _, _, condition in rows])
    unclear = [name for name in columns if name not in axes]
    if unclear:
        reading.wrong(
            node,
            f"« {unclear[0]} » mêle dates fixes et dates relatives : on ne peut pas dire si rien ne manque",
            f"{unclear[0]!r} mixes fixed and moving days: whether nothing is missing cannot be told",
        )
        return
    masks = [{name: axes[name].mask(cell) for name, cell in condition.cells} for _, _, condition in rows]
    widest = sorted(columns, key=lambda name: -len(axes[name].ends))
    search = _Search(reading, axes, widest, masks, gaps)
    search.walk(tuple(range(len(rows))), 0, {})
    if search.spent:
        reading.wrong(
            node,
            "ces lignes s’entrecroisent trop pour être vérifiées : moins de lignes, ou moins d’intervalles",
            "these rows cross each other too much to be checked: use fewer rows, or fewer ranges",
        )
    for (one, other), at in search.overlaps.items():
        reading.wrong(
            Place(rows[other][1], node.place.column),
            f"cette ligne répond aussi là où répond la ligne {rows[one][1]} ({_said(at, columns)})",
            f"this row answers where line {rows[one][1]} answers too ({_said(at, columns)})",
        )
    for at in search.gaps:
        reading.wrong(
            node,
            f"aucune ligne ne répond pour {_said(at, columns)}",
            f"no row answers for {_said(at, columns)}",
        )


def _said(at: Mapping[str, str], columns: Sequence[str]) -> str:
    """The combination in the order of the columns; a column not named has no row at all."""
    return ", ".join(_one(name, at[name]) for name in columns if name in at) or "…"


def _one(name: str, value: str) -> str:
    return f"{name} {value}" if value[0] in "<>" else f"{name} = {value}"
