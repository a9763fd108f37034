from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.money import Money
from domain.training.invoice_dunning import (
    Dispute,
    Invoice,
    InvoiceDunningFacts,
    Pledge,
    Received,
    invoice_dunning_facts,
    late_charges,
    unpaid_on,
)

DUE = date(2026, 3, 1)


def eur(minor: int) -> Money:
    return Money("EUR", minor)


def on(days_late: int) -> date:
    return DUE + timedelta(days=days_late)


INVOICE = Invoice("F-1", on(-30), DUE, eur(1200_00))


def facts(days_late: int, *received: tuple[int, int], **more: object) -> InvoiceDunningFacts:
    rows = [Received(on(late), eur(minor)) for late, minor in received]
    return invoice_dunning_facts(INVOICE, rows, day=on(days_late), **more)  # type: ignore[arg-type]


def test_days_count_before_the_due_date_too() -> None:
    assert [facts(late).days_late for late in (-5, 0, 12)] == [-5, 0, 12]


def test_payments_count_from_their_day_and_never_below_nothing() -> None:
    paid = [(3, 1000_00), (8, 500_00)]
    assert [facts(late, *paid).unpaid for late in (2, 3, 8)] == [eur(1200_00), eur(200_00), eur(0)]


def test_a_pledge_waits_for_its_date_and_is_broken_by_what_is_left() -> None:
    pledges = [Pledge(on(2), on(6)), Pledge(on(5), on(9)), Pledge(on(30), on(40))]
    before, between, after = (facts(late, pledges=pledges) for late in (6, 9, 10))
    assert (before.promise_until, before.broken_promises) == (on(9), 0)
    assert (between.promise_until, between.broken_promises) == (on(9), 1)
    assert (after.promise_until, after.broken_promises) == (None, 2)
    assert facts(10, (9, 1200_00), pledges=pledges).broken_promises == 1


def test_a_dispute_ends_on_its_date_or_once_settled() -> None:
    open_one = Dispute(on(5), on(20))
    settled = Dispute(on(5), on(20), on(12))
    assert [facts(late, disputes=[open_one]).dispute_until for late in (4, 5, 20, 21)] == [
        None, on(20), on(20), None,
    ]  # fmt: skip
    assert [facts(late, disputes=[settled]).dispute_until for late in (11, 12)] == [on(20), None]


def test_what_cannot_be_invoiced_is_refused() -> None:
    with pytest.raises(BadInput, match="due_on"):
        Invoice("F-1", DUE, on(-1), eur(1))
    with pytest.raises(BadInput, match="amount"):
        Invoice("F-1", DUE, DUE, eur(0))
    with pytest.raises(BadInput, match="currency"):
        unpaid_on(INVOICE, [Received(DUE, Money("XAF", 5))], DUE)


def test_penalties_of_a_year_are_the_rate() -> None:
    assert late_charges(INVOICE, [], day=on(365), annual_percent=Decimal(10)) == eur(120_00)
    assert late_charges(INVOICE, [], day=DUE, annual_percent=Decimal(10)) == eur(0)
    assert late_charges(INVOICE, [], day=on(1), annual_percent=Decimal(10)) == eur(33)


received = st.lists(st.tuples(st.integers(-20, 80), st.integers(1, 700_00)), max_size=5)


@given(received, st.integers(-10, 90), st.integers(0, 2000))
def test_penalties_are_the_sum_of_the_days(paid: list[tuple[int, int]], late: int, rate_bp: int) -> None:
    rows = [Received(on(after), eur(minor)) for after, minor in paid]
    days = (unpaid_on(INVOICE, rows, on(number)).minor for number in range(1, late + 1))
    exact = Fraction(sum(days) * rate_bp, 100 * 100 * 365)
    found = late_charges(INVOICE, rows, day=on(late), annual_percent=Decimal(rate_bp) / 100)
    assert found == eur(int(exact + Fraction(1, 2)))


@given(received, st.integers(-10, 90))
def test_paying_more_leaves_less(paid: list[tuple[int, int]], late: int) -> None:
    more = facts(late, *paid, (0, 100_00)).unpaid
    assert eur(0) <= more <= facts(late, *paid).unpaid
