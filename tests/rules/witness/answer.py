"""The answer of a book, from its words."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

from domain.money import Money
from tests.rules.witness.asked import Answer, Book, Look, Refused, Values
from tests.rules.witness.cells import value_of
from tests.rules.witness.ladder import ladder
from tests.rules.witness.stages import stages
from tests.rules.witness.tables import grid, scorecard, thresholds

KINDS: Mapping[str, Callable[[Book, Values, Look], Answer]] = {
    "thresholds": thresholds, "scorecard": scorecard, "grid": grid, "stages": stages, "ladder": ladder,
}  # fmt: skip


def words(text: str) -> Book:
    """The book without any guess of types."""
    loaded: Book = yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    return loaded


def answer(book: Book, facts: Mapping[str, Any], look: Look) -> Answer:
    return KINDS[book["policy"]](book, values_of(book, facts), look)


def values_of(book: Book, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Defaults filled in, amounts as minor units. Raises Refused."""
    for name in facts:
        if name not in book["facts"]:
            raise Refused(name)
    values = {}
    for name, declared in book["facts"].items():
        missing = declared.get("missing")
        may_lack = missing == "none" and "none" not in declared.get("values", [])
        if name in facts:
            value = facts[name]
            if value is None and not may_lack:
                raise Refused(name)
            if value is not None and not fits(value, declared, book.get("currency", "")):
                raise Refused(name)
            values[name] = value.minor if isinstance(value, Money) else value
        elif missing is None:
            raise Refused(name)
        else:
            values[name] = None if may_lack else value_of(missing, declared, book.get("currency", ""))
    return values


def fits(value: Any, declared: Mapping[str, Any], currency: str) -> bool:
    """Whether a fact given is of its type; nothing is taken for something else."""
    whole = type(value) is int
    match declared["type"]:
        case "int":
            return whole
        case "decimal" | "percent":
            return whole or (isinstance(value, Decimal) and value.is_finite())
        case "money":
            return whole or (isinstance(value, Money) and currency in ("", value.currency))
        case "enum":
            return isinstance(value, str) and value in declared["values"]
        case "bool":
            return isinstance(value, bool)
    return type(value) is date and 1900 <= value.year <= 2199
