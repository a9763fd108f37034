"""What endpoints are told: what is due, what became of it, and what is told again."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, insert, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.webhook_tables import webhook_delivery, webhook_endpoint, webhook_event
from database.shared.webhooks import enabled, endpoint_of, ring
from domain.errors import NotFound
from domain.platform.webhook import DELIVERED, FAILED, PENDING, TEST, Receipt, next_try


@dataclass(frozen=True)
class Delivery:
    """What happened, and what became of telling it. ``status`` is of the last answer, if one came."""

    event: str
    type: str
    at: datetime
    data: dict[str, Any]
    state: str
    attempts: int
    due_at: datetime
    tried_at: datetime | None
    status: int | None
    problem: str
    took_ms: int | None


async def test(tx: AsyncConnection, tenant: str, id: str, at: datetime) -> Delivery:
    """An event for this endpoint alone. Raises NotFound, and Conflict when it is disabled."""
    await enabled(tx, tenant, id)
    event = f"evt_{secrets.token_hex(16)}"
    told = {"tenant_id": tenant, "id": event, "type": TEST, "at": at, "data": {"endpoint": id}}
    await tx.execute(insert(webhook_event).values(told))
    owed = {"tenant_id": tenant, "endpoint_id": id, "event_id": event, "due_at": at}
    await tx.execute(insert(webhook_delivery).values(owed))
    await ring(tx, tenant, id, TEST, at)
    return await delivery_of(tx, tenant, id, event)


async def replay(tx: AsyncConnection, tenant: str, id: str, event: str, at: datetime) -> Delivery:
    """Tell one event again, as the same event. Raises NotFound, and Conflict when it is disabled."""
    await enabled(tx, tenant, id)
    known = select(webhook_event.c.id).where(webhook_event.c.tenant_id == tenant, webhook_event.c.id == event)
    if (await tx.execute(known)).first() is None:
        raise NotFound("event", event)
    values = {"tenant_id": tenant, "endpoint_id": id, "event_id": event, **_anew(at)}
    made = insert_or(webhook_delivery).values(values)
    key = ["tenant_id", "endpoint_id", "event_id"]
    await tx.execute(made.on_conflict_do_update(index_elements=key, set_=_anew(at)))
    await ring(tx, tenant, id, "webhook.replayed", at)
    return await delivery_of(tx, tenant, id, event)


async def replay_since(
    tx: AsyncConnection, tenant: str, id: str, since: datetime, at: datetime, delivered_too: bool = False
) -> int:
    """Tell again what the endpoint missed since a moment: what failed, and what came while it was disabled.

    How many events there are. Raises NotFound, and Conflict when it is disabled.
    """
    row = await enabled(tx, tenant, id)
    event = webhook_event.c
    theirs = select(event.tenant_id, literal(id), event.id, *(literal(one) for one in _anew(at).values()))
    theirs = theirs.where(event.tenant_id == tenant, event.at >= since, event.type != TEST)
    if row.types:
        theirs = theirs.where(event.type.in_(row.types))
    made = insert_or(webhook_delivery).from_select(
        ["tenant_id", "endpoint_id", "event_id", *_anew(at)], theirs
    )
    again = (FAILED, DELIVERED) if delivered_too else (FAILED,)
    missed = made.on_conflict_do_update(
        index_elements=["tenant_id", "endpoint_id", "event_id"], set_=_anew(at),
        where=webhook_delivery.c.state.in_(again),
    )  # fmt: skip
    done = missed.returning(webhook_delivery.c.event_id).cte()
    count = int((await tx.execute(select(func.count()).select_from(done))).scalar_one())
    if count:
        await ring(tx, tenant, id, "webhook.replayed", at)
    return count


def _anew(at: datetime) -> dict[str, Any]:
    return {"state": PENDING, "attempts": 0, "due_at": at, "problem": ""}


_SHOWN = select(
    webhook_event.c.id.label("event"), webhook_event.c.type, webhook_event.c.at, webhook_event.c.data,
    *(webhook_delivery.c[name] for name in (
        "state", "attempts", "due_at", "tried_at", "status", "problem", "took_ms")),
).join(
    webhook_delivery,
    and_(webhook_delivery.c.tenant_id == webhook_event.c.tenant_id,
         webhook_delivery.c.event_id == webhook_event.c.id),
)  # fmt: skip


async def deliveries(
    tx: AsyncConnection, tenant: str, id: str, state: str, before: tuple[datetime, str] | None, limit: int
) -> list[Delivery]:
    """The latest first, of one state if it is given. Raises NotFound."""
    await endpoint_of(tx, tenant, id)
    query = _SHOWN.where(webhook_delivery.c.tenant_id == tenant, webhook_delivery.c.endpoint_id == id)
    order = (webhook_event.c.at, webhook_event.c.id)
    if state:
        query = query.where(webhook_delivery.c.state == state)
    if before:
        query = query.where(tuple_(*order) < tuple_(literal(before[0]), literal(before[1])))
    rows = await tx.execute(query.order_by(*(one.desc() for one in order)).limit(limit))
    return [_delivery(row) for row in rows]


async def delivery_of(tx: AsyncConnection, tenant: str, id: str, event: str) -> Delivery:
    """Raises NotFound."""
    mine = (webhook_delivery.c.tenant_id == tenant, webhook_delivery.c.endpoint_id == id)
    row = (await tx.execute(_SHOWN.where(*mine, webhook_delivery.c.event_id == event))).first()
    if row is None:
        raise NotFound("delivery", event)
    return _delivery(row)


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(**row._mapping)


async def due(tx: AsyncConnection, tenant: str, id: str, at: datetime, limit: int) -> list[Delivery]:
    """The longest due first."""
    mine = (webhook_delivery.c.tenant_id == tenant, webhook_delivery.c.endpoint_id == id)
    query = _SHOWN.where(*mine, webhook_delivery.c.state == PENDING, webhook_delivery.c.due_at <= at)
    order = (webhook_delivery.c.due_at, webhook_event.c.at, webhook_event.c.id)
    return [_delivery(row) for row in await tx.execute(query.order_by(*order).limit(limit))]


async def next_due(tx: AsyncConnection, tenant: str, id: str) -> datetime | None:
    mine = (webhook_delivery.c.tenant_id == tenant, webhook_delivery.c.endpoint_id == id)
    query = select(func.min(webhook_delivery.c.due_at)).where(*mine, webhook_delivery.c.state == PENDING)
    found: datetime | None = (await tx.execute(query)).scalar_one()
    return found


async def settle(
    tx: AsyncConnection, tenant: str, id: str, tried: Delivery, receipt: Receipt, at: datetime
) -> None:
    """Keep what became of one try. One that was replayed meanwhile stays due."""
    attempts = tried.attempts + 1
    again = None if receipt.accepted else next_try(attempts, at, receipt.retry_after)
    state = DELIVERED if receipt.accepted else PENDING if again else FAILED
    mine = and_(
        webhook_delivery.c.tenant_id == tenant, webhook_delivery.c.endpoint_id == id,
        webhook_delivery.c.event_id == tried.event, webhook_delivery.c.attempts == tried.attempts,
        webhook_delivery.c.state == PENDING, webhook_delivery.c.due_at == tried.due_at,
    )  # fmt: skip
    await tx.execute(
        update(webhook_delivery).where(mine).values(
            state=state, attempts=attempts, due_at=again or tried.due_at, tried_at=at,
            status=receipt.status, problem=receipt.problem, took_ms=receipt.took_ms,
        )
    )  # fmt: skip


async def well(tx: AsyncConnection, tenant: str, id: str) -> None:
    """The endpoint answers."""
    await tx.execute(_endpoint(tenant, id).values(failing_since=None, probe_at=None))


async def unwell(
    tx: AsyncConnection, tenant: str, id: str, since: datetime, probe_at: datetime | None
) -> None:
    """It has failed since then, and gets one request when the time has come."""
    await tx.execute(_endpoint(tenant, id).values(failing_since=since, probe_at=probe_at))


def _endpoint(tenant: str, id: str) -> Any:
    mine = (webhook_endpoint.c.tenant_id == tenant) & (webhook_endpoint.c.id == id)
    return update(webhook_endpoint).where(mine)
