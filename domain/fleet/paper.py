"""What the papers of a contract say: the agreement, and an amendment for each change that is signed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.fleet.change import Change, principal, total
from domain.fleet.intake import Contract
from domain.fleet.schedule import Due, DueKind
from domain.fleet.terms import FlatFee, Interest

AGREEMENT, AMENDMENT = "fleet/contract/agreement", "fleet/contract/amendment"
SIGNED = ("bike_swapped", "driver_changed", "renegotiated", "reaged")


@dataclass(frozen=True)
class Span:
    """Dues of one kind and amount that follow one another."""

    kind: DueKind
    amount: int
    number: int
    first_on: date
    last_on: date


def spans(dues: Sequence[Due]) -> list[Span]:
    """A schedule as people read it: two hundred equal dues are one line."""
    found: list[Span] = []
    for one in dues:
        last = found[-1] if found else None
        if last and (last.kind, last.amount) == (one.kind, one.amount.minor):
            found[-1] = Span(last.kind, last.amount, last.number + 1, last.first_on, one.due_on)
        else:
            found.append(Span(one.kind, one.amount.minor, 1, one.due_on, one.due_on))
    return found


def agreement(contract: Contract, dues: Sequence[Due], draft: bool) -> dict[str, Any]:
    """Names and the sender are the caller's to add: they are kept in no history."""
    terms, currency = contract.terms, contract.terms.price.currency
    charge = total(dues) - principal(dues)
    return {
        "contract": contract.ref, "bike": contract.bike_ref, "kind": terms.kind.value, "draft": draft,
        "signed_on": terms.signed_on.isoformat(), "first_due_on": terms.first_due_on.isoformat(),
        "price": _money(currency, terms.price.minor), "down": _money(currency, terms.down_payment.minor),
        "has_down": terms.down_payment.minor > 0, "charges": _money(currency, charge),
        "charge_kind": _charge_kind(terms.charge), "rate_bp": _rate(terms.charge),
        "total": _money(currency, total(dues)), "instalments": terms.instalments,
        "frequency": terms.frequency.value, "every_days": terms.every_days,
        "rest_days": sorted(terms.rest_days), "holiday_rule": terms.holiday_rule.value,
        "grace_days": terms.grace_days, "lines": list(_lines(dues, currency)),
    }  # fmt: skip


def amendment(contract: Contract, change: Change, dues: Sequence[Due]) -> dict[str, Any]:
    """``dues`` as the change left them. Why it was made is in the file, and on no paper."""
    currency = contract.terms.price.currency
    after = [one for one in dues if one.due_on >= change.changed_on]
    old = {name: change.before.get(name) for name in ("total_minor", "last_due_on", "bike_ref")}
    return {
        "contract": contract.ref, "number": change.number, "kind": change.kind,
        "signed_on": contract.terms.signed_on.isoformat(), "changed_on": change.changed_on.isoformat(),
        "bike": change.after.get("bike_ref", contract.bike_ref), "bike_before": old["bike_ref"] or "",
        "has_schedule": old["total_minor"] is not None,
        "total_before": _money(currency, old["total_minor"] or 0),
        "total": _money(currency, total(dues)), "last_before_on": old["last_due_on"] or "",
        "last_on": max((one.due_on for one in dues), default=change.changed_on).isoformat(),
        "lines": list(_lines(after, currency)),
    }  # fmt: skip


def _lines(dues: Sequence[Due], currency: str) -> Iterator[dict[str, Any]]:
    for one in spans(dues):
        yield {
            "kind": one.kind.value, "number": one.number, "first_on": one.first_on.isoformat(),
            "last_on": one.last_on.isoformat(), "amount": _money(currency, one.amount),
            "sum": _money(currency, one.amount * one.number),
        }  # fmt: skip


def _charge_kind(charge: FlatFee | Interest | None) -> str:
    match charge:
        case FlatFee():
            return "fee"
        case Interest():
            return "interest"
    return "none"


def _rate(charge: FlatFee | Interest | None) -> int:
    return charge.annual_bp if isinstance(charge, Interest) else 0


def _money(currency: str, minor: int) -> dict[str, Any]:
    return {"currency": currency, "minor": minor}
