"""Grids: one row answers for every combination of its facts, and gives its values. A price list is one."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from domain.decision import Bilingual, Reason
from rules.completeness import refuse_gaps_and_overlaps
from rules.condition import Cell, Condition, read_cell
from rules.facts import Fact
from rules.gives import Gives, given_as_text, read_given, read_given_types, read_gives
from rules.near import nearest
from rules.nearness import FAR
from rules.policy import Holds, rows_that_hold
from rules.program import Answer, First, Program, compile_rows
from rules.reader import Listing, Node, Table
from rules.reading import Reading
from rules.ruling import Question, Ruling

KEYS = ("gives", "columns", "rows", "why")
OPTIONAL = ("otherwise",)
FOUND, OTHERWISE = "found", "otherwise"
NOTHING = Bilingual("", "")


@dataclass(frozen=True)
class Line:
    """A row: its cells as written joined by a slash, and the values it gives."""

    id: str
    line: int
    when: Condition
    gives: Gives


@dataclass(frozen=True)
class Grid:
    book: str
    facts: Mapping[str, Fact]
    types: Mapping[str, Fact]
    rows: tuple[Line, ...]
    why: Bilingual
    otherwise: Line | None = None
    otherwise_why: Bilingual = NOTHING

    def conditions(self) -> tuple[Condition, ...]:
        return self._conditions

    def reasons(self) -> tuple[Reason, ...]:
        return (self._last,) if self.otherwise else ()

    @cached_property
    def _conditions(self) -> tuple[Condition, ...]:
        return tuple(row.when for row in self.rows)

    @cached_property
    def _last(self) -> Reason:
        return Reason(OTHERWISE, self.otherwise.line if self.otherwise else 0, self.otherwise_why)

    @cached_property
    def program(self) -> Program:
        answers: list[Answer] = [(FOUND, MappingProxyType(dict(row.gives))) for row in self.rows]
        last = self.otherwise.gives if self.otherwise else {}
        answers.append((OTHERWISE, MappingProxyType(dict(last))))
        return compile_rows(self.book, self.facts, self._conditions, First(answers))

    def decide(self, values: Mapping[str, Any], question: Question, holds: Holds | None = None) -> Ruling:
        fired = rows_that_hold(self.program, self._conditions, values, question, holds)
        found = self.program.near(values, question.today) if question.near else []
        found = [one for one in found if one[0] != FAR]
        near = nearest(found, self._reason, self.facts, values, self._said)
        if fired:
            gives = self.rows[fired[0]].gives
            return Ruling(FOUND, FOUND, reasons=(self._reason(fired[0]),), near=near, result=gives)
        gives = self.otherwise.gives if self.otherwise else {}
        return Ruling(OTHERWISE, OTHERWISE, reasons=(self._last,), near=near, result=gives)

    def _reason(self, number: int) -> Reason:
        row = self.rows[number]
        return Reason(row.id, row.line, self.why)

    def _said(self, number: int, _changed: Mapping[str, Any]) -> str:
        return ", ".join(f"{name} {given_as_text(value)}" for name, value in self.rows[number].gives.items())


def read_grid(reading: Reading, table: Table, book: str) -> Grid:
    entries = table.entries
    types = read_given_types(reading, entries["gives"])
    columns = _columns(reading, entries["columns"], types)
    rows = [row for node in reading.items(entries["rows"]) if (row := _row(reading, node, columns, types))]
    otherwise, why = _otherwise(reading, entries.get("otherwise"), types)
    if rows and not reading.errors:
        refuse_gaps_and_overlaps(
            reading, entries["rows"], [name for name in columns if name not in types],
            [(row.id, row.line, row.when) for row in rows], gaps=otherwise is None,
        )  # fmt: skip
    return Grid(book, reading.facts, types, tuple(rows), reading.bilingual(entries["why"]), otherwise, why)


def _columns(reading: Reading, node: Node, types: Mapping[str, Fact]) -> list[str]:
    """The names of the columns, each a fact or a value that is given; an empty name after a mistake."""
    columns: list[str] = []
    for item in reading.items(node):
        name = reading.text(item)
        if name not in types:
            name = reading.column(item, tuple(types))
        if name and name in columns:
            reading.wrong(item, f"la colonne « {name} » est là deux fois", f"column {name!r} is there twice")
        columns.append(name)
    for name in types:
        if name not in columns:
            reading.wrong(node, f"il manque la colonne « {name} »", f"column {name!r} is missing")
    return columns


def _row(reading: Reading, node: Node, columns: list[str], types: Mapping[str, Fact]) -> Line | None:
    if not isinstance(node, Listing) or len(node.items) != len(columns):
        count = len(columns)
        reading.wrong(
            node,
            f"une ligne a {count} cases entre crochets, une par colonne",
            f"a row has {count} cells in brackets, one for each column",
        )
        return None
    cells: list[tuple[str, Cell]] = []
    gives: dict[str, Any] = {}
    for name, item in zip(columns, node.items, strict=True):
        if name in types:
            gives[name] = read_given(reading, item, types[name])
        elif name:
            cells.append((name, read_cell(reading, item, reading.facts[name])))
    id = "/".join(cell.text for _, cell in cells)
    return Line(id, node.place.line, Condition(tuple(cells)), gives)


def _otherwise(
    reading: Reading, node: Node | None, types: Mapping[str, Fact]
) -> tuple[Line | None, Bilingual]:
    table = reading.table(node, ("gives", "why")) if node is not None else None
    if table is None:
        return None, NOTHING
    gives = read_gives(reading, table.entries["gives"], types, table)
    return Line(OTHERWISE, table.place.line, Condition(), gives), reading.bilingual(table.entries["why"])
