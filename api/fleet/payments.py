"""Payments of drivers: recorded, listed, reversed."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Amount, Given, Instant, Line, Price, ReasonGiven, Ref, Shown, examples
from api.fleet.driving import mine_since, sees_all
from api.pages import Cursor, Limit, Page, begin_after, page
from database.fleet import payments, queries
from database.fleet.queries import KnownPayment
from domain.fleet.intake import PaidBy, PaymentEntry, Reversal

router = APIRouter(prefix="/v1/fleet/payments", tags=["Fleet"])

EXAMPLE = {
    "ref": "P-0001-1", "contract_ref": "C-0001", "received_at": "2026-04-02T06:12:00+01:00",
    "amount": {"amount": "5000", "currency": "XAF"}, "channel": "mobile_money",
}  # fmt: skip


class PaymentGiven(Given):
    """``ref`` is the provider's own reference: the same payment told twice is one."""

    ref: Ref
    contract_ref: Ref
    received_at: Instant
    amount: Price
    channel: PaidBy
    source: Line = Field("api", description="Who reports it.")
    agent_ref: Ref | None = Field(None, description="Who took the cash; without it, it came to the till.")

    model_config = examples(EXAMPLE)

    def entry(self) -> PaymentEntry:
        return PaymentEntry(
            self.ref, self.contract_ref, self.received_at, self.amount.money, self.channel, self.source,
            self.agent_ref,
        )  # fmt: skip


class ReversalGiven(ReasonGiven):
    """``why``: what was refused counts against the driver's score; what was told twice or entered wrongly
    does not."""

    why: Reversal = Reversal.REFUSED

    model_config = examples({"reason": "Refused by the operator.", "why": "refused"})


class PaymentShown(Shown):
    ref: str
    contract_ref: str
    received_at: datetime
    recorded_at: datetime
    amount: Amount
    channel: PaidBy
    source: str
    agent_ref: str | None
    reversed_at: datetime | None
    reversal_reason: str
    reversed_for: Reversal | None


Reads = Annotated[Reading, reads("fleet:read", own="payment")]
Writes = Annotated[Command, writes("fleet:write")]


async def write_payment(command: Command, given: PaymentGiven) -> Result:
    """What an event and a provider's call do as the route does."""
    await payments.record_payment(command.tx, command.tenant, given.entry(), command.now)
    known = await payments.payment_of(command.tx, command.tenant, given.ref)
    return Result("fleet.payment.recorded", f"fleet.contract:{given.contract_ref}", shown(known))


@router.post("", status_code=201, response_model=PaymentShown)
async def record_payment(given: PaymentGiven, command: Writes) -> Response:
    """Money came in: it settles the oldest due first."""
    return await command.reply(await write_payment(command, given), 201)


@router.post("/{ref}/reverse", response_model=PaymentShown)
async def reverse_payment(ref: Ref, given: ReversalGiven, command: Writes) -> Response:
    """Take a payment back: it counts for nothing from now on, and stays on record."""
    before = shown(await payments.payment_of(command.tx, command.tenant, ref))
    await payments.reverse_payment(command.tx, command.tenant, ref, given.reason, command.now, given.why)
    known = shown(await payments.payment_of(command.tx, command.tenant, ref))
    thing = f"fleet.contract:{before.contract_ref}"
    return await command.reply(
        Result("fleet.payment.reversed", thing, known, before.model_dump(mode="json"))
    )  # fmt: skip


@router.get("")
async def list_payments(
    here: Reads, contract: Annotated[Ref, Query()], limit: Limit = 50, cursor: Cursor = ""
) -> Page[PaymentShown]:
    """Those of one contract, in the order of their references; to its driver, their own."""
    (after,) = begin_after(cursor, (contract,))
    await queries.contract_of(here.tx, here.tenant, contract)
    if sees_all(here):
        found = await queries.payments_of(here.tx, here.tenant, contract, after=after, limit=limit + 1)
    else:
        since = await mine_since(here, contract)
        found = await queries.payments_since(
            here.tx, here.tenant, contract, since, after=after, limit=limit + 1
        )
    return page(found, limit, shown, lambda known: (known.entry.ref,), (contract,))


@router.get("/{ref}")
async def read_payment(ref: Ref, here: Reads) -> PaymentShown:
    """One payment."""
    return shown(await payments.payment_of(here.tx, here.tenant, ref))


def shown(known: KnownPayment) -> PaymentShown:
    entry = known.entry
    return PaymentShown(
        ref=entry.ref, contract_ref=entry.contract_ref, received_at=entry.received_at,
        recorded_at=known.recorded_at, amount=Amount.of(entry.amount), channel=entry.channel,
        source=entry.source, agent_ref=entry.agent_ref, reversed_at=known.reversed_at,
        reversal_reason=known.reversal_reason, reversed_for=known.reversed_for,
    )  # fmt: skip
