"""Two books on the same looks: an oracle that forgets nothing counts the same, interrupted or not."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.look import Look
from domain.money import Money
from rules.comparison import Comparison
from rules.engine import Book
from rules.findings import findings
from rules.replay import revision
from rules.ruling import Question
from rules.tally import SAMPLED
from tests.rules.books import SHIPPED, shipped
from tests.rules.test_grid import PRICES
from tests.rules.test_scorecard import CARD

ZONE = "Africa/Douala"
START = datetime(2032, 1, 1, 11, tzinfo=UTC)
DUNNING = (SHIPPED / "fleet" / "dunning.yaml").read_text("utf-8")
OLD = shipped("fleet/dunning")


def changed(text: str, *replacements: tuple[str, str]) -> Book:
    for before, after in replacements:
        assert before in text
        text = text.replace(before, after)
    return revision("book", text)


SOONER = changed(DUNNING, ("days: 1..3", "days: 1..2"), ("days: 4..7", "days: 3..7"))
OTHER_WORDS = changed(DUNNING, ("template: fleet/dunning/firm", "template: fleet/dunning/firmer"))
STRICTER = changed(DUNNING, ('"< 2"', '"< 1"'), ("missing: 0", "missing: 1"))
BOOKS = (OLD, SOONER, OTHER_WORDS, STRICTER)


def weekday(day: date) -> bool:
    return day.weekday() < 5


def late(subject: str, days: int, on: int, minor: int = 5000, **more: Any) -> Look:
    """A look on the day ``on``, ``days`` after the oldest due date."""
    at = START + timedelta(days=on)
    facts = {
        "days_late": days, "arrears": {"currency": "XAF", "minor": minor},
        "oldest_due_on": (at.date() - timedelta(days=days)).isoformat(), **more,
    }  # fmt: skip
    return Look(f"fleet.dunning:{subject}", at, facts)


def compared(old: Book, new: Book, looks: Sequence[Look]) -> dict[str, Any]:
    comparison = Comparison(old, new, ZONE, weekday)
    comparison.take(looks)
    return findings(comparison.finish())


@st.composite
def histories(draw: st.DrawFn) -> list[Look]:
    """Some subjects, each with looks in their order; now and then a fact is missing."""
    looks = []
    for subject in range(draw(st.integers(0, 6))):
        on = draw(st.integers(0, 40))
        for _ in range(draw(st.integers(1, 6))):
            days, broken = draw(st.integers(0, 45)), draw(st.sampled_from([{}, {"broken_promises": 1}]))
            look = late(f"C{subject}", days, on, draw(st.sampled_from([0, 5000])), **broken)
            if draw(st.integers(0, 9)) == 0:
                look = Look(look.subject, look.at, {"days_late": days})
            looks.append(look)
            on += draw(st.integers(0, 12))
    return looks


def remembered(book: Book, looks: Sequence[Look]) -> tuple[list[str], dict[tuple[str, str], str]]:
    """The oracle: what a book says of each look, and what it wants done, by subject and key."""
    said, wanted = [], dict[tuple[str, str], str]()
    for look in looks:
        done = frozenset(key for subject, key in wanted if subject == look.subject)
        try:
            facts = book.recall(look.facts)
            ruling = book.decide(facts, Question(look.subject, look.at, ZONE, done, weekday))
        except Exception:
            said.append("refused")
            continue
        same = ruling.outcome == ruling.stage
        said.append(ruling.outcome if same else f"{ruling.outcome} · {ruling.stage}")
        for step in ruling.steps:
            wanted[look.subject, step.key] = step.template or step.to
    return said, wanted


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(BOOKS), st.sampled_from(BOOKS), histories())
def test_it_counts_as_someone_who_forgets_nothing(old: Book, new: Book, looks: list[Look]) -> None:
    (said, wanted), (said_new, wanted_new) = remembered(old, looks), remembered(new, looks)
    found = compared(old, new, looks)
    assert {(one["from"], one["to"]): one["count"] for one in found["moves"]} == Counter(
        zip(said, said_new, strict=True)
    )
    steps = {one["what"]: one for one in found["steps"]}
    assert {what: one["old"] for what, one in steps.items() if one["old"]} == Counter(wanted.values())
    assert {what: one["new"] for what, one in steps.items() if one["new"]} == Counter(wanted_new.values())
    gained = Counter(what for key, what in wanted_new.items() if wanted.get(key) != what)
    assert {what: one["gained"] for what, one in steps.items() if one["gained"]} == gained
    assert found["subjects"] == len({look.subject for look in looks})
    differs = {look.subject for look, a, b in zip(looks, said, said_new, strict=True) if a != b}
    differs |= {key[0] for key in wanted.keys() | wanted_new.keys() if wanted.get(key) != wanted_new.get(key)}
    assert found["changed"] == len(differs)
    assert sum(month["looked"] for month in found["months"]) == found["looked"] == len(looks)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(BOOKS), st.sampled_from(BOOKS), histories(), st.data())
def test_an_interrupted_run_ends_as_an_uninterrupted_one(
    old: Book, new: Book, looks: list[Look], data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(looks)), max_size=4)))
    state: str = ""
    for begin, end in zip([0, *cuts], [*cuts, len(looks)], strict=True):
        comparison = Comparison(old, new, ZONE, weekday)
        if state:
            comparison.restore(json.loads(state))
        comparison.take(looks[begin:end])
        state = json.dumps(comparison.state())
    assert findings(comparison.finish()) == compared(old, new, looks)


@settings(max_examples=50, deadline=None)
@given(histories())
def test_a_book_does_not_differ_from_itself(looks: list[Look]) -> None:
    found = compared(OLD, OLD, looks)
    assert (found["changed"], found["more_messages"], found["fewer_messages"]) == (0, 0, 0)
    assert all(one["from"] == one["to"] for one in found["moves"])
    assert all(one["gained"] == one["lost"] == 0 for one in found["steps"])


def test_who_moves_and_what_is_sent_for_it() -> None:
    looks = [late("C1", 1, 1), late("C1", 3, 3), late("C1", 4, 4), late("C2", 3, 3), late("C3", 1, 1)]
    found = compared(OLD, SOONER, looks)
    assert (found["looked"], found["subjects"], found["changed"]) == (5, 3, 2)
    [move] = [one for one in found["moves"] if one["from"] != one["to"]]
    assert (move["from"], move["to"], move["count"]) == ("courtesy", "reminder", 2)
    assert {one["subject"] for one in move["sample"]} == {"fleet.dunning:C1", "fleet.dunning:C2"}
    assert move["sample"][0]["old_rules"] == "courtesy"
    assert move["sample"][0]["on"] == "2032-01-04"
    # C1 has both messages with either book, one day apart; C2 has the reminder in place of the courtesy.
    told = {one["what"].rpartition("/")[2]: (one["old"], one["new"], one["gained"], one["lost"])
            for one in found["steps"]}  # fmt: skip
    assert told == {"courtesy": (3, 2, 0, 1), "reminder": (1, 2, 1, 0)}
    assert (found["more_messages"], found["fewer_messages"]) == (0, 0)


def test_what_was_done_before_the_first_look_is_not_done_again() -> None:
    before = late("C1", 3, 3)
    done = frozenset({f"{before.subject}:courtesy:{before.facts['oldest_due_on']}"})
    found = compared(OLD, SOONER, [Look(before.subject, before.at, before.facts, done)])
    assert [(one["what"], one["old"], one["new"]) for one in found["steps"]] == [
        ("fleet/dunning/reminder", 0, 1)
    ]
    assert found["more_messages"] == 1


def test_months_are_those_of_the_tenant() -> None:
    looks = [Look("fleet.dunning:C1", datetime(2032, 1, 31, 23, 30, tzinfo=UTC), late("C1", 1, 1).facts)]
    [month] = compared(OLD, SOONER, looks)["months"]
    assert (month["month"], month["looked"], month["messages"]) == ("2032-02", 1, {"old": 0, "new": 0})


def test_a_refused_fact_is_told_with_who_has_it() -> None:
    [ok, odd] = [late("C1", 3, 3), Look("fleet.dunning:C2", START, {"days_late": 3})]
    found = compared(OLD, OLD, [ok, odd])
    assert [(one["book"], one["fact"], one["count"]) for one in found["refused"]] == [
        ("new", "arrears", 1), ("old", "arrears", 1),
    ]  # fmt: skip
    assert found["refused"][0]["sample"][0]["subject"] == "fleet.dunning:C2"
    assert {"from": "refused", "to": "refused", "count": 1, "sample": []} in found["moves"]


DEARER = changed(PRICES, ("45.00", "47.25"), ("39.90", "39.00"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["bronze", "gold"]), st.integers(1, 60)), max_size=30))
def test_amounts_are_exact(orders: list[tuple[str, int]]) -> None:
    old = revision("book", PRICES)
    looks = [
        Look(f"t.order:{n}", START, {"level": level, "quantity": quantity})
        for n, (level, quantity) in enumerate(orders)
    ]
    found = compared(old, DEARER, looks)
    prices = [
        [book.outcome(look.facts, START.date())[1]["unit_price"] for book in (old, DEARER)] for look in looks
    ]
    by_unit = {one["unit"]: one for one in found["measures"] if one["name"] == "unit_price"}
    if not orders:
        assert by_unit == {}
        return
    before, after = (Money("EUR", sum(pair[side].minor for pair in prices)) for side in (0, 1))
    assert by_unit["EUR"]["old"] == str(before.decimal)
    assert by_unit["EUR"]["new"] == str(after.decimal)
    assert by_unit["EUR"]["difference"] == str((after - before).decimal)
    assert by_unit["EUR"]["up"] == sum(b > a for a, b in prices)
    assert by_unit["EUR"]["down"] == sum(b < a for a, b in prices)
    assert found["changed"] == sum(a != b for a, b in prices)


def test_points_rise_and_fall_and_the_rules_are_named() -> None:
    kinder = changed(CARD, ("points: -25", "points: -5"))
    facts = {"late": 4, "share": "50", "plan": "long", "since": "2026-01-01"}
    looks = [Look(f"fleet.score:{n}", START, {**facts, "late": n}) for n in range(8)]
    found = compared(revision("book", CARD), kinder, looks)
    [points] = found["measures"]
    assert (points["unit"], points["difference"], points["up"], points["down"]) == ("", "60", 3, 0)
    assert [(one["from"], one["to"], one["count"]) for one in found["moves"]][:1] == [("c", "b", 3)]
    assert found["moves"][0]["sample"][0]["old"] == "c (points 45)"
    assert found["moves"][0]["sample"][0]["new_rules"] == "b, often_late, faithful"


def test_memory_does_not_grow_with_the_subjects() -> None:
    comparison = Comparison(OLD, SOONER, ZONE, weekday)
    sizes = []
    for size, group in groupby(range(3000), key=lambda n: n // 1000):
        comparison.take(late(f"C{n}", n % 50, n % 300) for n in group)
        sizes.append(len(json.dumps(comparison.state())))
        assert all(len(kept) <= SAMPLED for kept in comparison.tally.samples.kept.values()), size
    assert sizes[2] - sizes[1] < 600


def test_the_sample_depends_on_the_seed_and_on_nothing_else() -> None:
    looks = [late(f"C{n}", 3, 3) for n in range(100)]

    def drawn(seed: str, looks: list[Look]) -> list[str]:
        comparison = Comparison(OLD, SOONER, ZONE, weekday, seed)
        comparison.take(looks)
        return [one["subject"] for one in findings(comparison.finish())["moves"][0]["sample"]]

    assert drawn("1", looks) == drawn("1", looks[::-1]) != drawn("2", looks)


def test_a_book_on_events_is_not_compared() -> None:
    events = Book("fleet/misses", "pattern", "0" * 12, "1", OLD.title, {}, OLD.table)
    with pytest.raises(BadInput, match="decides on events"):
        Comparison(OLD, events, ZONE, weekday)
