"""The proof that a customer was told of a renewal: what was sent, where to, and what became of it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.maintenance.renewal import PROCESS, term_of
from database.shared.contacts import contact_of, tenant_of
from database.shared.tables import message, message_event
from domain.errors import NotFound
from domain.maintenance.proof import DeliveryStep, Proof

NOTICE = "maintenance/renewal/notice"
SENT = ("accepted", "delivered", "failed")


async def proof_of(tx: AsyncConnection, tenant: str, term_ref: str) -> Proof:
    """Of a present or past term (``ref.YYYYMMDD``). Raises NotFound while nothing was sent."""
    term = await term_of(tx, tenant, term_ref)
    facts = term.contract.facts_of_term(ends_on_of(term_ref), term.answer)
    row = await _notice(tx, tenant, term_ref)
    home = await tenant_of(tx, tenant)
    return Proof(
        term_ref=term_ref, contract=term.contract.ref, sender=home.name, zone=home.zone,
        customer=(await contact_of(tx, tenant, row.contact_ref)).full_name, address=row.address,
        ends_on=facts.ends_on, decide_by=facts.decide_by, inform_from=facts.inform_from,
        inform_until=facts.inform_until, subject=row.subject, text=row.text, message_id=row.id,
        written_at=row.wrote_at, handed_over_at=row.claimed_at, provider_id=row.provider_id,
        state=row.state, steps=await _steps(tx, tenant, row.id),
    )  # fmt: skip


def ends_on_of(term_ref: str) -> date:
    """Raises NotFound for a reference that names no term."""
    try:
        return datetime.strptime(term_ref.rpartition(".")[2], "%Y%m%d").date()
    except ValueError:
        raise NotFound("term", term_ref) from None


async def _notice(tx: AsyncConnection, tenant: str, term_ref: str) -> Row[Any]:
    query = select(message).where(
        message.c.tenant_id == tenant, message.c.process == PROCESS, message.c.ref == term_ref,
        message.c.template == NOTICE, message.c.state.in_(SENT), message.c.provider_id != "",
    )  # fmt: skip
    row = (await tx.execute(query.order_by(message.c.wrote_at.desc()).limit(1))).first()
    if row is None:
        raise NotFound("sent renewal notice", term_ref)
    return row


async def _steps(tx: AsyncConnection, tenant: str, message_id: str) -> tuple[DeliveryStep, ...]:
    query = select(message_event).where(
        message_event.c.tenant_id == tenant, message_event.c.message_id == message_id
    )
    rows = await tx.execute(query.order_by(message_event.c.received_at, message_event.c.event_id))
    return tuple(DeliveryStep(row.state, row.received_at, row.event_id, row.reason) for row in rows)
