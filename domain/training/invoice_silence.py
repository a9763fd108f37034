"""The events of the rule book training/invoice_silence."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.event import Event


@dataclass(frozen=True)
class InvoiceLife:
    """What happened to one invoice, in local dates; nothing happens to one that was not sent."""

    ref: str
    sent_on: date | None = None
    reminded_on: tuple[date, ...] = ()
    paid_on: tuple[date, ...] = ()
    promised_on: tuple[date, ...] = ()
    disputed_on: tuple[date, ...] = ()


def invoice_events(life: InvoiceLife) -> tuple[Event, ...]:
    """Of one day, what we did comes before the client's answers."""
    return tuple(_events(life)) if life.sent_on else ()


def _events(life: InvoiceLife) -> Iterator[Event]:
    if life.sent_on:
        yield Event("sent", life.sent_on, life.ref)
    told = {
        "reminded": life.reminded_on, "paid": life.paid_on, "promised": life.promised_on,
        "disputed": life.disputed_on,
    }  # fmt: skip
    for kind, days in told.items():
        for number, on in enumerate(days, 1):
            yield Event(kind, on, f"{life.ref}-{kind}-{number}")
