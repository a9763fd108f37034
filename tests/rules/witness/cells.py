"""What a cell means, read from docs/rule-books.md: slow, plain, and sharing nothing with the engine."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

CENTS = {"EUR": 100, "XAF": 1}

Cell = str | list[Any]
Declared = Mapping[str, Any]
"""A fact as declared in the book: words only, as they are written."""


def value_of(text: str, declared: Declared, currency: str, today: date | None = None) -> Any:
    """The value that a word stands for."""
    text = text.strip()
    match declared["type"]:
        case "bool":
            return text == "true"
        case "enum":
            return text
        case "int":
            return int(text)
        case "money":
            return int(Decimal(text) * CENTS[currency]) if currency else int(text)
        case "date":
            return day_of(text, today)
        case _:
            return Decimal(text)


def day_of(text: str, today: date | None) -> date:
    text = text.replace(" ", "")
    if not text.startswith("today"):
        return date.fromisoformat(text)
    assert today is not None
    away = text.removeprefix("today").removesuffix("d")
    return today + timedelta(days=int(away or "0"))


def cell_holds(cell: Cell, declared: Declared, value: Any, today: date, currency: str) -> bool:
    if isinstance(cell, list):
        return any(cell_holds(one, declared, value, today, currency) for one in cell)
    text = cell.strip()
    if text.startswith("not "):
        return not cell_holds(text.removeprefix("not "), declared, value, today, currency)
    if text == "any" and "any" not in declared.get("values", []):
        return True
    if text == "none" and "none" not in declared.get("values", []):
        return value is None
    if value is None:
        return False

    def read(word: str) -> Any:
        return value_of(word, declared, currency, today)

    if declared["type"] in ("bool", "enum"):
        return bool(value == read(text))
    if ".." in text:
        low, high = (end.strip() for end in text.split(".."))
        above = not low or (value > read(low[1:]) if low.startswith(">") else value >= read(low))
        below = not high or (value < read(high[1:]) if high.startswith("<") else value <= read(high))
        return bool(above and below)
    for sign in (">=", "<=", ">", "<", "="):
        if text.startswith(sign):
            limit = read(text.removeprefix(sign))
            return bool({
                ">=": value >= limit, "<=": value <= limit,
                ">": value > limit, "<": value < limit, "=": value == limit,
            }[sign])  # fmt: skip
    return bool(value == read(text))


def all_hold(
    when: Mapping[str, Cell], book: Mapping[str, Any], values: Mapping[str, Any], today: date
) -> bool:
    facts, currency = book["facts"], book.get("currency", "")
    return all(cell_holds(cell, facts[name], values[name], today, currency) for name, cell in when.items())
