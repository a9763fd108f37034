"""People we write to, and what they do not want."""

from dataclasses import dataclass
from datetime import time
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.tables import contact, opt_out, tenant
from domain.case import Case
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.opaque import telling_mistakes
from domain.throttle import Limits


@dataclass(frozen=True)
class Contact:
    """``channels`` is the person's own order of preference; empty: the rule's order holds."""

    ref: str
    full_name: str
    email: str | None
    phone: str | None
    locale: str
    channels: tuple[str, ...] = ()

    def address(self, channel: str) -> str | None:
        return self.email if channel == "email" else self.phone


@dataclass(frozen=True)
class Tenant:
    id: str
    name: str
    country: str
    zone: str
    currency: str
    locale: str
    quiet_from: time
    quiet_until: time
    rules_need_approval: bool = False
    sms_a_day: int = 4
    email_a_day: int = 8
    sms_a_week: int = 15
    email_a_week: int = 30
    second_factor: str = "staff"

    def limits(self, channel: str) -> Limits:
        """How many messages one person gets on a channel, at most."""
        if channel == "email":
            return Limits(self.email_a_day, self.email_a_week)
        return Limits(self.sms_a_day, self.sms_a_week)

    def case(self, process: str, ref: str) -> Case:
        return Case(self.id, process, ref, self.zone)


async def tenant_of(tx: AsyncConnection, tenant_id: str) -> Tenant:
    """Raises NotFound."""
    row = (await tx.execute(select(tenant).where(tenant.c.id == tenant_id))).first()
    if row is None:
        raise NotFound("tenant", tenant_id)
    return tenant_from(row)


def tenant_from(row: Row[Any]) -> Tenant:
    return Tenant(
        row.id, row.name, row.country, row.zone, row.currency, row.locale, row.quiet_from, row.quiet_until,
        row.rules_need_approval, row.sms_a_day, row.email_a_day, row.sms_a_week, row.email_a_week,
        row.second_factor,
    )  # fmt: skip


async def tenants(tx: AsyncConnection) -> list[str]:
    """Shadows are none: nothing of the platform's own runs for them."""
    real = select(tenant.c.id).where(tenant.c.shadow_of.is_(None))
    return list((await tx.execute(real.order_by(tenant.c.id))).scalars())


async def contact_of(tx: AsyncConnection, tenant_id: str, ref: str) -> Contact:
    """Raises NotFound."""
    found = await contact_or_none(tx, tenant_id, ref)
    if found is None:
        raise NotFound("contact", ref)
    return found


async def contacts_to_write_to(tx: AsyncConnection, tenant_id: str, refs: set[str]) -> list[Contact]:
    """In the order of their references; ones that are not there are left out.

    Held until the transaction ends: of two processes that write to one person, the second counts what the
    first one wrote.
    """
    query = select(contact).where(contact.c.tenant_id == tenant_id, contact.c.ref.in_(refs))
    held = query.order_by(contact.c.ref).with_for_update(key_share=True)
    return [_contact(row) for row in await tx.execute(held)] if refs else []


async def page_of_contacts(tx: AsyncConnection, tenant_id: str, after: str, limit: int) -> list[Contact]:
    """In the order of their references, beginning after the reference ``after``."""
    query = select(contact).where(contact.c.tenant_id == tenant_id, contact.c.ref > after)
    query = query.where(contact.c.erased_at.is_(None))
    return [_contact(row) for row in await tx.execute(query.order_by(contact.c.ref).limit(limit))]


def _contact(row: Row[Any]) -> Contact:
    return Contact(row.ref, row.full_name, row.email, row.phone, row.locale, tuple(row.channels))


async def check_opaque(tx: AsyncConnection, tenant_id: str, ref: str, *about: str) -> None:
    """Raises BadInput when a new reference names one of the people (contacts) it is about, and Conflict when
    one of them was erased. They are held until the transaction ends: an erasure beside it waits.
    """
    mistakes: list[Mistake] = []
    await hold_living(tx, tenant_id, *about)
    for known in [await contact_or_none(tx, tenant_id, one) for one in about]:
        if known is not None:
            mistakes += telling_mistakes("ref", ref, known.full_name, known.email, known.phone)
    if mistakes:
        raise BadInput(mistakes[0])


async def hold_living(tx: AsyncConnection, tenant_id: str, *refs: str) -> None:
    """Until the transaction ends. Raises Conflict when one of them was erased."""
    mine = (contact.c.tenant_id == tenant_id, contact.c.ref.in_(refs))
    held = select(contact.c.ref, contact.c.erased_at).where(*mine).order_by(contact.c.ref)
    for row in await tx.execute(held.with_for_update(read=True)):
        if row.erased_at is not None:
            raise Conflict(f"the person {row.ref} was erased; nothing new begins with them")


async def contact_or_none(tx: AsyncConnection, tenant_id: str, ref: str) -> Contact | None:
    query = select(contact).where(contact.c.tenant_id == tenant_id, contact.c.ref == ref)
    row = (await tx.execute(query)).first()
    return _contact(row) if row else None


async def save_contact(tx: AsyncConnection, tenant_id: str, person: Contact) -> bool:
    """Write a contact by its reference. True if something is new; never of who was erased."""
    values: dict[str, Any] = {
        "full_name": person.full_name, "email": person.email, "phone": person.phone,
        "locale": person.locale, "channels": list(person.channels),
    }  # fmt: skip
    saved = insert(contact).values(tenant_id=tenant_id, ref=person.ref, **values)
    changed = func.row(*(contact.c[name] for name in values)).is_distinct_from(
        func.row(*(saved.excluded[name] for name in values))
    )
    changed &= contact.c.erased_at.is_(None)
    done = await tx.execute(
        saved.on_conflict_do_update(index_elements=["tenant_id", "ref"], set_=values, where=changed)
    )
    return done.rowcount > 0


async def is_erased(tx: AsyncConnection, tenant_id: str, ref: str) -> bool:
    """Their reference stays taken: nobody else is to stand in their place."""
    mine = (contact.c.tenant_id == tenant_id, contact.c.ref == ref, contact.c.erased_at.is_not(None))
    return (await tx.execute(select(contact.c.ref).where(*mine))).first() is not None


async def opt_outs_of(tx: AsyncConnection, tenant_id: str, addresses: list[str]) -> set[tuple[str, str]]:
    query = select(opt_out.c.channel, opt_out.c.address).where(
        opt_out.c.tenant_id == tenant_id, opt_out.c.address.in_(addresses)
    )
    return {(row.channel, row.address) for row in await tx.execute(query)}


async def write_opt_out(tx: AsyncConnection, tenant_id: str, channel: str, address: str, reason: str) -> None:
    row = {"tenant_id": tenant_id, "channel": channel, "address": address, "reason": reason}
    await tx.execute(insert(opt_out).values(row).on_conflict_do_nothing())
