"""Final grades are exact and their weights whole."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.internships.grade import Marks, final_grade
from domain.internships.quota import Places, quota_facts
from domain.maintenance.satisfaction import satisfaction_facts

DAY = date(2031, 6, 30)
marks = st.decimals(0, 20, places=2)


def grade(given: Marks, *weights: int) -> Decimal:
    return final_grade(given, *(Decimal(weight) for weight in weights))


def test_it_is_rounded_once_and_half_up() -> None:
    assert grade(Marks(Decimal("12.35"), Decimal("14.00")), 50, 50, 0) == Decimal("13.18")


@given(marks, marks, marks, st.integers(0, 100), st.integers(0, 100))
def test_it_lies_between_the_marks_that_count(a: Decimal, b: Decimal, c: Decimal, x: int, y: int) -> None:
    school = min(x, y)
    company = max(x, y) - school
    found = grade(Marks(a, b, c), school, company, 100 - school - company)
    counted = [m for m, w in ((a, school), (b, company), (c, 100 - school - company)) if w]
    assert min(counted) <= found <= max(counted)


@pytest.mark.parametrize(
    ("given", "weights", "said"),
    [
        (Marks(Decimal(10), Decimal(10)), (50, 40, 0), "add up to 100"),
        (Marks(Decimal(10), Decimal(10)), (150, -50, 0), "add up to 100"),
        (Marks(Decimal(10), Decimal(10)), (50, 20, 30), "missing"),
    ],
)
def test_weights_that_cannot_be(given: Marks, weights: tuple[int, ...], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        grade(given, *weights)


def test_a_mark_above_twenty_is_refused() -> None:
    with pytest.raises(BadInput, match="is not a mark"):
        Marks(Decimal("20.01"), Decimal(10))


@given(st.integers(0, 500), st.integers(0, 600))
def test_a_campaign_is_full_exactly_when_nothing_is_left(capacity: int, taken: int) -> None:
    facts = quota_facts(DAY, Places(capacity, taken), Places(1, 0), 3)
    assert (facts.filled_percent == 100) == (facts.places_left == 0)


@given(st.lists(st.integers(1, 5), min_size=5, max_size=5))
def test_a_mean_of_marks_is_exact(given: list[int]) -> None:
    facts = satisfaction_facts(DAY, given)
    assert facts.average * 5 == sum(given)
    assert facts.lowest == min(given)
