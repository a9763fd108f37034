"""What the message providers tell us: verified on the raw bytes, applied once, answered quickly."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from api.commands import actor_of, parts_of
from api.fields import Shown
from api.parts import Inbound, Parts
from database.shared import audit, contacts, effects, events, messages, outbox
from database.shared.audit import Actor
from domain.calendar import local_date
from domain.decision import Bilingual, Step
from domain.message import DeliveryEvent, MessageState

router = APIRouter(prefix="/webhooks", tags=["Webhooks"])

EMPTY_REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""TwiML for: say nothing back."""

Stands = Annotated[Parts, Depends(parts_of)]


class Applied(Shown):
    """Events of messages that are not ours are passed over."""

    received: int
    applied: int


@router.post("/sendgrid/events")
async def sendgrid_events(request: Request, parts: Stands) -> Applied:
    """SendGrid's Event Webhook, signed."""
    signature = request.headers.get("x-twilio-email-event-webhook-signature", "")
    timestamp = request.headers.get("x-twilio-email-event-webhook-timestamp", "")
    body = await request.body()
    told = parts.mail_webhook.events(body, signature, timestamp, parts.clock())
    applied = await apply_all(parts, actor_of(request, "webhook:sendgrid"), told)
    return Applied(received=len(told), applied=applied)


@router.post("/twilio/status")
async def twilio_status(request: Request, parts: Stands) -> Applied:
    """Twilio's StatusCallback, signed."""
    told = parts.sms_webhook.status(await request.body(), _signature(request), _address(request))
    applied = await apply_all(parts, actor_of(request, "webhook:twilio"), [told])
    return Applied(received=1, applied=applied)


@router.post("/twilio/inbound", response_class=Response)
async def twilio_inbound(request: Request, parts: Stands) -> Response:
    """An SMS that a person wrote to us: STOP and START are obeyed, the rest is shown to a person."""
    said = parts.sms_webhook.inbound(await request.body(), _signature(request), _address(request))
    actor = actor_of(request, "webhook:twilio")
    for tenant in await _tenants(parts):
        async with parts.database.tenant(tenant) as tx:
            if await events.knows_phone(tx, tenant, said.sender):
                await _obey(tx, tenant, actor, said, parts)
    return Response(EMPTY_REPLY, media_type="text/xml")


async def apply_all(parts: Parts, actor: Actor, told: Iterable[DeliveryEvent]) -> int:
    """How many events were new to us. A message's id names its tenant before the first dot.

    Rows are taken in the order of their ids: of two batches with the same messages, one waits.
    """
    by_tenant: dict[str, list[DeliveryEvent]] = defaultdict(list)
    for event in told:
        by_tenant[event.message_id.partition(".")[0]].append(event)
    applied = 0
    for tenant in set(by_tenant) & set(await _tenants(parts)):
        async with parts.database.tenant(tenant) as tx:
            for event in sorted(by_tenant[tenant], key=lambda one: one.message_id):
                applied += await _apply(tx, tenant, actor, event, parts)
    return applied


async def _apply(
    tx: AsyncConnection, tenant: str, actor: Actor, event: DeliveryEvent, parts: Parts
) -> bool:  # fmt: skip
    row = await events.message_named(tx, tenant, event.message_id)
    if row is None:
        return False
    moved = await messages.apply_event(tx, tenant, event)
    if event.opted_out:
        await _stop(tx, tenant, actor, row.channel, row.address, event.reason or "told by the provider")
    if moved is not None and moved.state == MessageState.FAILED:
        case = (await contacts.tenant_of(tx, tenant)).case(row.process, row.ref)
        await outbox.owe(tx, outbox.RING, case, "message.failed", parts.clock(), f"failed:{row.id}")
    return moved is not None


async def _obey(tx: AsyncConnection, tenant: str, actor: Actor, said: Inbound, parts: Parts) -> None:
    received = events.Received("twilio", said.provider_id, "sms.received", said.sender, "")
    if await events.receive(tx, tenant, received):
        return
    if said.stops:
        await _stop(tx, tenant, actor, "sms", said.sender, "STOP by SMS")
    elif said.starts:
        if await events.lift_opt_out(tx, tenant, "sms", said.sender):
            await audit.write(
                tx, tenant, actor, "opt_out.lifted", "channel:sms", after={"by": "START by SMS"}
            )
    else:
        await _show(tx, tenant, said, parts)


async def _stop(
    tx: AsyncConnection, tenant: str, actor: Actor, channel: str, address: str, reason: str
) -> None:
    if await contacts.opt_outs_of(tx, tenant, [address]) & {(channel, address)}:
        return
    await contacts.write_opt_out(tx, tenant, channel, address, reason)
    await audit.write(tx, tenant, actor, "opt_out.written", f"channel:{channel}", after={"by": reason})


async def _show(tx: AsyncConnection, tenant: str, said: Inbound, parts: Parts) -> None:
    """An alert on the case that the last SMS to this phone was about."""
    row = await events.last_sms_to(tx, tenant, said.sender)
    if row is None:
        return
    case, text = (await contacts.tenant_of(tx, tenant)).case(row.process, row.ref), said.text[:300]
    title = Bilingual(f"SMS de {row.contact_ref} : « {text} »", f"SMS from {row.contact_ref}: “{text}”")
    key = f"{case.process}:{case.ref}:sms:{said.provider_id}"
    day = local_date(parts.clock(), case.zone)
    step = Step("sms_received", "alert", key, day, to="operations", title=title)
    await effects.raise_alert(tx, case, step, parts.clock())


async def _tenants(parts: Parts) -> list[str]:
    async with parts.database.anyone() as tx:
        return await contacts.tenants(tx)


def _signature(request: Request) -> str:
    return request.headers.get("x-twilio-signature", "")


def _address(request: Request) -> str:
    """Path and query exactly as received: the signature covers them."""
    raw = request.scope.get("raw_path", b"").decode("ascii", "replace").partition("?")[0]
    query = request.scope.get("query_string", b"").decode("ascii", "replace")
    return f"{raw}?{query}" if query else raw
