"""Who was refused what, in the trail: the route, or the thing if there is one. Nothing of what was typed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncConnection

from api.parts import Parts
from database.shared import audit, effects, ownership
from database.shared.audit import Actor
from database.shared.contacts import tenant_of
from domain.calendar import local_date
from domain.decision import Bilingual, Step

REFUSED = "access.refused"
PROCESS = "platform.access"
TRYING = Bilingual(
    "Beaucoup de refus pour une même personne ou clé ; voir le journal (access.refused)",
    "Many refusals to one person or key; see the trail (access.refused)",
)

WHATEVER = ("key", "ended")
"""A program goes on with a key that ended, all over: that is one thing."""


@dataclass(frozen=True)
class Attempt:
    """``why`` is a word of ours. ``kind`` and ``ref``: the thing that was asked for, if it was one."""

    why: str
    needed: str = ""
    kind: str = ""
    ref: str = ""


async def record(
    parts: Parts, tenant: str, actor: Actor, route: str, attempt: Attempt, now: datetime
) -> None:
    """In a transaction of its own: that of the request is rolled back."""
    place = "" if attempt.why in WHATEVER else route
    what = f"{attempt.why} {place} {attempt.kind}:{attempt.ref}"
    if not parts.refusals.is_news(tenant, actor.who, what, now):
        return
    async with parts.database.tenant(tenant) as tx:
        thing = await _thing(tx, tenant, attempt)
        if not thing and attempt.why == "key":
            return
        after = {"why": attempt.why, "route": route, "needed": attempt.needed or None}
        await audit.write(tx, tenant, actor, REFUSED, thing or f"route:{route}", after=after)
        if parts.refusals.note(tenant, actor.who, what, now):
            await _alert(tx, tenant, actor, now)


async def _thing(tx: AsyncConnection, tenant: str, attempt: Attempt) -> str:
    """Empty for what is not there: a reference that somebody made up may be anything."""
    there = attempt.kind and await ownership.exists(tx, tenant, attempt.kind, attempt.ref)
    return f"{attempt.kind}:{attempt.ref}" if there else ""


async def _alert(tx: AsyncConnection, tenant: str, actor: Actor, now: datetime) -> None:
    home = await tenant_of(tx, tenant)
    case = home.case(PROCESS, actor.who.rpartition(":")[2])
    key = f"{case.process}:{case.ref}:refused:{now:%Y-%m-%dT%H}"
    step = Step("refused", "alert", key, local_date(now, home.zone), to="operations", title=TRYING)
    await effects.raise_alert(tx, case, step, now)


def route_of(request: Request) -> str:
    """Its pattern: what stands in the address may be a name."""
    path: Any = getattr(request.scope.get("route"), "path", "unknown")
    return f"{request.method} {path}"
