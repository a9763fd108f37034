"""What needs a person now, and what people did about it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.business import seen
from database.shared.tables import alert
from domain.errors import Conflict, NotFound

LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Wanted:
    """``state``: open, untaken (and open), closed, all. Empty filters let everything through."""

    state: str = "open"
    team: str = ""
    process: str = ""
    ref: str = ""
    hidden: frozenset[str] = frozenset()


async def page_of_alerts(
    tx: AsyncConnection, tenant: str, wanted: Wanted, after: tuple[date, int] | None, limit: int
) -> list[Row[Any]]:
    """The most urgent first, beginning after a due date and number."""
    query = select(alert).where(alert.c.tenant_id == tenant, seen(alert.c.process, wanted.hidden))
    if wanted.state in ("open", "untaken"):
        query = query.where(alert.c.closed_at.is_(None))
    if wanted.state == "untaken":
        query = query.where(alert.c.taken_at.is_(None))
    if wanted.state == "closed":
        query = query.where(alert.c.closed_at.is_not(None))
    for column in (alert.c.team, alert.c.process, alert.c.ref):
        if asked := getattr(wanted, column.name):
            query = query.where(column == asked)
    order = (alert.c.due_on, alert.c.id)
    if after:
        query = query.where(tuple_(*order) > tuple_(literal(after[0]), literal(after[1])))
    return list(await tx.execute(query.order_by(*order).limit(limit)))


async def alert_of(tx: AsyncConnection, tenant: str, alert_id: int, hidden: Collection[str] = ()) -> Row[Any]:
    """Raises NotFound."""
    mine = (alert.c.tenant_id == tenant, alert.c.id == alert_id, seen(alert.c.process, hidden))
    query = select(alert).where(*mine)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("alert", str(alert_id))
    return row


async def open_alerts(
    tx: AsyncConnection, tenant: str, limit: int = 100, hidden: Collection[str] = ()
) -> list[Row[Any]]:
    """Those nobody has closed, the most urgent first."""
    mine = (alert.c.tenant_id == tenant, alert.c.closed_at.is_(None), seen(alert.c.process, hidden))
    query = select(alert).where(*mine)
    return list(await tx.execute(query.order_by(alert.c.due_on, alert.c.id).limit(limit)))


async def count_open_alerts(tx: AsyncConnection, tenant: str, hidden: Collection[str] = ()) -> int:
    mine = (alert.c.tenant_id == tenant, alert.c.closed_at.is_(None), seen(alert.c.process, hidden))
    query = select(func.count()).where(*mine)
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
