"""Ladders: steps before and after a date, at a local hour, until something stops them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, ClassVar

from domain.decision import NearMiss, Reason, Step
from rules.checking import NO_VALUE
from rules.condition import Condition
from rules.errors import FactsRefused
from rules.facts import Fact
from rules.near import near_misses
from rules.policy import Holds, holding
from rules.reach import refuse_stopped
from rules.reader import Node, Table
from rules.reading import Reading
from rules.ruling import Question, Ruling
from rules.steps import Occurrence, Planned, Stop, occurrence_steps, read_planned, read_stops

KEYS = ("anchor", "steps")
OPTIONAL = ("stops", "ends", "key_by")
ENDS = ("process", "part")
SHIFTS = ("none", "next", "previous")
STEP_KEYS = ("when", "send", "alert", "act", "hour", "shift", "repeat", "always", "closes")


@dataclass(frozen=True)
class Ladder:
    """A closing step or a stop ends the process. In a book with `ends: part` it ends one part of a process
    that goes on (a fund call of a project): the ruling's outcome says so, and ``closes`` stays empty.
    ``key_by`` is a counter fact whose value is part of the steps' ids, `request#2`, so that the second part
    has keys of its own, even when both begin on one day.
    """

    book: str
    facts: Mapping[str, Fact]
    anchor: str
    steps: tuple[Planned, ...]
    stops: tuple[Stop, ...] = ()
    ends: str = "process"
    key_by: str = ""

    program: ClassVar[None] = None

    def conditions(self) -> tuple[Condition, ...]:
        return (*(stop.when for stop in self.stops), *(step.when for step in self.steps))

    def reasons(self) -> tuple[Reason, ...]:
        return (*(stop.reason for stop in self.stops), *(step.reason for step in self.steps))

    def decide(self, values: Mapping[str, Any], question: Question, holds: Holds | None = None) -> Ruling:
        held_by = holding(values, question, holds)
        if stop := next((stop for stop in self.stops if held_by(stop.when)), None):
            return Ruling(
                stop.outcome, stop.outcome, closes=self._closing(stop.outcome), reasons=(stop.reason,)
            )
        anchor: date | None = values[self.anchor]
        if anchor is None:
            raise FactsRefused(self.book, self.anchor, NO_VALUE.said)
        times = self._occurrences(anchor, self._part(values), question)
        passed = [found for found in times if found.moment <= question.at]
        reached = _until_closed([found for found in passed if held_by(found.step.when)])
        near = self._near(values, question, {found.step.id for found in passed})
        ended = next((found.step.closes for found in reached if found.step.closes), "")
        if ended:
            ruling = Ruling(ended, ended, closes=self._closing(ended))
        else:
            stage = reached[-1].step.id if reached else "upcoming"
            coming = next((found for found in times if found.moment > question.at), None)
            ruling = _waiting(stage, coming, near)
        return self._with_steps(ruling, reached, question, anchor)

    def _with_steps(
        self, ruling: Ruling, reached: list[Occurrence], question: Question, anchor: date
    ) -> Ruling:
        """A step whose time has passed gives way to a later one, unless it is always done."""
        due = [found for found in reached if found.step.always or found.moment == reached[-1].moment]
        fired = [(found.step.reason, self._steps(found, question, anchor)) for found in due]
        reasons = [reason for reason, steps in fired if steps] or [
            found.step.reason for found in reached[-1:]
        ]
        return replace(
            ruling, steps=tuple(step for _, steps in fired for step in steps), reasons=tuple(reasons)
        )

    def _stop(self, values: Mapping[str, Any], today: date) -> Stop | None:
        return next((stop for stop in self.stops if stop.when.holds(values, today)), None)

    def _closing(self, outcome: str) -> str:
        return outcome if self.ends == "process" else ""

    def _part(self, values: Mapping[str, Any]) -> str:
        if not self.key_by:
            return ""
        if values[self.key_by] is None:
            raise FactsRefused(self.book, self.key_by, NO_VALUE.said)
        return f"#{values[self.key_by]}"

    def _occurrences(self, anchor: date, part: str, question: Question) -> list[Occurrence]:
        found = []
        for step in self.steps:
            for number in range(step.times):
                day = question.shifted(anchor + timedelta(days=step.day + number * step.every), step.shift)
                id = f"{step.id}{part}#{number + 1}" if step.every else f"{step.id}{part}"
                found.append(Occurrence(step, id, day, question.moment(day, step.hour)))
        return sorted(found, key=lambda one: one.moment)  # stable: the book's order within one moment

    def _steps(self, found: Occurrence, question: Question, anchor: date) -> tuple[Step, ...]:
        return tuple(
            step
            for step in occurrence_steps([found], question, anchor)
            if step.kind != "message" or not _too_late(step, found, question, anchor)
        )

    def _near(self, values: Mapping[str, Any], question: Question, passed: set[str]) -> tuple[NearMiss, ...]:
        """Steps whose time has come and whose conditions do not hold."""
        if not question.near:
            return ()
        today = question.today
        rules = [(step.id, step.line, step.when, step.why) for step in self.steps if step.id in passed]
        return near_misses(
            rules, self.facts, values, today, lambda _rule, changed: self._stop(changed, today) is None
        )


def _waiting(stage: str, coming: Occurrence | None, near: tuple[NearMiss, ...]) -> Ruling:
    if coming is None:
        return Ruling(stage, stage, near=near)
    return Ruling(stage, stage, next_at=coming.moment, near=near, awaits=coming.step.reason)


def _until_closed(reached: list[Occurrence]) -> list[Occurrence]:
    """Nothing comes after the moment of the first closing step, however late the review is."""
    end = next((found.moment for found in reached if found.step.closes), None)
    return reached if end is None else [found for found in reached if found.moment <= end]


def _too_late(step: Step, found: Occurrence, question: Question, anchor: date) -> bool:
    """Whether its words would no longer be true, or are known: *due tomorrow* is not said after the day."""
    if found.step.day < 0 and not found.step.always and question.today > anchor:
        return True
    return found.day < question.today and _sent_before(step, found.id, question)


def _sent_before(step: Step, id: str, question: Question) -> bool:
    """Whether this message went out for another anchor.

    When a due date is extended, its keys are new. A message whose new day is still to come goes out again
    on that day; one whose new day is past already told the person, and is not repeated. The whole step done
    counts for each of its effects, and any of them for a step that has one only, as in ``due_steps``.
    """
    mine, _, anchor = step.key.rpartition(":")
    whole = f"{question.key_prefix}:{id}"
    heads = (f"{whole}:", f"{whole}.") if mine == whole else (f"{whole}:", f"{mine}:")
    return any(key.startswith(heads) and not key.endswith(f":{anchor}") for key in question.done)


def read_ladder(reading: Reading, table: Table, book: str) -> Ladder:
    entries = table.entries
    anchor = reading.fact(entries["anchor"], "date")
    steps = tuple(step for item in reading.items(entries["steps"]) if (step := _step(reading, item)))
    ends = reading.choice(entries.get("ends"), ENDS, "fin inconnue", "unknown end") or "process"
    key_by = reading.fact(entries.get("key_by"), "int")
    stops = read_stops(reading, entries.get("stops"))
    if not reading.errors:
        nodes = reading.items(entries["steps"])
        refuse_stopped(reading, nodes, [(one.id, one.when) for one in steps], [one.when for one in stops])
        _refuse_late(reading, nodes, steps)
    return Ladder(book, reading.facts, anchor, steps, stops, ends, key_by)


def _refuse_late(reading: Reading, nodes: tuple[Node, ...], steps: tuple[Planned, ...]) -> None:
    """Nothing comes after a step that closes whatever the facts are."""
    closing = [one for one in steps if one.closes and not one.when.cells and one.shift == "none"]
    for node, step in zip(nodes, steps, strict=True):
        end = next((one for one in closing if step.shift == "none" and one.day < step.day), None)
        if end:
            reading.wrong(
                node,
                f"« {step.id} » n’arrive jamais : « {end.id} » (ligne {end.line}) clôt avant",
                f"{step.id!r} never comes: {end.id!r} (line {end.line}) closes before it",
            )


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
