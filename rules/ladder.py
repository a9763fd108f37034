"""Ladders: steps before and after a date, at a local hour, until something stops them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.decision import NearMiss, Step
from rules.errors import FactsRefused
from rules.facts import Fact
from rules.near import near_misses
from rules.reader import Node, Table
from rules.reading import Reading
from rules.ruling import Question, Ruling
from rules.steps import Occurrence, Planned, Stop, occurrence_steps, read_planned, read_stops

KEYS = ("anchor", "steps")
OPTIONAL = ("stops",)
SHIFTS = ("none", "next", "previous")
STEP_KEYS = ("when", "send", "alert", "act", "hour", "shift", "repeat", "always", "closes")


@dataclass(frozen=True)
class Ladder:
    """A closing step or a stop ends what the ladder watches: the whole process, or (a fund call) one call
    of a process that goes on; the workflow knows which.
    """

    book: str
    facts: Mapping[str, Fact]
    anchor: str
    steps: tuple[Planned, ...]
    stops: tuple[Stop, ...] = ()

    def decide(self, values: Mapping[str, Any], question: Question) -> Ruling:
        today = question.today
        for stop in self.stops:
            if stop.when.holds(values, today):
                return Ruling(stop.outcome, stop.outcome, closes=stop.outcome, reasons=(stop.reason,))
        anchor: date | None = values[self.anchor]
        if anchor is None:
            raise FactsRefused(self.book, self.anchor, "has no value")
        times = self._occurrences(anchor, question)
        passed = [found for found in times if found.moment <= question.at]
        reached = _until_closed([found for found in passed if found.step.when.holds(values, today)])
        latest = reached[-1].step if reached else None
        closes = next((found.step.closes for found in reached if found.step.closes), "")
        due = [found for found in reached if found.step.always or found.moment == reached[-1].moment]
        steps = tuple(step for found in due for step in self._steps(found, question, anchor))
        coming = next((found for found in times if found.moment > question.at), None)
        awaits = None if closes else coming
        fired = {step.key.split(":")[-2].partition(".")[0] for step in steps}
        reasons = tuple(f.step.reason for f in due if f.id in fired or (closes and f.step.closes))
        stage = latest.id if latest else "upcoming"
        return Ruling(
            closes or stage, closes or stage, steps, awaits.moment if awaits else None, closes,
            reasons=reasons or ((latest.reason,) if latest else ()),
            near=self._near(values, today, {found.step.id for found in passed}, bool(closes)),
            awaits=awaits.step.reason if awaits else None,
        )  # fmt: skip

    def _occurrences(self, anchor: date, question: Question) -> list[Occurrence]:
        found = []
        for step in self.steps:
            for number in range(step.times):
                day = question.shifted(anchor + timedelta(days=step.day + number * step.every), step.shift)
                id = f"{step.id}#{number + 1}" if step.every else step.id
                found.append(Occurrence(step, id, day, question.moment(day, step.hour)))
        return sorted(found, key=lambda one: one.moment)  # stable: the book's order within one moment

    def _steps(self, found: Occurrence, question: Question, anchor: date) -> tuple[Step, ...]:
        steps = occurrence_steps([found], question, anchor)
        if found.day < question.today and _sent_before(found.id, question):
            return tuple(step for step in steps if step.kind != "message")
        return steps

    def _near(
        self, values: Mapping[str, Any], today: date, passed: set[str], closed: bool
    ) -> tuple[NearMiss, ...]:
        """Steps whose time has come and whose conditions do not hold."""
        if closed:
            return ()
        rules = [(step.id, step.line, step.when, step.why) for step in self.steps if step.id in passed]
        return near_misses(
            rules, self.facts, values, today, lambda _rule, changed: not self._stopped(changed, today)
        )

    def _stopped(self, values: Mapping[str, Any], today: date) -> bool:
        return any(stop.when.holds(values, today) for stop in self.stops)


def _until_closed(reached: list[Occurrence]) -> list[Occurrence]:
    """Nothing comes after the moment of the first closing step, however late the review is."""
    end = next((found.moment for found in reached if found.step.closes), None)
    return reached if end is None else [found for found in reached if found.moment <= end]


def _sent_before(id: str, question: Question) -> bool:
    """Whether the step went out for an earlier anchor.

    When a due date is extended, its keys are new. A message whose new day is still to come goes out again
    on that day; one whose new day is past already told the person, and is not repeated.
    """
    exact, marked = f"{question.key_prefix}:{id}:", f"{question.key_prefix}:{id}."
    return any(key.startswith((exact, marked)) for key in question.done)


def read_ladder(reading: Reading, table: Table, book: str) -> Ladder:
    entries = table.entries
    anchor = reading.fact(entries["anchor"], "date")
    steps = tuple(step for item in reading.items(entries["steps"]) if (step := _step(reading, item)))
    return Ladder(book, reading.facts, anchor, steps, read_stops(reading, entries.get("stops")))


def _step(reading: Reading, node: Node) -> Planned | None:
    table = reading.table(node, ("id", "at", "why"), STEP_KEYS)
    if table is None:
        return None
    entries = table.entries
    step = read_planned(reading, table, reading.bilingual(entries["why"]), reading.hour)
    shift = reading.choice(entries.get("shift"), SHIFTS, "décalage inconnu", "unknown shift") or "none"
    return Planned(
        step.id, step.line, step.why, step.effects, step.when, reading.days(entries["at"]), step.hour, shift,
        step.every, step.times, step.always, reading.word(entries.get("closes")),
    )  # fmt: skip
