"""Books of patterns: what they say, when to look again, and what is wrong with them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.durable.client import DurableRules
from domain.errors import RulesEngineDown
from domain.event import Event
from rules.engine import Book
from rules.errors import BrokenBook, FactsRefused
from rules.library import Library
from rules.pattern import Patterns
from rules.replay import revision
from rules.schema import read_book
from tests.rules.books import VOCABULARY, ask

BOOK = """\
policy: pattern
name: book
title: {fr: Livre, en: Book}
version: "1"
hour: "08:00"
events:
  missed: {fr: manquée, en: missed}
  paid: {fr: payée, en: paid}
  told: {fr: relancé, en: told}
patterns:
  - id: repeated
    count: missed
    at_least: 2
    within: 10d
    alert: {team: collections, title: {fr: Encore, en: Again}}
    why: {fr: Deux fois., en: Twice.}
  - id: silent
    sequence: [missed, told]
    without: paid
    after: 3d
    within: 20d
    why: {fr: Aucune réponse., en: No answer.}
otherwise: {outcome: calm, why: {fr: Rien., en: Nothing.}}
examples:
  - {on: 2026-03-02, given: {events: none}, expect: {outcome: calm}, why: Rien.}
  - on: 2026-03-02
    given: {events: "missed 2026-03-01, missed 2026-03-01"}
    expect: {outcome: repeated}
    why: Deux.
  - on: 2026-03-08
    given: {events: "missed 2026-03-01, told 2026-03-02"}
    expect: {outcome: silent}
    why: Silence.
