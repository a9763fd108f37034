"""The minute's run on the real engine: what was done is anchored, and what was done to it is alerted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select
from temporalio.client import Client
from temporalio.worker import Worker

from activities.platform.anchoring import Anchoring
from adapters.anchors import AnchorFiles
from database.shared.tables import alert
from schedules import table
from tests.database.trail import MARKS, Trail
from tests.stories.telling import Telling
from worker import SANDBOX
from workflows.platform.anchoring import Anchors


async def run(client: Client, queue: str) -> int:
    return await client.execute_workflow(Anchors.run, id=f"anchors-{uuid4().hex}", task_queue=queue)


async def test_a_minute_of_anchoring(telling: Telling, tmp_path: Path) -> None:
    story = await telling.begin("duret", zone="Europe/Paris", country="FR", currency="EUR")
    trail = Trail(telling.database, telling.owner, story.tenant)
    anchors = AnchorFiles(tmp_path, MARKS)
    client, queue = telling.simulation.client, f"anchors-{uuid4().hex}"
    anchoring = Anchoring(telling.database, anchors, MARKS)
    async with Worker(
        client, task_queue=queue, workflows=[Anchors], activities=[anchoring.anchor], workflow_runner=SANDBOX
    ):
        await trail.act("contract:C-1", "contract:C-2")
        assert await run(client, queue) >= 1
        latest = anchors.latest(story.tenant)
        assert latest
        assert latest.seq == 2
        assert latest.at.date() == datetime.now(UTC).date()
        await trail.tamper("delete from audit_seal where tenant_id = :t and seq = 2")
        await run(client, queue)
    async with telling.database.tenant(story.tenant) as tx:
        (raised,) = (await tx.execute(select(alert))).all()
    assert raised.team == "operations"
    assert raised.title["fr"].startswith("Le journal d’audit a été modifié")


def test_it_is_started_every_minute() -> None:
    (row,) = [one for one in table(timedelta(minutes=5)) if one.id == "platform.anchoring"]
    assert (row.every, row.workflow, row.queue) == (timedelta(minutes=1), "platform.anchoring", "platform")
