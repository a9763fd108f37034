"""Legal holds: as long as one is set, nothing of its person is erased, by nobody and by no term."""

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.privacy.subject import Subject, hold, subjects_of
from database.privacy.tables import legal_hold
from domain.errors import Conflict, NotFound


async def set_hold(
    tx: AsyncConnection, subject: Subject, reason: str, by: str, at: datetime
) -> Row[Any]:  # fmt: skip
    await hold(tx, subject)
    row = {
        "tenant_id": subject.tenant, "id": f"h{secrets.token_hex(6)}", "reason": reason, "set_by": by,
        "contact_ref": next(iter(subject.contacts), None), "set_at": at,
        "person_id": next(iter(subject.persons), None),
    }  # fmt: skip
    made: Row[Any] = (await tx.execute(insert(legal_hold).values(row).returning(legal_hold))).one()
    return made


async def lift_hold(tx: AsyncConnection, tenant: str, id: str, by: str, at: datetime) -> Row[Any]:
    """Raises NotFound and Conflict."""
    before = await hold_of(tx, tenant, id)
    if before.lifted_at:
        raise Conflict("the hold was lifted before")
    mine = (legal_hold.c.tenant_id == tenant, legal_hold.c.id == id)
    lifted = update(legal_hold).where(*mine).values(lifted_by=by, lifted_at=at).returning(legal_hold)
    row: Row[Any] = (await tx.execute(lifted)).one()
    return row


async def hold_of(tx: AsyncConnection, tenant: str, id: str) -> Row[Any]:
    """Raises NotFound."""
    query = select(legal_hold).where(legal_hold.c.tenant_id == tenant, legal_hold.c.id == id)
    row = (await tx.execute(query.with_for_update())).first()
    if row is None:
        raise NotFound("hold", id)
    return row


async def page_of_holds(tx: AsyncConnection, tenant: str, after: str, limit: int) -> list[Row[Any]]:
    query = select(legal_hold).where(legal_hold.c.tenant_id == tenant, legal_hold.c.id > after)
    return list(await tx.execute(query.order_by(legal_hold.c.id).limit(limit)))


async def holds_on(tx: AsyncConnection, subject: Subject) -> list[Row[Any]]:
    either = or_(legal_hold.c.contact_ref.in_(subject.contacts), legal_hold.c.person_id.in_(subject.persons))
    query = select(legal_hold).where(legal_hold.c.tenant_id == subject.tenant, either)
    return list(await tx.execute(query.where(legal_hold.c.lifted_at.is_(None))))


async def is_held(tx: AsyncConnection, tenant: str, contact: str) -> bool:
    """``contact`` may be the id of a person who is no contact."""
    either = or_(legal_hold.c.contact_ref == contact, legal_hold.c.person_id == contact)
    query = select(legal_hold.c.id).where(legal_hold.c.tenant_id == tenant, either)
    return (await tx.execute(query.where(legal_hold.c.lifted_at.is_(None)))).first() is not None


async def held(tx: AsyncConnection, tenant: str, today: date) -> Subject:
    """Everybody on hold, as if they were one."""
    query = select(legal_hold).where(legal_hold.c.tenant_id == tenant, legal_hold.c.lifted_at.is_(None))
    rows = list(await tx.execute(query))
    contacts = [row.contact_ref for row in rows if row.contact_ref]
    return await subjects_of(tx, tenant, today, contacts, [row.person_id for row in rows if row.person_id])
