"""What a decision of the past stood on: its row, the effects of that moment, and the texts of its books."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.tables import alert, decision, document, message
from domain.case import Case
from domain.errors import NotFound


async def decision_of(tx: AsyncConnection, tenant: str, id: int) -> Row[Any]:
    """Raises NotFound."""
    query = select(decision).where(decision.c.tenant_id == tenant, decision.c.id == id)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("decision", str(id))
    return row


async def done_before(tx: AsyncConnection, row: Row[Any]) -> frozenset[str]:
    """Keys of the steps that were done when this decision was taken.

    What it wanted itself was not done, although a first attempt may lie before it.
    """
    wanted = {step["key"] for step in row.steps}
    case = Case(row.tenant_id, row.process, row.ref, "")
    return frozenset(await _keys(tx, case, row.decided_at)) - wanted


async def _keys(tx: AsyncConnection, case: Case, at: datetime) -> set[str]:
    begun = [
        (message.c.step_key, message.c.wrote_at),
        (alert.c.key, alert.c.raised_at),
        (document.c.key, document.c.issued_at),
    ]
    queries = [
        select(key.label("key")).where(
            key.table.c.tenant_id == case.tenant, key.table.c.process == case.process,
            key.table.c.ref == case.ref, moment <= at,
        )
        for key, moment in begun
    ]  # fmt: skip
    return set((await tx.execute(union_all(*queries))).scalars())
