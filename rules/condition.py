"""Cells and conditions: what an author writes in a table, compiled to plain Python tests.

    5 · ">= 5" · 5..9 · 45.. · ..9 · 5..<9 · ">5..9" · [a, b] · not x · none · any · today · ">= today+3d"

Ranges include both ends, unless `<` or `>` leaves one out. Nothing compares with `none` except `none` itself
and its negation.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from rules.facts import ORDERED, STEP, Fact
from rules.reader import Listing, Node, Scalar
from rules.reading import Reading

COMPARISON = re.compile(r"(>=|<=|>|<|=)\s*(.+)")
RANGE = re.compile(r"(>?)(.*?)\.\.(<?)(.*)")
TODAY = re.compile(r"today(?:\s*([+-]\s*[0-9]{1,4})d)?")

Test = Callable[[Any, date], bool]


@dataclass(frozen=True)
class Today:
    """A date that moves with the day of the decision."""

    offset: int = 0

    def on(self, today: date) -> date:
        return today + timedelta(days=self.offset)


@dataclass(frozen=True)
class Span:
    """From ``low`` to ``high``; None is no end. Whole numbers and days are kept with closed ends."""

    low: Any = None
    high: Any = None
    low_open: bool = False
    high_open: bool = False

    def holds(self, value: Any, today: date) -> bool:
        low, high = _at(self.low, today), _at(self.high, today)
        if low is not None and (value <= low if self.low_open else value < low):
            return False
        return high is None or not (value >= high if self.high_open else value > high)

    def apart(self, other: "Span") -> bool:
        """Whether one ends before the other begins."""
        return _ends_before(self, other) or _ends_before(other, self)

    def within(self, other: "Span") -> bool:
        return _no_lower(self.low, self.low_open, other) and _no_higher(self.high, self.high_open, other)


@dataclass(frozen=True)
class Cell:
    """``spans`` are alternatives, as is `none`; ``negated`` turns the whole round."""

    text: str
    spans: tuple[Span, ...] = ()
    none: bool = False
    negated: bool = False
    test: Test = field(compare=False, default=lambda _value, _today: False)

    def covers(self, other: "Cell") -> bool:
        """Whether every value of ``other`` is one of this cell; False also when it cannot be told."""
        if self.negated or other.negated:
            return (self.spans, self.none, self.negated) == (other.spans, other.none, other.negated)
        return (self.none or not other.none) and all(
            any(span.within(mine) for mine in self.spans) for span in other.spans
        )

    def excludes(self, other: "Cell") -> bool:
        """Whether no value can be in both; False also when it cannot be told."""
        if self.negated or other.negated or (self.none and other.none):
            return False
        return all(one.apart(another) for one in self.spans for another in other.spans)

    def closest(self, value: Any, today: date) -> Any:
        """The value of this cell closest to ``value``; None when there is no telling."""
        if value is None or (self.negated and not isinstance(value, bool)):
            return None
        ends = [not value] if isinstance(value, bool) else [e for s in self.spans for e in _ends(s, today)]
        held = [end for end in ends if self.test(end, today)]  # a narrow range may hold no end to propose
        if isinstance(value, str):
            return next(iter(held), None)
        return min(held, key=lambda end: abs(end - value), default=None)


@dataclass(frozen=True)
class Condition:
    """Cells of several facts, all of which must hold. Empty: always."""

    cells: tuple[tuple[str, Cell], ...] = ()

    def holds(self, values: Mapping[str, Any], today: date) -> bool:
        for name, cell in self.cells:  # noqa: SIM110  # a generator costs as much again
            if not cell.test(values[name], today):
                return False
        return True

    def failing(self, values: Mapping[str, Any], today: date) -> list[tuple[str, Cell]]:
        return [(name, cell) for name, cell in self.cells if not cell.test(values[name], today)]

    def exact(self) -> list[tuple[str, Any]]:
        """The facts that must have one value."""
        return [
            (name, cell.spans[0].low)
            for name, cell in self.cells
            if len(cell.spans) == 1
            and not (cell.none or cell.negated)
            and cell.spans[0].low is not None
            and cell.spans[0].low == cell.spans[0].high
        ]

    def covers(self, other: "Condition") -> bool:
        others = dict(other.cells)
        return all(name in others and cell.covers(others[name]) for name, cell in self.cells)


def read_condition(reading: Reading, node: Node | None) -> Condition:
    if node is None:
        return Condition()
    table = reading.table(node, (), tuple(getattr(node, "entries", {})))
    cells = []
    for name, body in (table.entries if table else {}).items():
        assert table is not None
        if fact := reading.fact(Scalar(name, table.keys[name])):
            cells.append((fact, read_cell(reading, body, reading.facts[fact])))
    return Condition(tuple(cells))


def read_cell(reading: Reading, node: Node, fact: Fact) -> Cell:
    """A cell checked against the type of its fact; an empty cell after a mistake."""
    if fact.type == "any":
        return Cell("")
    if isinstance(node, Listing):
        parts = [read_cell(reading, item, fact) for item in node.items]
        if any(part.negated for part in parts):
            reading.wrong(node, "« not » n’est pas permis dans une liste", "'not' is not allowed in a list")
        spans = tuple(span for part in parts for span in part.spans)
        text = ", ".join(part.text for part in parts)
        return _compiled(Cell(f"[{text}]", spans, any(part.none for part in parts)))
    text = reading.text(node)
    if not text:
        return Cell("")
    negated = text.startswith("not ")
    bare = text.removeprefix("not ").strip()
    if text == "any" and "any" not in fact.values:
        return _compiled(Cell(text, negated=True))
    if bare == "none" and "none" not in fact.values:
        return _compiled(Cell(text, (), True, negated))
    try:
        return _compiled(Cell(text, (_span(bare, fact),), False, negated))
    except (ValueError, OverflowError):
        _explain(reading, node, bare, fact)
        return Cell("")


def _explain(reading: Reading, node: Node, text: str, fact: Fact) -> None:
    if fact.type == "enum":
        reading.unknown(
            node,
            text,
            fact.values,
            f"valeur inconnue de « {fact.name} » :",
            f"unknown value of {fact.name!r}:",
        )
        return
    reading.wrong(
        node,
        f"« {text} » n’est pas une case pour « {fact.name} » ({fact.type})",
        f"{text!r} is not a cell for {fact.name!r} ({fact.type})",
    )


def _span(text: str, fact: Fact) -> Span:
    if fact.type not in ORDERED:
        value = fact.read(text)
        return Span(value, value)
    if found := RANGE.fullmatch(text):
        return _ranged(text, found, fact)
    if found := COMPARISON.fullmatch(text):
        return _compared(found[1], _value(found[2].strip(), fact), fact)
    value = _value(text, fact)
    return Span(value, value)


def _ranged(text: str, found: re.Match[str], fact: Fact) -> Span:
    low, high = (_value(end.strip(), fact) if end.strip() else None for end in (found[2], found[4]))
    low_open, high_open = bool(found[1]), bool(found[3])
    if (low is None and (high is None or low_open)) or (high is None and high_open):
        raise ValueError(text)
    if fact.type not in ("decimal", "percent"):
        low, high = _moved(low, 1) if low_open else low, _moved(high, -1) if high_open else high
        low_open = high_open = False
    if low is not None and high is not None and type(low) is type(high):
        empty = _key(low) == _key(high) and (low_open or high_open)
        if empty or _key(low) > _key(high):
            raise ValueError(text)
    return Span(low, high, low_open, high_open)


def _compared(sign: str, value: Any, fact: Fact) -> Span:
    whole = fact.type not in ("decimal", "percent")
    match sign:
        case ">=":
            return Span(value, None)
        case "<=":
            return Span(None, value)
        case ">":
            return Span(_moved(value, 1), None) if whole else Span(value, None, low_open=True)
        case "<":
            return Span(None, _moved(value, -1)) if whole else Span(None, value, high_open=True)
        case _:
            return Span(value, value)


def _value(text: str, fact: Fact) -> Any:
    if fact.type == "date" and (found := TODAY.fullmatch(text)):
        return Today(int((found[1] or "0").replace(" ", "")))
    return fact.read(text)


def _moved(value: Any, by: int) -> Any:
    if isinstance(value, Today):
        return Today(value.offset + by)
    return value + timedelta(days=by) if isinstance(value, date) else value + by


def _key(value: Any) -> Any:
    return value.offset if isinstance(value, Today) else value


def _at(end: Any, today: date) -> Any:
    return end.on(today) if isinstance(end, Today) else end


def _ends(span: Span, today: date) -> list[Any]:
    low, high = _at(span.low, today), _at(span.high, today)
    ends = [low + STEP if span.low_open else low] if low is not None else []
    return ends + ([high - STEP if span.high_open else high] if high is not None else [])


def _ends_before(one: Span, other: Span) -> bool:
    if one.high is None or other.low is None or type(one.high) is not type(other.low):
        return False
    if isinstance(one.high, str):
        return bool(one.high != other.low)
    touching = one.high_open or other.low_open
    return bool(_key(one.high) < _key(other.low) or (touching and one.high == other.low))


def _no_lower(low: Any, is_open: bool, other: Span) -> bool:
    if other.low is None:
        return True
    if low is None or type(low) is not type(other.low):
        return False
    return bool(_key(low) > _key(other.low) or (low == other.low and (is_open or not other.low_open)))


def _no_higher(high: Any, is_open: bool, other: Span) -> bool:
    if other.high is None:
        return True
    if high is None or type(high) is not type(other.high):
        return False
    return bool(_key(high) < _key(other.high) or (high == other.high and (is_open or not other.high_open)))


def _compiled(cell: Cell) -> Cell:
    return Cell(cell.text, cell.spans, cell.none, cell.negated, _negate(_plain_test(cell), cell.negated))


def _negate(test: Test, negated: bool) -> Test:
    return (lambda value, today: not test(value, today)) if negated else test


def _plain_test(cell: Cell) -> Test:
    spans, none = cell.spans, cell.none
    exact = [span.low for span in spans if span.low == span.high and span.low is not None]
    if len(exact) == len(spans) and not any(isinstance(value, Today) for value in exact):
        chosen = frozenset(exact) | ({None} if none else set())
        return lambda value, _today: value in chosen
    if len(spans) == 1 and not none:
        holds = spans[0].holds
        return lambda value, today: value is not None and holds(value, today)
    return lambda value, today: none if value is None else any(span.holds(value, today) for span in spans)
