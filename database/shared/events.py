"""Events of external tools, remembered so that each counts once; and what providers say of our messages."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.tables import contact, event_received, message, opt_out


@dataclass(frozen=True)
class Received:
    """``source`` and ``id`` are the sender's own; ``fingerprint`` is of the content."""

    source: str
    id: str
    type: str
    subject: str
    fingerprint: str


async def receive(tx: AsyncConnection, tenant: str, event: Received) -> Received | None:
    """Remember an event. None if it is new, else what was received under its source and id before."""
    made = await tx.execute(
        insert(event_received)
        .values(tenant_id=tenant, **vars(event))
        .on_conflict_do_nothing()
        .returning(event_received.c.id)
    )
    if made.first():
        return None
    query = select(event_received).where(
        event_received.c.tenant_id == tenant, event_received.c.source == event.source,
        event_received.c.id == event.id,
    )  # fmt: skip
    row = (await tx.execute(query)).one()
    return Received(row.source, row.id, row.type, row.subject, row.fingerprint)


async def message_named(tx: AsyncConnection, tenant: str, message_id: str) -> Row[Any] | None:
    query = select(message).where(message.c.tenant_id == tenant, message.c.id == message_id)
    return (await tx.execute(query)).first()


async def last_sms_to(tx: AsyncConnection, tenant: str, phone: str) -> Row[Any] | None:
    """The last message that we wrote to a phone: what an answer is most likely about."""
    query = select(message).where(
        message.c.tenant_id == tenant, message.c.channel == "sms", message.c.address == phone
    )
    return (await tx.execute(query.order_by(message.c.wrote_at.desc()).limit(1))).first()


async def knows_phone(tx: AsyncConnection, tenant: str, phone: str) -> bool:
    """Somebody of this tenant has the number, or was written to there."""
    query = select(contact.c.ref).where(contact.c.tenant_id == tenant, contact.c.phone == phone).limit(1)
    if (await tx.execute(query)).first():
        return True
    return await last_sms_to(tx, tenant, phone) is not None


async def lift_opt_out(tx: AsyncConnection, tenant: str, channel: str, address: str) -> bool:
    lifted = delete(opt_out).where(
        opt_out.c.tenant_id == tenant, opt_out.c.channel == channel, opt_out.c.address == address
    )
    return (await tx.execute(lifted)).rowcount > 0
