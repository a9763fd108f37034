"""Generated code that finds the rows which one changed fact would have fired, and how far away they are."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from rules.condition import Cell, Condition, Today
from rules.facts import ORDERED
from rules.index import Index
from rules.source import Source, nullable

FAR = float("inf")

Candidate = tuple[float, int, str, Any]
"""How far, the row's number, the fact to change, and the value it would need."""


def nearness(source: Source, conditions: Sequence[Condition], index: Index | None) -> list[str]:
    """``found`` gets every row of which exactly one cell fails; of a large table, those of the same key."""
    if index:
        looked = source.constant(lambda values, today: among(index, conditions, values, today))
        return [f"return {looked}(values, today)"]
    lines = ["found = []"]
    for number, condition in enumerate(conditions):
        lines += _row(source, number, condition)
    return [*lines, "return found"]


def among(
    index: Index, conditions: Sequence[Condition], values: Mapping[str, Any], today: date
) -> list[Candidate]:
    found = (candidate(number, conditions[number], values, today) for number in index.numbers(values))
    return [one for one in found if one]


def _row(source: Source, number: int, condition: Condition) -> list[str]:
    if not condition.cells:
        return []
    if len(condition.cells) == 1 and (lines := _simple(source, number, *condition.cells[0])):
        return lines
    looked = source.constant(candidate)
    kept = source.constant(condition)
    line = f"one = {looked}({number}, {kept}, values, today)"
    tests = [f"({source.cell(name, cell)})" for name, cell in condition.cells]
    return [
        f"if {' + '.join(tests)} == {len(tests) - 1}:",
        f"    {line}",
        "    if one: found.append(one)",
    ]


def _simple(source: Source, number: int, name: str, cell: Cell) -> list[str]:
    """A range of numbers: which side the value is on says what is needed."""
    fact, variable = source.facts[name], source.variables[name]
    if cell.negated or cell.none or len(cell.spans) != 1 or nullable(fact) or fact.type not in ORDERED:
        return []
    span = cell.spans[0]
    if span.low_open or span.high_open or isinstance(span.low, Today) or isinstance(span.high, Today):
        return []
    lines: list[str] = []
    for end, sign in ((span.low, "<"), (span.high, ">")):
        if end is not None:
            needed = source.constant(end)
            away = f"({needed} - {variable})" if sign == "<" else f"({variable} - {needed})"
            if fact.type == "date":
                size = f"float({away}.days)"
            else:
                share = f"{away} / {source.constant(max(abs(end), 1))}"
                size = f"float({share})" if fact.type in ("decimal", "percent") else share
            row = f"({size}, {number}, {name!r}, {needed})"
            lines.append(f"{'el' if lines else ''}if {variable} {sign} {needed}: found.append({row})")
    return lines


def candidate(number: int, condition: Condition, values: Mapping[str, Any], today: date) -> Candidate | None:
    failing = condition.failing(values, today)
    if len(failing) != 1:
        return None
    name, cell = failing[0]
    needed = cell.closest(values[name], today)
    return None if needed is None else (distance(values[name], needed), number, name, needed)


def distance(actual: Any, needed: Any) -> float:
    if isinstance(actual, bool | str) or actual is None:
        return FAR
    change = abs(needed - actual)
    if isinstance(change, timedelta):
        return float(change.days)
    return float(change / max(abs(needed), 1))
