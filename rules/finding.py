"""Where a book sends a message, and what keeps it from being sent: the question *why not* put to a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from domain.decision import Bilingual
from domain.money import Money
from rules.checking import checked
from rules.condition import Cell, Condition
from rules.engine import Book
from rules.facts import Fact
from rules.ladder import Ladder
from rules.matches import Pattern
from rules.pattern import Patterns
from rules.phrasing import in_money
from rules.ruling import Question, Ruling
from rules.stage_reading import Stage
from rules.stages import Stages, occurrences
from rules.steps import Effect, Planned
from rules.thresholds import Row, Thresholds

NOTHING = Bilingual("", "")


@dataclass(frozen=True)
class Place:
    """A rule that sends. ``part`` is the table's own object behind it."""

    book: Book
    rule: str
    line: int
    template: str
    channels: tuple[str, ...]
    when: Condition
    why: Bilingual
    part: Row | Planned | tuple[Stage, Planned] | Pattern

    def is_called(self, wanted: str) -> bool:
        """By its template, whole or without its folders, or by its rule's id."""
        return wanted in (self.template, self.template.rpartition("/")[2], self.rule)


@dataclass(frozen=True)
class Failing:
    """A fact whose value is not the one that is asked for; ``needed`` is the closest that would do."""

    fact: str
    actual: Any
    cell: Cell
    needed: Any


@dataclass(frozen=True)
class Obstacle:
    """What stands in the way. ``kind`` is `condition` (see ``failing``), `not_yet` (``at``: the moment it
    comes, or None), `over` (its stage has passed), `missed` (it goes out before a date, which has passed),
    `undated` (``because`` names the day it counts from), `held` and `stopped` (``because``), `outranked`
    (``by`` a rule that goes before), `unseen` (its pattern has not happened), `none`: nothing does.
    ``unless`` are conditions that would still stop or hold it, ``currency`` is that of the case's amounts.
    """

    kind: str
    failing: tuple[Failing, ...] = ()
    at: datetime | None = None
    because: Bilingual = NOTHING
    by: str = ""
    unless: tuple[Condition, ...] = ()
    currency: str = ""


def sending_places(book: Book) -> tuple[Place, ...]:
    """In the book's order."""
    return tuple(_places(book))


def _places(book: Book) -> Iterator[Place]:
    table = book.table
    if isinstance(table, Thresholds):
        for row in table.rows:
            yield from _of(book, row.id, row.line, row.effects, row.when, row.why, row)
    elif isinstance(table, Ladder):
        for step in table.steps:
            yield from _of(book, step.id, step.line, step.effects, step.when, step.why, step)
    elif isinstance(table, Stages):
        for stage in table.stages:
            for step in stage.steps:
                part = (stage, step)
                yield from _of(book, step.id, step.line, step.effects, step.when, stage.why, part)
    elif isinstance(table, Patterns):
        for one in table.patterns:
            reason, effects = one.reason, table.effects.get(one.reason.rule, ())
            yield from _of(book, reason.rule, reason.line, effects, Condition(), reason.why, one)


def _of(
    book: Book, rule: str, line: int, effects: tuple[Effect, ...], when: Condition, why: Bilingual, part: Any
) -> Iterator[Place]:
    for effect in effects:
        if effect.kind == "message":
            yield Place(book, rule, line, effect.template, effect.channels, when, why, part)


def obstacle(place: Place, facts: Mapping[str, object], question: Question) -> Obstacle:
    """Raises FactsRefused."""
    ruling = place.book.decide(facts, question)
    if isinstance(place.part, Pattern):
        seen = ruling.result.get(place.rule, False)
        return Obstacle("none") if seen else Obstacle("unseen", because=place.why)
    values = checked(place.book.name, place.book.facts, facts)
    currency = next((one.currency for one in facts.values() if isinstance(one, Money)), "")
    found = _obstacle(place, ruling, values, question)
    failing = tuple(_in_money(one, place.book.facts[one.fact], currency) for one in found.failing)
    return replace(found, failing=failing, unless=_unless(place.book), currency=currency)


