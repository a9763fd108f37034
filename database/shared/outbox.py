"""What the database owes to Temporal: written with the fact, delivered at least once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.bulk import insert_all
from database.shared.tables import outbox, tenant
from domain.case import Case

START = "start"
RING = "ring"


@dataclass(frozen=True)
class Owed:
    """One start or ring. ``at`` is when its fact happened (virtual in a simulation)."""

    id: int
    kind: str
    case: Case
    fact: str
    at: datetime


async def owe(tx: AsyncConnection, kind: str, case: Case, fact: str, at: datetime, key: str) -> bool:
    """Promise a start or a ring in the caller's transaction. False if the same key is owed already."""
    row = {
        "tenant_id": case.tenant, "kind": kind, "process": case.process, "ref": case.ref,
        "fact": fact, "at": at, "key": f"{kind}:{case.process}:{case.ref}:{key}",
    }  # fmt: skip
    made = await tx.execute(insert(outbox).values(row).on_conflict_do_nothing().returning(outbox.c.id))
    return made.first() is not None


async def owe_all(tx: AsyncConnection, kind: str, cases: Mapping[str, Case], fact: str, at: datetime) -> None:
    """The same fact about many cases, by their keys."""
    rows = [
        {"tenant_id": case.tenant, "kind": kind, "process": case.process, "ref": case.ref,
         "fact": fact, "at": at, "key": f"{kind}:{case.process}:{case.ref}:{key}"}
        for key, case in cases.items()
    ]  # fmt: skip
    if rows:
        await tx.execute(insert_all(outbox, rows).on_conflict_do_nothing())


async def take(tx: AsyncConnection, tenant_id: str, limit: int = 100, ref: str | None = None) -> list[Owed]:
    """The oldest undelivered rows, of one case's reference if given, locked for this transaction.

    Rows another relay holds are passed over. What failed comes last, so that it holds up nothing else.
    """
    query = (
        select(outbox, tenant.c.zone)
        .join(tenant, tenant.c.id == outbox.c.tenant_id)
        .where(outbox.c.tenant_id == tenant_id, outbox.c.delivered_at.is_(None))
        .order_by(outbox.c.attempts, outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=outbox)
    )
    if ref is not None:
        query = query.where(outbox.c.ref == ref)
    return [_owed(row) for row in await tx.execute(query)]


async def hand_over(tx: AsyncConnection, tenant_id: str, ref: str) -> list[Owed]:
    """What is owed to the processes of one reference, as delivered: for a caller who has no one to share with
    and begins anew should it not arrive.
    """
    row = outbox.c
    given = update(outbox).where(row.tenant_id == tenant_id, row.ref == ref, row.delivered_at.is_(None))
    given = given.where(tenant.c.id == row.tenant_id).values(delivered_at=func.now())
    rows = await tx.execute(given.returning(*row, tenant.c.zone))
    return sorted(map(_owed, rows), key=lambda owed: owed.id)


async def is_owed(tx: AsyncConnection, tenant_id: str, ref: str) -> bool:
    """To the processes of one reference."""
    row = outbox.c
    waits = select(row.id).where(row.tenant_id == tenant_id, row.ref == ref, row.delivered_at.is_(None))
    return (await tx.execute(waits.limit(1))).first() is not None


def _owed(row: Any) -> Owed:
    case = Case(row.tenant_id, row.process, row.ref, row.zone)
    return Owed(row.id, row.kind, case, row.fact, row.at)


async def settle(tx: AsyncConnection, tenant_id: str, ids: list[int], note: str) -> None:
    delivered = update(outbox).where(outbox.c.tenant_id == tenant_id, outbox.c.id.in_(ids))
    await tx.execute(delivered.values(delivered_at=func.now(), note=note, attempts=outbox.c.attempts + 1))


async def postpone(tx: AsyncConnection, tenant_id: str, row_id: int, note: str) -> None:
    failed = update(outbox).where(outbox.c.tenant_id == tenant_id, outbox.c.id == row_id)
    await tx.execute(failed.values(attempts=outbox.c.attempts + 1, note=note[:500]))
