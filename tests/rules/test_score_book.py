"""The driver score: paying later never raises it, and a class means what it says."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fleet.payments import Payment, allocate
from domain.fleet.schedule import Due
from domain.fleet.score import score_facts
from domain.money import Money
from tests.rules.books import ask, shipped

BOOK = shipped("fleet/score")
DAY = date(2026, 6, 1)

FAIR: dict[str, Any] = {
    "on_time_12m": Decimal(80), "on_time_3m": Decimal(80), "early_12m": Decimal(0), "late_3m": 0,
    "late_months": 0, "worst_days_12m": 0, "mean_days_12m": Decimal(0), "clean_days": 0, "days_late": 0,
    "covered_percent": Decimal(90), "unpaid_dues": 0, "arrears": Money("XAF", 0),
    "broken_promises_12m": 0, "kept_promises_12m": 0, "reversals_12m": 0, "paid_percent": Decimal(20),
    "ahead_days": 0, "seniority_days": 200, "swap_days_30": 0, "days_without_swap": None,
}  # fmt: skip
"""Facts that no rule speaks of: the score is the start, 60."""

GOOD = ("on_time_12m", "on_time_3m", "early_12m", "clean_days", "kept_promises_12m", "covered_percent",
        "paid_percent", "ahead_days", "seniority_days", "swap_days_30")  # fmt: skip
BAD = ("late_3m", "late_months", "worst_days_12m", "mean_days_12m", "days_late", "unpaid_dues",
       "broken_promises_12m", "reversals_12m", "days_without_swap")  # fmt: skip
SHARES = ("on_time_12m", "on_time_3m", "early_12m", "covered_percent", "paid_percent", "mean_days_12m")


def points(**facts: Any) -> int:
    given = {name: Decimal(str(value)) if name in SHARES else value for name, value in facts.items()}
    return int(BOOK.outcome({**FAIR, **given}, DAY)[1]["points"])


def test_what_no_rule_speaks_of_leaves_the_start() -> None:
    assert points() == 60


@pytest.mark.parametrize(
    ("fact", "steps"),
    [
        ("on_time_12m", {59.99: -10, 60: -6, 74.99: -6, 75: 0, 89.99: 0, 90: 5, 97.99: 5, 98: 10}),
        ("on_time_3m", {69.99: -5, 70: 0, 99.99: 0, 100: 5}),
        ("late_months", {3: 0, 4: -3, 6: -3, 7: -6}),
        ("late_3m", {2: 0, 3: -3, 78: -3}),
        (
            "worst_days_12m",
            {7: 0, 8: -4, 14: -4, 15: -8, 29: -8, 30: -15, 44: -15, 45: -22, 59: -22, 60: -29},
        ),
        ("mean_days_12m", {3: 0, 3.1: -2, 7: -2, 7.1: -5, 15: -5, 15.1: -10, 30: -10, 30.1: -15}),
        ("ahead_days", {27: 0, 28: 4, 55: 4, 56: 8}),
        ("days_late", {0: 0, 1: -3, 7: -3, 8: -8, 29: -8, 30: -15}),
        ("covered_percent", {69.99: -15, 70: -8, 84.99: -8, 85: 0, 94.99: 0, 95: 10}),
        ("broken_promises_12m", {0: 0, 1: -5, 2: -12}),
        ("kept_promises_12m", {0: 0, 1: 3}),
        ("reversals_12m", {0: 0, 1: -3, 2: -3, 3: -8}),
        ("early_12m", {19.99: 0, 20: 4}),
        ("clean_days", {179: 0, 180: 6}),
        ("paid_percent", {49.99: 0, 50: 4}),
        ("seniority_days", {89: -5, 90: 0, 364: 0, 365: 5}),
        ("swap_days_30", {19: 0, 20: 3}),
    ],
)
def test_every_rule_begins_and_ends_where_it_says(fact: str, steps: dict[float, int]) -> None:
    assert {value: points(**{fact: value}) - 60 for value in steps} == steps


def test_rules_of_two_facts_need_both() -> None:
    assert points(days_without_swap=7) == 60
    assert points(days_without_swap=6, days_late=1) == 57
    assert points(days_without_swap=7, days_late=1) == 51
    assert points(kept_promises_12m=1, broken_promises_12m=1) == 55
    assert points(clean_days=180, seniority_days=179) == 60


@st.composite
def drivers(draw: st.DrawFn) -> dict[str, Any]:
    return {
        **FAIR,
        **{name: draw(st.integers(0, 400)) for name in ("clean_days", "seniority_days", "ahead_days")},
        **{name: draw(st.integers(0, 35)) for name in (*BAD, "kept_promises_12m", "swap_days_30")},
        **{name: Decimal(draw(st.integers(0, 100))) for name in SHARES},
    }


@given(drivers(), st.sampled_from(GOOD + BAD), st.integers(1, 60))
def test_better_facts_never_lower_the_score(driver: dict[str, Any], name: str, more: int) -> None:
    raised = {**driver, name: min(driver[name] + more, 100) if name in SHARES else driver[name] + more}
    before, after = (BOOK.outcome(facts, DAY)[1]["points"] for facts in (driver, raised))
    assert after >= before if name in GOOD else after <= before


DUES = [
    Due(n, DAY - timedelta(days=300) + n * timedelta(days=15), Money("XAF", 1000), Money("XAF", 1000),
        Money("XAF", 0))
    for n in range(20)
]  # fmt: skip


def scored(paid: list[tuple[int, int]], grace: int) -> int:
    rows = [
        Payment(f"P{n}", datetime.combine(DAY - timedelta(days=ago), time(9), UTC), Money("XAF", amount))
        for n, (ago, amount) in enumerate(paid)
    ]
    where = allocate(DUES, rows, "Africa/Douala")
    facts = score_facts(where, day=DAY, signed_on=DUES[0].due_on, grace_days=grace)
    return int(BOOK.outcome(facts.as_facts(), DAY)[1]["points"])


payments = st.lists(st.tuples(st.integers(0, 320), st.integers(1, 4000)), min_size=1, max_size=15)


@given(payments, st.integers(0, 14), st.integers(1, 120), st.integers(0, 5))
def test_paying_later_never_raises_the_score(
    paid: list[tuple[int, int]], which: int, delay: int, grace: int
) -> None:
    number = which % len(paid)
    ago, amount = paid[number]
    later = [*paid[:number], (ago - delay, amount), *paid[number + 1 :]]
    assert scored(later, grace) <= scored(paid, grace)


@given(payments, st.integers(0, 14), st.integers(0, 5))
def test_paying_less_never_raises_the_score(paid: list[tuple[int, int]], which: int, grace: int) -> None:
    number = which % len(paid)
    assert scored(paid[:number] + paid[number + 1 :], grace) <= scored(paid, grace)


def test_the_explanation_adds_up() -> None:
    ruling = BOOK.decide({**FAIR, "days_late": 9, "late_3m": 3}, ask("2026-06-01 12:00"))
    assert (ruling.outcome, ruling.result["points"]) == ("d", 49)
    assert 60 + sum(int(reason.effect or 0) for reason in ruling.reasons) == 49
