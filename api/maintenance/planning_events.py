"""A search followed while it runs: server-sent events, one for each change."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Header
from starlette.responses import StreamingResponse

from api.fields import Ref
from api.maintenance.planning_fields import ReadsPlanning
from api.maintenance.planning_shapes import plan_shown
from database.maintenance import plans
from database.maintenance.plans import KnownPlan
from database.session import Database
from database.shared.contacts import tenant_of
from domain.errors import NotFound

router = APIRouter(prefix="/v1/planning/plans", tags=["Planning"])

EVERY = 0.5
"""Seconds between two looks at the plan."""
QUIET = 15.0
"""Seconds after which a comment tells what stands between that somebody is still here."""
LONGEST = 900.0
"""Seconds; whoever wants more asks again, and is let in again."""

TOLD: dict[int | str, Any] = {
    200: {"content": {"text/event-stream": {}}, "description": "`progress` events, and one `end`."}
}
LastSeen = Annotated[str, Header(alias="Last-Event-ID", max_length=100, description="The last one seen.")]


@router.get("/{ref}/events", response_class=StreamingResponse, responses=TOLD)
async def follow_plan(ref: Ref, here: ReadsPlanning, last: LastSeen = "") -> StreamingResponse:
    """The plan as `GET /v1/planning/plans/{ref}` has it, without its rounds, whenever it changes, until it is
    over. Who lost the connection sends `Last-Event-ID` and hears what is new.
    """
    await plans.plan_of(here.tx, here.tenant, ref)
    currency = (await tenant_of(here.tx, here.tenant)).currency
    stream = events(look_at(here.parts.database, here.tenant, ref), currency, last)
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


Look = Callable[[], AsyncIterator[KnownPlan]]


def look_at(database: Database, tenant: str, id: str) -> Look:
    """A transaction for each look: a search may last longer than any should."""

    async def look() -> AsyncIterator[KnownPlan]:
        waited = 0.0
        while waited < LONGEST:
            async with database.tenant(tenant) as tx:
                try:
                    found = await plans.plan_of(tx, tenant, id)
                except NotFound:
                    return
            yield found
            if not found.is_open:
                return
            await asyncio.sleep(EVERY)
            waited += EVERY

    return look


async def events(look: Look, currency: str, last: str = "") -> AsyncIterator[str]:
    """What was told already is not told again."""
    silent = 0.0
    async for found in look():
        data = plan_shown(found, currency).model_dump(mode="json")
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        mark = hashlib.sha256(text.encode()).hexdigest()[:16]
        if mark != last:
            last, silent = mark, 0.0
            yield f"id: {mark}\nevent: {'progress' if found.is_open else 'end'}\ndata: {text}\n\n"
            continue
        silent += EVERY
        if silent >= QUIET:
            silent = 0.0
            yield ": still here\n\n"
