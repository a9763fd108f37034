"""Changes of what is owed: terms negotiated anew, dates moved, a fee added."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.changes import Act, Opened, Rewrite, changes_of, claim, opened, rewrite
from domain.errors import BadInput, Mistake
from domain.fleet.change import Change, Offer, Plan, reaged, renegotiated, total, with_fee
from domain.fleet.schedule import HolidaysOf
from domain.fleet.terms import FlatFee, Frequency, HolidayRule, Interest, Terms
from domain.money import Money
from domain.ports import Holidays


async def renegotiate(
    tx: AsyncConnection, tenant: str, ref: str, offer: Offer, act: Act, holidays: Holidays
) -> Change:
    """What remains is paid by new terms. Raises NotFound, Conflict and BadInput."""
    here = await opened(tx, tenant, ref, act.at)
    return await rewrite(tx, here, "renegotiated", act, renegotiation(here, offer, holidays))


def renegotiation(here: Opened, offer: Offer, holidays: Holidays) -> Rewrite:
    """What it would come to. Raises BadInput."""
    if isinstance(offer.charge, FlatFee) and offer.charge.amount.currency != here.currency:
        raise BadInput(
            Mistake("charge", f"{offer.charge.amount.currency} is not the contract's", f"use {here.currency}")
        )
    agreed = here.file.contract.terms
    plan = renegotiated(here.standing, agreed, offer, here.today, _holidays(here, holidays))
    return Rewrite(plan, claim(here, _more(here, plan)), {"terms": _told(offer)})


async def reage(
    tx: AsyncConnection, tenant: str, ref: str, first_due_on: date, act: Act, holidays: Holidays
) -> Change:
    """The open dues get new dates; amounts stay. Raises NotFound, Conflict and BadInput."""
    here = await opened(tx, tenant, ref, act.at)
    rhythm = await rhythm_of(tx, tenant, here)
    plan = reaged(here.standing, rhythm, first_due_on, here.today, _holidays(here, holidays))
    told = {"first_due_on": first_due_on.isoformat()}
    return await rewrite(tx, here, "reaged", act, Rewrite(plan, told=told))


async def add_fee(
    tx: AsyncConnection, tenant: str, ref: str, fee: Money, due_on: date, act: Act
) -> Change:  # fmt: skip
    """One more due. Raises NotFound, Conflict and BadInput."""
    here = await opened(tx, tenant, ref, act.at)
    if fee.currency != here.currency:
        raise BadInput(Mistake("amount", f"{fee.currency} is not the contract's", f"use {here.currency}"))
    if fee.minor <= 0:
        raise BadInput(Mistake("amount", "not above 0", "give an amount above 0"))
    plan = with_fee(here.file.dues, fee, due_on, here.today)
    told = {"fee_minor": fee.minor, "due_on": due_on.isoformat()}
    return await rewrite(tx, here, "fee_added", act, Rewrite(plan, claim(here, fee.minor), told))


async def rhythm_of(tx: AsyncConnection, tenant: str, here: Opened) -> Terms:
    """By which the open dues follow one another: as signed, or as negotiated last."""
    agreed = here.file.contract.terms
    made = [one for one in await changes_of(tx, tenant, here.ref) if one.kind == "renegotiated"]
    if not made:
        return agreed
    offer = offer_from(made[-1].after["terms"], here.currency)
    return offer.terms(agreed, agreed.price, offer.first_due_on)


def _more(here: Opened, plan: Plan) -> int:
    return total(plan) - here.standing.total.minor


def _holidays(here: Opened, holidays: Holidays) -> HolidaysOf:
    return lambda year: holidays.of(here.home.country, year)


def _told(offer: Offer) -> dict[str, object]:
    charge = offer.charge
    return {
        "instalments": offer.instalments, "frequency": offer.frequency.value,
        "first_due_on": offer.first_due_on.isoformat(), "every_days": offer.every_days,
        "rest_days": sorted(offer.rest_days), "holiday_rule": offer.holiday_rule.value,
        "fee_minor": charge.amount.minor if isinstance(charge, FlatFee) else None,
        "annual_bp": charge.annual_bp if isinstance(charge, Interest) else None, "rounding": offer.rounding,
    }  # fmt: skip


def offer_from(told: Mapping[str, Any], currency: str) -> Offer:
    """As `_told` kept it."""
    fee, rate = told["fee_minor"], told["annual_bp"]
    charge = FlatFee(Money(currency, fee)) if fee is not None else None
    return Offer(
        told["instalments"], Frequency(told["frequency"]), date.fromisoformat(told["first_due_on"]),
        told["every_days"], frozenset(told["rest_days"]), HolidayRule(told["holiday_rule"]),
        Interest(rate) if rate is not None else charge, told["rounding"],
    )  # fmt: skip
