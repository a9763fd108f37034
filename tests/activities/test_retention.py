"""Night after night, what has been kept long enough goes; what a law or a hold keeps stays."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, text
from temporalio.testing import ActivityEnvironment

from activities.platform.retention import Retention
from adapters.local.temporal import EmbeddedTemporal
from adapters.temporal import connect
from database.fleet import contract
from database.privacy import holds
from database.privacy.subject import subject_of
from database.shared import people
from database.shared.idempotency import Kept, keep
from database.shared.keys import of_person
from database.shared.payload_keys import CaseKeys
from database.shared.people import Invited
from database.shared.publications import Proposal, propose
from database.shared.rules import Draft, add_revision
from database.shared.tables import contact, data_key, message
from domain.file import NewFile
from rules.terms import RETENTION
from tests.database.trail import ANNE, MARKS
from tests.stories.fleet import at as moment
from tests.stories.fleet import signed
from tests.stories.telling import Story, Telling


@pytest.fixture
async def retention(telling: Telling) -> AsyncIterator[Retention]:
    """Decisions whose reasons were taken out are not taken again: the stories of these tests end here."""
    ground, before = telling.ground, list(telling.begun)
    yield Retention(telling.database, ground.library, ground.files, MARKS)
    telling.begun[:] = before


async def night(retention: Retention, story: Story, local: str) -> dict[str, int]:
    return await retention.of_tenant(story.tenant, story.instant(local))


async def rows(story: Story, table: str, columns: str = "*") -> list[Any]:
    async with story.telling.database.tenant(story.tenant) as tx:
        return list(await tx.execute(text(f"select {columns} from {table}")))


async def met(story: Story, on: datetime) -> None:
    """The contacts of a story are as old as the story, not as this test."""
    async with story.telling.owner.tenant(story.tenant) as tx:
        await tx.execute(text("update contact set created_at = :on"), {"on": on})


async def written(story: Story, local: str) -> None:
    async with story.telling.database.tenant(story.tenant) as tx:
        await tx.execute(insert(message).values(
            tenant_id=story.tenant, id=uuid4().hex, key=uuid4().hex, step_key="s", process="p.p", ref="C-1",
            contact_ref="D-1", channel="sms", address="+237678920625", template="t", locale="fr", subject="",
            text="Bonjour Fabrice", html="", state="delivered", wrote_at=story.instant(local),
        ))  # fmt: skip


async def test_a_driver_is_forgotten_five_years_after_the_contract(
    telling: Telling, retention: Retention
) -> None:
    story = await signed(telling)
    await met(story, moment("2032-01-20 10:00"))
    await written(story, "2032-02-05 09:00")
    async with story.fact("2032-03-01 10:00") as (tx, at):
        await retention.files.keyring.of(tx, story.tenant, of_person("D-1"))
        await contract.terminate(tx, story.tenant, "C-1", "Fabrice rend la moto", at)
    assert await night(retention, story, "2035-02-05 03:00") == {}
    assert (await night(retention, story, "2035-02-07 03:00")).keys() == {"message"}
    assert "Bonjour Fabrice" not in {row.text for row in await rows(story, "message", "text")}
    assert await night(retention, story, "2037-02-28 03:00") != {"people": 1}
    [still] = await rows(story, "contact", "full_name")
    assert still.full_name == "Fabrice Nguema"
    assert (await night(retention, story, "2037-03-02 03:00"))["people"] == 1
    [gone] = await rows(story, "contact", "full_name, phone, erased_at")
    assert (gone.full_name, gone.phone) == ("", None)
    assert [row.end_reason for row in await rows(story, "fleet_contract", "end_reason")] == [""]
    [balance] = await rows(story, "ledger_entry", "sum(amount_minor)")
    assert balance[0] == 0
    async with telling.database.tenant(story.tenant) as tx:
        mine = select(data_key.c.wrapped).where(data_key.c.owner == "person:D-1")
        assert (await tx.execute(mine)).scalars().all() == [None]
    assert await night(retention, story, "2037-03-03 03:00") == {}


async def test_an_open_contract_and_a_hold_keep_everything(telling: Telling, retention: Retention) -> None:
    story = await signed(telling)
    await met(story, moment("2032-01-20 10:00"))
    assert "people" not in await night(retention, story, "2039-01-01 03:00")
    async with story.fact("2032-03-01 10:00") as (tx, at):
        await contract.terminate(tx, story.tenant, "C-1", "Moto rendue", at)
        subject = await subject_of(tx, story.tenant, at.date(), "D-1")
        hold = await holds.set_hold(tx, subject, "Litige", "test", at)
    await written(story, "2032-02-05 09:00")
    assert await night(retention, story, "2039-01-02 03:00") == {}
    async with story.telling.database.tenant(story.tenant) as tx:
        await holds.lift_hold(tx, story.tenant, hold.id, "test", story.instant("2039-01-02 09:00"))
    assert {"people", "message"} <= (await night(retention, story, "2039-01-03 03:00")).keys()


async def test_whom_nobody_has_heard_of_for_three_years_is_forgotten(
    telling: Telling, retention: Retention
) -> None:
    story = await telling.begin("duret", zone="Europe/Paris", country="FR", currency="EUR")
    await story.person("P-1", full_name="Prospect Perdu")
    await met(story, moment("2032-01-20 10:00"))
    async with telling.owner.tenant(story.tenant) as tx:
        for email, seen in (("absent@example.org", "2032-01-01"), ("present@example.org", "2034-12-01")):
            made = await people.invite(
                tx, story.tenant, Invited(email, "Agent", frozenset({"administrator"})), "t", people.ACTIVE
            )
            await people.seen(tx, story.tenant, made.id, datetime.fromisoformat(f"{seen}T00:00:00+00:00"))
    assert await night(retention, story, "2035-01-20 03:00") == {"people": 1}
    assert [row.state for row in await rows(story, "person order by email", "state")] == ["erased", "active"]
    assert (await night(retention, story, "2035-01-22 03:00"))["people"] == 1
    [gone] = await rows(story, "contact", "full_name")
    assert gone.full_name == ""


async def test_answers_kept_for_repetitions_and_files_go_by_their_term(
    telling: Telling, retention: Retention
) -> None:
    story = await telling.begin("duret", zone="Europe/Paris", country="FR", currency="EUR")
    store, start = retention.files, moment("2032-01-20 10:00")
    async with telling.database.tenant(story.tenant) as tx:
        await keep(tx, story.tenant, "key-1", Kept("f", 200, {"full_name": "Claire"}))
        for kind in ("document", "export"):
            new = NewFile(f"{kind}.pdf", "application/pdf", b"x", "p.p", "C-1", kind, "test", start)
            await store.keep(tx, story.tenant, new)
    [kept] = await rows(story, "idempotency", "created_at")
    early, late = (kept.created_at + timedelta(days=days) for days in (6, 9))
    assert await retention.of_tenant(story.tenant, early) == {}
    gone = await retention.of_tenant(story.tenant, late)
    assert gone == {"idempotency": 1}
    assert await night(retention, story, "2032-02-22 03:00") == {"file": 1}
    assert await night(retention, story, "2041-12-31 03:00") == {}
    assert await night(retention, story, "2042-01-22 03:00") == {"file": 1}
    trail = [row.after["gone"] for row in await rows(story, "audit order by id", "after")]
    assert trail == [{"idempotency": 1}, {"file": 1}, {"file": 1}]


async def test_the_process_looks_at_every_tenant(telling: Telling, temporal: EmbeddedTemporal) -> None:
    """On the real engine, at the real time: nothing of today's is old."""
    client = await connect(temporal.address, keys=CaseKeys(telling.database, telling.ground.keyring))
    story = await telling.begin("duret", zone="Europe/Paris", country="FR", currency="EUR")
    async with telling.owner.tenant(story.tenant) as tx:
        await keep(tx, story.tenant, "key-1", Kept("f", 200, {}))
        await tx.execute(text("update idempotency set created_at = created_at - interval '9 days'"))
    gone: dict[str, dict[str, int]] = await client.execute_workflow(
        "platform.retention", id=f"retention-{uuid4().hex}", task_queue="platform"
    )
    assert gone[story.tenant] == {"idempotency": 1}
    async with telling.database.tenant(story.tenant) as tx:
        assert (await tx.execute(select(contact))).first() is None


