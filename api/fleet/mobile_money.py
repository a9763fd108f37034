"""Payments that a mobile-money operator tells of: signed, recorded once, and never lost."""

import hashlib
import hmac
import re
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from api.bodies import json_of, read
from api.commands import actor_of, parts_of
from api.fields import Given, Instant, Line, Price, Ref, Shown, examples
from api.parts import Parts
from api.problems import Refused
from database.fleet import kept_aside, payments
from database.fleet.queries import CONTRACT
from database.shared import audit, effects
from database.shared.audit import Actor
from database.shared.contacts import tenant_of, tenants
from domain.calendar import local_date
from domain.decision import Bilingual, Step
from domain.errors import DomainError, NotFound
from domain.fleet.intake import PaidBy, PaymentEntry

router = APIRouter(prefix="/webhooks/mobile-money", tags=["Webhooks"])

SIGNATURE = re.compile(r"t=(?P<at>\d{1,12}),v1=(?P<sign>[0-9a-f]{64})")
TOLERANCE = timedelta(minutes=5)


class MobilePayment(Given):
    transaction_id: Ref
    contract_ref: Ref
    amount: Price
    received_at: Instant
    operator: Line = "mobile money"

    model_config = examples(
        {
            "transaction_id": "MP260402.0612.A12345", "contract_ref": "C-0001", "operator": "MTN MoMo",
            "amount": {"amount": "5000", "currency": "XAF"}, "received_at": "2026-04-02T06:12:00+01:00",
        }
    )  # fmt: skip

    def entry(self) -> PaymentEntry:
        return PaymentEntry(
            self.transaction_id, self.contract_ref, self.received_at, self.amount.money,
            PaidBy.MOBILE_MONEY, self.operator,
        )  # fmt: skip

    def values(self) -> dict[str, str]:
        """As a file of payments would say it."""
        return {
            "payment_ref": self.transaction_id, "contract_ref": self.contract_ref,
            "received_at": self.received_at.isoformat(), "amount_minor": str(self.amount.money.minor),
            "currency": self.amount.currency, "channel": PaidBy.MOBILE_MONEY.value,
        }  # fmt: skip


class Taken(Shown):
    """``unmatched`` money is shown to a person, who finds out whose it is."""

    transaction_id: str
    outcome: Literal["recorded", "duplicate", "unmatched"]
    because: str = Field("", description="Why it is unmatched.")


OPENAPI = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": MobilePayment.model_json_schema()}},
    },
    "parameters": [
        {"name": "X-Signature", "in": "header", "required": True, "schema": {"type": "string"},
         "example": "t=1775106720,v1=5f0c2a77b1d49f03"}
    ],
}  # fmt: skip


@router.post("/{tenant}", response_model=Taken, openapi_extra=OPENAPI)
async def receive_payment(
    tenant: str, request: Request, parts: Annotated[Parts, Depends(parts_of)]
) -> Response:
    """`v1` is the HMAC-SHA256 of `<t>.<body>` with the tenant's own secret, in hexadecimal."""
    body, now = await request.body(), parts.clock()
    secret = secret_for(parts.mobile_money_secret, tenant)
    verify(body, request.headers.get("x-signature", ""), secret, now)
    async with parts.database.anyone() as tx:
        if tenant not in await tenants(tx):
            raise NotFound("tenant", tenant[:40])
    given = read(MobilePayment, json_of(body))
    actor = actor_of(request, "webhook:mobile-money")
    async with parts.database.tenant(tenant) as tx:
        taken = await _take(tx, tenant, given, actor, now)
    return JSONResponse(taken.model_dump(), 202 if taken.outcome == "unmatched" else 200)


def secret_for(master: str, tenant: str) -> str:
    """Each tenant has its own, so that none can sign for another."""
    return hmac.new(master.encode(), f"mobile-money:{tenant}".encode(), hashlib.sha256).hexdigest()


def sign(body: bytes, secret: str, at: int) -> str:
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


def verify(body: bytes, header: str, secret: str, now: datetime) -> None:
    """Raises Refused."""
    found = SIGNATURE.fullmatch(header.replace(" ", ""))
    if not found:
        raise Refused("bad-signature", "Send X-Signature: t=<unix seconds>,v1=<HMAC-SHA256 of t.body>.")
    at = int(found["at"])
    if not hmac.compare_digest(sign(body, secret, at), f"t={at},v1={found['sign']}"):
        raise Refused("bad-signature", "The signature does not fit the time and the body.")
    if abs(now.timestamp() - at) > TOLERANCE.total_seconds():
        raise Refused("bad-signature", f"The time is more than {TOLERANCE} away from now; sign again.")


async def _take(
    tx: AsyncConnection, tenant: str, given: MobilePayment, actor: Actor, now: datetime
) -> Taken:  # fmt: skip
    try:
        async with tx.begin_nested():
            new = await payments.record_payment(tx, tenant, given.entry(), now)
    except DomainError as wrong:
        return await _set_aside(tx, tenant, given, actor, wrong, now)
    taken = Taken(transaction_id=given.transaction_id, outcome="recorded" if new else "duplicate")
    if new:
        thing, after = f"fleet.contract:{given.contract_ref}", given.model_dump(mode="json")
        await audit.write(tx, tenant, actor, "fleet.payment.recorded", thing, after=after)
        same = kept_aside.SAME_THINGS["webhook"]
        await kept_aside.entered_elsewhere(tx, tenant, same, [given.transaction_id], now)
    return taken


async def _set_aside(
    tx: AsyncConnection, tenant: str, given: MobilePayment, actor: Actor, wrong: DomainError, now: datetime
) -> Taken:
    """The operator did its part: it is not asked to send the money's trace again. A person is."""
    mistakes = kept_aside.mistakes_of(wrong)
    ref, values = given.transaction_id, given.values()
    await kept_aside.keep_aside(tx, tenant, "webhook", ref, values, mistakes, now, ref)
    case = (await tenant_of(tx, tenant)).case(CONTRACT, given.contract_ref)
    key = f"fleet.payment:{given.transaction_id}:unmatched"
    sum_ = f"{given.amount.amount} {given.amount.currency}"
    fr = f"Paiement {ref} de {sum_} sans contrat : {given.contract_ref}"
    title = Bilingual(fr, f"Payment {ref} of {sum_} without a contract: {given.contract_ref}")
    step = Step("unmatched", "alert", key, local_date(now, case.zone), to="operations", title=title)
    if await effects.raise_alert(tx, case, step, now):
        after = {**given.model_dump(mode="json"), "because": str(wrong)}
        await audit.write(tx, tenant, actor, "fleet.payment.unmatched", f"payment:{ref}", after=after)
    return Taken(transaction_id=ref, outcome="unmatched", because=str(wrong))
