"""Stages and steps that can never come, because something always ends the case before."""

from collections.abc import Iterable, Sequence

from rules.condition import Condition
from rules.coverage import axes_of, box_of, covered
from rules.reader import Node
from rules.reading import Reading

Part = tuple[str, Condition]
"""Id, and what must hold for it to come."""


def refuse_stopped(
    reading: Reading, nodes: Sequence[Node], parts: Sequence[Part], stops: Iterable[Condition]
) -> None:
    """``nodes`` are where the ``parts`` are written, one for each."""
    ends = list(stops)
    axes = axes_of(reading.facts, [*ends, *(condition for _, condition in parts)])
    boxes = [box for condition in ends if (box := box_of(condition, axes)) is not None]
    for node, (id, condition) in zip(nodes, parts, strict=True):
        box = box_of(condition, axes)
        if box is not None and boxes and covered(box, boxes, axes):
            reading.wrong(
                node,
                f"« {id} » n’arrive jamais : un arrêt (stops) met toujours fin au dossier avant",
                f"{id!r} never comes: a stop always ends the case before it",
            )
