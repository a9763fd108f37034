"""Rows that can never be reached because the ones above take everything they ask for."""

from collections import defaultdict
from collections.abc import Sequence

from rules.condition import Condition
from rules.coverage import axes_of, box_of, covered
from rules.reading import Reading

FEW = 200
"""Up to here a row is compared with all above it, so that rows hiding it together are found as well."""

WORDS = 500
"""Ends of an axis that are compared in about the time of a row."""

Row = tuple[str, int, Condition]
"""Id, line, condition."""


def refuse_hidden(reading: Reading, rows: Sequence[Row]) -> None:
    """A row is compared with those above that ask for one of its exact values, or for none at all: a thousand
    rows of one table are checked in milliseconds. What would take too long is taken for reachable.
    """
    axes = axes_of(reading.facts, [condition for _, _, condition in rows])
    seen: dict[object, list[tuple[Row, dict[str, int]]]] = defaultdict(list)
    everything: list[tuple[Row, dict[str, int]]] = []
    few = len(rows) <= FEW
    width = 1 + max((len(axis.ends) for axis in axes.values()), default=0) // WORDS
    for row in rows:
        id, _, condition = row
        exact = condition.exact()
        box = box_of(condition, axes)
        if box is None:
            continue
        above = everything if few else [one for key in (*exact, None) for one in seen[key]]
        if not reading.spend(len(above) * width):
            return
        if covered(box, [other for _, other in above], axes):
            _refuse(reading, id, [one for one, other in above if covered(box, [other], axes)], above)
        seen[exact[0] if exact else None].append((row, box))
        everything.append((row, box))


def _refuse(reading: Reading, id: str, alone: list[Row], above: Sequence[tuple[Row, dict[str, int]]]) -> None:
    hiding = alone[:1] or sorted((row for row, _ in above), key=lambda row: row[1])
    names = ", ".join(f"« {name} » (ligne {line})" for name, line, _ in hiding)
    names_en = ", ".join(f"{name!r} (line {line})" for name, line, _ in hiding)
    verb, verb_en = (
        ("la cache", "hides it") if len(hiding) == 1 else ("la cachent ensemble", "hide it together")
    )
    reading.wrong(
        reading.ids[id],
        f"la ligne « {id} » n’est jamais atteinte : {names} {verb}",
        f"row {id!r} is never reached: {names_en} {verb_en}",
    )
