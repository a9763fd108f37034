"""A worker is killed in the middle of a search: its process and all its children, as by kill -9."""

import asyncio
import os
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from adapters.local.process import processes
from adapters.temporal import connect
from database.maintenance import plans, technicians, visits
from database.maintenance.plans import KnownPlan
from database.maintenance.watches import PLAN
from database.session import Database
from database.shared.contacts import Contact, save_contact
from database.shared.tables import tenant
from domain.case import Case
from domain.maintenance.planning.horizon import Wish
from domain.maintenance.planning.intake import Worker
from domain.maintenance.planning.model import Point
from tests.backup.machine import PATIENCE, Machine, running
from tests.stories.rounds import ANNE, DEPOT, SHIFT, order

FIRM, ZONE = "tournees", "Europe/Paris"
SECONDS = 8.0


async def asked(machine: Machine, database: Database) -> str:
    """Thirty visits for three technicians, tomorrow and the day after."""
    owner, at = Database(machine.platform.postgres.url(), pool_size=1), datetime.now(UTC)
    async with owner.anyone() as tx:
        row = {"id": FIRM, "name": "Tournées", "country": "FR", "zone": ZONE, "currency": "EUR"}
        await tx.execute(insert(tenant).values(row))
    await owner.close()
    async with database.tenant(FIRM) as tx:
        await save_contact(tx, FIRM, Contact("C-1", "Claire", "c@example.org", None, "fr"))
        week = dict.fromkeys(range(1, 8), SHIFT)
        for number in range(3):
            worker = Worker(f"T-{number}", "C-1", DEPOT, DEPOT, week, per_hour=3000, per_km=40)
            await technicians.save_technician(tx, FIRM, worker, at)
        for number in range(30):
            near = Point(45.85 + number % 6 * 0.02, 6.05 + number // 6 * 0.03)
            await visits.save_visit(tx, FIRM, replace(order("V-1"), ref=f"V-{number}", point=near), at)
        wish = Wish(at.date() + timedelta(days=1), 2, seconds=SECONDS, seed=3)
        return (await plans.begin(tx, FIRM, ANNE, wish, at)).id


async def until(database: Database, id: str, *, share: float) -> KnownPlan:
    """The plan, as soon as so much of its time is used."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with database.tenant(FIRM) as tx:
                known = await plans.plan_of(tx, FIRM, id)
            if not known.is_open or (known.routes and known.share >= share):
                return known
            await asyncio.sleep(0.1)


def searches(worker: int) -> list[int]:
    """The processes that search for rounds for this worker."""
    parent = f"PPid:\t{worker}\n"
    return processes(
        lambda entry: (
            b"adapters.planning.child" in (entry / "cmdline").read_bytes()
            and parent in (entry / "status").read_text()
        )
    )


async def test_a_killed_worker_costs_no_plan(tmp_path: Path) -> None:
    with running(tmp_path) as machine:
        database = Database(machine.platform.postgres.url(role="echeance_app"), pool_size=2)
        id = await asked(machine, database)
        met = await until(database, id, share=0.3)
        assert met.state == "running"
        worker = machine.supervisor.pid("worker")
        [search] = searches(worker)
        os.killpg(os.getpgid(worker), signal.SIGKILL)
        ended = await until(database, id, share=2.0)
        assert search not in processes(lambda entry: entry.name == str(search))
        await database.close()
        client = await connect(machine.platform.temporal.address)
        history = await client.get_workflow_handle(Case(FIRM, PLAN, id, ZONE).workflow_id).fetch_history()
    assert (ended.state, ended.share, ended.unplanned) == ("ready", 1.0, 0)
    assert met.cost
    assert ended.cost
    assert ended.cost <= met.cost
    attempts = [
        event.activity_task_started_event_attributes.attempt
        for event in history.events
        if event.HasField("activity_task_started_event_attributes")
    ]
    assert attempts == [2]
