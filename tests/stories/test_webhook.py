"""An external tool is told what happens, day by day, on the real engine, over a real socket."""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from database.shared import people, webhook_deliveries, webhooks
from database.shared.people import Invited
from database.shared.sign_in_tables import letter
from database.shared.tables import audit
from database.shared.webhook_deliveries import Delivery
from database.shared.webhooks import Asked, Endpoint
from domain.network import Outgoing
from tests.ground import KEYRING
from tests.stories.fleet import DUNNING, pay, reverse, signed
from tests.stories.receiver import LOST, Receiver, receiver
from tests.stories.telling import Story, Telling

PAYMENTS = ("payment.recorded", "payment.reversed")


@pytest.fixture
async def tool() -> AsyncIterator[Receiver]:
    async with receiver() as made:
        yield made


async def connected(
    story: Story, tool: Receiver, types: Sequence[str] = PAYMENTS, local: str = "2032-02-01 09:00"
) -> Endpoint:
    async with story.fact(local) as (tx, at):
        asked = Asked(tool.url, "comptabilité", tuple(types))
        made, secret = await webhooks.create(tx, story.tenant, asked, KEYRING, "test", at, Outgoing(True))
    tool.secrets.append(secret)
    return made


async def log(story: Story, endpoint: Endpoint) -> list[Delivery]:
    """The oldest first."""
    async with story.telling.database.tenant(story.tenant) as tx:
        return (await webhook_deliveries.deliveries(tx, story.tenant, endpoint.id, "", None, 100))[::-1]


async def seen(story: Story, endpoint: Endpoint) -> Endpoint:
    async with story.telling.database.tenant(story.tenant) as tx:
        return await webhooks.endpoint_of(tx, story.tenant, endpoint.id)


async def test_a_tool_hears_what_it_asked_for_and_nothing_else(telling: Telling, tool: Receiver) -> None:
    story = await signed(telling)
    endpoint = await connected(story, tool)
    await pay(story, "P-1", 10_000, "2032-02-03 10:00")
    await reverse(story, "P-1", "2032-02-04 10:00")
    assert tool.told() == ["payment.recorded P-1", "payment.reversed P-1"]
    first = tool.heard[0]
    assert first["timestamp"] == "2032-02-03T09:00:00+00:00"
    assert first["data"] == {"tenant": story.tenant, "payment": "P-1", "contract_ref": "C-1"}
    assert [(one.state, one.attempts, one.status) for one in await log(story, endpoint)] == [
        ("delivered", 1, 204), ("delivered", 1, 204)
    ]  # fmt: skip


async def test_a_life_of_a_case_is_told_without_a_word_about_the_person(
    telling: Telling, tool: Receiver
) -> None:
    story = await signed(telling)
    await connected(story, tool, ())
    await story.until("2032-02-10 12:00")
    await pay(story, "P-1", 10_000, "2032-02-11 10:00")
    told = tool.told("case.opened", "case.stage_changed", "case.closed", "message.accepted")
    assert told.count("case.opened C-1") == told.count("case.closed C-1") == 1
    assert len([one for one in told if one.startswith("message.accepted")]) == 2
    stages = [one["data"] for one in tool.heard if one["type"] == "case.stage_changed"]
    dunned = [(one["stage_before"], one["stage"]) for one in stages if one["process"] == DUNNING]
    assert dunned == [("courtesy", "reminder")]
    ruled = [one["data"] for one in tool.heard if one["type"] == "decision.made"]
    assert any("book" in one and one["rules"] for one in ruled)
    text = b"".join(tool.raw).decode()
    for personal in ("Fabrice", "Nguema", "237678920625", "678920625", "d-1@example.org"):
        assert personal not in text


