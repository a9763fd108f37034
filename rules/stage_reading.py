"""The stages of a book as written: ranges of days without gap or overlap, and their steps."""

import re
from dataclasses import dataclass
from functools import cached_property

from domain.decision import Bilingual, Reason
from rules.reader import Node
from rules.reading import Reading
from rules.steps import Planned, read_planned

RANGE = re.compile(r"([0-9]{1,4})(?:(\.\.)([0-9]{1,4})?)?")
STEP_KEYS = ("when", "send", "alert", "act", "hour", "repeat", "always")


@dataclass(frozen=True)
class Stage:
    """``last`` None is open-ended."""

    id: str
    line: int
    first: int
    last: int | None
    why: Bilingual
    steps: tuple[Planned, ...]

    def has(self, late: int) -> bool:
        return self.first <= late and (self.last is None or late <= self.last)

    @cached_property
    def reason(self) -> Reason:
        return Reason(self.id, self.line, self.why)


def read_stages(reading: Reading, node: Node) -> tuple[Stage, ...]:
    stages: list[Stage] = []
    for item in reading.items(node):
        stage = _stage(reading, item, stages[-1] if stages else None)
        if stage:
            stages.append(stage)
    if stages and stages[-1].last is not None:
        reading.wrong(
            node,
            f"le dernier palier doit rester ouvert, par exemple {stages[-1].first}..",
            f"the last stage must be open-ended, for example {stages[-1].first}..",
        )
    if not stages:
        reading.wrong(node, "il faut au moins un palier", "at least one stage is needed")
    return tuple(stages)


def _stage(reading: Reading, node: Node, before: Stage | None) -> Stage | None:
    table = reading.table(node, ("id", "days", "why", "steps"))
    if table is None:
        return None
    entries = table.entries
    why = reading.bilingual(entries["why"])
    id = reading.word(entries["id"])
    days = _days(reading, entries["days"], before)
    steps = tuple(step for item in reading.items(entries["steps"]) if (step := _step(reading, item, why)))
    return Stage(id, table.place.line, *days, why, steps) if days else None


def _step(reading: Reading, node: Node, why: Bilingual) -> Planned | None:
    table = reading.table(node, ("id",), STEP_KEYS)
    return read_planned(reading, table, why, reading.hour) if table else None


def _days(reading: Reading, node: Node, before: Stage | None) -> tuple[int, int | None] | None:
    text = reading.text(node)
    found = RANGE.fullmatch(text)
    if not found or (found[3] and int(found[3]) < int(found[1])):
        if text:
            reading.wrong(
                node,
                f"« {text} » n’est pas une plage de jours, écrivez par exemple 4..7",
                f"{text!r} is not a range of days, write for example 4..7",
            )
        return None
    first = int(found[1])
    last = int(found[3]) if found[3] else (None if found[2] else first)
    if before is not None:
        _refuse_gap(reading, node, before, first)
    return first, last


def _refuse_gap(reading: Reading, node: Node, before: Stage, first: int) -> None:
    if before.last is None or first <= before.last:
        reading.wrong(
            node,
            f"ce palier chevauche « {before.id} » (ligne {before.line})",
            f"this stage overlaps {before.id!r} (line {before.line})",
        )
    elif first > before.last + 1:
        missing = f"{before.last + 1}..{first - 1}" if first > before.last + 2 else str(before.last + 1)
        reading.wrong(node, f"aucun palier pour les jours {missing}", f"no stage for days {missing}")
