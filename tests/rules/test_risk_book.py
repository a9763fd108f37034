"""Reliable drivers and drivers at risk: where each line begins, and what is told once."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.books import ask, shipped

BOOK = shipped("fleet/risk")
SINCE = date(2026, 3, 1)
STEADY: dict[str, Any] = {
    "class_now": "c", "class_before": "c", "classes_lost": 0, "points_change": 0, "days_late": 0,
    "history_days": 400, "moved_on": SINCE,
}  # fmt: skip
WORSE = {"reliable": 0, "ordinary": 1, "watch": 2, "at_risk": 3}


def outcome(**facts: Any) -> str:
    return BOOK.outcome({**STEADY, **facts}, SINCE)[0]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "ordinary"),
        ({"class_now": "e"}, "at_risk"),
        ({"class_now": "b"}, "reliable"),
        ({"classes_lost": 1}, "ordinary"),
        ({"classes_lost": 2}, "at_risk"),
        ({"class_now": "d"}, "watch"),
        ({"class_now": "d", "classes_lost": 1}, "at_risk"),
        ({"class_now": "d", "classes_lost": -1}, "watch"),
        ({"days_late": 7}, "ordinary"),
        ({"days_late": 8}, "watch"),
        ({"days_late": 29}, "watch"),
        ({"days_late": 30}, "at_risk"),
        ({"points_change": -14}, "ordinary"),
        ({"points_change": -15}, "watch"),
        ({"class_now": "a", "history_days": 59}, "watch"),
        ({"class_now": "a", "history_days": 60}, "reliable"),
        ({"class_now": "c", "review": "plan"}, "at_risk"),
        ({"class_now": "b", "review": "recover"}, "reliable"),
        ({"class_now": "e", "running": False}, "left"),
    ],
)
def test_every_line_begins_where_it_says(facts: dict[str, Any], said: str) -> None:
    assert outcome(**facts) == said


drivers = st.fixed_dictionaries(
    {
        "classes_lost": st.integers(-4, 4),
        "points_change": st.integers(-60, 60),
        "days_late": st.integers(0, 90),
        "history_days": st.integers(0, 900),
    }
)


@given(drivers, st.integers(0, 60))
def test_a_longer_delay_never_looks_better(driver: dict[str, int], more: int) -> None:
    for band in "abcde":
        later = {**driver, "days_late": driver["days_late"] + more}
        assert WORSE[outcome(class_now=band, **later)] >= WORSE[outcome(class_now=band, **driver)]


@given(drivers)
def test_a_lower_class_never_looks_better(driver: dict[str, int]) -> None:
    said = [WORSE[outcome(class_now=band, **driver)] for band in "abcde"]
    assert all(one <= other for one, other in pairwise(said))


def test_an_alert_is_given_once_while_the_class_lasts() -> None:
    facts = {**STEADY, "class_now": "e"}
    first = BOOK.decide(facts, ask("2026-03-01 12:00"))
    done = frozenset(step.key for step in first.steps)
    assert [step.to or step.id for step in first.steps] == ["collections", "open_review"]
    assert BOOK.decide(facts, ask("2026-05-01 12:00", done=done)).steps == ()
    back = BOOK.decide({**facts, "moved_on": date(2026, 5, 1)}, ask("2026-05-01 12:00", done=done))
    assert len(back.steps) == 2


def test_whoever_is_no_longer_at_risk_is_let_go() -> None:
    for facts in ({"class_now": "a"}, {"class_now": "c"}, {"class_now": "e", "running": False}):
        ruling = BOOK.decide({**STEADY, **facts, "review": "keep"}, ask("2026-03-01 12:00"))
        assert ruling.closes == ruling.outcome
        assert [step.id for step in ruling.steps] == ["close_review"]


def test_a_review_that_nobody_holds_is_told_after_three_days() -> None:
    facts = {**STEADY, "class_now": "e", "review": "open"}
    early, late = (BOOK.decide({**facts, "review_days": days}, ask("2026-03-09 12:00")) for days in (2, 3))
    assert "operations" not in [step.to for step in early.steps]
    assert [step.to for step in late.steps] == ["operations"]


def test_the_classes_are_those_of_the_score() -> None:
    bands = {band.id for band in shipped("fleet/score").table.bands}  # type: ignore[attr-defined]
    assert bands == set(BOOK.facts["class_now"].values)