async def test_moments_are_those_of_the_facts(telling: Telling, tool: Receiver) -> None:
    """They come in no promised order: the receiver sorts."""
    story = await signed(telling)
    await connected(story, tool, ("case.stage_changed", "message.accepted"))
    await story.until("2032-02-10 12:00")
    told = [one for one in tool.heard if one["data"]["process"] == DUNNING]
    assert sorted((one["timestamp"][:16], one["type"]) for one in told) == [
        ("2032-02-06T08:00", "message.accepted"),
        ("2032-02-09T08:00", "case.stage_changed"),
        ("2032-02-09T08:00", "message.accepted"),
    ]


async def test_a_tool_that_is_down_for_an_hour_hears_it_later_as_the_same_event(
    telling: Telling, tool: Receiver
) -> None:
    story = await signed(telling)
    endpoint = await connected(story, tool)
    tool.statuses = [503, 500, 302, 404]
    await pay(story, "P-1", 10_000, "2032-02-03 10:00")
    await story.until("2032-02-03 10:05")
    assert len(tool.heard) == 3
    since = (await seen(story, endpoint)).failing_since
    assert since
    assert since - story.instant("2032-02-03 10:00") < timedelta(seconds=30)
    await story.until("2032-02-03 12:00")
    assert len(tool.heard) == 5
    assert len(set(tool.ids)) == 1
    assert len(set(tool.raw)) == 1
    [one] = await log(story, endpoint)
    assert (one.state, one.attempts, one.status, one.problem) == ("delivered", 5, 204, "")
    assert (await seen(story, endpoint)).failing_since is None


async def test_a_lost_answer_makes_a_duplicate_with_the_same_id(telling: Telling, tool: Receiver) -> None:
    story = await signed(telling)
    endpoint = await connected(story, tool)
    tool.statuses = [LOST]
    await pay(story, "P-1", 10_000, "2032-02-03 10:00")
    await story.until("2032-02-03 10:01")
    assert tool.told() == ["payment.recorded P-1", "payment.recorded P-1"]
    assert len(set(tool.ids)) == 1
    [one] = await log(story, endpoint)
    assert (one.state, one.attempts) == ("delivered", 2)


async def test_a_tool_that_asks_for_time_gets_it(telling: Telling, tool: Receiver) -> None:
    story = await signed(telling)
    endpoint = await connected(story, tool)
    tool.statuses, tool.headers = [429], {"Retry-After": "3600"}
    await pay(story, "P-1", 10_000, "2032-02-03 10:00")
    await story.until("2032-02-03 10:50")
    assert len(tool.heard) == 1
    await story.until("2032-02-03 11:05")
    assert [one.state for one in await log(story, endpoint)] == ["delivered"]


async def test_while_it_is_down_one_request_at_a_time_finds_out(telling: Telling, tool: Receiver) -> None:
    story = await signed(telling)
    endpoint = await connected(story, tool)
    tool.otherwise = 503
    await pay(story, "P-1", 10_000, "2032-02-03 10:00")
    for number in range(2, 7):
        await pay(story, f"P-{number}", 1_000, f"2032-02-03 12:0{number}")
    before = len(tool.heard)
    await story.until("2032-02-03 15:00")
    assert len(tool.heard) - before < 15
    tool.otherwise = 204
    await story.until("2032-02-04 15:00")
    assert {one.state for one in await log(story, endpoint)} == {"delivered"}


async def test_after_three_days_it_is_given_up_and_somebody_told(telling: Telling, tool: Receiver) -> None:
    story = await signed(telling)
    endpoint = await connected(story, tool)
    async with story.fact("2032-02-02 09:00") as (tx, _):
        who = Invited(f"admin-{story.tenant}@example.org", "Awa Nkomo", frozenset({"administrator"}))
        admin = await people.invite(tx, story.tenant, who, "test", people.ACTIVE)
    tool.otherwise = 500
    await pay(story, "P-1", 10_000, "2032-02-03 10:00")
    await story.until("2032-02-05 10:00")
    assert (await seen(story, endpoint)).state == "enabled"
    await story.until("2032-02-08 10:00")
    given_up = await seen(story, endpoint)
    assert (given_up.state, given_up.reason) == ("disabled", "failing")
    [one] = await log(story, endpoint)
    assert (one.state, one.attempts) == ("failed", 11)
    alerts = await story.told("platform.webhook", endpoint.id)
    assert [line[17:] for line in alerts] == [
        "alert operations: Webhook désactivé : l’outil externe ne répond plus"
    ]
    assert "webhook" in (await telling.twin.messages(to=admin.email))[0]["subject"].lower()
    async with telling.database.tenant(story.tenant) as tx:
        kinds = (await tx.execute(select(letter.c.kind, letter.c.person_id))).all()
        acts = [tuple(row) for row in await tx.execute(select(audit.c.who, audit.c.action, audit.c.object))]
    assert [tuple(row) for row in kinds] == [("webhook_disabled", admin.id)]
    assert ("process:platform.webhook", "webhook.disabled", f"webhook:{endpoint.id}") in acts


