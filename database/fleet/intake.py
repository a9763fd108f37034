"""Files that people give, on their way in: what was given, how far it is, and what became of the rows."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.tables import import_job, intake
from database.shared import audit, outbox
from database.shared.audit import Actor
from database.shared.contacts import tenant_of
from database.shared.files import FileStore
from database.shared.jobs import DONE, FAILED, RUNNING, WAITING, Counted, Jobs
from domain.errors import Mistake
from domain.file import NewFile

PROCESS = "fleet.intake"
RETENTION = "import"
MOST_OPEN = 20
"""Of one tenant at once."""
LONGEST_NAME = 120

JOBS = Jobs(intake, "import", "import", MOST_OPEN)


@dataclass(frozen=True)
class Wish:
    """A file with what its name says of it; ``kind`` is contracts, payments or swaps."""

    kind: str
    name: str
    media_type: str
    content: bytes
    sha256: str
    total: int


@dataclass(frozen=True)
class Intake(Counted):
    """``done`` of at most ``total`` rows were read; the others counts say what became of them, also of those
    that an earlier attempt with the same file read. ``file`` is there until the end.
    """

    id: str
    kind: str
    sha256: str
    name: str
    size: int
    state: str
    done: int
    total: int
    repeated: bool
    problem: str
    mistakes: tuple[Mistake, ...]
    file: str
    asked_by: str
    created_at: datetime
    updated_at: datetime
    created: int
    unchanged: int
    refused: int


async def begin(
    tx: AsyncConnection, files: FileStore, tenant: str, actor: Actor, wish: Wish, now: datetime
) -> Intake:
    """It goes in by itself from here on. Raises Conflict when too many do, and FilesDown."""
    await JOBS.make_room(tx, tenant)
    id, name = f"i{secrets.token_hex(8)}", wish.name[-LONGEST_NAME:]
    new = NewFile(name, wish.media_type, wish.content, PROCESS, id, RETENTION, actor.who, now)
    kept = await files.keep(tx, tenant, new)
    row = {
        "tenant_id": tenant, "id": id, "kind": wish.kind, "sha256": wish.sha256, "name": name,
        "size": kept.size, "state": WAITING, "total": wish.total, "file_id": kept.id, "asked_by": actor.who,
        "created_at": now, "updated_at": now,
    }  # fmt: skip
    await tx.execute(insert(intake).values(row))
    # The name stays out of the trail: it may be somebody's.
    told = {"kind": wish.kind, "sha256": wish.sha256, "rows": wish.total}
    await audit.write(tx, tenant, actor, "import.asked", f"import:{id}", None, told)
    case = (await tenant_of(tx, tenant)).case(PROCESS, id)
    await outbox.owe(tx, outbox.START, case, "import.asked", now, "intake")
    return await intake_of(tx, tenant, id)


def _all(tenant: str) -> Select[Any]:
    of, job = intake.c, import_job.c
    same = (job.tenant_id == of.tenant_id) & (job.kind == of.kind) & (job.sha256 == of.sha256)
    counts = (func.coalesce(job[name], 0).label(name) for name in ("created", "unchanged", "refused"))
    return (
        select(intake, *counts).select_from(intake.outerjoin(import_job, same)).where(of.tenant_id == tenant)
    )


async def intake_of(tx: AsyncConnection, tenant: str, id: str) -> Intake:
    """Raises NotFound."""
    return _intake(await JOBS.known(tx, _all(tenant).where(intake.c.id == id), id))


async def latest_of(tx: AsyncConnection, tenant: str, kind: str, sha256: str) -> str:
    """The last time that this file was given, as far as it is known; nothing when it never was so."""
    of = intake.c
    query = select(of.id).where(of.tenant_id == tenant, of.kind == kind, of.sha256 == sha256)
    return (await tx.scalar(query.order_by(of.created_at.desc(), of.id.desc()).limit(1))) or ""


async def intakes_of(
    tx: AsyncConnection, tenant: str, before: tuple[datetime, str] | None = None, limit: int = 50
) -> list[Intake]:
    """The latest first, beginning before an instant and an id."""
    return [_intake(row) for row in await tx.execute(JOBS.latest(_all(tenant), before, limit))]


async def advance(tx: AsyncConnection, tenant: str, id: str, done: int) -> bool:
    """False when it was stopped meanwhile. Who goes on after another worker is not behind it."""
    return await JOBS.move(tx, tenant, id, state=RUNNING, done=func.greatest(intake.c.done, done))


async def finish(tx: AsyncConnection, tenant: str, id: str, rows: int, repeated: bool) -> bool:
    """As ``advance``."""
    return await JOBS.move(tx, tenant, id, state=DONE, done=rows, total=rows, repeated=repeated)


async def fail(
    tx: AsyncConnection, tenant: str, id: str, problem: str, mistakes: Sequence[Mistake] = ()
) -> None:  # fmt: skip
    told = [asdict(one) for one in mistakes[:50]]
    await JOBS.move(tx, tenant, id, state=FAILED, problem=problem[:500], mistakes=told)


async def stop(tx: AsyncConnection, tenant: str, actor: Actor, id: str) -> Intake:
    """What is in stays in; the same file given again goes on from there. Raises NotFound, Conflict."""
    await JOBS.stop(tx, tenant, actor, id)
    return await intake_of(tx, tenant, id)


def _intake(row: Row[Any]) -> Intake:
    return Intake(
        row.id, row.kind, row.sha256, row.name, row.size, row.state, row.done, row.total, row.repeated,
        row.problem, tuple(Mistake(**one) for one in row.mistakes), row.file_id or "", row.asked_by,
        row.created_at, row.updated_at, row.created, row.unchanged, row.refused,
    )  # fmt: skip
