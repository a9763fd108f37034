"""One round of an endpoint: how much is sent at once, and what a crash in the middle makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from activities.platform.webhook import Webhooks
from database.session import Database
from database.shared import webhook_deliveries, webhooks
from database.shared.contacts import tenant_of
from database.shared.webhook_deliveries import Delivery
from database.shared.webhooks import Asked, Endpoint
from domain.effects import Done
from domain.platform.webhook import AT_ONCE, Receipt, Round
from tests.database.test_isolation import firm
from tests.ground import KEYRING

NOW = datetime(2031, 3, 3, 9, 0, tzinfo=UTC)


class Killed(Exception):
    """Plays the worker's death after a request has left."""


@dataclass
class Tool:
    """Takes what is posted to it, and answers ``status``; dies with us at the numbers in ``kills``."""

    status: int = 204
    kills: frozenset[int] = frozenset()
    heard: list[str] = field(default_factory=list)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Receipt:  # noqa: ARG002
        self.heard.append(headers["webhook-id"])
        if len(self.heard) in self.kills:
            raise Killed
        return Receipt(self.status, "" if self.status < 300 else f"answered {self.status}")


@dataclass
class Desk:
    database: Database
    tenant: str
    endpoint: Endpoint

    async def owed(self, count: int) -> None:
        async with self.database.tenant(self.tenant) as tx:
            for number in range(count):
                at = NOW + timedelta(seconds=number)
                await webhook_deliveries.test(tx, self.tenant, self.endpoint.id, at)

    async def round(self, tool: Tool, at: datetime) -> Done:
        async with self.database.tenant(self.tenant) as tx:
            case = (await tenant_of(tx, self.tenant)).case("platform.webhook", self.endpoint.id)
        deliver = Webhooks(self.database, KEYRING, tool).deliver
        done: Done = await ActivityEnvironment().run(deliver, Round(case, at))
        return done

    async def log(self) -> list[Delivery]:
        async with self.database.tenant(self.tenant) as tx:
            return await webhook_deliveries.deliveries(tx, self.tenant, self.endpoint.id, "", None, 100)


@pytest.fixture
async def desk(database: Database, owner: Database) -> Desk:
    tenant = await firm(owner)
    asked = Asked("https://tool.example/hooks", "Accounting", ())
    async with database.tenant(tenant) as tx:
        made, _ = await webhooks.create(tx, tenant, asked, KEYRING, "test", NOW)
    return Desk(database, tenant, made)


async def test_a_round_sends_eight_and_the_next_comes_at_once(desk: Desk) -> None:
    await desk.owed(AT_ONCE + 3)
    tool, later = Tool(), NOW + timedelta(minutes=1)
    first = await desk.round(tool, later)
    assert len(tool.heard) == AT_ONCE
    assert first.retry_at is not None
    assert first.retry_at <= later
    assert (await desk.round(tool, later)).retry_at is None
    assert len(set(tool.heard)) == AT_ONCE + 3
    assert {one.state for one in await desk.log()} == {"delivered"}


async def test_what_a_crash_forgets_is_sent_again_under_the_same_id_and_nothing_else(desk: Desk) -> None:
    await desk.owed(3)
    tool, later = Tool(kills=frozenset({2})), NOW + timedelta(minutes=1)
    with pytest.raises(Killed):
        await desk.round(tool, later)
    assert (await desk.round(tool, later)).retry_at is None
    assert len(set(tool.heard)) == 3
    assert tool.heard[3:] == [tool.heard[1]]
    assert {one.state for one in await desk.log()} == {"delivered"}


async def test_a_tool_that_keeps_failing_gets_one_request_a_round(desk: Desk) -> None:
    await desk.owed(5)
    tool, at = Tool(status=503), NOW + timedelta(minutes=1)
    await desk.round(tool, at)
    assert len(tool.heard) == 5
    at += timedelta(minutes=2)
    await desk.round(tool, at)
    asleep = await desk.round(tool, at)
    assert len(tool.heard) == 10
    assert asleep.retry_at == at + timedelta(seconds=30)
    await desk.round(tool, asleep.retry_at)
    assert len(tool.heard) <= 11
    tool.status = 204
    await desk.round(tool, at + timedelta(days=1))
    await desk.round(tool, at + timedelta(days=1))
    assert {one.state for one in await desk.log()} == {"delivered"}


async def test_who_replays_while_it_is_being_sent_gets_it_twice_and_loses_nothing(desk: Desk) -> None:
    """The outcome of the try that was under way does not settle the replay."""
    await desk.owed(1)
    [one] = await desk.log()
    async with desk.database.tenant(desk.tenant) as tx:
        await webhook_deliveries.replay(
            tx, desk.tenant, desk.endpoint.id, one.event, NOW + timedelta(hours=1)
        )
        await webhook_deliveries.settle(tx, desk.tenant, desk.endpoint.id, one, Receipt(204), NOW)
    assert [each.state for each in await desk.log()] == ["pending"]


async def test_an_endpoint_that_is_gone_ends_its_process(desk: Desk) -> None:
    tool = Tool()
    async with desk.database.tenant(desk.tenant) as tx:
        await webhooks.disable(tx, desk.tenant, desk.endpoint.id, "x", NOW)
    assert (await desk.round(tool, NOW)).note == "disabled"
    async with desk.database.tenant(desk.tenant) as tx:
        await webhooks.remove(tx, desk.tenant, desk.endpoint.id, NOW)
    assert (await desk.round(tool, NOW)).note == "removed"
    assert tool.heard == []
