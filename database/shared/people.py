"""People who sign in: invited, active, suspended, or erased."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.contacts import contact_of, hold_living
from database.shared.tables import api_key, person
from domain.access import role_mistakes
from domain.errors import BadInput, Conflict, NotFound

INVITED, ACTIVE, SUSPENDED, ERASED = "invited", "active", "suspended", "erased"
GONE = "this person was erased"


@dataclass(frozen=True)
class Person:
    """``contact_ref`` is what the person's own things hang on; empty for who owns nothing."""

    id: str
    email: str
    full_name: str
    locale: str
    roles: frozenset[str]
    contact_ref: str
    state: str
    created_at: datetime | None = None
    last_seen_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        return self.state == ACTIVE


@dataclass(frozen=True)
class Invited:
    email: str
    full_name: str
    roles: frozenset[str]
    locale: str = "fr"
    contact_ref: str = ""


async def invite(tx: AsyncConnection, tenant: str, who: Invited, by: str, state: str = INVITED) -> Person:
    """Raises BadInput (roles), NotFound (contact), and Conflict (the address is somebody's, or the contact
    was erased).
    """
    if mistakes := role_mistakes(who.roles):
        raise BadInput(*mistakes)
    if who.contact_ref:
        await contact_of(tx, tenant, who.contact_ref)
        await hold_living(tx, tenant, who.contact_ref)
    row = {
        "tenant_id": tenant, "id": f"p{secrets.token_hex(6)}", "email": who.email, "state": state,
        "full_name": who.full_name, "locale": who.locale, "roles": sorted(who.roles),
        "contact_ref": who.contact_ref or None, "created_by": by,
    }  # fmt: skip
    if await person_by_email(tx, tenant, who.email):
        raise Conflict("a person with this email address is there already; change their roles instead")
    try:
        made = (await tx.execute(insert(person).values(row).returning(person))).one()
    except IntegrityError:
        raise Conflict("a person with this email address was invited at the same moment") from None
    return _person(made)


async def person_of(tx: AsyncConnection, tenant: str, id: str) -> Person:
    """Raises NotFound."""
    found = await person_or_none(tx, tenant, id)
    if found is None:
        raise NotFound("person", id)
    return found


async def person_or_none(tx: AsyncConnection, tenant: str, id: str) -> Person | None:
    row = (await tx.execute(select(person).where(person.c.tenant_id == tenant, person.c.id == id))).first()
    return _person(row) if row else None


async def person_by_email(tx: AsyncConnection, tenant: str, email: str) -> Person | None:
    mine = (person.c.tenant_id == tenant) & (func.lower(person.c.email) == email.strip().lower())
    row = (await tx.execute(select(person).where(mine, person.c.state != ERASED))).first()
    return _person(row) if row else None


async def human_behind(tx: AsyncConnection, tenant: str, who: str) -> str:
    """``person:<id>`` for a person and for the keys that they made; else ``who`` itself."""
    if not who.startswith("key:"):
        return who
    query = select(api_key.c.owner).where(api_key.c.tenant_id == tenant, api_key.c.id == who[4:])
    owner = (await tx.execute(query)).scalar_one_or_none()
    return f"person:{owner}" if owner else who


async def page_of_people(tx: AsyncConnection, tenant: str, after: str, limit: int) -> list[Person]:
    query = select(person).where(person.c.tenant_id == tenant, person.c.id > after, person.c.state != ERASED)
    return [_person(row) for row in await tx.execute(query.order_by(person.c.id).limit(limit))]


async def change(
    tx: AsyncConnection, tenant: str, id: str, roles: Sequence[str] | None = None, state: str | None = None
) -> Person:
    """Raises NotFound, BadInput (roles), and Conflict for the last administrator and for who is erased."""
    await _hold(tx, tenant)
    before = await person_of(tx, tenant, id)
    if before.state == ERASED:
        raise Conflict(GONE)
    values: dict[str, Any] = {}
    if roles is not None:
        if mistakes := role_mistakes(roles):
            raise BadInput(*mistakes)
        values["roles"] = sorted(set(roles))
    if state is not None:
        values["state"] = state
    if values:
        mine = (person.c.tenant_id == tenant) & (person.c.id == id)
        await tx.execute(update(person).where(mine).values(values))
    if _leads(before) and not await _administrators(tx, tenant):
        raise Conflict("the tenant would be left without an administrator; make another one first")
    return await person_of(tx, tenant, id)


async def seen(tx: AsyncConnection, tenant: str, id: str, at: datetime) -> None:
    """They have signed in: an invitation is accepted by it."""
    mine = (person.c.tenant_id == tenant) & (person.c.id == id)
    await tx.execute(update(person).where(mine).values(last_seen_at=at))
    await tx.execute(update(person).where(mine, person.c.state == INVITED).values(state=ACTIVE))


async def active_with(tx: AsyncConnection, tenant: str, role: str) -> list[str]:
    """Ids of those who are active and have this role."""
    mine = person.c.roles.contains([role])
    query = select(person.c.id).where(person.c.tenant_id == tenant, mine, person.c.state == ACTIVE)
    return list((await tx.execute(query.order_by(person.c.id))).scalars())


async def correct(tx: AsyncConnection, tenant: str, id: str, **values: str) -> Person:
    """Name, email and locale. Raises NotFound, and Conflict: somebody else's address, or who was erased."""
    if (await person_of(tx, tenant, id)).state == ERASED:
        raise Conflict(GONE)
    taken = "a person with this email address is there already"
    if "email" in values:
        other = await person_by_email(tx, tenant, values["email"])
        if other is not None and other.id != id:
            raise Conflict(taken)
    mine = (person.c.tenant_id == tenant) & (person.c.id == id)
    try:
        await tx.execute(update(person).where(mine).values(values))
    except IntegrityError:
        raise Conflict(taken) from None
    return await person_of(tx, tenant, id)


def _leads(one: Person) -> bool:
    return one.is_active and "administrator" in one.roles


async def _hold(tx: AsyncConnection, tenant: str) -> None:
    """Of two administrators who take each other's role away at once, one waits and is refused."""
    mine = person.c.roles.contains(["administrator"])
    query = select(person.c.id).where(person.c.tenant_id == tenant, mine).order_by(person.c.id)
    await tx.execute(query.with_for_update())


async def _administrators(tx: AsyncConnection, tenant: str) -> int:
    mine = (person.c.tenant_id == tenant) & person.c.roles.contains(["administrator"])
    query = select(func.count()).select_from(person).where(mine, person.c.state == ACTIVE)
    return int((await tx.execute(query)).scalar_one())


def _person(row: Row[Any]) -> Person:
    return Person(
        row.id, row.email, row.full_name, row.locale, frozenset(row.roles), row.contact_ref or "", row.state,
        row.created_at, row.last_seen_at,
    )  # fmt: skip
