"""A plan for a firm on the platform: its worker searches, we look on. Nothing is in force until accepted."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from commands.operator import operator, settings_for
from commands.planning_work import Outcome, Work
from commands.progress import progress
from commands.words import Voice
from database.maintenance import plans
from database.maintenance.naming import names_of
from database.maintenance.plans import KnownPlan
from database.session import Database
from database.shared.contacts import tenant_of
from database.shared.jobs import STOPPED
from domain.calendar import local_date
from domain.errors import Conflict
from domain.maintenance.planning.codec import evaluation_of, plan_of, problem_of
from domain.maintenance.planning.comparison import Figures
from domain.maintenance.planning.horizon import Wish
from domain.maintenance.planning.solving import Limits
from web.planning.page import reasons_in

LOOK_AGAIN = 0.5
WORKED_OUT = 20.0
"""Seconds that a worker has to tell the best of what was stopped."""


@dataclass(frozen=True)
class Order:
    tenant: str
    first_on: date | None
    days: int
    limits: Limits


def on_platform(
    voice: Voice, data: Path, tenant: str, first_on: date | None, days: int, limits: Limits
) -> tuple[Outcome, bool]:
    """What was found, and whether somebody could not wait. Raises NotFound, Conflict."""
    settings = settings_for(data)
    order = Order(tenant, first_on, days, limits)
    return asyncio.run(_planned(voice, settings.database_url, order))


async def _planned(voice: Voice, address: str, order: Order) -> tuple[Outcome, bool]:
    database = Database(address, pool_size=2)
    stop = asyncio.Event()
    try:
        id = await _begin(database, order)
        voice.say(f"plan {id}", f"plan {id}")
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
        with progress(voice, id) as tell:
            found = await _watched(database, order.tenant, id, stop, tell)
        if found.result is None:
            raise Conflict(f"the plan {id} is {found.state}: {found.trouble or 'nothing was found yet'}")
        return await _outcome(database, order.tenant, found), found.state == STOPPED
    finally:
        await database.close()


async def _begin(database: Database, order: Order) -> str:
    now = datetime.now(UTC)
    async with database.tenant(order.tenant) as tx:
        firm = await tenant_of(tx, order.tenant)
        first_on = order.first_on or local_date(now, firm.zone) + timedelta(days=1)
        wish = Wish(first_on, order.days, seconds=order.limits.seconds, seed=order.limits.seed)
        return (await plans.begin(tx, order.tenant, operator(), wish, now)).id


async def _watched(
    database: Database, tenant: str, id: str, stop: asyncio.Event, tell: Callable[[int, int], None]
) -> KnownPlan:
    """Until it is over. One that is stopped has its best worked out, unless no worker had begun."""
    patience = WORKED_OUT
    while (found := await _look(database, tenant, id)).is_open:
        tell(found.percent, 100)
        if stop.is_set():
            await _stop(database, tenant, id)
        else:
            await asyncio.sleep(LOOK_AGAIN)
    while found.state == STOPPED and found.result is None and patience > 0:
        patience -= LOOK_AGAIN
        await asyncio.sleep(LOOK_AGAIN)
        found = await _look(database, tenant, id)
    return found


async def _look(database: Database, tenant: str, id: str) -> KnownPlan:
    async with database.tenant(tenant) as tx:
        return await plans.plan_of(tx, tenant, id)


async def _stop(database: Database, tenant: str, id: str) -> None:
    with suppress(Conflict):  # it has ended by itself meanwhile
        async with database.tenant(tenant) as tx:
            await plans.stop(tx, tenant, operator(), id)


async def _outcome(database: Database, tenant: str, found: KnownPlan) -> Outcome:
    async with database.tenant(tenant) as tx:
        stored = await plans.problem_in(tx, tenant, found.id)
        if stored is None or found.result is None:
            raise Conflict(f"somebody in the plan {found.id} was erased; plan anew")
        problem = problem_of(stored)
        names = await names_of(tx, tenant, list(problem.technician), list(problem.visit))
    plan = plan_of(found.routes, problem.days)
    evaluation = evaluation_of(found.result["evaluation"], problem.days)
    beside = {name: Figures(**value) for name, value in found.result.get("comparison", {}).items()}
    return Outcome(
        Work(problem, names), plan, evaluation, reasons=reasons_in(found.result), beside=beside
    )  # fmt: skip
