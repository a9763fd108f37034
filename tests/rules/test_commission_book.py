"""Commission by the client's terms: every combination has its answer, and a sum is what was agreed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Money
from domain.training.commission import Basis, CommissionFacts, Occasion, Terms, commission
from tests.rules.books import shipped

BOOK = shipped("training/commission")
DAY = date(2026, 3, 1)


def eur(minor: int) -> Money:
    return Money("EUR", minor)


def facts(terms: Terms, occasion: Occasion, **more: Any) -> CommissionFacts:
    usual: dict[str, Any] = {
        "service": eur(4800_00), "unspent": eur(9000_00), "consumed_percent": Decimal(60),
        "year_volume": eur(50_000_00), "client_percent": Decimal(8),
    }  # fmt: skip
    return CommissionFacts(terms, occasion, **{**usual, **more})


def given_for(asked: CommissionFacts) -> dict[str, Any]:
    return dict(BOOK.outcome(asked.as_facts(), DAY)[1])


def invoiced(asked: CommissionFacts) -> int:
    gives = given_for(asked)
    return commission(
        asked, basis=Basis(gives["basis"]), share=gives["share"], at_least=gives["at_least"]
    ).amount.minor


BY_SESSION, AT_END, UNSPENT, MIXED = Terms
SESSION, END = Occasion


@pytest.mark.parametrize(
    ("terms", "occasion", "more", "basis", "share", "least"),
    [
        (BY_SESSION, SESSION, {}, "service", 100, 50_00),
        (BY_SESSION, SESSION, {"year_volume": eur(199_999_99)}, "service", 100, 50_00),
        (BY_SESSION, SESSION, {"year_volume": eur(200_000_00)}, "service", 90, 0),
        (BY_SESSION, SESSION, {"year_volume": eur(499_999_99)}, "service", 90, 0),
        (MIXED, SESSION, {"year_volume": eur(500_000_00)}, "service", 80, 0),
        (BY_SESSION, SESSION, {"service": eur(0)}, "none", 0, 0),
        (BY_SESSION, END, {}, "none", 0, 0),
        (AT_END, SESSION, {}, "none", 0, 0),
        (AT_END, END, {}, "service", 95, 150_00),
        (AT_END, END, {"year_volume": eur(500_000_00)}, "service", 75, 0),
        (UNSPENT, SESSION, {}, "none", 0, 0),
        (UNSPENT, END, {}, "unspent", 100, 150_00),
        (UNSPENT, END, {"consumed_percent": Decimal(25)}, "unspent", 100, 150_00),
        (UNSPENT, END, {"consumed_percent": Decimal("24.99")}, "unspent", 50, 150_00),
        (UNSPENT, END, {"unspent": eur(0)}, "none", 0, 0),
        (MIXED, SESSION, {}, "service", 100, 50_00),
        (MIXED, END, {}, "unspent", 50, 0),
    ],
)
def test_every_line_answers_where_it_says(
    terms: Terms, occasion: Occasion, more: dict[str, Any], basis: str, share: int, least: int
) -> None:
    gives = given_for(facts(terms, occasion, **more))
    assert gives == {"basis": basis, "share": share, "at_least": eur(least)}


amounts = st.integers(0, 900_000_00).map(eur)


@given(st.sampled_from(Terms), st.sampled_from(Occasion), amounts, amounts, amounts, st.integers(0, 120))
def test_nobody_is_invoiced_more_than_the_agreed_rate_or_the_minimum(
    terms: Terms, occasion: Occasion, service: Money, unspent: Money, volume: Money, consumed: int
) -> None:
    asked = facts(
        terms, occasion, service=service, unspent=unspent, year_volume=volume,
        consumed_percent=Decimal(consumed),
    )  # fmt: skip
    full = max(service.share(Decimal(8)).minor, unspent.share(Decimal(8)).minor)
    assert 0 <= invoiced(asked) <= max(full, 150_00)


def test_a_larger_year_never_costs_more() -> None:
    for terms in (BY_SESSION, MIXED):
        sums = [
            invoiced(facts(terms, SESSION, year_volume=eur(volume * 1000_00))) for volume in (1, 200, 500)
        ]
        assert sums == sorted(sums, reverse=True) == [384_00, 345_60, 307_20]


def test_the_bases_are_those_that_can_be_worked_out() -> None:
    assert BOOK.table.types["basis"].values == tuple(Basis)  # type: ignore[attr-defined]
