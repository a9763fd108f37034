"""Contracts, dues and payments as rows, and back."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from domain.fleet.intake import Contract, PaidBy, PaymentEntry
from domain.fleet.schedule import Due, DueKind
from domain.fleet.terms import FlatFee, Frequency, HolidayRule, Interest, Kind, Terms
from domain.money import Money

CASH = "cash:{}"
BANK = "cash:bank"
IN_HAND = "cash_in_hand"
RECEIVABLE = "driver_receivable"
SALES = "bike_sales"
DEFERRED_CHARGES = "deferred_charges"

Row = dict[str, Any]


def contract_row(contract: Contract) -> Row:
    """Every agreed value, without the contract's state."""
    terms = contract.terms
    kind, value = _charge(terms)
    return {
        "ref": contract.ref, "driver_ref": contract.driver_ref, "bike_ref": contract.bike_ref,
        "kind": terms.kind.value, "currency": terms.price.currency, "price_minor": terms.price.minor,
        "down_payment_minor": terms.down_payment.minor, "instalments": terms.instalments,
        "frequency": terms.frequency.value, "every_days": terms.every_days,
        "first_due_on": terms.first_due_on, "signed_on": terms.signed_on,
        "rest_days": sorted(terms.rest_days), "holiday_rule": terms.holiday_rule.value,
        "grace_days": terms.grace_days, "charge_kind": kind, "charge_value": value,
        "rounding": terms.rounding,
    }  # fmt: skip


def _charge(terms: Terms) -> tuple[str, int]:
    match terms.charge:
        case FlatFee(amount):
            return "flat_fee", amount.minor
        case Interest(rate):
            return "interest", rate
        case None:
            return "none", 0


def contract_from(row: Any) -> Contract:
    currency = row.currency
    charge: FlatFee | Interest | None = None
    if row.charge_kind == "flat_fee":
        charge = FlatFee(Money(currency, row.charge_value))
    elif row.charge_kind == "interest":
        charge = Interest(row.charge_value)
    terms = Terms(
        Kind(row.kind), Money(currency, row.price_minor), Money(currency, row.down_payment_minor),
        row.instalments, Frequency(row.frequency), row.first_due_on, row.signed_on, row.every_days,
        frozenset(row.rest_days), HolidayRule(row.holiday_rule), row.grace_days, charge, row.rounding,
    )  # fmt: skip
    return Contract(row.ref, row.driver_ref, row.bike_ref, terms)


def due_rows(contract_ref: str, plan: Sequence[Due]) -> Iterator[Row]:
    """With running totals, by which one probe of an index finds what has fallen due and what is paid."""
    cumulative = 0
    for due in sorted(plan, key=lambda due: (due.due_on, due.number)):
        cumulative += due.amount.minor
        yield {
            "contract_ref": contract_ref, "number": due.number, "due_on": due.due_on,
            "amount_minor": due.amount.minor, "principal_minor": due.principal.minor,
            "charge_minor": due.charge.minor, "kind": due.kind.value, "cumulative_minor": cumulative,
        }  # fmt: skip


def due_from(row: Any, currency: str) -> Due:
    return _due(
        row.number, row.due_on, row.amount_minor, row.principal_minor, row.charge_minor, row.kind, currency
    )


@lru_cache(maxsize=8192)
def _due(number: int, on: date, amount: int, principal: int, charge: int, kind: str, currency: str) -> Due:
    """A schedule is read at every review of its contract, and seldom changes."""
    whole, part, over = (Money(currency, minor) for minor in (amount, principal, charge))
    return Due(number, on, whole, part, over, DueKind(kind))


def payment_row(entry: PaymentEntry) -> Row:
    return {
        "ref": entry.ref, "contract_ref": entry.contract_ref, "received_at": entry.received_at,
        "amount_minor": entry.amount.minor, "currency": entry.amount.currency,
        "channel": entry.channel.value, "source": entry.source, "agent_ref": entry.agent_ref,
    }  # fmt: skip


def payment_from(row: Any) -> PaymentEntry:
    return _payment(
        row.ref, row.contract_ref, row.received_at, row.amount_minor, row.currency, row.channel, row.source,
        row.agent_ref,
    )  # fmt: skip


@lru_cache(maxsize=8192)
def _payment(
    ref: str, contract: str, at: datetime, minor: int, currency: str, channel: str, source: str,
    agent: str | None,
) -> PaymentEntry:  # fmt: skip
    """All that was paid is read at every review of its contract, and never changes."""
    return PaymentEntry(ref, contract, at, Money(currency, minor), PaidBy(channel), source, agent)


def difference(known: Row, given: Row) -> str:
    """What another version of the same thing says otherwise; empty when it says the same."""
    return ", ".join(
        f"{name} is {known[name]}, not {value}" for name, value in given.items() if known[name] != value
    )
