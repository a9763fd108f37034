"""Applications, evaluations, decisions and quotas at their bounds, from the facts of the domain."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.internships.application import ApplicationFacts, State
from domain.internships.evaluation import EvaluationFacts
from domain.internships.grade import Marks
from domain.internships.mention import MentionFacts, mention_facts
from domain.internships.quota import Places, quota_facts
from rules.engine import Book, Ruling
from tests.rules.books import ask, shipped

DAY = date(2031, 6, 27)
"""A Friday."""

APPLICATION, EVALUATION, MENTION, QUOTA = (
    shipped(f"internships/{name}") for name in ("application", "evaluation", "mention", "quota")
)


def year(book: Book, facts: dict[str, object]) -> dict[date, list[str]]:
    """What a case that nothing changes does on each day, asked whenever the book wants to be."""
    done: set[str] = set()
    told: dict[date, list[str]] = {}
    at = f"{DAY - timedelta(days=30)} 00:00"
    while True:
        ruling: Ruling = book.decide(facts, ask(at, done=frozenset(done)))
        done |= {step.key for step in ruling.steps}
        if ruling.steps:
            told[date.fromisoformat(at[:10])] = [step.key.split(":")[2] for step in ruling.steps]
        if ruling.closes or ruling.next_at is None:
            return told
        at = f"{ruling.next_at:%Y-%m-%d %H:%M}"


def test_an_application_that_nobody_answers_ends_after_five_weeks() -> None:
    told = year(APPLICATION, ApplicationFacts(DAY, State.PENDING).as_facts())
    assert [(day - DAY).days for day in told] == [7, 14, 21, 35]
    assert list(told.values())[-1] == ["lapse"]


def test_an_interview_is_only_looked_at_by_a_person() -> None:
    told = year(APPLICATION, ApplicationFacts(DAY, State.INTERVIEW).as_facts())
    assert list(told.values()) == [["officer"]]


@given(st.integers(3, 270))
def test_a_board_that_comes_near_is_always_told_and_at_most_twice(days: int) -> None:
    jury = DAY + timedelta(days=days)
    told = year(EVALUATION, EvaluationFacts(DAY, jury_on=jury).as_facts())
    near = [day for day, steps in told.items() if any(step.startswith("jury_near") for step in steps)]
    assert 1 <= len(near) <= 2
    assert all(timedelta() <= jury - day <= timedelta(days=10) for day in near)


def test_without_a_board_nobody_is_told_of_one() -> None:
    told = year(EVALUATION, EvaluationFacts(DAY).as_facts())
    assert [steps[0] for steps in told.values()] == [
        "request", "reminder", "second_reminder.company_tutor", "officer",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("grade", "outcome"),
    [
        ("20", "very_good"), ("16", "very_good"), ("15.99", "good"), ("14", "good"), ("13.99", "fairly_good"),
        ("12", "fairly_good"), ("11.99", "passed"), ("10", "passed"), ("9.99", "failed"), ("0", "failed"),
    ],
)  # fmt: skip
def test_the_bounds_of_honours(grade: str, outcome: str) -> None:
    facts = MentionFacts(DAY, Decimal(grade), Decimal(7))
    assert MENTION.outcome(facts.as_facts(), DAY)[0] == outcome


@pytest.mark.parametrize(
    ("lowest", "hours", "outcome"),
    [("6.99", 0, "to_jury"), ("7", 35, "good"), ("7", 36, "to_jury")],
)
def test_what_goes_before_the_board(lowest: str, hours: int, outcome: str) -> None:
    facts = MentionFacts(DAY, Decimal(14), Decimal(lowest), hours)
    assert MENTION.outcome(facts.as_facts(), DAY)[0] == outcome


def test_marks_and_weights_lead_to_a_decision() -> None:
    marks = Marks(Decimal("13.50"), Decimal(16), Decimal("12.25"))
    facts = mention_facts(DAY, marks, (Decimal(30), Decimal(40), Decimal(30)))
    assert facts == MentionFacts(DAY, Decimal("14.13"), Decimal("12.25"))
    assert MENTION.outcome(facts.as_facts(), DAY)[0] == "good"


@pytest.mark.parametrize(
    ("taken", "of_company", "unplaced", "ends_in", "outcome", "alerts"),
    [
        (89, 1, 9, 60, "open", 0),
        (90, 1, 9, 60, "nearly_full", 1),
        (99, 1, 9, 60, "nearly_full", 1),
        (100, 1, 0, 60, "full", 1),
        (50, 2, 9, 60, "company_full", 0),
        (50, 1, 9, 15, "open", 0),
        (50, 1, 9, 14, "open", 1),
        (50, 1, 0, 14, "open", 0),
        (50, 1, 9, 0, "open", 1),
        (50, 1, 9, -1, "closed", 0),
    ],
)
def test_the_bounds_of_a_quota(
    taken: int, of_company: int, unplaced: int, ends_in: int, outcome: str, alerts: int
) -> None:
    ends_on = DAY + timedelta(days=ends_in)
    facts = quota_facts(ends_on, Places(100, taken), Places(2, of_company), unplaced)
    ruling = QUOTA.decide(facts.as_facts(), ask(f"{DAY} 12:00"))
    assert (ruling.outcome, len(ruling.steps)) == (outcome, alerts)
