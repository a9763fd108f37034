"""People from a terminal: the first administrator, a suspension, a lost telephone."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adapters.local.folder import DataFolder
from adapters.local.postgres import EmbeddedPostgres
from cli import main
from database.session import Database
from database.shared import passkeys, people, sessions
from database.shared.passkeys import Passkey
from database.shared.passwords import hash_of, is_password
from database.shared.people import Person
from database.shared.sign_in_tables import letter, person_totp
from database.shared.tables import audit
from database.shared.token_tables import passkey
from domain.sign_in import INITIAL
from tests.database.trail import founded
from tests.test_settings import EXAMPLE, enter

AWA = ("--email", "awa@example.org")


@dataclass
class Desk:
    folder: Path
    database: Database
    tenant: str

    async def said(self, *words: str, code: int = 0) -> str:
        there = ["--data", str(self.folder), "--tenant", self.tenant]
        result = await asyncio.to_thread(CliRunner().invoke, main, ["person", *words, *there])
        assert result.exit_code == code, result.output
        return result.output.strip()

    async def rows(self, table: Any) -> list[Any]:
        async with self.database.tenant(self.tenant) as tx:
            return list(await tx.execute(select(table).order_by(*table.primary_key)))

    async def awa(self) -> Person:
        async with self.database.tenant(self.tenant) as tx:
            found = await people.person_by_email(tx, self.tenant, "awa@example.org")
        assert found is not None
        return found


@pytest.fixture
async def desk(
    tmp_path: Path, postgres: EmbeddedPostgres, database: Database, owner: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:  # fmt: skip
    enter({}, monkeypatch)
    known = {**EXAMPLE, "ECHEANCE_DATABASE_URL": postgres.url(role="echeance_app")}
    DataFolder(tmp_path).keep_environment(known)
    return Desk(tmp_path, database, (await founded(database, owner)).tenant)


async def test_the_first_administrator_gets_a_password_that_is_printed_once(desk: Desk) -> None:
    printed = await desk.said("create", *AWA, "--name", "Awa Ndongo", "--password")
    awa = await desk.awa()
    assert awa.is_active
    assert awa.roles == {"administrator"}
    async with desk.database.tenant(desk.tenant) as tx:
        now = datetime.now(UTC)
        kept = await hash_of(tx, desk.tenant, awa.id, now)
        assert await hash_of(tx, desk.tenant, awa.id, now + INITIAL) == "", "it is for the first days"
    assert await is_password(kept, printed)
    assert printed not in kept
    trail = await desk.rows(audit)
    assert [row.action for row in trail] == ["person.invited"]
    assert "awa@example.org" not in repr(trail)
    assert "awa@example.org" in await desk.said("list")


async def test_somebody_is_invited_by_a_letter(desk: Desk) -> None:
    said = await desk.said("create", *AWA, "--name", "Awa Ndongo", "--roles", "operator, finance")
    assert said == "A letter with a link goes to awa@example.org."
    assert (await desk.awa()).roles == {"operator", "finance"}
    assert [row.kind for row in await desk.rows(letter)] == ["invitation"]


async def test_what_cannot_be_is_said_and_mended(desk: Desk) -> None:
    assert "not a role: boss" in await desk.said(
        "create", *AWA, "--name", "Awa", "--roles", "boss", code=1
    )  # fmt: skip
    await desk.said("create", *AWA, "--name", "Awa", "--password")
    assert "is there already" in await desk.said("create", *AWA, "--name", "Awa", code=1)
    assert "without an administrator" in await desk.said("suspend", *AWA, code=1)
    assert "nobody signs in" in await desk.said("suspend", "--email", "who@example.org", code=1)


async def test_a_lost_telephone_is_taken_off_the_account_and_its_sessions_end(desk: Desk) -> None:
    await desk.said("create", *AWA, "--name", "Awa", "--password")
    awa, now = await desk.awa(), datetime.now(UTC)
    async with desk.database.tenant(desk.tenant) as tx:
        lost = {"secret": b"sealed", "begun_at": now, "confirmed_at": now, "last_step": 0}
        await tx.execute(person_totp.insert().values(tenant_id=desk.tenant, person_id=awa.id, **lost))
        await passkeys.add(tx, desk.tenant, Passkey("abc", awa.id, b"public", 0, (), "Téléphone", now))
        cookie = await sessions.open_session(tx, desk.tenant, awa.id, "password+totp", now)
    await desk.said("reset", *AWA)
    assert await desk.rows(person_totp) == []
    assert await desk.rows(passkey) == []
    async with desk.database.tenant(desk.tenant) as tx:
        assert await sessions.session_of(tx, cookie, now) is None
    assert [row.kind for row in await desk.rows(letter)] == ["factor_changed"]
    assert [row.action for row in await desk.rows(audit)] == ["person.invited", "factor.removed"]


async def test_roles_are_changed(desk: Desk) -> None:
    await desk.said("create", *AWA, "--name", "Awa", "--roles", "operator", "--password")
    await desk.said("roles", *AWA, "finance", "planner")
    assert (await desk.awa()).roles == {"finance", "planner"}
