"""Stages (dunning): what is done depends on how many days late a case is, unless it is held or stopped."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from typing import Any, ClassVar

from domain.decision import NearMiss, Reason
from rules.checking import NO_VALUE
from rules.condition import Cell, Condition, Span
from rules.errors import FactsRefused
from rules.facts import Fact
from rules.fitness import Unfit
from rules.holds import Hold, Minimum, read_holds, read_minimum
from rules.near import near_misses
from rules.policy import Holds, holding
from rules.reach import refuse_stopped
from rules.reader import Table
from rules.reading import Reading
from rules.ruling import Question, Ruling
from rules.stage_reading import Stage, read_stages
from rules.steps import Occurrence, Stop, occurrence_steps, read_stops

KEYS = ("measure", "anchor", "stages")
OPTIONAL = ("hold", "minimum", "stops")

LONGEST = 36_525
"""A hundred years: more days than that are a slip of the keyboard."""

TOO_LATE = Unfit("dépasse cent ans", "is more than a hundred years")

Coming = tuple[datetime, Reason]


@dataclass(frozen=True)
class Stages:
    """``measure`` counts the days late on the local day of the review, and grows by one a day.

    A day begins at the book's hour: a stage reached today is acted on from that hour on, and a hold that
    ended yesterday is over from then on.
    """

    book: str
    facts: Mapping[str, Fact]
    measure: str
    anchor: str
    stages: tuple[Stage, ...]
    stops: tuple[Stop, ...] = ()
    holds: tuple[Hold, ...] = ()
    minimum: Minimum | None = None
    hour: time = time(9)

    program: ClassVar[None] = None

    def conditions(self) -> tuple[Condition, ...]:
        steps = [step.when for stage in self.stages for step in stage.steps]
        ranges = [_within(self.measure, stage.first, stage.last) for stage in self.stages]
        return (*(stop.when for stop in self.stops), *(hold.when for hold in self.holds), *ranges, *steps)

    def reasons(self) -> tuple[Reason, ...]:
        least = (self.minimum.reason,) if self.minimum else ()
        first = (*(stop.reason for stop in self.stops), *least, *(hold.reason for hold in self.holds))
        return (*first, *(stage.reason for stage in self.stages))

    def decide(self, values: Mapping[str, Any], question: Question, holds: Holds | None = None) -> Ruling:
        held_by = holding(values, question, holds)
        for stop in self.stops:
            if held_by(stop.when):
                return Ruling(stop.outcome, stop.outcome, closes=stop.outcome, reasons=(stop.reason,))
        if values[self.measure] is None:
            raise FactsRefused(self.book, self.measure, NO_VALUE.said)
        stage = self._stage(values[self.measure], holds)
        name = stage.id if stage else "upcoming"
        if self.minimum and not self.minimum.met(values):
            return Ruling("below_minimum", name, reasons=(self.minimum.reason,))
        if hold := self._held(values, question, held_by):
            until = question.moment(values[hold.until] + timedelta(days=1), self.hour)
            return Ruling("held", name, next_at=until, held=True, reasons=(hold.reason,))
        return self._act(values, question, stage, held_by)

    def _act(
        self, values: Mapping[str, Any], question: Question, stage: Stage | None, held_by: Holds
    ) -> Ruling:
        name = stage.id if stage else "upcoming"
        anchor: date | None = values[self.anchor]
        if anchor is None:
            raise FactsRefused(self.book, self.anchor, NO_VALUE.said)
        late: int = values[self.measure]
        if abs(late) > LONGEST:
            raise FactsRefused(self.book, self.measure, TOO_LATE.said)
        times = list(occurrences(stage, late, question)) if stage else []
        due = _not_superseded([f for f in times if f.moment <= question.at and held_by(f.step.when)])
        coming = min(self._coming(times, late, question), key=lambda pair: pair[0], default=None)
        return Ruling(
            name, name, occurrence_steps(due, question, anchor), coming[0] if coming else None,
            reasons=(stage.reason,) if stage else (), near=self._near(values, question, name),
            awaits=coming[1] if coming else None,
        )  # fmt: skip

    def _stage(self, late: int, holds: Holds | None) -> Stage | None:
        if holds is None:
            return next((one for one in self.stages if one.has(late)), None)
        return next((one for one in self.stages if holds(_within(self.measure, one.first, one.last))), None)

    def _held(self, values: Mapping[str, Any], question: Question, held_by: Holds) -> Hold | None:
        """A hold is judged on the day that began at the book's hour."""
        day = question.today
        if question.local.time() < self.hour:
            day -= timedelta(days=1)
            held_by = partial(_held_on, values, day)
        return next((one for one in self.holds if one.until_after(values, day) and held_by(one.when)), None)

    def _coming(self, times: list[Occurrence], late: int, question: Question) -> Iterator[Coming]:
        for found in times:
            if found.moment > question.at:
                yield found.moment, found.step.reason
        later = next((stage for stage in self.stages if stage.first > late), None)
        if later:
            day = question.today + timedelta(days=later.first - late)
            hour = min((step.hour for step in later.steps), default=self.hour)
            yield question.moment(day, hour), later.reason

    def _near(self, values: Mapping[str, Any], question: Question, name: str) -> tuple[NearMiss, ...]:
        if not question.near:
            return ()
        others = [
            (s.id, s.line, _within(self.measure, s.first, s.last), s.why) for s in self.stages if s.id != name
        ]
        stops = [(stop.outcome, stop.line, stop.when, stop.why) for stop in self.stops]
        return near_misses(others + stops, self.facts, values, question.today, lambda _rule, _changed: True)


def _held_on(values: Mapping[str, Any], day: date, condition: Condition) -> bool:
    return condition.holds(values, day)


@lru_cache(maxsize=1024)
def _within(measure: str, first: int, last: int | None) -> Condition:
    span = Span(first, last)
    return Condition(((measure, Cell(f"{first}..", (span,), test=span.holds)),))


def occurrences(stage: Stage, late: int, question: Question) -> Iterator[Occurrence]:
    """The times of a stage's steps, as far as the stage lasts."""
    start = question.today - timedelta(days=late - stage.first)
    for step in stage.steps:
        for number in range(step.times):
            after = number * step.every
            if stage.last is not None and stage.first + after > stage.last:
                break
            id = f"{step.id}#{number + 1}" if step.every else step.id
            day = start + timedelta(days=after)
            yield Occurrence(step, id, day, question.moment(day, step.hour))


def _not_superseded(reached: list[Occurrence]) -> list[Occurrence]:
    """Of a repeated step only the latest time counts, unless every one of them always does."""
    latest = {found.step.id: found.moment for found in sorted(reached, key=lambda one: one.moment)}
    return [f for f in reached if f.step.always or f.moment == latest[f.step.id]]


def read_stage_book(reading: Reading, table: Table, book: str) -> Stages:
    entries = table.entries
    measure = reading.fact(entries["measure"], "int")
    stages, stops = read_stages(reading, entries["stages"]), read_stops(reading, entries.get("stops"))
    if not reading.errors:
        parts = [(stage.id, _within(measure, stage.first, stage.last)) for stage in stages]
        refuse_stopped(reading, reading.items(entries["stages"]), parts, [stop.when for stop in stops])
    return Stages(
        book, reading.facts, measure, reading.fact(entries["anchor"], "date"), stages, stops,
        read_holds(reading, entries.get("hold")), read_minimum(reading, entries.get("minimum")), reading.hour,
    )  # fmt: skip
