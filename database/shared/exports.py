"""Lists on their way into files: what was asked, how far it is, and where the file is."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import audit, outbox
from database.shared.audit import Actor
from database.shared.contacts import tenant_of
from database.shared.export_tables import export
from domain.errors import BadInput, Conflict, Mistake, NotFound

PROCESS = "platform.export"
FORMATS = ("xlsx", "csv")
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
WAITING, RUNNING, DONE, FAILED, STOPPED = "waiting", "running", "done", "failed", "stopped"
OPEN = (WAITING, RUNNING)
MOST_OPEN = 20
"""Of one tenant at once: each of them reads a whole list."""

mine = export.c


@dataclass(frozen=True)
class Wish:
    """``values`` are the list's filters by their names, ``order`` its order."""

    listing: str
    values: Mapping[str, str]
    order: str
    format: str
    locale: str


@dataclass(frozen=True)
class Export:
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

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def percent(self) -> int:
        if self.state == DONE:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0


async def begin(tx: AsyncConnection, tenant: str, actor: Actor, wish: Wish, now: datetime) -> Export:
    """It runs by itself from here on. Raises Conflict when too many do."""
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{tenant} exports", 0))))
    opened = select(func.count()).select_from(export).where(mine.tenant_id == tenant, mine.state.in_(OPEN))
    if (await tx.execute(opened)).scalar_one() >= MOST_OPEN:
        raise Conflict(f"{MOST_OPEN} exports are under way; wait for one of them, or stop one")
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
    row = (await tx.execute(select(export).where(_one(tenant, id)))).first()
    if row is None:
        raise NotFound("export", id)
    return _export(row)


async def exports_of(
    tx: AsyncConnection, tenant: str, before: tuple[datetime, str] | None = None, limit: int = 50
) -> list[Export]:
    """The latest first, beginning before an instant and an id."""
    query = select(export).where(mine.tenant_id == tenant)
    if before:
        query = query.where(tuple_(mine.created_at, mine.id) < tuple_(*before))
    rows = await tx.execute(query.order_by(mine.created_at.desc(), mine.id.desc()).limit(limit))
    return [_export(row) for row in rows]


async def advance(tx: AsyncConnection, tenant: str, id: str, done: int, total: int) -> bool:
    """False when it was stopped meanwhile."""
    values = {"state": RUNNING, "done": done, "total": max(done, total), "updated_at": func.now()}
    return await _moved(tx, tenant, id, values)


async def finish(tx: AsyncConnection, tenant: str, id: str, rows: int, size: int, file: str) -> bool:
    """As ``advance``."""
    values = {
        "state": DONE, "done": rows, "total": rows, "size": size, "file_id": file, "updated_at": func.now(),
    }  # fmt: skip
    return await _moved(tx, tenant, id, values)


async def fail(tx: AsyncConnection, tenant: str, id: str, problem: str) -> None:
    await _moved(tx, tenant, id, {"state": FAILED, "problem": problem[:500], "updated_at": func.now()})


async def stop(tx: AsyncConnection, tenant: str, actor: Actor, id: str) -> Export:
    """It ends after its present rows. Raises NotFound, Conflict."""
    if not await _moved(tx, tenant, id, {"state": STOPPED, "updated_at": func.now()}):
        known = await export_of(tx, tenant, id)
        raise Conflict(f"the export {id} is {known.state}")
    await audit.write(tx, tenant, actor, "export.stopped", f"export:{id}", None, {"state": STOPPED})
    return await export_of(tx, tenant, id)


async def _moved(tx: AsyncConnection, tenant: str, id: str, values: dict[str, Any]) -> bool:
    moved = update(export).where(_one(tenant, id), mine.state.in_(OPEN)).values(values)
    return bool((await tx.execute(moved)).rowcount)


def unknown_list(name: str, known: Iterable[str]) -> BadInput:
    return BadInput(Mistake("list", f"no list is called {name[:60]!r}", f"use one of {', '.join(known)}"))


def too_long(most: int) -> BadInput:
    mend = "choose fewer with the filters, a year at a time perhaps"
    return BadInput(Mistake("list", f"it has more than {most:,} rows", mend))


def _one(tenant: str, id: str) -> ColumnElement[bool]:
    return (mine.tenant_id == tenant) & (mine.id == id)


def _export(row: Row[Any]) -> Export:
    wish = Wish(row.list, row.query, row.sorted, row.format, row.locale)
    return Export(
        row.id, wish, row.state, row.done, row.total, row.size, row.problem, row.file_id or "",
        row.asked_by, row.created_at, row.updated_at,
    )  # fmt: skip
