"""An organisation's identity provider from a terminal."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adapters.local.folder import DataFolder
from adapters.local.postgres import EmbeddedPostgres
from cli import main
from database.session import Database
from database.shared.tables import audit
from database.shared.token_tables import identity_provider
from tests.database.trail import founded
from tests.test_settings import EXAMPLE, enter

SECRET = "the client's secret"


@dataclass
class Desk:
    folder: Path
    database: Database
    tenant: str

    async def said(self, *words: str, code: int = 0) -> str:
        there = ["oidc", *words, "--data", str(self.folder), "--tenant", self.tenant]
        result = await asyncio.to_thread(CliRunner().invoke, main, there)
        assert result.exit_code == code, result.output
        return result.output.strip()

    async def set(self, *more: str, code: int = 0) -> str:
        secret = self.folder / "secret"
        secret.write_text(f"{SECRET}\n", "utf-8")
        there = ["--issuer", "https://id.example", "--client-id", "echeance", "--secret-file", str(secret)]
        return await self.said("set", *there, *more, code=code)

    async def rows(self, table: Any) -> list[Any]:
        async with self.database.tenant(self.tenant) as tx:
            return list(await tx.execute(select(table).order_by(*table.primary_key)))


@pytest.fixture
async def desk(
    tmp_path: Path, postgres: EmbeddedPostgres, database: Database, owner: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:  # fmt: skip
    enter({}, monkeypatch)
    known = {**EXAMPLE, "ECHEANCE_DATABASE_URL": postgres.url(role="echeance_app")}
    DataFolder(tmp_path).keep_environment(known)
    return Desk(tmp_path, database, (await founded(database, owner)).tenant)


async def test_a_provider_is_set_changed_listed_and_taken_away(desk: Desk) -> None:
    assert (await desk.set()).endswith("/console/sign-in/organisation/back")
    await desk.set("--domains", "Example.org", "--roles", "technician,planner")
    listed = await desk.said("list")
    assert "https://id.example" in listed
    assert "example.org as planner, technician" in listed
    assert SECRET not in listed + repr(await desk.rows(identity_provider)) + repr(await desk.rows(audit))
    await desk.said("remove")
    assert await desk.said("list") == ""
    acts = [row.action for row in await desk.rows(audit)]
    assert acts == ["identity_provider.set", "identity_provider.set", "identity_provider.removed"]


async def test_what_does_not_go_together_is_named(desk: Desk) -> None:
    assert "domains and roles go together" in await desk.set("--domains", "example.org", code=1)
    assert "not a role: king" in await desk.set("--domains", "a.org", "--roles", "king", code=1)
    assert "no identity provider" in (await desk.said("remove", code=1)).lower()
