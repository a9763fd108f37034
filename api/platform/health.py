"""Whether this process lives, whether it can work, and its measures."""

import asyncio
from collections import Counter
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text

from api.commands import parts_of
from api.fields import Shown
from api.measures import Measures
from api.parts import Parts
from database.shared import worklist
from database.shared.backups import backups, platform_since
from database.shared.contacts import tenants
from domain.backup import is_late
from domain.errors import NotFound
from domain.file import FilesDown, ScannerDown

PATIENCE = 3.0

router = APIRouter(tags=["Health"])


class Part(Shown):
    name: str
    ready: bool
    problem: str = ""


class Health(Shown):
    ready: bool
    parts: list[Part]


class Alive(Shown):
    alive: bool = True


Stands = Annotated[Parts, Depends(parts_of)]


@router.get("/health/live")
async def live() -> Alive:
    """The process answers."""
    return Alive()


@router.get("/health/ready", responses={503: {"model": Health, "description": "Something does not answer."}})
async def ready(parts: Stands, response: Response) -> Health:
    """Database and Temporal answer. What else is amiss is shown, and leaves us ready."""
    found = await asyncio.gather(_database(parts), _temporal(parts))
    stores = await asyncio.gather(_files(parts), _scan(parts))
    books = "; ".join(parts.book_problems())
    shown = [*stores, await _backup(parts), Part(name="rule books", ready=not books, problem=books)]
    health = Health(ready=all(part.ready for part in found), parts=[*found, *shown])
    response.status_code = 200 if health.ready else 503
    return health


@router.get("/metrics", response_class=Response)
async def metrics(request: Request, parts: Stands) -> Response:
    """Prometheus' text format. It names no tenant."""
    measures: Measures = request.app.state.measures
    owed, oldest = 0, parts.clock()
    cases: Counter[tuple[str, str]] = Counter()
    messages: Counter[tuple[str, str]] = Counter()
    async with parts.database.anyone() as tx:
        known = await tenants(tx)
    for tenant in known:
        async with parts.database.tenant(tenant) as tx:
            count, since = await worklist.owed(tx, tenant)
            owed, oldest = owed + count, min(oldest, since or oldest)
            cases.update(await worklist.open_by_stage(tx, tenant))
            messages.update(await worklist.messages_by_state(tx, tenant))
    lag = _seconds(oldest, parts.clock())
    return Response(measures.text(owed, lag, cases, messages), media_type=CONTENT_TYPE_LATEST)


def _seconds(since: datetime, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0)


async def _database(parts: Parts) -> Part:
    try:
        async with asyncio.timeout(PATIENCE), parts.database.anyone() as tx:
            await tx.execute(text("select 1"))
    except Exception as error:
        return Part(name="database", ready=False, problem=type(error).__name__)
    return Part(name="database", ready=True)


async def _backup(parts: Parts) -> Part:
    """Whether the last good one is younger than 26 hours, and what is wrong with the last one."""
    try:
        async with asyncio.timeout(PATIENCE), parts.database.anyone() as tx:
            known, since = await backups(tx), await platform_since(tx)
    except Exception as error:
        return Part(name="backup", ready=False, problem=type(error).__name__)
    problems = []
    if is_late(known.last_good, since, parts.clock()):
        last = f"{known.last_good:%Y-%m-%d %H:%M} UTC" if known.last_good else "never"
        problems.append(f"the last good one: {last}")
    if known.problem:
        problems.append("the last one failed; the alert says why")
    return Part(name="backup", ready=not problems, problem="; ".join(problems))


async def _files(parts: Parts) -> Part:
    """Asked for a file that is not there."""
    try:
        async with asyncio.timeout(PATIENCE):
            await parts.files.files.get("health/no/file")
    except NotFound:
        return Part(name="files", ready=True)
    except (FilesDown, TimeoutError) as error:
        return Part(name="files", ready=False, problem=str(error) or "no answer")
    return Part(name="files", ready=True)


async def _scan(parts: Parts) -> Part:
    if parts.uploads.scanner is None:
        problem = "none is set (ECHEANCE_SCAN_URL): what people hand in is not scanned"
        return Part(name="virus scan", ready=False, problem=problem)
    try:
        async with asyncio.timeout(PATIENCE):
            await parts.uploads.scanner.finding(b"ready?")
    except (ScannerDown, TimeoutError) as error:
        return Part(name="virus scan", ready=False, problem=str(error) or "no answer")
    return Part(name="virus scan", ready=True)


async def _temporal(parts: Parts) -> Part:
    try:
        async with asyncio.timeout(PATIENCE):
            await parts.ping_temporal()
    except Exception as error:
        return Part(name="temporal", ready=False, problem=type(error).__name__)
    return Part(name="temporal", ready=True)
