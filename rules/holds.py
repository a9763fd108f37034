"""What keeps a case waiting although it is late: a hold until a date, an amount too small to claim."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.decision import Bilingual, Reason
from rules.condition import Condition, read_condition
from rules.facts import ORDERED
from rules.reader import Node
from rules.reading import Reading


@dataclass(frozen=True)
class Hold:
    """``until`` is a date fact: the last day on which the case is held."""

    line: int
    when: Condition
    until: str
    why: Bilingual

    @property
    def reason(self) -> Reason:
        return Reason("hold", self.line, self.why)

    def until_after(self, values: Mapping[str, Any], day: date) -> bool:
        """Whether ``day`` is still held, if the condition holds."""
        until = values[self.until]
        return until is not None and bool(until >= day)


@dataclass(frozen=True)
class Minimum:
    """Below ``at_least`` nothing is done. An amount is in minor units unless the book has a currency."""

    line: int
    fact: str
    at_least: Any
    why: Bilingual

    @property
    def reason(self) -> Reason:
        return Reason("minimum", self.line, self.why)

    def met(self, values: Mapping[str, Any]) -> bool:
        value = values[self.fact]
        return value is not None and bool(value >= self.at_least)


def read_holds(reading: Reading, node: Node | None) -> tuple[Hold, ...]:
    holds = []
    for item in reading.items(node):
        if table := reading.table(item, ("when", "until", "why")):
            condition = read_condition(reading, table.entries["when"])
            until = reading.fact(table.entries["until"], "date")
            holds.append(Hold(table.place.line, condition, until, reading.bilingual(table.entries["why"])))
    return tuple(holds)


def read_minimum(reading: Reading, node: Node | None) -> Minimum | None:
    table = reading.table(node, ("fact", "at_least", "why")) if node is not None else None
    if table is None:
        return None
    name = reading.fact(table.entries["fact"], *(kind for kind in ORDERED if kind != "date"))
    if not name:
        return None
    text = reading.text(table.entries["at_least"])
    try:
        least = reading.facts[name].read(text)
    except ValueError:
        reading.wrong(
            table.entries["at_least"], f"« {text} » n’est pas un montant", f"{text!r} is not an amount"
        )
        return None
    return Minimum(table.place.line, name, least, reading.bilingual(table.entries["why"]))
