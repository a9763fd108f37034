"""Drivers of a tenant are scored from a terminal."""

import asyncio
import json
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert

from adapters.holidays import PublicHolidays
from adapters.local.folder import DataFolder
from adapters.local.postgres import EmbeddedPostgres
from cli import main
from database.fleet import contract
from database.session import Database
from database.shared.contacts import Contact, save_contact
from database.shared.tables import tenant
from domain.calendar import at_local
from domain.fleet.intake import Contract
from domain.fleet.terms import Frequency, Kind, Terms
from domain.money import Money
from tests.test_settings import EXAMPLE, enter

SIGNED = date(2026, 1, 5)


@pytest.fixture
async def firm(
    tmp_path: Path, postgres: EmbeddedPostgres, database: Database, owner: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[Path, str]:  # fmt: skip
    """A tenant with two drivers who have paid nothing."""
    enter({}, monkeypatch)
    urls = {
        "ECHEANCE_DATABASE_URL": postgres.url(role="echeance_app"),
        "ECHEANCE_DATABASE_ADMIN_URL": postgres.url(),
    }
    DataFolder(tmp_path).keep_environment({**EXAMPLE, **urls})
    name = f"cmd-{uuid4().hex[:8]}"
    row = {"id": name, "name": "Moto", "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(row))
    async with database.tenant(name) as tx:
        for number in (1, 2):
            await save_contact(tx, name, Contact(f"D-{number}", f"Conducteur {number}", None, None, "fr"))
            terms = Terms(
                Kind.LEASE_TO_OWN, Money("XAF", 60_000), Money("XAF", 0), 20, Frequency.WEEKLY,
                SIGNED + timedelta(days=7), SIGNED,
            )  # fmt: skip
            agreed = Contract(f"C-{number}", f"D-{number}", f"M-{number}", terms)
            at = at_local(SIGNED, time(10), "Africa/Douala")
            await contract.create_signed(tx, name, agreed, at, PublicHolidays())
    return tmp_path, name


async def call(firm: tuple[Path, str], *words: str) -> Result:
    there = ["fleet", "score", "--data", str(firm[0]), "--tenant", firm[1], *words]
    return await asyncio.to_thread(CliRunner().invoke, main, there)


async def told(firm: tuple[Path, str], *words: str) -> Any:
    result = await call(firm, *words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


async def test_a_night_is_scored_and_told(firm: tuple[Path, str]) -> None:
    first = await told(firm, "--day", "2026-02-20")
    assert (first["state"], first["drivers"], first["on"]) == ("done", 2, "2026-02-20")
    assert first["groups"] == {"reliable": 0, "ordinary": 0, "watch": 0, "at_risk": 2}
    again = await told(firm, "--day", "2026-02-20", "--again")
    assert (again["drivers"], again["changed"]) == (2, first["changed"])
    said = await call(firm, "--day", "2026-02-27")
    assert "2 conducteurs notés pour le 27/02/2026" in said.output
    assert "à risque" in said.output
    english = await call(firm, "--day", "2026-02-28", "--lang", "en")
    assert "2 drivers scored for 2026-02-28" in english.output


async def test_before_anything_is_signed_there_is_nobody_to_score(firm: tuple[Path, str]) -> None:
    result = await call(firm, "--day", "2025-12-31")
    assert result.exit_code == 1
    assert "aucun contrat en cours" in result.output
    nowhere = await call((firm[0], "nobody"))
    assert nowhere.exit_code == 1
    assert "nobody" in nowhere.output
