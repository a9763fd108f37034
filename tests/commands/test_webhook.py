"""External tools from a terminal."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adapters.local.folder import DataFolder
from adapters.local.postgres import EmbeddedPostgres
from cli import main
from database.session import Database
from database.shared import webhook_deliveries, webhooks
from database.shared.tables import audit
from database.shared.webhooks import Asked, Endpoint
from tests.database.test_isolation import firm
from tests.ground import KEYRING
from tests.test_settings import EXAMPLE, enter

NOW = datetime(2031, 3, 3, 9, 0, tzinfo=UTC)


@dataclass
class Desk:
    folder: Path
    database: Database
    tenant: str
    endpoint: Endpoint

    async def said(self, *words: str, code: int = 0) -> str:
        there = ["--data", str(self.folder), "--tenant", self.tenant]
        result = await asyncio.to_thread(CliRunner().invoke, main, ["webhook", *words, *there])
        assert result.exit_code == code, result.output
        return " ".join(result.output.split())


@pytest.fixture
async def desk(
    tmp_path: Path, postgres: EmbeddedPostgres, database: Database, owner: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:  # fmt: skip
    enter({}, monkeypatch)
    known = {**EXAMPLE, "ECHEANCE_DATABASE_URL": postgres.url(role="echeance_app")}
    DataFolder(tmp_path).keep_environment(known)
    tenant = await firm(owner)
    asked = Asked("https://tool.example/hooks?token=abc", "Accounting", ())
    async with database.tenant(tenant) as tx:
        made, _ = await webhooks.create(tx, tenant, asked, KEYRING, "test", NOW)
        await webhook_deliveries.test(tx, tenant, made.id, NOW)
    return Desk(tmp_path, database, tenant, made)


async def test_an_endpoint_is_listed_without_what_may_be_secret(desk: Desk) -> None:
    assert await desk.said("list") == f"{desk.endpoint.id} enabled tool.example"


async def test_the_log_says_what_became_of_each_event(desk: Desk) -> None:
    assert "2031-03-03 09:00:00 pending 0 tries webhook.test" in await desk.said("log", desk.endpoint.id)
    assert await desk.said("log", "--state", "failed", desk.endpoint.id) == ""


async def test_it_is_taken_out_and_brought_back_and_the_trail_says_by_whom(desk: Desk) -> None:
    id = desk.endpoint.id
    await desk.said("disable", "--reason", "The tool moves", id)
    assert "disabled tool.example The tool moves" in await desk.said("list")
    assert "is disabled" in await desk.said("replay", "--since", "2031-01-01", id, code=1)
    await desk.said("enable", id)
    assert await desk.said("replay", "--since", "2031-01-01", id) == "0 event(s) are on their way"
    async with desk.database.tenant(desk.tenant) as tx:
        rows = (await tx.execute(select(audit).order_by(audit.c.id))).all()
    assert [row.action for row in rows] == ["webhook.disabled", "webhook.enabled", "webhook.replayed"]
    assert all(row.who.startswith("operator:") and row.object == f"webhook:{id}" for row in rows)


async def test_an_endpoint_that_is_not_there_is_said_to_be_so(desk: Desk) -> None:
    for words in (("enable",), ("disable", "--reason", "x"), ("log",)):
        assert "no webhook endpoint" in await desk.said(*words, "we_0", code=1)
