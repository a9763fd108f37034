"""Thresholds: rows of conditions; the first row that holds (`first`) or all of them (`each`)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from domain.decision import Bilingual, NearMiss, Reason, Step
from rules.condition import Condition, read_condition
from rules.errors import FactsRefused
from rules.facts import Fact
from rules.near import near_misses
from rules.reader import Node, Table
from rules.reading import Reading
from rules.ruling import Question, Ruling
from rules.steps import Effect, due_steps, read_effects

MODES = ("first", "each")
KEYS = ("rules", "otherwise")
OPTIONAL = ("mode", "anchor", "key_by")


@dataclass(frozen=True)
class Row:
    id: str
    line: int
    when: Condition
    outcome: str
    why: Bilingual
    effects: tuple[Effect, ...] = ()
    closes: bool = False

    @property
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

    def decide(self, values: Mapping[str, Any], question: Question) -> Ruling:
        fired = self._fired(values, question.today)
        steps = tuple(step for row in fired for step in self._steps(row, values, question))
        closes = next((row.outcome for row in fired if row.closes), "")
        outcome = closes or fired[0].outcome
        return Ruling(
            outcome, outcome, steps, None if closes else self._next(fired, steps, question), closes,
            reasons=tuple(row.reason for row in fired), near=self._near(values, question.today, fired),
        )  # fmt: skip

    def _fired(self, values: Mapping[str, Any], today: date) -> list[Row]:
        fired = []
        for row in self.rows:
            if row.when.holds(values, today):
                fired.append(row)
                if self.mode == "first":
                    break
        return fired or [self.otherwise]

    def _steps(self, row: Row, values: Mapping[str, Any], question: Question) -> tuple[Step, ...]:
        if not row.effects:
            return ()
        id = f"{row.id}#{self._needed(self.key_by, values)}" if self.key_by else row.id
        day = self._needed(self.anchor, values) if self.anchor else question.today
        return due_steps(id, row.effects, question, day, day)

    def _needed(self, fact: str, values: Mapping[str, Any]) -> Any:
        if values[fact] is None:
            raise FactsRefused(self.book, fact, "has no value and the rule that holds needs one")
        return values[fact]

    def _next(self, fired: list[Row], steps: tuple[Step, ...], question: Question) -> datetime | None:
        """Keys dated by the review's day come back the next day: an act done today may be owed again."""
        if self.anchor or steps or not any(row.effects for row in fired):
            return None
        return question.moment(question.today + timedelta(days=1), self.hour)

    def _near(self, values: Mapping[str, Any], today: date, fired: list[Row]) -> tuple[NearMiss, ...]:
        return near_misses(
            [(row.id, row.line, row.when, row.why) for row in self.rows if row not in fired],
            self.facts, values, today,
            lambda rule, changed: any(row.id == rule for row in self._fired(changed, today)),
        )  # fmt: skip


def read_thresholds(reading: Reading, table: Table, book: str) -> Thresholds:
    entries = table.entries
    rows = tuple(row for item in reading.items(entries["rules"]) if (row := _row(reading, item)))
    mode = reading.choice(entries.get("mode"), MODES, "mode inconnu", "unknown mode") or "first"
    if mode == "first":
        _refuse_hidden(reading, rows)
    return Thresholds(
        book, reading.facts, rows, _otherwise(reading, entries["otherwise"]), mode,
        reading.fact(entries.get("anchor"), "date"), reading.fact(entries.get("key_by"), "int"), reading.hour,
    )  # fmt: skip


def _row(reading: Reading, node: Node) -> Row | None:
    table = reading.table(node, ("id", "when", "outcome", "why"), ("send", "alert", "act", "closes"))
    if table is None:
        return None
    entries = table.entries
    return Row(
        reading.new_id(entries["id"]), table.place.line, read_condition(reading, entries["when"]),
        reading.word(entries["outcome"]), reading.bilingual(entries["why"]), read_effects(reading, table),
        reading.flag(entries.get("closes")),
    )  # fmt: skip


def _otherwise(reading: Reading, node: Node) -> Row:
    table = reading.table(node, ("outcome", "why"))
    if table is None:
        return Row("otherwise", node.place.line, Condition(), "", Bilingual("", ""))
    outcome, why = reading.word(table.entries["outcome"]), reading.bilingual(table.entries["why"])
    return Row("otherwise", node.place.line, Condition(), outcome, why)


def _refuse_hidden(reading: Reading, rows: tuple[Row, ...]) -> None:
    """Compares a row only with those that can cover it: the ones above that ask for one of its exact values,
    or for none at all. A thousand rows of one table are checked in milliseconds.
    """
    seen: dict[object, list[Row]] = defaultdict(list)
    for row in rows:
        exact = row.when.exact()
        candidates = [one for key in (*exact, None) for one in seen[key]]
        above = next((one for one in candidates if one.when.covers(row.when)), None)
        if above and row.id in reading.ids:
            reading.wrong(
                reading.ids[row.id],
                f"la ligne « {row.id} » n’est jamais atteinte : « {above.id} » (ligne {above.line}) la cache",
                f"row {row.id!r} is never reached: {above.id!r} (line {above.line}) hides it",
            )
        seen[exact[0] if exact else None].append(row)
