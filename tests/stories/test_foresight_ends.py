"""A foresight that is stopped, or whose worker was lost, leaves nothing behind; nor does one that is done."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from activities.platform.shadow import Shadow
from adapters.local.ports import choose_port
from adapters.local.temporal import EmbeddedTemporal
from adapters.simulation import Simulation
from adapters.temporal import connect
from database.fleet.queries import CONTRACT
from database.fleet.shadowing import PROCESSES
from database.shared import foresights
from database.shared.audit import Actor
from database.shared.shadows import PREFIX
from database.shared.tables import tenant
from domain.case import Case
from tests.stories.telling import Telling
from tests.stories.test_foresight import ZONE, asked, comparable, foreseeing, signed


async def left_behind(telling: Telling, id: str) -> list[str]:
    """Tenants, sealed contents and processes of the shadows of a foresight."""
    async with telling.database.anyone() as tx:
        found = list((await tx.execute(select(tenant.c.id).where(tenant.c.id.contains(id)))).scalars())
    found += [one.name async for one in telling.ground.files.files.entries() if id in one.name]
    client = telling.simulation.client
    for process in PROCESSES:
        handle = client.get_workflow_handle(f"{process}:{PREFIX}{id}-0:C-1")
        with suppress(RPCError):
            if (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
                found.append(handle.id)
    return found


def daily(now: datetime, days: int, minor: int) -> list[list[object]]:
    today = now.astimezone(ZoneInfo(ZONE)).date()
    return [[str(today + timedelta(days=day)), minor] for day in range(1, days + 1)]


async def test_what_was_sealed_in_a_shadow_goes_with_it(telling: Telling) -> None:
    """The contract is paid to its end, and its deed of transfer is issued: there alone."""
    story, now = await signed(telling)
    made = await asked(story, now, 100, {"kind": "given", "payments": daily(now, 4, 15_000)})
    done = await foreseeing(telling).go_on(story.tenant, made.id, lambda _: None)
    assert (done.state, done.problem) == ("done", "")
    assert done.result is not None
    [future] = done.result["futures"]
    assert future["ends"]["state"] == "completed"
    assert future["totals"]["documents"] == 1
    assert await left_behind(telling, made.id) == []


async def test_a_foresight_is_stopped_on_its_way(telling: Telling) -> None:
    story, now = await signed(telling)
    made = await asked(story, now, 60, {"kind": "given", "payments": daily(now, 55, 500)})
    under_way = asyncio.Event()
    running = asyncio.create_task(
        foreseeing(telling).go_on(story.tenant, made.id, lambda _: under_way.set())
    )  # fmt: skip
    await under_way.wait()
    assert await left_behind(telling, made.id) != []
    async with telling.database.tenant(story.tenant) as tx:
        await foresights.stop(tx, story.tenant, Actor("test"), made.id)
    ended = await running
    assert (ended.state, ended.result) == ("stopped", None)
    assert ended.done < 55
    assert await left_behind(telling, made.id) == []


async def test_a_foresight_goes_on_after_its_worker_was_lost(telling: Telling) -> None:
    """What the lost one left, as far as it had come: a shadow with a process and something sealed."""
    story, now = await signed(telling)
    given = {"kind": "given", "payments": daily(now, 3, 5_000)}
    whole, broken = await asked(story, now, 20, given), await asked(story, now, 20, given)
    client, files = telling.simulation.client, telling.ground.files.files
    lost = Shadow(
        telling.database, Simulation(client, "shadow"), files, story.tenant, f"{PREFIX}{broken.id}-0", ZONE
    )
    await lost.begin([], now)
    await lost.copy("C-1", now)
    process = Case(lost.id, CONTRACT, "C-1", ZONE)
    await lost.virtual.start(process, "foresight", now)
    await files.put(f"{lost.id}/ab/abcd", b"sealed")
    async with telling.database.tenant(story.tenant) as tx:
        assert await foresights.advance(tx, story.tenant, broken.id, 1, 3)
    assert len(await left_behind(telling, broken.id)) >= 2

    told = []
    for one in (whole, broken):
        done = await foreseeing(telling).go_on(story.tenant, one.id, lambda _: None)
        assert (done.state, done.problem, done.percent) == ("done", "", 100)
        assert done.result is not None
        told.append(comparable(done.result["futures"][0]))
    assert told[0] == told[1] != []
    assert await left_behind(telling, broken.id) == []
    with pytest.raises(RPCError, match=r"not found|already completed"):
        await client.get_workflow_handle(process.workflow_id).signal("rung")


class Plain(EmbeddedTemporal):
    """A server of the field's own kind: nobody allowed it to skip time."""

    def command(self) -> list[str]:
        allowed = "frontend.WorkflowTimeSkippingEnabled=true"
        told = super().command()
        assert allowed in told
        return [part.replace("true", "false") if part == allowed else part for part in told]


async def test_a_server_that_does_not_skip_time_is_told_of(telling: Telling, tmp_path: Path) -> None:
    """Before anything is copied, and in words that say what to do."""
    story, now = await signed(telling)
    made = await asked(story, now, 20, {"kind": "stops"})
    server = Plain(tmp_path / "temporal", choose_port(0)[0])
    server.start()
    try:
        client = await connect(server.address)
        runner = replace(foreseeing(telling), virtual=partial(Simulation, client))
        ended = await runner.go_on(story.tenant, made.id, lambda _: None)
    finally:
        server.stop()
    assert (ended.state, ended.result) == ("failed", None)
    assert ended.problem.startswith("the Temporal server of this installation does not skip time: allow it")
    assert await left_behind(telling, made.id) == []


async def test_a_worker_that_is_told_to_end_takes_its_shadow_with_it(telling: Telling) -> None:
    """And whoever comes next goes on with what is still open."""
    story, now = await signed(telling)
    made = await asked(story, now, 30, {"kind": "given", "payments": daily(now, 25, 500)})
    under_way = asyncio.Event()
    running = asyncio.create_task(
        foreseeing(telling).go_on(story.tenant, made.id, lambda _: under_way.set())
    )  # fmt: skip
    await under_way.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await left_behind(telling, made.id) == []
    done = await foreseeing(telling).go_on(story.tenant, made.id, lambda _: None)
    assert (done.state, done.problem) == ("done", "")
