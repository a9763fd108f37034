"""Requests of persons from a terminal: an archive, an erasure, and erasures after a restore."""

import asyncio
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from adapters.local.folder import DataFolder
from adapters.local.postgres import EmbeddedPostgres
from cli import main
from database.session import Database
from database.shared.contacts import Contact, contact_of, save_contact
from tests.database.trail import founded
from tests.test_settings import EXAMPLE, enter

CLAIRE = Contact("C-1", "Claire Martin", "claire@example.org", None, "fr")


@dataclass
class Desk:
    folder: Path
    database: Database
    tenant: str

    async def said(self, *words: str, code: int = 0, given: str = "") -> str:
        there = [] if words == ("register",) else ["--data", str(self.folder), "--tenant", self.tenant]
        told = ["privacy", *words, *there]
        result = await asyncio.to_thread(CliRunner().invoke, main, told, input=given)
        assert result.exit_code == code, result.output
        return result.output

    async def knows(self, person: Contact) -> None:
        async with self.database.tenant(self.tenant) as tx:
            await save_contact(tx, self.tenant, person)

    async def name(self) -> str:
        async with self.database.tenant(self.tenant) as tx:
            return (await contact_of(tx, self.tenant, "C-1")).full_name


@pytest.fixture
async def desk(
    tmp_path: Path, postgres: EmbeddedPostgres, database: Database, owner: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:  # fmt: skip
    enter({}, monkeypatch)
    known = {
        **EXAMPLE, "ECHEANCE_DATABASE_URL": postgres.url(role="echeance_app"),
        "ECHEANCE_FILES_URL": f"file://{tmp_path}/files",
    }  # fmt: skip
    DataFolder(tmp_path).keep_environment(known)
    made = Desk(tmp_path, database, (await founded(database, owner)).tenant)
    await made.knows(CLAIRE)
    return made


async def test_an_archive_is_written_for_the_operator_alone(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "claire.zip"
    assert str(out) in await desk.said("export", "--contact", "C-1", "--out", str(out))
    assert out.stat().st_mode & 0o777 == 0o600
    data = json.loads(zipfile.ZipFile(out).read("data.json"))
    assert data["contact"][0]["email"] == "claire@example.org"
    assert "is there already" in await desk.said("export", "--contact", "C-1", "--out", str(out), code=1)
    told = await desk.said("export", "--contact", "C-9", "--out", str(tmp_path / "b.zip"), code=1)
    assert "no contact" in told


async def test_an_erasure_asks_first_and_is_done_again_after_a_restore(desk: Desk, tmp_path: Path) -> None:
    await desk.said("erase", "--contact", "C-1", code=1, given="n\n")
    assert await desk.name() == "Claire Martin"
    assert "rows" in await desk.said("erase", "--contact", "C-1", "--yes")
    assert await desk.name() == ""
    lines = await desk.said("erasures", "--since", "2020-01-01")
    assert json.loads(lines)["contact"] == "C-1"
    assert "Claire" not in lines
    async with desk.database.tenant(desk.tenant) as tx:  # as an older backup has it
        await tx.execute(text("update contact set full_name = 'Claire Martin', erased_at = null"))
    kept = tmp_path / "erasures.jsonl"
    kept.write_text(lines + '{"contact": "C-younger"}\n')
    await desk.said("erase-again", str(kept))
    assert await desk.name() == ""


async def test_the_register_is_a_table(desk: Desk) -> None:
    told = await desk.said("register")
    assert told.startswith("| Traitement | Finalité |")
    assert "`message` 36 mois" in told
    assert await desk.said("due") == ""