def _in_money(one: Failing, fact: Fact, currency: str) -> Failing:
    """With amounts as amounts."""
    return replace(
        one, actual=in_money(fact, one.actual, currency), needed=in_money(fact, one.needed, currency)
    )


def _unless(book: Book) -> tuple[Condition, ...]:
    table = book.table
    holds = tuple(hold.when for hold in table.holds) if isinstance(table, Stages) else ()
    stops = tuple(stop.when for stop in table.stops) if isinstance(table, Stages | Ladder) else ()
    return (*stops, *holds)


def _obstacle(place: Place, ruling: Ruling, values: Mapping[str, Any], question: Question) -> Obstacle:
    if ruling.closes and not _is_step_of(place, ruling.closes) and not _beside_others(place):
        return Obstacle("stopped", because=ruling.reasons[0].why)
    if ruling.held:
        return Obstacle("held", at=ruling.next_at, because=ruling.reasons[0].why)
    if ruling.outcome == "below_minimum":
        return Obstacle("held", because=ruling.reasons[0].why)
    if isinstance(place.part, tuple):
        return _in_stage(place, *place.part, values, question)
    if isinstance(place.part, Planned):
        return _on_ladder(place, place.part, values, question)
    failing = _failing(place.when, values, question.today)
    if failing:
        return Obstacle("condition", failing)
    fired = {reason.rule for reason in ruling.reasons}
    return Obstacle("none") if place.rule in fired else Obstacle("outranked", by=ruling.reasons[0].rule)


def _beside_others(place: Place) -> bool:
    """Rows of such a table go out together, also with one that ends the case."""
    return isinstance(place.book.table, Thresholds) and place.book.table.mode == "each"


def _is_step_of(place: Place, closes: str) -> bool:
    """Whether the rule itself is what ends the case."""
    part = place.part
    if isinstance(part, Planned):
        return part.closes == closes
    return isinstance(part, Row) and part.closes and part.outcome == closes


def _failing(when: Condition, values: Mapping[str, Any], today: date) -> tuple[Failing, ...]:
    return tuple(
        Failing(name, values[name], cell, cell.closest(values[name], today))
        for name, cell in when.failing(values, today)
    )


def _in_stage(
    place: Place, stage: Stage, step: Planned, values: Mapping[str, Any], question: Question
) -> Obstacle:
    table = place.book.table
    late: int = values[table.measure] if isinstance(table, Stages) else 0
    failing = _failing(place.when, values, question.today)
    if late < stage.first:
        day = question.today + timedelta(days=stage.first - late)
        return Obstacle("not_yet", failing, question.moment(day, step.hour))
    if stage.last is not None and late > stage.last:
        return Obstacle("over", failing)
    moments = [one.moment for one in occurrences(stage, late, question) if one.step is step]
    return _at_its_time(failing, moments, question)


def _on_ladder(place: Place, step: Planned, values: Mapping[str, Any], question: Question) -> Obstacle:
    table = place.book.table
    assert isinstance(table, Ladder)
    anchor: date | None = values[table.anchor]
    failing = _failing(place.when, values, question.today)
    if anchor is None:
        return Obstacle("undated", failing, because=place.book.facts[table.anchor].label)
    if step.day < 0 and not step.always and question.today > anchor:
        return Obstacle("missed", failing)
    days = [question.shifted(anchor + timedelta(days=step.day + n * step.every), step.shift)
            for n in range(step.times)]  # fmt: skip
    return _at_its_time(failing, [question.moment(day, step.hour) for day in days], question)


def _at_its_time(failing: tuple[Failing, ...], moments: Sequence[datetime], question: Question) -> Obstacle:
    """``moments`` are those of one step, repeated or not, in their order."""
    coming = next((moment for moment in moments if moment > question.at), None)
    if moments[0] > question.at:
        return Obstacle("not_yet", failing, coming)
    return Obstacle("condition", failing) if failing else Obstacle("none", at=coming)
