"""Commands that were carried out under a client's own key, so that a repetition gets the first answer."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.tables import idempotency

LOCK = text("select pg_try_advisory_xact_lock(hashtextextended(:name, 0))")


class Claim(Enum):
    NEW = "new"
    UNDER_WAY = "under way"
    """Another transaction carries it out at this moment."""


@dataclass(frozen=True)
class Kept:
    fingerprint: str
    status: int
    body: Any


async def claim(tx: AsyncConnection, tenant: str, key: str) -> Kept | Claim:
    """What is kept under the key; NEW reserves it until the transaction ends."""
    if not (await tx.execute(LOCK, {"name": f"{tenant}:{key}"})).scalar():
        return Claim.UNDER_WAY
    query = select(idempotency).where(idempotency.c.tenant_id == tenant, idempotency.c.key == key)
    row = (await tx.execute(query)).first()
    return Kept(row.fingerprint, row.status, row.body) if row else Claim.NEW


async def keep(tx: AsyncConnection, tenant: str, key: str, kept: Kept) -> None:
    """In the command's own transaction: neither is there without the other."""
    row = {"tenant_id": tenant, "key": key, "fingerprint": kept.fingerprint, "status": kept.status}
    await tx.execute(insert(idempotency).values(**row, body=kept.body, created_at=func.now()))
