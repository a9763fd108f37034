"""Data keys: one for each tenant, person and case. Destroying a key takes away what it sealed, everywhere."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.sealing import (
    DataKey,
    MasterKeys,
    Unopenable,
    key_id_of,
    new_secret,
    open_with,
    seal_under,
)
from database.shared.tables import data_key

TENANT = "tenant"


def of_person(contact_ref: str) -> str:
    return f"person:{contact_ref}"


def of_case(process: str, ref: str) -> str:
    return f"case:{process}:{ref}"


@dataclass(frozen=True)
class Keyring:
    """Seals under the key of an owner: ``TENANT``, or what `of_person` and `of_case` give.

    ``about`` names the place of the value (``person_totp:p_12ab``); the tenant is part of it by itself.
    """

    master: MasterKeys

    async def seal(self, tx: AsyncConnection, tenant: str, owner: str, plain: bytes, about: str) -> bytes:
        key = await self.of(tx, tenant, owner)
        return seal_under(key, plain, f"{tenant}:{about}")

    async def open(self, tx: AsyncConnection, tenant: str, sealed: bytes, about: str) -> bytes:
        """Raises Unopenable, too when the key was destroyed."""
        key = await self.by_id(tx, tenant, key_id_of(sealed))
        if key is None:
            raise Unopenable("the key was destroyed, and what it sealed with it")
        return open_with(key, sealed, f"{tenant}:{about}")

    async def of(self, tx: AsyncConnection, tenant: str, owner: str) -> DataKey:
        """The owner's key, made at the first call. After a destruction the next one is another key."""
        return await self._present(tx, tenant, owner) or await self._made(tx, tenant, owner)

    async def by_id(self, tx: AsyncConnection, tenant: str, id: str) -> DataKey | None:
        """Nothing for a key that was destroyed or never was."""
        query = select(data_key).where(data_key.c.tenant_id == tenant, data_key.c.id == id)
        row = (await tx.execute(query)).first()
        if row is None or row.wrapped is None:
            return None
        return DataKey(id, self.master.unwrap(row.master, bytes(row.wrapped), f"{tenant}:{id}"))

    async def destroy(self, tx: AsyncConnection, tenant: str, owner: str, at: datetime, why: str) -> bool:
        """False when the owner has none. What other processes hold in memory they forget within a minute."""
        mine = (
            (data_key.c.tenant_id == tenant) & (data_key.c.owner == owner) & data_key.c.wrapped.is_not(None)
        )
        gone = update(data_key).where(mine).values(wrapped=None, destroyed_at=at, destroyed_for=why)
        return bool((await tx.execute(gone)).rowcount)

    async def rewrap(self, tx: AsyncConnection, tenant: str, limit: int = 500) -> int:
        """Put keys that an older master key wraps under the newest. Returns how many there were, up to it."""
        old = data_key.c.wrapped.is_not(None) & (data_key.c.master != self.master.first)
        query = select(data_key).where(data_key.c.tenant_id == tenant, old).limit(limit)
        rows = (await tx.execute(query.with_for_update(skip_locked=True))).all()
        for row in rows:
            secret = self.master.unwrap(row.master, bytes(row.wrapped), f"{tenant}:{row.id}")
            master, wrapped = self.master.wrap(secret, f"{tenant}:{row.id}")
            mine = (data_key.c.tenant_id == tenant) & (data_key.c.id == row.id)
            await tx.execute(update(data_key).where(mine).values(master=master, wrapped=wrapped))
        return len(rows)

    async def _present(self, tx: AsyncConnection, tenant: str, owner: str) -> DataKey | None:
        in_use = (data_key.c.owner == owner) & data_key.c.wrapped.is_not(None)
        row = (await tx.execute(select(data_key).where(data_key.c.tenant_id == tenant, in_use))).first()
        if row is None:
            return None
        return DataKey(row.id, self.master.unwrap(row.master, bytes(row.wrapped), f"{tenant}:{row.id}"))

    async def _made(self, tx: AsyncConnection, tenant: str, owner: str) -> DataKey:
        """Of two that are made at once, the one that was written first holds."""
        key = DataKey(secrets.token_hex(8), new_secret())
        master, wrapped = self.master.wrap(key.secret, f"{tenant}:{key.id}")
        row = {"tenant_id": tenant, "id": key.id, "owner": owner, "wrapped": wrapped, "master": master}
        written = insert(data_key).values(row).on_conflict_do_nothing().returning(data_key.c.id)
        if (await tx.execute(written)).first():
            return key
        present = await self._present(tx, tenant, owner)
        assert present is not None, "a key was there, and is not seen"
        return present


async def destroyed_keys(tx: AsyncConnection, tenant: str) -> list[str]:
    """Their ids."""
    query = select(data_key.c.id).where(data_key.c.tenant_id == tenant, data_key.c.wrapped.is_(None))
    return list((await tx.execute(query)).scalars())
