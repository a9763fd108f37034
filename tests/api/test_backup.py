"""Who misses a backup: the alert, and the health page."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, select, update
from temporalio.testing import ActivityEnvironment

from activities.platform.backup import BackupWatch
from adapters.backup.destroyed import DestroyedKeys
from database.session import Database
from database.shared.backups import backup_run
from database.shared.contacts import Contact, save_contact
from database.shared.keys import of_person
from database.shared.tables import alert, contact
from tests.api.conftest import START, Caller
from tests.ground import KEYRING


@dataclass
class Watched:
    caller: Caller
    owner: Database

    async def ran(self, state: str, before: timedelta, problem: str = "") -> None:
        """A backup began so long before the clock's present."""
        at = self.caller.clock() - before
        row = {"archive": uuid4().hex, "began_at": at, "state": state, "problem": problem}
        row |= {} if state == "running" else {"ended_at": at + timedelta(minutes=1)}
        async with self.owner.anyone() as tx:
            await tx.execute(insert(backup_run).values(row))

    async def look(self, watched: bool = True, at: datetime | None = None) -> str:
        watch = BackupWatch(self.caller.database, watched)
        return str(await ActivityEnvironment().run(watch.look, at or self.caller.clock()))

    async def alerts(self) -> list[str]:
        async with self.caller.database.tenant(self.caller.tenant) as tx:
            return [row.title["fr"] for row in await tx.execute(select(alert).order_by(alert.c.id))]

    async def health(self) -> dict[str, Any]:
        answer = await self.caller.get("/health/ready")
        assert answer.status_code == 200
        return next(part for part in answer.json()["parts"] if part["name"] == "backup")


@pytest.fixture
async def watched(caller: Caller, owner: Database) -> AsyncIterator[Watched]:
    yield Watched(caller, owner)
    async with owner.anyone() as tx:
        await tx.execute(delete(backup_run))


async def test_a_backup_of_yesterday_is_good_for_26_hours(watched: Watched) -> None:
    await watched.ran("good", timedelta(hours=25, minutes=59))
    assert await watched.look() == ""
    assert await watched.health() == {"name": "backup", "ready": True, "problem": ""}
    watched.caller.clock.forward(minutes=2)
    assert await watched.look() == "late"
    assert await watched.alerts() == ["Sauvegarde en retard : la dernière bonne a plus de 26 heures"]
    seen = await watched.health()
    assert (seen["ready"], seen["problem"]) == (False, "the last good one: 2031-03-02 07:01 UTC")


async def test_late_backups_are_told_of_once_a_day(watched: Watched) -> None:
    await watched.ran("good", timedelta(days=2))
    for hours in (0, 1, 24, 25):
        await watched.look(at=START + timedelta(hours=hours))
    assert len(await watched.alerts()) == 2


async def test_a_failure_is_told_with_its_reason_but_not_to_everybody(watched: Watched) -> None:
    await watched.ran("good", timedelta(hours=23))
    await watched.ran("failed", timedelta(hours=1), "No space left on device")
    assert await watched.look() == "failed"
    assert await watched.alerts() == ["La dernière sauvegarde a échoué : No space left on device"]
    seen = await watched.health()
    assert seen["ready"] is False
    assert "space" not in seen["problem"]


async def test_one_under_way_is_waited_for_but_not_for_ever(watched: Watched) -> None:
    await watched.ran("good", timedelta(hours=40))
    await watched.ran("running", timedelta(hours=1))
    assert await watched.look() == ""
    assert await watched.look(at=START + timedelta(hours=2, minutes=1)) == "late"


async def test_where_somebody_else_backs_up_nobody_is_told(watched: Watched) -> None:
    await watched.ran("good", timedelta(days=9))
    assert await watched.look(watched=False) == ""
    assert await watched.alerts() == []


async def test_a_platform_without_any_backup_is_late_after_26_hours(watched: Watched) -> None:
    assert await watched.look() == "late"


async def test_one_good_backup_after_a_failure_is_enough(watched: Watched) -> None:
    await watched.ran("failed", timedelta(hours=3), "interrupted")
    await watched.ran("good", timedelta(hours=2))
    assert await watched.look() == ""


async def test_destroyed_keys_are_kept_where_no_restore_brings_them_back(
    watched: Watched, tmp_path: Path
) -> None:
    tenant = watched.caller.tenant
    async with watched.caller.database.tenant(tenant) as tx:
        gone = await KEYRING.of(tx, tenant, of_person("D-1"))
        await KEYRING.of(tx, tenant, of_person("D-2"))
        await KEYRING.destroy(tx, tenant, of_person("D-1"), START, "erased")
        await save_contact(tx, tenant, Contact("D-1", "", None, None, "fr"))
        await tx.execute(update(contact).where(contact.c.ref == "D-1").values(erased_at=START))
    kept = DestroyedKeys(tmp_path)
    watch = BackupWatch(watched.caller.database, destroyed=kept)
    assert await ActivityEnvironment().run(watch.note_destroyed)
    assert {key for key in kept.known() if key[0] == tenant} == {(tenant, gone.id)}
    assert "D-1" not in (tmp_path / "destroyed-keys.txt").read_text()
    assert {one for one in kept.people() if one[0] == tenant} == {(tenant, "contact:D-1")}
    assert await ActivityEnvironment().run(watch.note_destroyed) == 0
