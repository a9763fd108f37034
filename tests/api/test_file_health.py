"""Whether uploads are scanned, and whether the store answers, is on the health page."""

from dataclasses import replace
from pathlib import Path

import httpx

from adapters.clamd import Clamd
from adapters.files.folder import FolderFiles
from api.parts import Parts
from database.shared.files import FileStore
from serving import assemble
from tests.files.clamd_twin import serve_clamd
from tests.ground import KEYRING, PUBLIC


async def health(parts: Parts) -> dict[str, tuple[bool, str]]:
    transport = httpx.ASGITransport(app=assemble(parts))
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as http:
        answer = await http.get("/health/ready")
    assert answer.status_code == 200
    return {one["name"]: (one["ready"], one["problem"]) for one in answer.json()["parts"]}


async def test_that_nothing_is_scanned_is_said(parts: Parts) -> None:
    said = await health(parts)
    assert said["files"] == (True, "")
    assert said["virus scan"] == (
        False, "none is set (ECHEANCE_SCAN_URL): what people hand in is not scanned",
    )  # fmt: skip


async def test_a_scan_that_is_away_is_said(parts: Parts) -> None:
    async with serve_clamd() as twin:
        scanned = replace(parts, uploads=replace(parts.uploads, scanner=Clamd(twin.url)))
        assert (await health(scanned))["virus scan"] == (True, "")
        twin.mood = "silent"
        assert not (await health(scanned))["virus scan"][0]


async def test_a_store_that_is_away_is_said(parts: Parts, tmp_path: Path) -> None:
    (tmp_path / "full").write_text("no folder")
    away = replace(parts, files=FileStore(FolderFiles(tmp_path / "full"), KEYRING))
    assert not (await health(away))["files"][0]
