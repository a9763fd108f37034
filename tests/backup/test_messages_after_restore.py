"""A database that was put back to an earlier day does not know what went out since: the provider does."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from adapters.local.postgres import EmbeddedPostgres
from database.backups import connected, note_restoration
from database.shared.backups import restoration
from database.shared.tables import message
from domain.effects import Done
from tests.activities.test_messages import BOTH, NEXT, Sending, sending

__all__ = ["sending"]


@pytest.fixture
async def lost(sending: Sending) -> AsyncIterator[Sending]:
    """Everything of the last hour is forgotten when the test calls `forget`; others do not see it."""
    yield sending
    async with sending.owner.anyone() as tx:
        await tx.execute(delete(restoration))


async def forget(sending: Sending) -> None:
    now = datetime.now(UTC)
    row = {"archive": "echeance.backup", "taken_at": now - timedelta(hours=1), "restored_at": now}
    async with sending.owner.anyone() as tx:
        await tx.execute(delete(message).where(message.c.tenant_id == sending.tenant))
        await tx.execute(insert(restoration).values(row | {"asks_until": now + timedelta(days=30)}))


@BOTH
async def test_what_went_out_after_the_backup_is_found_at_the_provider(lost: Sending, channel: str) -> None:
    await lost.send(channel)
    sent = await lost.only()
    await forget(lost)
    assert await lost.send(channel) == Done()
    found = await lost.only()
    assert (found.id, found.state, found.provider_id) == (sent.id, "accepted", sent.provider_id)
    assert await lost.arrived() == 1


@BOTH
async def test_what_never_went_out_goes_out_once(lost: Sending, channel: str) -> None:
    await forget(lost)
    assert await lost.send(channel) == Done(NEXT, "never taken: send again")
    assert await lost.send(channel, at=NEXT) == Done()
    assert await lost.rows() == [(channel, "accepted")]
    assert await lost.arrived() == 1


@BOTH
async def test_a_try_that_the_backup_caught_is_asked_about_first(
    lost: Sending, postgres: EmbeddedPostgres, channel: str
) -> None:
    """Refused for now when the backup was taken, sent a minute later."""
    await lost.send(channel)
    await forget_the_answer(lost)
    now = datetime.now(UTC)
    with connected(postgres.url()) as tx:
        note_restoration(tx, "echeance.backup", now - timedelta(hours=1), now)
    assert (await lost.only()).state == "unknown"
    assert await lost.send(channel) == Done()
    assert await lost.arrived() == 1


async def forget_the_answer(sending: Sending) -> None:
    earlier = update(message).where(message.c.tenant_id == sending.tenant)
    async with sending.owner.anyone() as tx:
        await tx.execute(earlier.values(state="pending", settled_at=None, provider_id=""))


async def test_when_the_time_of_asking_is_over_messages_go_out_at_once(lost: Sending) -> None:
    await forget(lost)
    async with lost.owner.anyone() as tx:
        over = {"asks_until": select(restoration.c.restored_at).scalar_subquery()}
        await tx.execute(update(restoration).values(over))
    assert await lost.send("sms") == Done()
    assert await lost.arrived() == 1
