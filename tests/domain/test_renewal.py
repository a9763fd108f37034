from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.maintenance.renewal import Answer, Level, RenewalFacts

CONTRACT = RenewalFacts(
    starts_on=date(2026, 1, 1),
    ends_on=date(2026, 12, 31),
    notice_days=60,
    tacit=True,
    level=Level.GOLD,
    answer=Answer.NONE,
    has_email=True,
)


def test_the_customer_decides_before_the_notice_begins() -> None:
    assert CONTRACT.as_facts() == {
        "decide_by": date(2026, 11, 1),
        "answer": "none",
        "tacit": True,
        "reachable": True,
    }


def test_the_law_gives_two_months_in_which_to_inform() -> None:
    assert (CONTRACT.inform_from, CONTRACT.inform_until) == (date(2026, 8, 1), date(2026, 10, 1))


def test_without_a_notice_the_last_day_is_the_end_of_the_contract() -> None:
    assert replace(CONTRACT, notice_days=0).decide_by == CONTRACT.ends_on


def test_the_window_ends_on_a_day_that_february_has() -> None:
    facts = replace(CONTRACT, ends_on=date(2027, 3, 31), notice_days=0)
    assert (facts.inform_from, facts.inform_until) == (date(2026, 12, 31), date(2027, 2, 28))


@given(st.dates(date(2026, 6, 1), date(2040, 1, 1)), st.integers(0, 90))
def test_the_window_is_open_one_to_three_months_before(ends_on: date, notice: int) -> None:
    facts = replace(CONTRACT, ends_on=ends_on, notice_days=notice)
    assert facts.decide_by + timedelta(days=notice) == ends_on
    assert 28 <= (facts.decide_by - facts.inform_until).days <= 31
    assert 89 <= (facts.decide_by - facts.inform_from).days <= 92


@pytest.mark.parametrize(
    ("field", "ends_on", "notice_days"),
    [
        ("ends_on", date(2026, 1, 1), 0),
        ("notice_days", date(2026, 12, 31), -1),
        ("notice_days", date(2026, 12, 31), 367),
        ("notice_days", date(2026, 1, 31), 60),
    ],
)
def test_a_contract_that_cannot_be_is_refused(field: str, ends_on: date, notice_days: int) -> None:
    with pytest.raises(BadInput) as refused:
        replace(CONTRACT, ends_on=ends_on, notice_days=notice_days)
    assert refused.value.mistakes[0].field == field
