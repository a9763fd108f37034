"""Rows of long work that somebody asked for and may stop: one shape for every table of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import audit
from database.shared.audit import Actor
from domain.errors import Conflict, NotFound

WAITING, RUNNING, DONE, FAILED, STOPPED = "waiting", "running", "done", "failed", "stopped"
OPEN = (WAITING, RUNNING)
LONGEST = 500
"""Characters of a problem that are kept."""


class Counted:
    """Long work that is ``done`` of ``total`` steps."""

    state: str
    done: int
    total: int

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def percent(self) -> int:
        if self.state == DONE:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0


@dataclass(frozen=True)
class Jobs:
    """``table`` has tenant_id, id, state, created_at, updated_at and ``trouble``, the column of a problem.

    ``thing`` is what the trail calls one of them, ``most`` how many a tenant may have open at once.
    """

    table: Table
    noun: str
    thing: str
    most: int
    trouble: str = "problem"

    def one(self, tenant: str, id: str) -> ColumnElement[bool]:
        return (self.table.c.tenant_id == tenant) & (self.table.c.id == id)

    async def make_room(self, tx: AsyncConnection, tenant: str) -> None:
        """Whoever begins one counts alone. Raises Conflict when too many are open."""
        turn = func.hashtextextended(f"{tenant} {self.noun}s", 0)
        await tx.execute(select(func.pg_advisory_xact_lock(turn)))
        mine = self.table.c
        opened = select(func.count()).where(mine.tenant_id == tenant, mine.state.in_(OPEN))
        if (await tx.execute(opened)).scalar_one() >= self.most:
            raise Conflict(f"{self.most} {self.noun}s are under way; wait for one of them, or stop one")

    async def known(self, tx: AsyncConnection, query: Select[Any], id: str) -> Row[Any]:
        """Raises NotFound."""
        row: Row[Any] | None = (await tx.execute(query)).first()
        if row is None:
            raise NotFound(self.noun, id)
        return row

    def latest(self, query: Select[Any], before: tuple[datetime, str] | None, limit: int) -> Select[Any]:
        """The latest first, beginning before an instant and an id."""
        mine = self.table.c
        if before:
            query = query.where(tuple_(mine.created_at, mine.id) < tuple_(*before))
        return query.order_by(mine.created_at.desc(), mine.id.desc()).limit(limit)

    async def move(self, tx: AsyncConnection, tenant: str, id: str, **values: Any) -> bool:
        """False when it is over: it was stopped meanwhile."""
        moved = update(self.table).where(self.one(tenant, id), self.table.c.state.in_(OPEN))
        return bool((await tx.execute(moved.values(**values, updated_at=func.now()))).rowcount)

    async def fail(self, tx: AsyncConnection, tenant: str, id: str, problem: str) -> None:
        await self.move(tx, tenant, id, **{"state": FAILED, self.trouble: problem[:LONGEST]})

    async def stop(self, tx: AsyncConnection, tenant: str, actor: Actor, id: str) -> None:
        """It ends after its present step. Raises NotFound, Conflict."""
        if not await self.move(tx, tenant, id, state=STOPPED):
            found = await self.known(tx, select(self.table.c.state).where(self.one(tenant, id)), id)
            raise Conflict(f"the {self.noun} {id} is {found.state}")
        await audit.write(
            tx, tenant, actor, f"{self.thing}.stopped", f"{self.thing}:{id}", None, {"state": STOPPED}
        )
