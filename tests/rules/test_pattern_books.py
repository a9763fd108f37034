"""The shipped books of patterns are in order, and know the events that the domain tells."""

from datetime import date, timedelta

import pytest

from adapters.durable.client import DurableRules
from domain.event import Event
from domain.fleet.dunning import Promise
from domain.fleet.escalation import Reminder, escalation_events
from domain.fleet.misses import missed_events
from domain.fleet.payments import Payment, allocate
from domain.fleet.schedule import Due
from domain.internships.silence import Application, application_events
from domain.money import Money
from domain.training.invoice_silence import InvoiceLife, invoice_events
from rules.engine import Book
from rules.schema import read_book
from tests.rules.books import SHIPPED, VOCABULARY, ask

DAY = date(2026, 3, 2)
FRANC = Money("XAF", 100)
OWED = allocate([Due(1, DAY, FRANC, FRANC, FRANC)], [], "UTC")
PAID = allocate(
    [Due(1, DAY, FRANC, FRANC, FRANC)], [Payment("P-1", ask("2026-03-09 09:00").at, FRANC)], "UTC"
)
PROMISE = [Promise(DAY, DAY + timedelta(days=2), FRANC)]
LATER = DAY + timedelta(days=10)

TOLD: dict[str, tuple[Event, ...]] = {
    "fleet/misses": missed_events(OWED, day=LATER, grace_days=0),
    "fleet/escalation": escalation_events(PAID, PROMISE, [Reminder("M-1", DAY)], day=LATER),
    "training/invoice_silence": invoice_events(InvoiceLife("F-1", DAY, (DAY,), (DAY,), (DAY,), (DAY,))),
    "internships/silence": application_events(Application("A-1", DAY, (DAY,), DAY, DAY)),
}


def shipped(name: str, engine: DurableRules) -> Book:
    return read_book(
        SHIPPED.joinpath(f"{name}.yaml").read_text("utf-8"), f"{name}.yaml", VOCABULARY, matcher=engine
    )


@pytest.mark.parametrize("name", list(TOLD))
def test_it_has_no_warning_and_knows_what_the_domain_tells(name: str, engine: DurableRules) -> None:
    book = shipped(name, engine)
    assert book.warnings == ()
    assert {event.kind for event in TOLD[name]} == set(book.facts["events"].values)
    ruling = book.decide({"events": TOLD[name]}, ask("2026-03-12 12:00"))
    assert ruling.outcome == book.table.reasons()[-1].rule
