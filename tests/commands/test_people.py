"""People and keys, as whoever sits at the machine lets them in."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert, select

from adapters.local.folder import DataFolder
from adapters.local.postgres import EmbeddedPostgres
from cli import main
from database.session import Database
from database.shared import people, sessions
from database.shared.api_keys import key_of, read_token
from database.shared.passwords import hash_of, is_password
from database.shared.sign_in_tables import letter
from database.shared.tables import audit, tenant
from tests.test_settings import EXAMPLE, enter

NOW = datetime(2031, 3, 3, 9, 0, tzinfo=UTC)
ADA = ("--email", "ada@example.org", "--name", "Ada Nkolo")


@dataclass
class Machine:
    folder: Path
    database: Database
    tenant: str

    async def call(self, *words: str) -> Result:
        there = ["--data", str(self.folder), "--tenant", self.tenant]
        return await asyncio.to_thread(CliRunner().invoke, main, [*words, *there])

    async def said(self, *words: str, code: int = 0) -> str:
        result = await self.call(*words)
        assert result.exit_code == code, result.output
        return result.output

    async def person(self, email: str = "ada@example.org") -> people.Person:
        async with self.database.tenant(self.tenant) as tx:
            found = await people.person_by_email(tx, self.tenant, email)
        assert found is not None
        return found

    async def audited(self) -> list[tuple[Any, ...]]:
        async with self.database.tenant(self.tenant) as tx:
            rows = await tx.execute(select(audit).order_by(audit.c.id))
            return [(row.who.partition(":")[0], row.action, row.object, row.after) for row in rows]


@pytest.fixture
async def machine(
    tmp_path: Path, postgres: EmbeddedPostgres, database: Database, owner: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> Machine:  # fmt: skip
    enter({}, monkeypatch)
    known = {**EXAMPLE, "ECHEANCE_DATABASE_URL": postgres.url(role="echeance_app")}
    DataFolder(tmp_path).keep_environment(known)
    name = f"cli-{uuid4().hex[:8]}"
    row = {"id": name, "name": name, "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(row))
    return Machine(tmp_path, database, name)


async def test_a_person_comes_in_by_letter_and_the_trail_names_nobody(machine: Machine) -> None:
    assert "letter" in await machine.said("person", "create", *ADA, "--roles", "operator, finance")
    ada = await machine.person()
    assert (ada.state, sorted(ada.roles)) == ("invited", ["finance", "operator"])
    async with machine.database.tenant(machine.tenant) as tx:
        assert [row.kind for row in await tx.execute(select(letter))] == ["invitation"]
    [row] = await machine.audited()
    state = {"roles": ["finance", "operator"], "state": "invited"}
    assert row == ("operator", "person.invited", f"person:{ada.id}", state)
    listed = await machine.said("person", "list")
    assert "ada@example.org" in listed
    assert "finance, operator" in listed


async def test_the_first_administrator_gets_a_password_that_opens(machine: Machine) -> None:
    password = (await machine.said("person", "create", *ADA, "--password")).strip()
    ada = await machine.person()
    assert (ada.state, sorted(ada.roles)) == ("active", ["administrator"])
    async with machine.database.tenant(machine.tenant) as tx:
        kept = await hash_of(tx, machine.tenant, ada.id)
    assert await is_password(kept, password)
    assert not await is_password(kept, password[:-1])
    assert password not in repr(await machine.audited())


async def test_roles_change_and_a_suspension_ends_the_sessions(machine: Machine) -> None:
    await machine.said("person", "create", *ADA, "--roles", "operator", "--password")
    ada = await machine.person()
    async with machine.database.tenant(machine.tenant) as tx:
        cookie = await sessions.open_session(tx, machine.tenant, ada.id, "password", NOW)
    await machine.said("person", "roles", *ADA[:2], "finance", "planner")
    assert (await machine.person()).roles == {"finance", "planner"}
    await machine.said("person", "suspend", *ADA[:2])
    assert (await machine.person()).state == "suspended"
    async with machine.database.tenant(machine.tenant) as tx:
        assert await sessions.session_of(tx, cookie, NOW) is None
    actions = [action for _, action, _, _ in await machine.audited()]
    assert actions == ["person.invited", "person.roles_changed", "person.suspended"]


async def test_what_cannot_be_is_said_in_words(machine: Machine) -> None:
    assert "nobody signs in" in await machine.said("person", "suspend", *ADA[:2], code=1)
    assert "not a role: boss" in await machine.said("person", "create", *ADA, "--roles", "boss", code=1)
    await machine.said("person", "create", *ADA, "--password")
    assert "there already" in await machine.said("person", "create", *ADA, code=1)
    assert "without an administrator" in await machine.said("person", "suspend", *ADA[:2], code=1)
    assert "not a scope: fleet:red" in await machine.said("key", "create", "--scopes", "fleet:red", code=1)
    assert "has begun" in await machine.said("key", "create", "--expires", "2020-01-01", code=1)


async def test_a_key_ends_on_its_day_and_stands_in_the_trail(machine: Machine) -> None:
    made = await machine.said("key", "create", "--scopes", "fleet:read", "--expires", "2199-12-31")
    token = read_token(made.strip())
    assert token is not None
    async with machine.database.tenant(machine.tenant) as tx:
        assert await key_of(tx, token, datetime(2199, 12, 30, 23, 59, tzinfo=UTC)) is not None
        assert await key_of(tx, token, datetime(2199, 12, 31, tzinfo=UTC)) is None
    await machine.said("key", "revoke", token.id)
    actions = [(action, thing) for _, action, thing, _ in await machine.audited()]
    assert actions == [("key.created", f"key:{token.id}"), ("key.revoked", f"key:{token.id}")]
    assert token.secret not in repr(await machine.audited())
