"""The audit trail from a terminal."""

import asyncio
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner, Result

from adapters.local.folder import DataFolder
from adapters.local.postgres import EmbeddedPostgres
from cli import main
from database.session import Database
from domain.trail import Entry, digest_of
from tests.database.trail import Trail, founded
from tests.test_settings import EXAMPLE, enter


@dataclass
class Desk:
    folder: Path
    trail: Trail

    async def call(self, *words: str | Path) -> Result:
        there = ["--data", str(self.folder), "--tenant", self.trail.tenant]
        return await asyncio.to_thread(CliRunner().invoke, main, ["audit", *map(str, words), *there])

    async def said(self, *words: str | Path, code: int = 0) -> str:
        result = await self.call(*words)
        assert result.exit_code == code, result.output
        return " ".join(result.output.split())


@pytest.fixture
async def desk(
    tmp_path: Path, postgres: EmbeddedPostgres, database: Database, owner: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:  # fmt: skip
    enter({}, monkeypatch)
    known = {
        **EXAMPLE, "ECHEANCE_DATABASE_URL": postgres.url(role="echeance_app"),
        "ECHEANCE_ANCHORS_FOLDER": str(tmp_path / "anchors"),
    }  # fmt: skip
    DataFolder(tmp_path).keep_environment(known)
    trail = await founded(database, owner)
    await trail.act("contract:C-1", "contract:C-2", "contract:C-3")
    return Desk(tmp_path, trail)


async def test_a_trail_in_order_is_said_to_be(desk: Desk) -> None:
    assert "in order; 3 seals, 3 rows, no anchor" in await desk.said("verify")
    assert "1 trail(s) anchored" in await desk.said("anchor")
    assert "in order; 3 seals, 3 rows, anchored at seal 3, last on" in await desk.said("verify")


async def test_the_altered_row_is_named_and_the_command_fails(desk: Desk) -> None:
    row = await desk.trail.row(2)
    await desk.trail.tamper("update audit set who = 'key:eve' where id = :n", n=row)
    said = await desk.said("verify", code=1)
    assert f"row {row} (seal 2) is not what was sealed" in said
    assert "1 finding(s)" in said


async def test_a_copy_of_the_anchors_knows_what_was_cut_off_both(desk: Desk, tmp_path: Path) -> None:
    await desk.said("anchor")
    copytree(tmp_path / "anchors", tmp_path / "elsewhere")
    await desk.trail.tamper(
        "delete from audit where tenant_id = :t and object = 'contract:C-3'",
        "delete from audit_seal where tenant_id = :t and seq = 3",
    )
    assert "ends at seal 2, and was anchored at seal 3" in await desk.said("verify", code=1)
    for file in (tmp_path / "anchors").glob("*.jsonl"):
        file.unlink()
    await desk.said("verify")
    assert "its end was cut off" in await desk.said("verify", "--anchors", tmp_path / "elsewhere", code=1)


async def test_after_a_restore_anchors_go_on_with_a_reason_on_record(desk: Desk) -> None:
    await desk.said("anchor")
    await desk.trail.tamper(
        "delete from audit where tenant_id = :t and object = 'contract:C-3'",
        "delete from audit_seal where tenant_id = :t and seq = 3",
    )
    assert "Not in order" in await desk.said("anchor", code=1)
    assert "1 trail(s) anchored" in await desk.said("anchor", "--despite", "restored the backup of 3 March")
    assert "1 trail(s) anchored" in await desk.said("anchor")
    assert "audit.anchored_despite" in await desk.said("export")
    assert "written anew" in await desk.said("verify", code=1)  # what is missing stays missing


async def test_any_program_can_check_what_is_exported(desk: Desk) -> None:
    lines = [json.loads(line) for line in (await desk.call("export")).stdout.splitlines()]
    before = hashlib.sha256(f"echeance audit {desk.trail.tenant}".encode()).digest()
    for line in lines:
        given = {name: line[name] for name in Entry.__dataclass_fields__}
        entry = Entry(**{**given, "at": datetime.fromisoformat(line["at"])})
        assert digest_of(entry).hex() == line["digest"]
        before = hashlib.sha256(before + bytes.fromhex(line["digest"])).digest()
        assert before.hex() == line["hash"]
    assert len(lines) == 3


async def test_what_is_too_old_goes_and_the_rest_verifies(desk: Desk) -> None:
    await desk.trail.acted_at(datetime.now(UTC) - timedelta(days=1500), "old")
    assert "0 row(s)" in await desk.said("prune")  # it was sealed after younger ones
    other = await founded(desk.trail.database, desk.trail.owner)
    await other.acted_at(datetime.now(UTC) - timedelta(days=1500), "old", "older")
    there = Desk(desk.folder, other)
    assert "2 row(s)" in await there.said("prune")
    assert "in order; 3 seals, 1 rows" in await there.said("verify")


async def test_an_unknown_tenant_is_named(desk: Desk) -> None:
    result = await asyncio.to_thread(
        CliRunner().invoke, main, ["audit", "verify", "--tenant", "none", "--data", str(desk.folder)]
    )
    assert result.exit_code == 1
    assert "no tenant with the reference 'none'" in result.output
