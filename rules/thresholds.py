"""Thresholds: rows of conditions; the first row that holds (`first`) or all of them (`each`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any

from domain.decision import Bilingual, NearMiss, Reason, Step
from rules.checking import NEEDED
from rules.condition import Condition, read_condition
from rules.errors import FactsRefused
from rules.facts import Fact
from rules.gives import Gives, read_given_types, read_gives
from rules.hidden import refuse_hidden
from rules.near import nearest
from rules.policy import Holds, rows_that_hold
from rules.program import Answer, Each, First, Program, compile_rows
from rules.reader import Node, Table
from rules.reading import Reading
from rules.ruling import Question, Ruling
from rules.steps import Effect, due_steps, read_effects

MODES = ("first", "each")
KEYS = ("rules", "otherwise")
OPTIONAL = ("mode", "anchor", "key_by", "gives")
ROW_KEYS = ("id", "when", "outcome", "why")
ROW_OPTIONAL = ("send", "alert", "act", "closes", "gives")


@dataclass(frozen=True)
class Row:
    id: str
    line: int
    when: Condition
    outcome: str
    why: Bilingual
    effects: tuple[Effect, ...] = ()
    closes: bool = False
    gives: Gives = field(default_factory=dict)

    @cached_property
    def reason(self) -> Reason:
        return Reason(self.id, self.line, self.why)


@dataclass(frozen=True)
class Thresholds:
    """``anchor`` dates the keys (without it, the local day of the review does); ``key_by`` is a counter
    fact whose value is part of the step's id, `alarm#2`, so that a second crossing has keys of its own.
    """

    book: str
    facts: Mapping[str, Fact]
    rows: tuple[Row, ...]
    otherwise: Row
    mode: str = "first"
    anchor: str = ""
    key_by: str = ""
    hour: time = time(9)
    types: Mapping[str, Fact] = field(default_factory=dict)

    def conditions(self) -> tuple[Condition, ...]:
        return self._conditions

    def reasons(self) -> tuple[Reason, ...]:
        return (*(row.reason for row in self.rows), self.otherwise.reason)

    @cached_property
    def _conditions(self) -> tuple[Condition, ...]:
        return tuple(row.when for row in self.rows)

    @cached_property
    def program(self) -> Program:
        if self.mode == "first":
            answers = [(row.outcome, MappingProxyType(dict(row.gives))) for row in self.rows]
            last = (self.otherwise.outcome, MappingProxyType(dict(self.otherwise.gives)))
            return compile_rows(self.book, self.facts, self._conditions, First([*answers, last]))
        return compile_rows(self.book, self.facts, self._conditions, Each(self._together))

    def decide(self, values: Mapping[str, Any], question: Question, holds: Holds | None = None) -> Ruling:
        numbers = rows_that_hold(self.program, self._conditions, values, question, holds)
        fired = self._applied(numbers)
        steps = tuple(step for row in fired for step in self._steps(row, values, question))
        closes = _closing(fired)
        outcome = closes or fired[0].outcome
        return Ruling(
            outcome, outcome, steps, None if closes else self._next(fired, question), closes,
            reasons=tuple(row.reason for row in fired), near=self._near(values, question),
            result=fired[0].gives,
        )  # fmt: skip

    def _applied(self, numbers: list[int]) -> list[Row]:
        """The first row that holds, or all of them; in default of any, `otherwise`."""
        applied = [self.rows[number] for number in numbers]
        return (applied[:1] if self.mode == "first" else applied) or [self.otherwise]

    def _together(self, numbers: list[int]) -> Answer:
        fired = self._applied(numbers)
        return _closing(fired) or fired[0].outcome, fired[0].gives

    def _steps(self, row: Row, values: Mapping[str, Any], question: Question) -> tuple[Step, ...]:
        if not row.effects:
            return ()
        id = f"{row.id}#{self._needed(self.key_by, values)}" if self.key_by else row.id
        day = self._needed(self.anchor, values) if self.anchor else question.today
        return due_steps(id, row.effects, question, day, day)

    def _needed(self, fact: str, values: Mapping[str, Any]) -> Any:
        if values[fact] is None:
            raise FactsRefused(self.book, fact, NEEDED.said)
        return values[fact]

    def _next(self, fired: list[Row], question: Question) -> datetime | None:
        """Keys dated by the review's day come back the next day: an act done today may be owed again."""
        if self.anchor or not any(row.effects for row in fired):
            return None
        return question.moment(question.today + timedelta(days=1), self.hour)

    def _near(self, values: Mapping[str, Any], question: Question) -> tuple[NearMiss, ...]:
        if not question.near:
            return ()
        today = question.today

        def then(number: int, changed: dict[str, Any]) -> str:
            """A row that a changed fact makes true may still not be the first one."""
            numbers = self.program.rows(changed, today)
            return self._together(numbers)[0] if number in numbers else ""

        found = self.program.near(values, today)
        return nearest(found, lambda number: self.rows[number].reason, self.facts, values, then)


def _closing(fired: list[Row]) -> str:
    return next((row.outcome for row in fired if row.closes), "")


def read_thresholds(reading: Reading, table: Table, book: str) -> Thresholds:
    entries = table.entries
    types = read_given_types(reading, entries.get("gives"))
    rows = tuple(row for item in reading.items(entries["rules"]) if (row := _row(reading, item, types)))
    mode = reading.choice(entries.get("mode"), MODES, "mode inconnu", "unknown mode") or "first"
    if mode == "first" and not reading.errors:
        refuse_hidden(reading, [(row.id, row.line, row.when) for row in rows])
    return Thresholds(
        book, reading.facts, rows, _otherwise(reading, entries["otherwise"], types), mode,
        reading.fact(entries.get("anchor"), "date"), reading.fact(entries.get("key_by"), "int"), reading.hour,
        types,
    )  # fmt: skip


def _row(reading: Reading, node: Node, types: Mapping[str, Fact]) -> Row | None:
    table = reading.table(node, ROW_KEYS, ROW_OPTIONAL)
    if table is None:
        return None
    entries = table.entries
    return Row(
        reading.new_id(entries["id"]), table.place.line, read_condition(reading, entries["when"]),
        reading.word(entries["outcome"]), reading.bilingual(entries["why"]), read_effects(reading, table),
        reading.flag(entries.get("closes")), read_gives(reading, entries.get("gives"), types, table),
    )  # fmt: skip


def _otherwise(reading: Reading, node: Node, types: Mapping[str, Fact]) -> Row:
    table = reading.table(node, ("outcome", "why"), ("gives",))
    if table is None:
        return Row("otherwise", node.place.line, Condition(), "", Bilingual("", ""))
    outcome, why = reading.word(table.entries["outcome"]), reading.bilingual(table.entries["why"])
    gives = read_gives(reading, table.entries.get("gives"), types, table)
    return Row("otherwise", node.place.line, Condition(), outcome, why, gives=gives)
