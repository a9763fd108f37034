"""Contracts settled early, and money given back: quotes and refunds."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Amount, Day, Given, Instant, Paragraph, Price, Ref, Shown, examples
from api.fleet.driving import mine_since
from api.pages import Cursor, Limit, Page, begin_after, page
from database.fleet import refunds, settling
from database.fleet.queries import contract_of
from database.fleet.refunds import Refund
from database.shared.contacts import tenant_of
from domain.calendar import local_date
from domain.fleet.ending import Quote
from domain.fleet.intake import PaidBy
from domain.money import Money

router = APIRouter(prefix="/v1/fleet/contracts", tags=["Fleet"])

Reads = Annotated[Reading, reads("fleet:read", own="contract")]
Writes = Annotated[Command, writes("fleet:write")]


class QuoteGiven(Given):
    """``fee``: for settling early, if the agreement asks for one."""

    last_on: Day
    fee: Amount | None = None

    model_config = examples({"last_on": "2026-06-30"})


class QuoteShown(Shown):
    """``amount`` is ``arrears`` + ``principal`` + ``charges`` + ``fees`` + ``fee`` − ``credit``."""

    contract_ref: str
    number: int
    state: Literal["open", "accepted", "withdrawn"]
    quoted_on: date
    last_on: date = Field(description="The last day on which a payment settles the contract.")
    arrears: Amount = Field(description="Unpaid of what has fallen due.")
    principal: Amount = Field(description="Of the dues to come.")
    charges: Amount = Field(description="Of the dues that come until the last day.")
    fees: Amount
    fee: Amount = Field(description="For settling early.")
    credit: Amount = Field(description="Paid in advance.")
    given_back: Amount = Field(description="Charges that are not earned, and not to be paid.")
    amount: Amount = Field(description="To pay until the last day.")


class RefundGiven(Given):
    """``ref`` makes the same refund told twice one."""

    ref: Ref
    amount: Price
    channel: PaidBy
    paid_at: Instant
    reason: Paragraph

    model_config = examples(
        {"ref": "R-0001", "amount": {"amount": "5000", "currency": "XAF"}, "channel": "mobile_money",
         "paid_at": "2026-05-04T10:00:00+01:00", "reason": "Paid twice."}
    )  # fmt: skip


class RefundShown(Shown):
    ref: str
    contract_ref: str
    amount: Amount
    channel: PaidBy
    paid_at: datetime
    reason: str


@router.post("/{ref}/quotes", status_code=201, response_model=QuoteShown)
async def quote_settlement(ref: Ref, given: QuoteGiven, command: Writes) -> Response:
    """What settling early costs. The payment that reaches it by the last day settles the contract."""
    known = await contract_of(command.tx, command.tenant, ref)
    fee = given.fee.money if given.fee else Money(known.contract.terms.price.currency, 0)
    number, made = await settling.quote_settlement(
        command.tx, command.tenant, ref, given.last_on, fee, command.now, command.actor.who
    )
    result = Result("fleet.settlement.quoted", f"fleet.contract:{ref}", quoted(ref, number, "open", made))
    return await command.reply(result, 201)


@router.get("/{ref}/quotes")
async def list_quotes(ref: Ref, here: Reads, limit: Limit = 50, cursor: Cursor = "") -> Page[QuoteShown]:
    """The latest first; at most one is open."""
    (after,) = begin_after(cursor, (ref,))
    since = await mine_since(here, ref)
    made = [one for one in await settling.quotes_of(here.tx, here.tenant, ref) if one[2].quoted_on >= since]
    found = [one for one in made if not after or f"{one[0]:06}" < after]
    return page(
        found[: limit + 1], limit, lambda one: quoted(ref, *one), lambda one: (f"{one[0]:06}",), (ref,)
    )


@router.post("/{ref}/refunds", status_code=201, response_model=RefundShown)
async def refund_driver(ref: Ref, given: RefundGiven, command: Writes) -> Response:
    """Give back what was paid too much."""
    refund = Refund(given.ref, ref, given.amount.money, given.channel, given.paid_at, given.reason)
    await refunds.give_back(command.tx, command.tenant, refund, command.now, command.actor.who)
    known = await refunds.refund_of(command.tx, command.tenant, given.ref)
    result = Result("fleet.payment.refunded", f"fleet.contract:{ref}", _refunded(known))
    return await command.reply(result, 201)


@router.get("/{ref}/refunds")
async def list_refunds(ref: Ref, here: Reads, limit: Limit = 50, cursor: Cursor = "") -> Page[RefundShown]:
    """In the order of their references."""
    (after,) = begin_after(cursor, (ref,))
    since, zone = await mine_since(here, ref), (await tenant_of(here.tx, here.tenant)).zone
    made = await refunds.refunds_of(here.tx, here.tenant, ref)
    mine = [one for one in made if one.ref > after and local_date(one.paid_at, zone) >= since]
    found = sorted(mine, key=lambda one: one.ref)
    return page(found[: limit + 1], limit, _refunded, lambda one: (one.ref,), (ref,))


def quoted(ref: str, number: int, state: str, made: Quote) -> QuoteShown:
    parts = {
        name: Amount.of(Money(made.currency, minor))
        for name, minor in (
            ("arrears", made.arrears), ("principal", made.principal), ("charges", made.charge),
            ("fees", made.fees), ("fee", made.fee), ("credit", made.credit),
            ("given_back", made.given_back), ("amount", made.amount),
        )
    }  # fmt: skip
    return QuoteShown.model_validate(
        {"contract_ref": ref, "number": number, "state": state, "quoted_on": made.quoted_on,
         "last_on": made.last_on, **parts}
    )  # fmt: skip


def _refunded(known: Refund) -> RefundShown:
    return RefundShown(**{**vars(known), "amount": Amount.of(known.amount)})
