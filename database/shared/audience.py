"""Whoever holds a signed link: the person it was made for must still be there."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.contacts import Contact, contact_of
from database.shared.keys import Keyring, of_person
from database.shared.tables import person
from domain.errors import NotFound

ACTIVE = frozenset({"invited", "active"})


async def key_of(tx: AsyncConnection, keyring: Keyring, tenant: str, audience: str) -> str:
    """The id of the person's data key, which a link carries. Raises NotFound for no contact of ours."""
    await contact_of(tx, tenant, audience)
    return (await keyring.of(tx, tenant, of_person(audience))).id


async def check_audience(
    tx: AsyncConnection, keyring: Keyring, tenant: str, audience: str, key: str
) -> Contact:
    """Erased (their key is destroyed), deleted, or suspended everywhere they sign in: raises NotFound."""
    found = await contact_of(tx, tenant, audience)
    mine = (person.c.tenant_id == tenant, person.c.contact_ref == audience)
    states = set((await tx.execute(select(person.c.state).where(*mine))).scalars())
    if await keyring.by_id(tx, tenant, key) is None or (states and not states & ACTIVE):
        raise NotFound("link", audience)
    return found
