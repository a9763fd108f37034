"""What needs a person now, and what people did about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.tables import alert
from domain.errors import Conflict, NotFound


async def open_alerts(tx: AsyncConnection, tenant: str, limit: int = 100) -> list[Row[Any]]:
    """Those nobody has closed, the most urgent first."""
    query = select(alert).where(alert.c.tenant_id == tenant, alert.c.closed_at.is_(None))
    return list(await tx.execute(query.order_by(alert.c.due_on, alert.c.id).limit(limit)))


async def count_open_alerts(tx: AsyncConnection, tenant: str) -> int:
    query = select(func.count()).where(alert.c.tenant_id == tenant, alert.c.closed_at.is_(None))
    return int((await tx.execute(query)).scalar_one())


async def take_alert(tx: AsyncConnection, tenant: str, alert_id: int, by: str, at: datetime) -> None:
    """Raises NotFound, and Conflict when someone else has it or it is closed."""
    free = (alert.c.taken_by.is_(None), alert.c.closed_at.is_(None))
    await _change(tx, tenant, alert_id, free, {"taken_by": by, "taken_at": at})


async def close_alert(
    tx: AsyncConnection, tenant: str, alert_id: int, by: str, note: str, at: datetime
) -> None:
    """Raises NotFound, and Conflict when it is closed already."""
    values = {"closed_by": by, "closed_at": at, "note": note}
    await _change(tx, tenant, alert_id, (alert.c.closed_at.is_(None),), values)


async def _change(
    tx: AsyncConnection, tenant: str, alert_id: int, allowed: tuple[Any, ...], values: dict[str, Any]
) -> None:
    mine = (alert.c.tenant_id == tenant, alert.c.id == alert_id)
    done = await tx.execute(update(alert).where(*mine, *allowed).values(values))
    if done.rowcount:
        return
    row = (await tx.execute(select(alert).where(*mine))).first()
    if row is None:
        raise NotFound("alert", str(alert_id))
    if row.closed_at is not None:
        raise Conflict(f"the alert {alert_id} was closed by {row.closed_by}")
    raise Conflict(f"the alert {alert_id} was taken by {row.taken_by}")
