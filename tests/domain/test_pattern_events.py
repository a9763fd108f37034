"""Rows become the events that patterns look for."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.fleet.dunning import Promise
from domain.fleet.escalation import Reminder, escalation_events
from domain.fleet.misses import missed_events
from domain.fleet.payments import Payment, Standing, allocate
from domain.fleet.schedule import Due
from domain.internships.silence import Application, application_events
from domain.money import Money
from domain.training.invoice_silence import InvoiceLife, invoice_events

FIRST = date(2026, 3, 2)


def franc(minor: int) -> Money:
    return Money("XAF", minor)


def standing(*paid: tuple[int, int]) -> Standing:
    """100 F due on each of five days from 2 March; ``paid`` are days of March and amounts."""
    dues = [Due(n + 1, FIRST + timedelta(days=n), franc(100), franc(100), franc(0)) for n in range(5)]
    payments = [
        Payment(f"P-{n}", datetime(2026, 3, day, 12, tzinfo=UTC), franc(minor))
        for n, (day, minor) in enumerate(paid)
    ]
    return allocate(dues, payments, "Africa/Douala")


def missed(*paid: tuple[int, int], day: int, grace: int = 0) -> list[tuple[int, str]]:
    events = missed_events(standing(*paid), day=date(2026, 3, day), grace_days=grace)
    return [(event.on.day, event.ref) for event in events]


def test_an_instalment_is_missed_on_the_day_after_its_grace() -> None:
    assert missed(day=2) == []
    assert missed(day=3) == [(3, "due-1")]
    assert missed(day=4) == [(3, "due-1"), (4, "due-2")]
    assert missed(day=4, grace=2) == []
    assert missed(day=5, grace=2) == [(5, "due-1")]


def test_what_is_paid_in_time_is_not_missed_and_what_is_paid_late_is() -> None:
    assert missed((2, 100), day=3) == []
    assert missed((3, 100), day=4) == [(3, "due-1"), (4, "due-2")]
    assert missed((2, 99), day=3) == [(3, "due-1")]
    assert missed((2, 500), day=31) == []


@given(st.lists(st.tuples(st.integers(1, 10), st.integers(1, 300)), max_size=6), st.integers(0, 3))
def test_once_missed_always_missed(paid: list[tuple[int, int]], grace: int) -> None:
    """Later money pays older dues; it never makes up for lateness."""
    found = [missed(*paid, day=day, grace=grace) for day in range(1, 15)]
    for before, after in pairwise(found):
        assert after[: len(before)] == before
        assert len(after) - len(before) <= 1


def test_an_escalation_tells_reminders_promises_and_payments_of_a_day_in_that_order() -> None:
    owed = standing((6, 40))
    promises = [Promise(date(2026, 3, 4), date(2026, 3, 5), franc(200))]
    reminders = [Reminder("M-1", date(2026, 3, 4))]
    events = escalation_events(owed, promises, reminders, day=date(2026, 3, 10))
    assert [(event.kind, event.on.day, event.ref) for event in events] == [
        ("reminded", 4, "M-1"),
        ("promised", 4, "promise-1"),
        ("broken", 6, "promise-1-broken"),
        ("paid", 6, "receipt-1"),
    ]
    assert [event.kind for event in escalation_events(owed, promises, reminders, day=date(2026, 3, 5))] == [
        "reminded",
        "promised",
    ]


def test_an_invoice_that_was_not_sent_has_no_events() -> None:
    day = date(2026, 5, 1)
    assert invoice_events(InvoiceLife("F-1", promised_on=(day,))) == ()
    life = InvoiceLife("F-1", day, (day,), (day, day), disputed_on=(day,))
    assert [(event.kind, event.ref) for event in invoice_events(life)] == [
        ("sent", "F-1"),
        ("reminded", "F-1-reminded-1"),
        ("paid", "F-1-paid-1"),
        ("paid", "F-1-paid-2"),
        ("disputed", "F-1-disputed-1"),
    ]


def test_an_application_is_told_from_its_day_on() -> None:
    day, later = date(2026, 2, 2), date(2026, 2, 12)
    application = Application("A-1", day, (later,), later, None)
    assert [event.kind for event in application_events(application)] == ["applied", "nudged", "answered"]
    with pytest.raises(BadInput, match=r"answered_on: before the application.*nudged_on"):
        Application("A-1", later, (day,), day)