async def test_a_book_shorter_than_the_law_takes_nothing_out(
    telling: Telling, retention: Retention, caplog: pytest.LogCaptureFixture
) -> None:
    """A tenant's own book is refused at night; the team is told, and other tenants go on."""
    shipped = retention.library.book(RETENTION).content
    short = shipped.replace("[document, 120, 0]", "[document, 12, 0]").replace("months: 120", "months: 12", 1)
    book = retention.library.check(short)
    story = await telling.begin("court", zone="Europe/Paris", country="FR", currency="EUR")
    async with telling.database.tenant(story.tenant) as tx:
        await keep(tx, story.tenant, "key-1", Kept("f", 200, {}))
        now = datetime.now(UTC) - timedelta(days=1)
        await add_revision(tx, story.tenant, ANNE, Draft(RETENTION, book.revision, short, book.version), now)
        await propose(tx, story.tenant, ANNE, Proposal(RETENTION, book.revision, None), now)
    async with telling.owner.tenant(story.tenant) as tx:
        await tx.execute(text("update idempotency set created_at = created_at - interval '9 days'"))
    gone = await ActivityEnvironment().run(retention.take_out, datetime.now(UTC))
    assert story.tenant not in gone
    assert [row.title["fr"] for row in await rows(story, "alert", "title")] == [
        "Livre de conservation plus court que la loi : rien n’est effacé"
    ]
    assert "document" in caplog.text
