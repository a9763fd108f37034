"""Endpoints of external tools: made, changed, given new secrets, disabled, removed."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import outbox
from database.shared.contacts import tenant_of
from database.shared.keys import TENANT, Keyring
from database.shared.webhook_tables import webhook_delivery, webhook_endpoint
from domain.errors import BadInput, Conflict, NotFound
from domain.network import Outgoing
from domain.platform.webhook import (
    DISABLED,
    ENABLED,
    FAILED,
    PENDING,
    REMOVED,
    SECRET_BYTES,
    secret_text,
    type_mistakes,
    url_mistakes,
)

PROCESS = "platform.webhook"
MOST_ENDPOINTS = 20
OPEN_INTERNET = Outgoing()


@dataclass(frozen=True)
class Asked:
    """``types`` empty: every type, those to come as well."""

    url: str
    description: str
    types: tuple[str, ...]


@dataclass(frozen=True)
class Endpoint:
    """``reason`` says why it is disabled; ``failing_since`` is when its present trouble began."""

    id: str
    url: str
    description: str
    types: tuple[str, ...]
    state: str
    reason: str
    failing_since: datetime | None
    old_secret_until: datetime | None
    created_at: datetime
    created_by: str


async def create(
    tx: AsyncConnection, tenant: str, asked: Asked, keyring: Keyring, by: str, at: datetime,
    outgoing: Outgoing = OPEN_INTERNET,
) -> tuple[Endpoint, str]:  # fmt: skip
    """The endpoint and its secret, which is shown this once. Raises BadInput, and Conflict for too many."""
    _check(asked, outgoing)
    one_at_a_time = func.pg_advisory_xact_lock(func.hashtextextended(f"{tenant} webhooks", 0))
    await tx.execute(select(one_at_a_time))
    if len(await endpoints(tx, tenant)) >= MOST_ENDPOINTS:
        raise Conflict(f"there are {MOST_ENDPOINTS} endpoints already; remove one first")
    id, secret = f"we_{secrets.token_hex(8)}", secrets.token_bytes(SECRET_BYTES)
    row = {
        "tenant_id": tenant, "id": id, "url": asked.url, "description": asked.description,
        "types": list(asked.types), "created_at": at, "created_by": by,
        "secret": await keyring.seal(tx, tenant, TENANT, secret, about(id)),
    }  # fmt: skip
    await tx.execute(insert(webhook_endpoint).values(row))
    return await endpoint_of(tx, tenant, id), secret_text(secret)


async def change(
    tx: AsyncConnection, tenant: str, id: str, asked: Asked, outgoing: Outgoing = OPEN_INTERNET
) -> Endpoint:
    """Raises NotFound and BadInput."""
    _check(asked, outgoing)
    await _update(tx, tenant, id, url=asked.url, description=asked.description, types=list(asked.types))
    return await endpoint_of(tx, tenant, id)


async def rotate(
    tx: AsyncConnection, tenant: str, id: str, keyring: Keyring, until: datetime
) -> tuple[Endpoint, str]:
    """A new secret; until then everything is signed with both. Raises NotFound."""
    row = await held(tx, tenant, id)
    secret = secrets.token_bytes(SECRET_BYTES)
    sealed = await keyring.seal(tx, tenant, TENANT, secret, about(id))
    await _update(tx, tenant, id, secret=sealed, old_secret=row.secret, old_until=until)
    return await endpoint_of(tx, tenant, id), secret_text(secret)


async def enable(tx: AsyncConnection, tenant: str, id: str, at: datetime) -> Endpoint:
    """Told anew from here on; what it missed is sent when it is asked for. Raises NotFound."""
    await _update(tx, tenant, id, state=ENABLED, reason="", failing_since=None, probe_at=None)
    await ring(tx, tenant, id, "webhook.enabled", at)
    return await endpoint_of(tx, tenant, id)


async def disable(tx: AsyncConnection, tenant: str, id: str, reason: str, at: datetime) -> Endpoint:
    """What is under way is given up. Raises NotFound."""
    await _end(tx, tenant, id, DISABLED, reason, at)
    return await endpoint_of(tx, tenant, id)


async def remove(tx: AsyncConnection, tenant: str, id: str, at: datetime) -> None:
    """Its secrets go; that it was there stays on record. Raises NotFound."""
    await _end(tx, tenant, id, REMOVED, "removed", at)
    mine = (webhook_endpoint.c.tenant_id == tenant) & (webhook_endpoint.c.id == id)
    await tx.execute(update(webhook_endpoint).where(mine).values(secret=b"", old_secret=None, url=""))


async def _end(tx: AsyncConnection, tenant: str, id: str, state: str, reason: str, at: datetime) -> None:
    await _update(tx, tenant, id, state=state, reason=reason)
    mine = (webhook_delivery.c.tenant_id == tenant) & (webhook_delivery.c.endpoint_id == id)
    given_up = update(webhook_delivery).where(mine, webhook_delivery.c.state == PENDING)
    await tx.execute(given_up.values(state=FAILED, problem=f"the endpoint was {state}"))
    await ring(tx, tenant, id, f"webhook.{state}", at)


async def ring(tx: AsyncConnection, tenant: str, id: str, fact: str, at: datetime) -> None:
    """Open the endpoint's process, or wake it."""
    case = (await tenant_of(tx, tenant)).case(PROCESS, id)
    await outbox.owe(tx, outbox.START, case, fact, at, secrets.token_hex(8))


