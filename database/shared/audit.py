"""Who did what, when, from where, and what changed."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.tables import audit


@dataclass(frozen=True)
class Actor:
    """Where a command comes from. ``who`` is ``key:<id>``, ``link:<process>:<ref>``, ``webhook:<name>``…"""

    who: str
    ip: str = ""
    agent: str = ""
    request_id: str = ""


async def write(
    tx: AsyncConnection, tenant: str, actor: Actor, action: str, thing: str,
    before: dict[str, Any] | None = None, after: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    row = {
        "tenant_id": tenant, "who": actor.who, "action": action, "object": thing, "before": before,
        "after": after, "ip": actor.ip, "agent": actor.agent, "request_id": actor.request_id,
    }  # fmt: skip
    await tx.execute(insert(audit).values(row))
