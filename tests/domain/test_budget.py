from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.money import Money
from domain.training.budget import Movement, Position, budget_facts, position

JANUARY = date(2026, 1, 1)


def eur(minor: int) -> Money:
    return Money("EUR", minor)


def moved(*amounts: int | str) -> list[Movement]:
    """Day by day: a number is consumption, ``"+5"`` is a fund call of 5 granted."""
    return [
        Movement(JANUARY + timedelta(days=n), eur(int(amount)), isinstance(amount, str))
        for n, amount in enumerate(amounts)
    ]


def at(*amounts: int | str, threshold: Money | Decimal = Decimal(80)) -> Position:
    return position(eur(100), threshold, moved(*amounts))


def test_nothing_is_reached_below_the_threshold() -> None:
    where = at(30, 49)
    assert (where.consumed, where.left, where.consumed_percent) == (eur(79), eur(21), Decimal("79.00"))
    assert (where.reached, where.crossings, where.crossed_on) == (False, 0, None)


def test_the_threshold_is_reached_at_once_and_once() -> None:
    where = at(30, 50, 5)
    assert (where.reached, where.crossings) == (True, 1)
    assert where.crossed_on == JANUARY + timedelta(days=1)


def test_a_granted_fund_call_brings_it_below_and_it_can_be_crossed_again() -> None:
    assert not at(90, "+100").reached
    again = at(90, "+100", 70)
    assert (again.crossings, again.crossed_on) == (2, JANUARY + timedelta(days=2))


def test_a_correction_of_consumption_counts_as_well() -> None:
    assert at(80, -1, 1).crossings == 2


def test_an_amount_is_a_threshold_too_and_does_not_grow_with_the_budget() -> None:
    assert at(60, "+100", threshold=eur(60)).reached
    assert not at(59, threshold=eur(60)).reached


def test_spending_more_than_the_budget_exceeds_it() -> None:
    assert not at(100).exceeded
    assert at(101).exceeded
    assert at(101).left == eur(-1)


def test_the_percentage_never_shows_a_threshold_that_is_not_reached() -> None:
    where = position(eur(100_000), Decimal(80), [Movement(JANUARY, eur(79_999))])
    assert where.consumed_percent == Decimal("79.99")
    assert not where.reached


def test_the_facts_carry_the_names_of_the_book() -> None:
    assert budget_facts(at(85), call_open=True, closed=False).as_facts() == {
        "consumed_percent": Decimal("85.00"),
        "threshold_reached": True,
        "exceeded": False,
        "crossing": 1,
        "crossed_on": JANUARY,
        "call_open": True,
        "closed": False,
        "called": False,
    }


@pytest.mark.parametrize(
    ("field", "initial", "threshold", "movements"),
    [
        ("initial_budget", eur(0), Decimal(80), []),
        ("threshold", eur(5), Decimal(0), []),
        ("threshold", eur(5), Decimal(101), []),
        ("threshold", eur(5), Decimal("80.001"), []),
        ("threshold", eur(5), Decimal("NaN"), []),
        ("threshold", eur(5), Money("XAF", 5), []),
        ("threshold", eur(5), eur(0), []),
        ("fund_call", eur(5), Decimal(80), moved("+0")),
        ("movements", eur(5), Decimal(80), [Movement(JANUARY, Money("XAF", 5))]),
        ("movements", eur(5), Decimal(80), list(reversed(moved(1, 1)))),
    ],
)
def test_bad_input_names_its_field(
    field: str, initial: Money, threshold: Money | Decimal, movements: list[Movement]
) -> None:
    with pytest.raises(BadInput) as refused:
        position(initial, threshold, movements)
    assert refused.value.mistakes[0].field == field


MOVES = st.lists(st.integers(-20, 60) | st.integers(1, 150).map("+{}".format), max_size=20)


@given(MOVES, st.integers(1, 100))
def test_crossings_are_the_rises_of_the_exact_ratio(amounts: list[int | str], percent: int) -> None:
    """The oracle recomputes every state from the beginning, in fractions."""

    def ratio(upto: int) -> Fraction:
        spent = sum(amount for amount in amounts[:upto] if isinstance(amount, int))
        given = sum(int(amount) for amount in amounts[:upto] if isinstance(amount, str))
        return Fraction(spent, 100 + given)

    mark = Fraction(percent, 100)
    rises = [n for n in range(len(amounts)) if ratio(n) < mark <= ratio(n + 1)]
    where = at(*amounts, threshold=Decimal(percent))
    assert where.crossings == len(rises)
    assert where.crossed_on == (JANUARY + timedelta(days=rises[-1]) if rises else None)
    assert where.reached == (ratio(len(amounts)) >= mark) == (where.consumed_percent >= percent)
    assert where.exceeded == (ratio(len(amounts)) > 1)
