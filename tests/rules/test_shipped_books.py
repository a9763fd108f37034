"""The shipped books: in order, and asked with the very facts that the domain collects."""

from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.durable.client import DurableRules
from domain.calendar import months_before
from domain.fleet.contract import ContractFacts
from domain.fleet.dunning import DunningFacts
from domain.internships.deliverable import DeliverableFacts, Kind
from domain.money import Money
from domain.training.budget import BudgetFacts
from rules.library import Library
from tests.rules.books import SHIPPED, VOCABULARY, ask, shipped

DAY = date(2026, 3, 2)
XAF = Money("XAF", 5000)
RENEWAL = shipped("maintenance/renewal")

COLLECTED = [
    ("fleet/contract", ContractFacts(XAF, False, False, False, None).as_facts()),
    ("fleet/dunning", DunningFacts(3, XAF, DAY, None, 0).as_facts()),
    ("training/budget", BudgetFacts(Decimal("42.5"), False, False, 0, None, False, False).as_facts()),
    ("internships/deliverable", DeliverableFacts(DAY, False, False, Kind.REPORT).as_facts()),
]


def test_all_shipped_books_are_in_order() -> None:
    library = Library(SHIPPED, VOCABULARY)
    names = {book.name for book in library.books()}
    assert names >= {
        "fleet/contract",
        "fleet/dunning",
        "training/budget",
        "training/fund_call",
        "maintenance/renewal",
        "internships/deliverable",
    }


@pytest.mark.parametrize(("name", "facts"), COLLECTED, ids=[name for name, _ in COLLECTED])
def test_the_facts_collected_are_the_facts_declared(name: str, facts: dict[str, object]) -> None:
    book = Library(SHIPPED, VOCABULARY).book(name)
    assert set(facts) == set(book.facts)
    assert book.decide(facts, ask("2026-03-02 12:00")).reasons or book.policy == "ladder"


@given(st.dates(date(2025, 1, 1), date(2035, 1, 1)))
def test_the_renewal_notice_is_within_the_legal_time(decide_by: date) -> None:
    """At the earliest three months and at the latest one month before (code de la consommation, L215-1)."""
    facts = {name: fact.values[0] for name, fact in RENEWAL.facts.items() if fact.type == "enum"}
    long_before = f"{months_before(decide_by, 4)} 12:00"
    ruling = RENEWAL.decide({**facts, "decide_by": decide_by}, ask(long_before, "Europe/Paris"))
    assert ruling.next_at is not None
    assert ruling.awaits is not None
    assert ruling.awaits.rule == "notice"
    assert months_before(decide_by, 3) <= ruling.next_at.date() <= months_before(decide_by, 1)


def test_kinds_of_deliverable_are_the_same_everywhere() -> None:
    book = Library(SHIPPED, VOCABULARY).book("internships/deliverable")
    assert set(book.facts["kind"].values) == {kind.value for kind in Kind}
    assert {field.name for field in fields(DeliverableFacts)} == set(book.facts)


def test_no_shipped_book_has_a_warning(engine: DurableRules) -> None:
    """Every fact serves a rule or the record, every rule has its example, every pattern was tried."""
    books = Library(SHIPPED, VOCABULARY, engine).books()
    assert [str(warning) for book in books for warning in book.warnings] == []
