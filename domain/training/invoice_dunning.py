"""The facts of the rule book training/invoice_dunning, and what the law adds to a late payment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from domain.errors import BadInput, Mistake
from domain.money import Money

INDEMNITY = Money("EUR", 40_00)
"""For the costs of collection, once per late invoice between firms (Code de commerce, D441-5)."""

YEAR = 365


@dataclass(frozen=True)
class Invoice:
    """``amount`` is to be paid, tax included; local dates."""

    ref: str
    invoiced_on: date
    due_on: date
    amount: Money

    def __post_init__(self) -> None:
        if self.due_on < self.invoiced_on:
            raise BadInput(Mistake("due_on", "before the invoice", f"give {self.invoiced_on} or a later day"))
        if self.amount.minor <= 0:
            raise BadInput(Mistake("amount", "nothing is invoiced", "give an amount above 0"))


@dataclass(frozen=True)
class Received:
    """A payment or a credit note."""

    on: date
    amount: Money


@dataclass(frozen=True)
class Pledge:
    """The client said on ``on`` that the rest would be paid by ``until``."""

    on: date
    until: date


@dataclass(frozen=True)
class Dispute:
    """Examined until ``until`` at the latest, and over once settled."""

    on: date
    until: date
    settled_on: date | None = None

    def runs_on(self, day: date) -> bool:
        return self.on <= day <= self.until and (self.settled_on is None or day < self.settled_on)


@dataclass(frozen=True)
class InvoiceDunningFacts:
    """``days_late`` is below 0 before ``due_on``."""

    days_late: int
    due_on: date
    unpaid: Money
    promise_until: date | None
    broken_promises: int
    dispute_until: date | None
    cancelled: bool = False

    def as_facts(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def invoice_dunning_facts(
    invoice: Invoice,
    received: Sequence[Received],
    *,
    day: date,
    pledges: Iterable[Pledge] = (),
    disputes: Iterable[Dispute] = (),
    cancelled: bool = False,
) -> InvoiceDunningFacts:
    """At the end of ``day``. Raises BadInput on ``currency``."""
    promised = [one for one in pledges if one.on <= day]
    running = [one.until for one in disputes if one.runs_on(day)]
    return InvoiceDunningFacts(
        days_late=(day - invoice.due_on).days,
        due_on=invoice.due_on,
        unpaid=unpaid_on(invoice, received, day),
        promise_until=max((one.until for one in promised if one.until >= day), default=None),
        broken_promises=sum(
            one.until < day and unpaid_on(invoice, received, one.until).minor > 0 for one in promised
        ),
        dispute_until=max(running, default=None),
        cancelled=cancelled,
    )


def unpaid_on(invoice: Invoice, received: Iterable[Received], day: date) -> Money:
    """What is left to pay at the end of ``day``, never below 0."""
    left = invoice.amount
    for one in received:
        if one.amount.currency != left.currency:
            raise BadInput(Mistake("currency", one.amount.currency, f"pay in {left.currency}"))
        if one.on <= day:
            left -= one.amount
    return max(left, Money(left.currency, 0))


def late_charges(
    invoice: Invoice, received: Sequence[Received], *, day: date, annual_percent: Decimal
) -> Money:
    """Penalties from the day after ``due_on``, for every day at whose end something was unpaid, over a year
    of 365 days (Code de commerce, L441-10); rounded once, half up.
    """
    changes = {one.on for one in received if invoice.due_on < one.on <= day}
    owed, since = 0, invoice.due_on
    for until in (*sorted(changes), day):
        # From the day after ``since`` to the day before ``until``, what was left at the end of ``since``.
        owed += unpaid_on(invoice, received, since).minor * max((until - since).days - 1, 0)
        if until > since:
            owed += unpaid_on(invoice, received, until).minor
        since = max(since, until)
    exact = Decimal(owed) * annual_percent / (100 * YEAR)
    return Money(invoice.amount.currency, int(exact.quantize(Decimal(1), ROUND_HALF_UP)))