async def test_what_was_missed_is_told_again_once_it_is_back(telling: Telling, tool: Receiver) -> None:
    story = await signed(telling)
    endpoint = await connected(story, tool)
    await pay(story, "P-1", 1_000, "2032-02-03 10:00")
    tool.statuses = [410]
    await pay(story, "P-2", 1_000, "2032-02-04 10:00")
    assert (await seen(story, endpoint)).reason == "gone"
    await pay(story, "P-3", 1_000, "2032-02-05 10:00")
    assert tool.told() == ["payment.recorded P-1", "payment.recorded P-2"]
    async with story.fact("2032-02-06 10:00") as (tx, at):
        await webhooks.enable(tx, story.tenant, endpoint.id, at)
    assert len(tool.heard) == 2
    async with story.fact("2032-02-06 11:00") as (tx, at):
        since = story.instant("2032-02-01 00:00")
        assert await webhook_deliveries.replay_since(tx, story.tenant, endpoint.id, since, at) == 2
    assert sorted(tool.told()[2:]) == ["payment.recorded P-2", "payment.recorded P-3"]
    assert tool.ids[1] in tool.ids[2:]
    await pay(story, "P-4", 1_000, "2032-02-07 10:00")
    assert tool.told()[-1] == "payment.recorded P-4"


async def test_while_secrets_change_both_open_it(telling: Telling, tool: Receiver) -> None:
    story = await signed(telling)
    endpoint = await connected(story, tool)
    async with story.fact("2032-02-03 10:00") as (tx, _):
        until = story.instant("2032-02-04 10:00")
        _, new = await webhooks.rotate(tx, story.tenant, endpoint.id, KEYRING, until)
    tool.secrets.append(new)
    await pay(story, "P-1", 1_000, "2032-02-03 11:00")
    tool.secrets = [new]
    await pay(story, "P-2", 1_000, "2032-02-05 11:00")
    assert tool.told() == ["payment.recorded P-1", "payment.recorded P-2"]
    assert [one.attempts for one in await log(story, endpoint)] == [1, 1]


async def test_a_removed_endpoint_hears_nothing_more(telling: Telling, tool: Receiver) -> None:
    story = await signed(telling)
    endpoint = await connected(story, tool)
    async with story.fact("2032-02-03 10:00") as (tx, at):
        await webhooks.remove(tx, story.tenant, endpoint.id, at)
    await pay(story, "P-1", 1_000, "2032-02-03 11:00")
    assert tool.heard == []


async def test_neither_address_nor_secret_nor_content_stands_in_the_history(
    telling: Telling, tool: Receiver
) -> None:
    story = await signed(telling)
    endpoint = await connected(story, tool)
    await pay(story, "P-1", 1_000, "2032-02-03 10:00")
    [case] = [one for one in story.cases if one.process == "platform.webhook"]
    handle = telling.simulation.client.get_workflow_handle(case.workflow_id)
    text = (await handle.fetch_history()).to_json()
    decoded = json.dumps(json.loads(text))
    assert case.ref == endpoint.id
    for secret in (tool.secrets[0], tool.url, "P-1"):
        assert secret not in decoded
