"""Foresights: what was asked, how far it is, and what was foretold."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import audit, outbox
from database.shared.audit import Actor
from database.shared.contacts import tenant_of
from database.shared.foresight_tables import foresight
from database.shared.jobs import DONE, RUNNING, WAITING, Counted, Jobs

PROCESS = "platform.foresight"
CONTRACT, PORTFOLIO = "contract", "portfolio"
MOST_OPEN = 4
"""Of one tenant at once: each keeps a worker busy."""

mine = foresight.c
JOBS = Jobs(foresight, "foresight", "foresight", MOST_OPEN)


@dataclass(frozen=True)
class Wish:
    """``assumption`` as domain/fleet/foresight has it; ``books``: drafts by name, to be put beside what is in
    force. Of a portfolio, ``sample`` contracts live from ``begins_on`` to ``until_on`` again.
    """

    kind: str
    contract: str
    assumption: Mapping[str, Any]
    books: Mapping[str, str]
    begins_on: date
    until_on: date
    sample: int = 1


@dataclass(frozen=True)
class Foresight(Counted):
    """``done`` of ``total`` steps; ``at`` is the instant from which it looks ahead."""

    id: str
    wish: Wish
    at: datetime
    state: str
    done: int
    total: int
    checkpoint: Mapping[str, Any]
    result: Mapping[str, Any] | None
    problem: str
    asked_by: str
    created_at: datetime
    updated_at: datetime


async def begin(tx: AsyncConnection, tenant: str, actor: Actor, wish: Wish, now: datetime) -> Foresight:
    """It runs by itself from here on. Raises Conflict when too many do."""
    await JOBS.make_room(tx, tenant)
    id = f"f{secrets.token_hex(8)}"
    row = {
        "tenant_id": tenant, "id": id, "kind": wish.kind, "contract_ref": wish.contract,
        "assumption": dict(wish.assumption), "books": dict(wish.books), "at": now,
        "begins_on": wish.begins_on, "until_on": wish.until_on, "sample": wish.sample, "state": WAITING,
        "asked_by": actor.who, "created_at": now, "updated_at": now,
    }  # fmt: skip
    await tx.execute(insert(foresight).values(row))
    told = {"kind": wish.kind, "contract": wish.contract, "books": sorted(wish.books)}
    await audit.write(tx, tenant, actor, "foresight.asked", f"foresight:{id}", None, told)
    case = (await tenant_of(tx, tenant)).case(PROCESS, id)
    await outbox.owe(tx, outbox.START, case, "foresight.asked", now, "foresight")
    return await foresight_of(tx, tenant, id)


async def foresight_of(tx: AsyncConnection, tenant: str, id: str) -> Foresight:
    """Raises NotFound."""
    return _foresight(await JOBS.known(tx, select(foresight).where(JOBS.one(tenant, id)), id))


async def foresights_of(
    tx: AsyncConnection, tenant: str, contract: str = "", before: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[Foresight]:  # fmt: skip
    """The latest first, of one contract or of all, beginning before an instant and an id."""
    query = select(foresight).where(mine.tenant_id == tenant)
    if contract:
        query = query.where(mine.contract_ref == contract)
    return [_foresight(row) for row in await tx.execute(JOBS.latest(query, before, limit))]


async def advance(tx: AsyncConnection, tenant: str, id: str, done: int, total: int) -> bool:
    """False when it was stopped meanwhile."""
    return await JOBS.move(tx, tenant, id, state=RUNNING, done=done, total=max(done, total))


async def keep(tx: AsyncConnection, tenant: str, id: str, checkpoint: Mapping[str, Any]) -> bool:
    """What is known so far, for who goes on after an interruption. As ``advance``."""
    return await JOBS.move(tx, tenant, id, checkpoint=dict(checkpoint))


async def finish(tx: AsyncConnection, tenant: str, id: str, result: Mapping[str, Any]) -> bool:
    """As ``advance``."""
    return await JOBS.move(tx, tenant, id, state=DONE, done=mine.total, result=dict(result), checkpoint={})


async def fail(tx: AsyncConnection, tenant: str, id: str, problem: str) -> None:
    await JOBS.fail(tx, tenant, id, problem)


async def stop(tx: AsyncConnection, tenant: str, actor: Actor, id: str) -> Foresight:
    """It ends after its present step. Raises NotFound, Conflict."""
    await JOBS.stop(tx, tenant, actor, id)
    return await foresight_of(tx, tenant, id)


def _foresight(row: Row[Any]) -> Foresight:
    wish = Wish(
        row.kind, row.contract_ref, row.assumption, row.books, row.begins_on, row.until_on, row.sample
    )
    return Foresight(
        row.id, wish, row.at, row.state, row.done, row.total, row.checkpoint, row.result, row.problem,
        row.asked_by, row.created_at, row.updated_at,
    )  # fmt: skip
