"""A list written into a file from a terminal."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from adapters.local.folder import DataFolder
from adapters.local.postgres import EmbeddedPostgres
from cli import main
from tests.stories.fleet import pay, signed
from tests.stories.telling import Story, Telling
from tests.test_settings import EXAMPLE, enter


@pytest.fixture
async def story(
    telling: Telling, tmp_path: Path, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> Story:
    enter({}, monkeypatch)
    known = {**EXAMPLE, "ECHEANCE_DATABASE_URL": postgres.url(role="echeance_app")}
    DataFolder(tmp_path).keep_environment(known)
    story = await signed(telling)
    await pay(story, "P-1", 10_000, "2032-02-04 09:00")
    return story


async def call(story: Story, folder: Path, *words: str) -> Result:
    there = ["--data", str(folder), "--tenant", story.tenant]
    return await asyncio.to_thread(CliRunner().invoke, main, ["export", *words, *there])


async def test_a_list_goes_into_a_file_and_nothing_else_stays(story: Story, tmp_path: Path) -> None:
    out = tmp_path / "payments.xlsx"
    done = await call(story, tmp_path, "payments", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert "2 lignes dans" in done.output.replace("\n", " ")
    assert len(CalamineWorkbook.from_path(out).get_sheet_by_index(0).to_python()) == 3
    assert ".payments.xlsx.part" not in os.listdir(tmp_path)


async def test_filters_are_those_of_the_list(story: Story, tmp_path: Path) -> None:
    out = tmp_path / "contracts.csv"
    words = ("contracts", "--format", "csv", "--filter", "state=draft", "--out", str(out), "--lang", "en")
    done = await call(story, tmp_path, *words, "--json")
    assert done.exit_code == 0, done.output
    assert '"rows": 0' in done.output
    assert out.read_text("utf-8-sig").startswith("Contract,Driver,")
    for filter, told in (("colour=red", "no filter 'colour'"), ("state=lost", "no such choice")):
        refused = await call(story, tmp_path, "contracts", "--filter", filter, "--out", str(out))
        assert refused.exit_code == 1
        assert told in " ".join(refused.output.split())


async def test_a_firm_that_is_not_there_leaves_no_file(story: Story, tmp_path: Path) -> None:
    out = tmp_path / "x.xlsx"
    done = await call(replace(story, tenant="nobody"), tmp_path, "contracts", "--out", str(out))
    assert done.exit_code == 1
    assert not out.exists()
