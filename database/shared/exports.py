"""Lists on their way into files: what was asked, how far it is, and where the file is."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import audit, outbox
from database.shared.audit import Actor
from database.shared.contacts import tenant_of
from database.shared.export_tables import export
from database.shared.jobs import DONE, RUNNING, WAITING, Counted, Jobs
from domain.errors import BadInput, Mistake

PROCESS = "platform.export"
FORMATS = ("xlsx", "csv")
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
MOST_OPEN = 20
"""Of one tenant at once: each of them reads a whole list."""

JOBS = Jobs(export, "export", "export", MOST_OPEN)


@dataclass(frozen=True)
class Wish:
    """``values`` are the list's filters by their names, ``order`` its order."""

    listing: str
    values: Mapping[str, str]
    order: str
    format: str
    locale: str


@dataclass(frozen=True)
class Export(Counted):
    """``done`` and ``total`` count rows; the total is known once it runs, and ``file`` when it is done."""

    id: str
    wish: Wish
    state: str
    done: int
    total: int
    size: int
    problem: str
    file: str
    asked_by: str
    created_at: datetime
    updated_at: datetime


async def begin(tx: AsyncConnection, tenant: str, actor: Actor, wish: Wish, now: datetime) -> Export:
    """It runs by itself from here on. Raises Conflict when too many do."""
    await JOBS.make_room(tx, tenant)
    id = f"x{secrets.token_hex(8)}"
    row = {
        "tenant_id": tenant, "id": id, "list": wish.listing, "query": dict(wish.values),
        "sorted": wish.order, "format": wish.format, "locale": wish.locale, "state": WAITING,
        "asked_by": actor.who, "created_at": now, "updated_at": now,
    }  # fmt: skip
    await tx.execute(insert(export).values(row))
    # What was typed into the filters stays out of the trail: it may be a name.
    told = {"list": wish.listing, "format": wish.format, "filters": sorted(wish.values)}
    await audit.write(tx, tenant, actor, "export.asked", f"export:{id}", None, told)
    case = (await tenant_of(tx, tenant)).case(PROCESS, id)
    await outbox.owe(tx, outbox.START, case, "export.asked", now, "export")
    return await export_of(tx, tenant, id)


async def export_of(tx: AsyncConnection, tenant: str, id: str) -> Export:
    """Raises NotFound."""
    return _export(await JOBS.known(tx, select(export).where(JOBS.one(tenant, id)), id))


async def exports_of(
    tx: AsyncConnection, tenant: str, before: tuple[datetime, str] | None = None, limit: int = 50
) -> list[Export]:
    """The latest first, beginning before an instant and an id."""
    query = select(export).where(export.c.tenant_id == tenant)
    return [_export(row) for row in await tx.execute(JOBS.latest(query, before, limit))]


async def advance(tx: AsyncConnection, tenant: str, id: str, done: int, total: int) -> bool:
    """False when it was stopped meanwhile."""
    return await JOBS.move(tx, tenant, id, state=RUNNING, done=done, total=max(done, total))


async def finish(tx: AsyncConnection, tenant: str, id: str, rows: int, size: int, file: str) -> bool:
    """As ``advance``."""
    return await JOBS.move(tx, tenant, id, state=DONE, done=rows, total=rows, size=size, file_id=file)


async def fail(tx: AsyncConnection, tenant: str, id: str, problem: str) -> None:
    await JOBS.fail(tx, tenant, id, problem)


async def stop(tx: AsyncConnection, tenant: str, actor: Actor, id: str) -> Export:
    """It ends after its present rows. Raises NotFound, Conflict."""
    await JOBS.stop(tx, tenant, actor, id)
    return await export_of(tx, tenant, id)


def unknown_list(name: str, known: Iterable[str]) -> BadInput:
    return BadInput(Mistake("list", f"no list is called {name[:60]!r}", f"use one of {', '.join(known)}"))


def too_long(most: int) -> BadInput:
    mend = "choose fewer with the filters, a year at a time perhaps"
    return BadInput(Mistake("list", f"it has more than {most:,} rows", mend))


def _export(row: Row[Any]) -> Export:
    wish = Wish(row.list, row.query, row.sorted, row.format, row.locale)
    return Export(
        row.id, wish, row.state, row.done, row.total, row.size, row.problem, row.file_id or "",
        row.asked_by, row.created_at, row.updated_at,
    )  # fmt: skip
