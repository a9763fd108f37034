"""Random facts of a book, mostly on, just before and just after the bounds that its cells name."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from rules.condition import Condition, Today
from rules.engine import Book
from rules.facts import Fact

STEPS = {"decimal": Decimal("0.000001"), "percent": Decimal("0.01")}


class RandomFacts:
    """Facts of one book, for decisions taken on ``today``."""

    def __init__(self, book: Book, today: date, random: Random) -> None:
        self._random = random
        self._pools = {name: _pool(fact, book.conditions(), today) for name, fact in book.facts.items()}

    def draw(self) -> dict[str, Any]:
        return {name: self._random.choice(pool) for name, pool in self._pools.items()}


def _pool(fact: Fact, conditions: tuple[Condition, ...], today: date) -> list[Any]:
    pool: list[Any] = list(dict.fromkeys([*_usual(fact, today), *_near_bounds(fact, conditions, today)]))
    return [*pool, None] if fact.optional and fact.default is None else pool


def _usual(fact: Fact, today: date) -> list[Any]:
    match fact.type:
        case "enum":
            return list(fact.values)
        case "bool":
            return [True, False]
        case "date":
            return [today + timedelta(days=days) for days in (-400, -31, -1, 0, 1, 31, 400)]
        case "decimal" | "percent":
            return [Decimal(0), Decimal("-3.1"), Decimal("99.99"), Decimal(1) / 3, Decimal("1e12")]
        case "money":
            return [0, 1, -7, 10**6, 10**17]
        case _:
            return [0, 1, -7, 12, 10_000]


def _near_bounds(fact: Fact, conditions: tuple[Condition, ...], today: date) -> Iterator[Any]:
    if fact.type in ("enum", "bool"):
        return
    step: Any = timedelta(days=1) if fact.type == "date" else STEPS.get(fact.type, 1)
    for condition in conditions:
        for name, cell in condition.cells:
            ends = [end for span in cell.spans for end in (span.low, span.high)] if name == fact.name else []
            for end in ends:
                if end is not None:
                    at: Any = end.on(today) if isinstance(end, Today) else end
                    yield from (at - step, at, at + step)
