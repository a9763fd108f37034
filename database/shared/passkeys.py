"""Passkeys (W3C Web Authentication): kept with the public half, counted, and blocked when a copy is seen."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert as put
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.token_tables import passkey, spent_challenge
from domain.errors import Conflict

MOST = 20
"""Of one person."""


@dataclass(frozen=True)
class Passkey:
    """``id`` is the authenticator's, in base64url; ``suspect_at``: a copy of it was seen at work."""

    id: str
    person: str
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    name: str
    created_at: datetime
    used_at: datetime | None = None
    suspect_at: datetime | None = None


async def add(tx: AsyncConnection, tenant: str, new: Passkey) -> None:
    """Raises Conflict for one that is there already, and for one too many."""
    if len(await passkeys_of(tx, tenant, new.person)) >= MOST:
        raise Conflict(f"there are {MOST} passkeys already; take one away first")
    row = {
        "tenant_id": tenant, "credential_id": new.id, "person_id": new.person, "name": new.name,
        "public_key": new.public_key, "sign_count": new.sign_count, "transports": list(new.transports),
        "created_at": new.created_at,
    }  # fmt: skip
    written = put(passkey).values(row).on_conflict_do_nothing().returning(passkey.c.credential_id)
    if (await tx.execute(written)).first() is None:
        raise Conflict("this passkey is there already")


async def passkeys_of(tx: AsyncConnection, tenant: str, person: str) -> list[Passkey]:
    mine = (passkey.c.tenant_id == tenant) & (passkey.c.person_id == person)
    rows = await tx.execute(
        select(passkey).where(mine).order_by(passkey.c.created_at, passkey.c.credential_id)
    )
    return [_passkey(row) for row in rows]


async def held_passkey(tx: AsyncConnection, tenant: str, person: str, id: str) -> Passkey | None:
    """Held until the transaction ends: of two who use it at once, one counts after the other."""
    mine = (passkey.c.tenant_id == tenant) & (passkey.c.person_id == person) & (passkey.c.credential_id == id)
    row = (await tx.execute(select(passkey).where(mine).with_for_update())).first()
    return _passkey(row) if row else None


async def count_use(tx: AsyncConnection, tenant: str, used: Passkey, sign_count: int, now: datetime) -> bool:
    """False when it counts backwards: then two of it are at work, and none opens anything from now on.

    Many authenticators count nothing and say 0 for ever.
    """
    mine = (passkey.c.tenant_id == tenant) & (passkey.c.credential_id == used.id)
    if (sign_count or used.sign_count) and sign_count <= used.sign_count:
        await tx.execute(update(passkey).where(mine).values(suspect_at=now))
        return False
    await tx.execute(update(passkey).where(mine).values(sign_count=sign_count, used_at=now))
    return True


async def remove(tx: AsyncConnection, tenant: str, person: str, id: str) -> bool:
    """False when the person has no such passkey."""
    mine = (passkey.c.tenant_id == tenant) & (passkey.c.person_id == person) & (passkey.c.credential_id == id)
    return (await tx.execute(delete(passkey).where(mine))).rowcount > 0


async def spend(tx: AsyncConnection, tenant: str, challenge: bytes, until: datetime, now: datetime) -> bool:
    """False for a challenge that was answered before. Those that nobody could answer any more are let go."""
    mine = spent_challenge.c.tenant_id == tenant
    await tx.execute(delete(spent_challenge).where(mine, spent_challenge.c.expires_at < now))
    row = {"tenant_id": tenant, "digest": hashlib.sha256(challenge).hexdigest(), "expires_at": until}
    written = put(spent_challenge).values(row).on_conflict_do_nothing().returning(spent_challenge.c.digest)
    return (await tx.execute(written)).first() is not None


def _passkey(row: Row[Any]) -> Passkey:
    return Passkey(
        row.credential_id, row.person_id, bytes(row.public_key), row.sign_count, tuple(row.transports),
        row.name, row.created_at, row.used_at, row.suspect_at,
    )  # fmt: skip