async def endpoints(tx: AsyncConnection, tenant: str) -> list[Endpoint]:
    mine = (webhook_endpoint.c.tenant_id == tenant) & (webhook_endpoint.c.state != REMOVED)
    query = (
        select(webhook_endpoint).where(mine).order_by(webhook_endpoint.c.created_at, webhook_endpoint.c.id)
    )
    return [_endpoint(row) for row in await tx.execute(query)]


async def endpoint_of(tx: AsyncConnection, tenant: str, id: str) -> Endpoint:
    """Raises NotFound."""
    return _endpoint(await _row(tx, tenant, id, lock=False))


async def held(tx: AsyncConnection, tenant: str, id: str) -> Row[Any]:
    """The row, nobody else's to change until the transaction ends. Raises NotFound."""
    return await _row(tx, tenant, id, lock=True)


async def _row(tx: AsyncConnection, tenant: str, id: str, lock: bool) -> Row[Any]:
    mine = (webhook_endpoint.c.tenant_id == tenant) & (webhook_endpoint.c.id == id)
    query = select(webhook_endpoint).where(mine, webhook_endpoint.c.state != REMOVED)
    row = (await tx.execute(query.with_for_update(key_share=True) if lock else query)).first()
    if row is None:
        raise NotFound("webhook endpoint", id)
    return row


async def enabled(tx: AsyncConnection, tenant: str, id: str) -> Row[Any]:
    """Raises NotFound, and Conflict when it is disabled."""
    row = await held(tx, tenant, id)
    if row.state != ENABLED:
        raise Conflict(f"the endpoint {id} is disabled ({row.reason}); enable it first")
    return row


async def _update(tx: AsyncConnection, tenant: str, id: str, **values: Any) -> None:
    mine = (webhook_endpoint.c.tenant_id == tenant) & (webhook_endpoint.c.id == id)
    done = await tx.execute(
        update(webhook_endpoint).where(mine, webhook_endpoint.c.state != REMOVED).values(values)
    )
    if not done.rowcount:
        raise NotFound("webhook endpoint", id)


def about(id: str) -> str:
    """Where the secret stands: sealed for there, it opens nowhere else."""
    return f"webhook_endpoint:{id}"


def _check(asked: Asked, outgoing: Outgoing) -> None:
    mistakes = [*url_mistakes(asked.url, outgoing), *type_mistakes(asked.types)]
    if mistakes:
        raise BadInput(*mistakes)


def _endpoint(row: Row[Any]) -> Endpoint:
    return Endpoint(
        row.id, row.url, row.description, tuple(row.types), row.state, row.reason, row.failing_since,
        row.old_until, row.created_at, row.created_by,
    )  # fmt: skip