"""
D = date(2026, 3, 1)


class Failing:
    """An engine that can be out of order."""

    def __init__(self, engine: DurableRules) -> None:
        self.engine = engine
        self.down = False

    def fired(
        self, definition: Mapping[str, Any], facts: Sequence[Mapping[str, int | str]]
    ) -> frozenset[str]:
        if self.down:
            raise RulesEngineDown("it is out of order")
        return self.engine.fired(definition, facts)


def on(day: int) -> date:
    return D + timedelta(days=day - 1)


def events(*told: tuple[str, int]) -> list[Event]:
    """Days of March 2026."""
    return [Event(kind, on(day), f"{kind}-{number}") for number, (kind, day) in enumerate(told)]


def read(engine: DurableRules | None, text: str = BOOK) -> Book:
    return read_book(text, "book.yaml", VOCABULARY, matcher=engine)


def errors(engine: DurableRules, was: str, becomes: str) -> list[str]:
    assert was in BOOK
    with pytest.raises(BrokenBook) as broken:
        read(engine, BOOK.replace(was, becomes, 1))
    return [error.to("en") for error in broken.value.errors]


def test_the_first_pattern_that_holds_is_the_outcome_and_all_are_told(engine: DurableRules) -> None:
    given = events(("missed", 1), ("missed", 5), ("told", 6), ("paid", 3))
    ruling = read(engine).decide({"events": given}, ask("2026-03-09 12:00"))
    assert ruling.outcome == "repeated"
    assert dict(ruling.result) == {"repeated": True, "silent": True}
    assert [(reason.rule, reason.refs) for reason in ruling.reasons] == [
        ("repeated", ("missed-0", "missed-1")),
        ("silent", ("missed-0", "missed-1", "told-2")),
    ]


def test_a_pattern_that_does_something_does_it_once_for_each_time_it_begins(engine: DurableRules) -> None:
    book = read(engine)
    given = events(("missed", 1), ("missed", 5))
    first = book.decide({"events": given}, ask("2026-03-05 12:00"))
    later = book.decide({"events": [*given, *events(("missed", 8))]}, ask("2026-03-12 12:00"))
    again = book.decide(
        {"events": [*given, *events(("missed", 25), ("missed", 26))]}, ask("2026-03-26 12:00")
    )
    keys = [[step.key for step in ruling.steps] for ruling in (first, later, again)]
    assert keys == [
        ["p.q:C1:repeated:2026-03-05"],
        ["p.q:C1:repeated:2026-03-05"],
        ["p.q:C1:repeated:2026-03-26"],
    ]
    done = frozenset(keys[0])
    assert book.decide({"events": given}, ask("2026-03-06 12:00", done=done)).steps == ()


@pytest.mark.parametrize(
    ("told", "day", "next_day"),
    [
        ([], 1, None),
        ([("missed", 1)], 5, None),
        ([("missed", 1), ("missed", 3)], 5, 11),
        ([("missed", 1), ("told", 2)], 3, 5),
        ([("missed", 1), ("told", 2), ("paid", 2)], 3, None),
        ([("missed", 1), ("told", 2)], 10, 21),
        ([("missed", 1), ("missed", 6)], 3, 6),
    ],
)
def test_it_is_looked_at_again_on_the_day_on_which_time_changes_the_answer(
    engine: DurableRules, told: list[tuple[str, int]], day: int, next_day: int | None
) -> None:
    ruling = read(engine).decide({"events": events(*told)}, ask(f"{on(day)} 12:00"))
    expected = f"{on(next_day)} 08:00" if next_day else "none"
    assert (f"{ruling.next_at:%Y-%m-%d %H:%M}" if ruling.next_at else "none") == expected


def test_who_misses_every_day_asks_the_engine_the_same_and_is_answered_from_memory(
    engine: DurableRules,
) -> None:
    failing = Failing(engine)
    book, fresh = read_book(BOOK, "book.yaml", VOCABULARY, matcher=failing), read(engine)
    daily = events(*(("missed", day) for day in range(1, 80)))
    book.decide({"events": daily[:60]}, ask(f"{on(60)} 12:00"))
    failing.down = True
    for day in range(61, 80):
        question = ask(f"{on(day)} 12:00")
        ruling = book.decide({"events": daily[:day]}, question)
        assert ruling == fresh.decide({"events": daily[:day]}, question)
        assert [step.key for step in ruling.steps] == ["p.q:C1:repeated:2026-03-02"]
    with pytest.raises(RulesEngineDown):
        book.decide({"events": [*daily[:78], *events(("told", 79))]}, ask(f"{on(79)} 12:00"))


def test_days_are_those_of_the_subject(engine: DurableRules) -> None:
    given = {"events": events(("missed", 1), ("missed", 2))}
    late = "2026-03-10 23:30"
    assert read(engine).decide(given, ask(late, "UTC")).outcome == "repeated"
    assert read(engine).decide(given, ask(late, "Africa/Douala")).outcome == "calm"


def test_a_record_is_recalled_and_decided_alike(engine: DurableRules) -> None:
    book = read(engine)
    facts = {"events": events(("missed", 1), ("missed", 5))}
    record = book.record(facts)
    assert record == {"events": [["missed", "2026-03-01", "missed-0"], ["missed", "2026-03-05", "missed-1"]]}
    question = ask("2026-03-06 12:00")
    assert revision("book", BOOK, engine).decide(book.recall(record), question) == book.decide(
        facts, question
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "is missing"),
        ({"events": "missed"}, "must be a list"),
        ({"events": [Event("lost", D, "1")]}, "must be one of missed, paid, told"),
        ({"events": [["missed", "yesterday", "1"]]}, "cannot be read"),
        ({"events": [["missed"]]}, "cannot be read"),
        ({"events": [Event("missed", date(3026, 1, 1), "1")]}, "no believable day"),
        ({"events": [Event("missed", D, str(n)) for n in range(1_001)]}, "too many events"),
    ],
)
def test_events_that_cannot_be_counted_are_refused(
    engine: DurableRules, given: dict[str, object], said: str
) -> None:
    with pytest.raises(FactsRefused, match=said):
        read(engine).decide(given, ask("2026-03-02 12:00"))


def test_without_an_engine_the_examples_are_told_to_be_untried() -> None:
    book = read(None)
    assert [warning.en for warning in book.warnings] == [
        "examples not tried: the engine of patterns is not here"
    ]
    assert book.decide({"events": []}, ask("2026-03-02 12:00")).outcome == "calm"
    with pytest.raises(TypeError, match="no rules engine"):
        book.decide({"events": events(("missed", 1))}, ask("2026-03-02 12:00"))


def test_an_engine_that_is_there_leaves_no_warning(engine: DurableRules) -> None:
    book = read(engine)
    assert book.warnings == ()
    assert isinstance(book.table, Patterns)
    assert book.conditions() == ()


def test_what_no_pattern_looks_at_is_warned_of(engine: DurableRules) -> None:
    book = read(engine, BOOK.replace("without: paid", "without: told"))
    assert [warning.to("en") for warning in book.warnings] == [
        "book.yaml:8:3 no pattern looks at the event 'paid'"
    ]


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("count: missed", "count: mised", "book.yaml:12:12 unknown event 'mised', did you mean 'missed'?"),
        ("without: paid", "without: [payd]", "book.yaml:19:15 unknown event 'payd', did you mean 'paid'?"),
        ("at_least: 2", "at_least: 51", "book.yaml:13:15 a whole number from 1 to 50 is expected"),
        ("within: 10d", "within: 10", "not a number of days"),
        ("within: 10d", "within: 367d", "'within' goes from 1d to 366d"),
        ("after: 3d", "after: 20d", "book.yaml:20:12 'after' must be shorter than 'within'"),
        ("[missed, told]", "[missed, told, paid, told]", "a sequence has at most 3 events"),
        ("[missed, told]", "[]", "at least one event is needed"),
        ("id: silent", "id: repeated", "'repeated' exists already"),
        ("outcome: calm", "outcome: silent", "'silent' exists already"),
        ("count: missed\n    ", "", "'count' is missing"),
        ("sequence:", "count: paid\n    sequence:", "unknown word 'sequence'"),
        ("team: collections", "team: colections", "unknown team 'colections', did you mean 'collections'?"),
        ("events:\n", "facts: {}\nevents:\n", "unknown word 'facts'"),
        (
            '"missed 2026-03-01, missed 2026-03-01"',
            '"missed soon"',
            "impossible value for 'events': 'missed soon'",
        ),
        (
            "expect: {outcome: silent}",
            "expect: {outcome: calm}",
            "expects outcome = calm, the book gives silent",
        ),
    ],
)
def test_mistakes_are_told_with_their_place(engine: DurableRules, was: str, becomes: str, said: str) -> None:
    found = errors(engine, was, becomes)
    assert any(said in error for error in found), found


def test_a_book_that_cannot_be_tried_for_the_moment_is_tried_again(
    tmp_path: Path, engine: DurableRules
) -> None:
    """The revision in force stays; nothing is taken over untried."""
    file = tmp_path / "book.yaml"
    file.write_text(BOOK)
    failing = Failing(engine)
    library = Library(tmp_path, VOCABULARY, failing)
    before = library.book("book").revision
    file.write_text(BOOK.replace("within: 10d", "within: 12d"))
    failing.down = True
    assert library.refresh() == ()
    assert [problem.fr for problem in library.problems()] == [
        "livre non essayé : le moteur de règles ne répond pas"
    ]
    assert library.book("book").revision == before
    failing.down = False
    assert library.refresh() == ("book",)
    assert library.problems() == ()
