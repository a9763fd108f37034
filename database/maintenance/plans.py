"""Plans: what was asked, how far the search is, the best rounds so far, and in the end what is told."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.maintenance.tables import plan
from database.maintenance.watches import begin_planning
from database.shared import audit
from database.shared.audit import Actor
from database.shared.jobs import OPEN, RUNNING, STOPPED, WAITING, Jobs
from domain.maintenance.planning.horizon import Wish
from domain.maintenance.planning.model import Prices
from domain.maintenance.planning.overtaking import stood_from
from domain.maintenance.planning.today.changes import Appointment

READY = "ready"
HORIZON, REPLAN = "horizon", "replan"
MOST_OPEN = 4
"""Of one tenant at once: each keeps a processor busy."""

mine = plan.c
LIGHT = [column for column in plan.c if column.name not in ("problem", "stood")]
JOBS = Jobs(plan, "plan", "maintenance.plan", MOST_OPEN, trouble="trouble")


@dataclass(frozen=True)
class KnownPlan:
    """``routes`` as the codec writes a plan, ``result`` with its evaluation; ``cost`` in minor units."""

    id: str
    kind: str
    wish: Wish
    asked: Mapping[str, Any]
    state: str
    routes: Mapping[str, Any] | None
    cost: int | None
    unplanned: int | None
    solver: str
    share: float
    result: Mapping[str, Any] | None
    trouble: str
    asked_by: str
    created_at: datetime
    updated_at: datetime

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def percent(self) -> int:
        return 100 if not self.is_open else min(99, int(100 * self.share))


@dataclass(frozen=True)
class Best:
    """A better plan than before; ``share`` of the time is used."""

    routes: Mapping[str, Any]
    cost: int
    unplanned: int
    solver: str
    share: float


async def begin(
    tx: AsyncConnection, tenant: str, actor: Actor, wish: Wish, now: datetime
) -> KnownPlan:  # fmt: skip
    """It is searched by itself from here on. Raises Conflict when too many are."""
    await JOBS.make_room(tx, tenant)
    id = await _written(tx, tenant, actor, HORIZON, wish_value(wish), now, {"state": WAITING})
    await begin_planning(tx, tenant, id, now)
    return await plan_of(tx, tenant, id)


async def draft(
    tx: AsyncConnection, tenant: str, actor: Actor, wish: Wish, problem: Mapping[str, Any], best: Best,
    result: Mapping[str, Any], now: datetime, about: Mapping[str, Any] | None = None,
    stood: Mapping[str, Any] | None = None,
) -> KnownPlan:  # fmt: skip
    """A plan that is ready at once: what stands, or the rest of a day after what ``about`` says. ``stood``:
    where its visits stood when it was laid out.
    """
    row = {
        "state": READY, "problem": dict(problem), "stood": dict(stood or {}), **_best_row(best), "share": 1.0,
        "result": dict(result),
    }  # fmt: skip
    kind = REPLAN if about else HORIZON
    id = await _written(tx, tenant, actor, kind, {**wish_value(wish), **(about or {})}, now, row)
    return await plan_of(tx, tenant, id)


async def _written(
    tx: AsyncConnection, tenant: str, actor: Actor, kind: str, wish: Mapping[str, Any], now: datetime,
    row: dict[str, Any],
) -> str:  # fmt: skip
    id = f"p{secrets.token_hex(8)}"
    whole = {
        "tenant_id": tenant, "id": id, "kind": kind, "wish": dict(wish), "asked_by": actor.who,
        "created_at": now, "updated_at": now, **row,
    }  # fmt: skip
    await tx.execute(insert(plan).values(whole))
    told = {"kind": kind, "first_on": wish["first_on"], "days": wish["days"]}
    await audit.write(tx, tenant, actor, "maintenance.plan.asked", thing(id), None, told)
    return id


def thing(id: str) -> str:
    return f"maintenance.plan:{id}"


async def plan_of(tx: AsyncConnection, tenant: str, id: str) -> KnownPlan:
    """Raises NotFound."""
    return _plan(await JOBS.known(tx, _plans(tenant).where(mine.id == id), id))


async def plans_of(
    tx: AsyncConnection, tenant: str, before: tuple[datetime, str] | None = None, limit: int = 50
) -> list[KnownPlan]:
    """The latest first, beginning before an instant and an id."""
    return [_plan(row) for row in await tx.execute(JOBS.latest(_plans(tenant), before, limit))]


async def problem_in(tx: AsyncConnection, tenant: str, id: str) -> Mapping[str, Any] | None:
    """As it was when the search began, without the ways; nothing before, or once somebody in it was erased.

    Raises NotFound.
    """
    row = await JOBS.known(tx, select(mine.problem).where(JOBS.one(tenant, id)), id)
    found: Mapping[str, Any] | None = row.problem
    return found


async def stood_in(tx: AsyncConnection, tenant: str, id: str) -> dict[str, Appointment]:
    """Where its visits stood when it was laid out; those without a place are left out. Raises NotFound."""
    row = await JOBS.known(tx, select(mine.stood).where(JOBS.one(tenant, id)), id)
    return stood_from(row.stood)


async def keep_problem(
    tx: AsyncConnection, tenant: str, id: str, problem: Mapping[str, Any], stood: Mapping[str, Any]
) -> bool:
    """What is searched from now on. False when it was stopped meanwhile."""
    return await JOBS.move(tx, tenant, id, state=RUNNING, problem=dict(problem), stood=dict(stood))


async def improve(tx: AsyncConnection, tenant: str, id: str, best: Best) -> bool:
    """As ``keep_problem``."""
    return await JOBS.move(tx, tenant, id, state=RUNNING, **_best_row(best))


async def advance(tx: AsyncConnection, tenant: str, id: str, share: float) -> bool:
    """As ``keep_problem``, with nothing better found."""
    return await JOBS.move(tx, tenant, id, state=RUNNING, share=share)


async def finish(tx: AsyncConnection, tenant: str, id: str, best: Best, result: Mapping[str, Any]) -> bool:
    """Of one that was stopped the best is kept, and it stays stopped. False when it is over already."""
    values = {**_best_row(best), "share": 1.0, "result": dict(result)}
    if await JOBS.move(tx, tenant, id, state=READY, **values):
        return True
    halted = (JOBS.one(tenant, id), mine.state == STOPPED, mine.result.is_(None))
    kept = update(plan).where(*halted).values(**values, updated_at=func.now())
    return bool((await tx.execute(kept)).rowcount)


async def fail(tx: AsyncConnection, tenant: str, id: str, trouble: str) -> None:
    await JOBS.fail(tx, tenant, id, trouble)


async def stop(tx: AsyncConnection, tenant: str, actor: Actor, id: str) -> KnownPlan:
    """The search ends within seconds and keeps its best. Raises NotFound, Conflict."""
    await JOBS.stop(tx, tenant, actor, id)
    return await plan_of(tx, tenant, id)


async def rewrite(tx: AsyncConnection, tenant: str, id: str, best: Best, result: Mapping[str, Any]) -> None:
    """What a person changed in a plan that is ready."""
    values = {**_best_row(best), "share": 1.0, "result": dict(result), "updated_at": func.now()}
    await tx.execute(update(plan).where(JOBS.one(tenant, id)).values(values))


async def lock(tx: AsyncConnection, tenant: str, id: str) -> KnownPlan:
    """Changes of one plan take turns. Raises NotFound."""
    await tx.execute(select(mine.id).where(JOBS.one(tenant, id)).with_for_update())
    return await plan_of(tx, tenant, id)


def wish_value(wish: Wish) -> dict[str, Any]:
    return {**asdict(wish), "first_on": wish.first_on.isoformat()}


def wish_from(value: Mapping[str, Any]) -> Wish:
    return Wish(
        date.fromisoformat(value["first_on"]), value["days"], tuple(value["visits"]),
        tuple(value["technicians"]), value["seconds"], value["seed"], Prices(**value["prices"]),
        value["zone_most"],
    )  # fmt: skip


def _best_row(best: Best) -> dict[str, Any]:
    return {
        "routes": dict(best.routes), "cost_minor": best.cost, "unplanned": best.unplanned,
        "solver": best.solver, "share": best.share,
    }  # fmt: skip


def _plans(tenant: str) -> Select[Any]:
    return select(*LIGHT).where(mine.tenant_id == tenant)


def _plan(row: Row[Any]) -> KnownPlan:
    return KnownPlan(
        row.id, row.kind, wish_from(row.wish), row.wish, row.state, row.routes, row.cost_minor, row.unplanned,
        row.solver, row.share, row.result, row.trouble, row.asked_by, row.created_at, row.updated_at,
    )  # fmt: skip
