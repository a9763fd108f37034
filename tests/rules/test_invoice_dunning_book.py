"""The dunning of an invoice, told day by day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Money
from domain.training.invoice_dunning import Invoice, Pledge, Received, invoice_dunning_facts
from rules.engine import Question
from rules.ruling import Ruling
from tests.rules.books import shipped

BOOK = shipped("training/invoice_dunning")
DUE = date(2026, 3, 1)
INVOICE = Invoice("F-1", date(2026, 2, 1), DUE, Money("EUR", 1200_00))


def look(late: int, done: frozenset[str] = frozenset(), **more: Any) -> Ruling:
    day = DUE + timedelta(days=late)
    received = more.pop("received", ())
    facts = invoice_dunning_facts(INVOICE, received, day=day, **more).as_facts()
    at = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)
    return BOOK.decide(facts, Question("p.q:F-1", at, "Europe/Paris", done))


def steps(ruling: Ruling) -> list[str]:
    return [step.key.split(":")[2] for step in ruling.steps]


@pytest.mark.parametrize(
    ("late", "stage"),
    [(-40, "upcoming"), (2, "upcoming"), (3, "courtesy"), (9, "courtesy"), (10, "reminder"), (20, "reminder"),
     (21, "firm"), (34, "firm"), (35, "notice"), (59, "notice"), (60, "handed_over"), (900, "handed_over")],
)  # fmt: skip
def test_every_stage_begins_and_ends_where_it_says(late: int, stage: str) -> None:
    assert look(late).stage == stage


def test_an_unpaid_invoice_is_followed_to_the_end_once() -> None:
    done: frozenset[str] = frozenset()
    told: list[tuple[int, str]] = []
    for late in range(-5, 200):
        ruling = look(late, done)
        told += [(late, step) for step in steps(ruling)]
        done |= {step.key for step in ruling.steps}
    assert told == [
        (3, "courtesy"), (10, "reminder"), (21, "firm"), (21, "phone"), (35, "notice"), (35, "letter"),
        (60, "suspend"), (60, "collection#1"), (90, "collection#2"), (120, "collection#3"),
    ]  # fmt: skip


@given(st.integers(-10, 120), st.integers(0, 1200_00))
def test_paid_in_full_ends_it_and_a_trifle_is_let_be(late: int, minor: int) -> None:
    received = [Received(DUE, Money("EUR", minor))] if minor and late >= 0 else []
    ruling = look(late, received=received)
    left = 1200_00 - sum(one.amount.minor for one in received)
    assert (ruling.closes == "paid") == (left == 0)
    assert (ruling.outcome == "below_minimum") == (0 < left < 5_00)
    assert not (ruling.steps and left < 5_00)


@given(st.integers(3, 100), st.integers(0, 40))
def test_nothing_is_sent_while_a_first_promise_runs(late: int, ahead: int) -> None:
    day = DUE + timedelta(days=late)
    ruling = look(late, pledges=[Pledge(day, day + timedelta(days=ahead))])
    assert ruling.held
    assert not ruling.steps
    assert ruling.next_at is not None
    assert ruling.next_at.date() == day + timedelta(days=ahead + 1)
