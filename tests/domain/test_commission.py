from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.money import Money
from domain.training.budget import Movement, position
from domain.training.commission import Basis, Commission, Occasion, Terms, commission, commission_facts
from domain.training.project import Session, Training

DAY = date(2026, 3, 1)


def eur(minor: int) -> Money:
    return Money("EUR", minor)


NOTHING = eur(0)
FACTS = commission_facts(
    Terms.MIXED,
    Occasion.SESSION,
    [],
    position(eur(100_00), Decimal(80), []),
    year_volume=NOTHING,
    commission_bp=800,
)


def session(ref: str, *costs: int) -> Session:
    trainings = (Training(n, "Titre", "Organisme", eur(cost), 2000) for n, cost in enumerate(costs, 1))
    return Session(ref, DAY, "Lyon", tuple(trainings))


def worked_out(base: int, percent: str, share: int = 100, least: int = 0) -> Commission:
    facts = replace(FACTS, service=eur(base), client_percent=Decimal(percent))
    return commission(facts, basis=Basis.SERVICE, share=Decimal(share), at_least=eur(least))


def test_the_facts_are_those_of_the_sessions_and_of_the_budget() -> None:
    where = position(eur(1000_00), Decimal(80), [Movement(DAY, eur(250_00))])
    facts = commission_facts(
        Terms.SERVICE_AT_END,
        Occasion.PROJECT_END,
        [session("S-1", 100_00, 50_00), session("S-2", 100_00)],
        where,
        year_volume=eur(900_00),
        commission_bp=650,
    )
    assert (facts.service, facts.unspent, facts.year_volume) == (eur(250_00), eur(750_00), eur(900_00))
    assert (facts.consumed_percent, facts.client_percent) == (Decimal(25), Decimal("6.5"))


def test_a_budget_exceeded_leaves_nothing_unspent() -> None:
    where = position(eur(100_00), Decimal(80), [Movement(DAY, eur(150_00))])
    facts = commission_facts(
        Terms.MIXED, Occasion.PROJECT_END, [], where, year_volume=NOTHING, commission_bp=0
    )
    assert facts.unspent == NOTHING


def test_the_amount_is_rounded_once_half_up() -> None:
    assert worked_out(4800_00, "8").amount == eur(384_00)
    assert worked_out(4800_00, "8", share=90).amount == eur(345_60)
    assert worked_out(10_50, "5").amount == eur(53)
    assert worked_out(12_000_00, "6.5", share=95) == Commission(
        Basis.SERVICE, eur(12_000_00), Decimal("6.175"), eur(741_00)
    )


def test_the_minimum_raises_a_small_invoice_and_makes_none() -> None:
    assert worked_out(100_00, "8", least=50_00).amount == eur(50_00)
    assert worked_out(100_00, "8", least=50_00).raised
    assert worked_out(0, "8", least=50_00).amount == NOTHING
    assert worked_out(100_00, "0", least=50_00).amount == NOTHING
    assert not worked_out(625_00, "8", least=50_00).raised


def test_no_basis_is_no_commission() -> None:
    found = commission(FACTS, basis=Basis.NONE, share=Decimal(0), at_least=eur(50_00))
    assert (found.base, found.amount, found.raised) == (NOTHING, NOTHING, False)


def test_what_cannot_be_is_refused_all_at_once() -> None:
    wild = replace(FACTS, client_percent=Decimal(101))
    with pytest.raises(BadInput, match=r"share.*at_least.*client_percent"):
        commission(wild, basis=Basis.SERVICE, share=Decimal(101), at_least=Money("XAF", 5))


@given(st.integers(0, 10**12), st.integers(0, 100_00), st.integers(0, 100), st.integers(0, 500_00))
def test_the_amount_is_exact(base: int, rate_bp: int, share: int, least: int) -> None:
    found = worked_out(base, str(Decimal(rate_bp) / 100), share, least)
    exact = int(Fraction(base * rate_bp * share, 100_00 * 100) + Fraction(1, 2))
    assert found.amount.minor == (max(exact, least) if exact else 0)
    assert found.raised == (0 < exact < least)
