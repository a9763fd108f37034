"""Rounds planned for a firm on the platform: a worker searches, the terminal looks on."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from activities.maintenance.plan import Plans
from adapters.local.folder import DataFolder
from adapters.local.postgres import EmbeddedPostgres
from adapters.planning.earth import Earth
from adapters.planning.land import LandMask
from adapters.planning.process import PlannerProcess
from tests.architecture.sources import ROOT
from tests.stories.fleet import HOLIDAYS
from tests.stories.rounds import laid_out
from tests.stories.telling import Story, Telling
from tests.test_settings import EXAMPLE


@pytest.fixture
async def story(telling: Telling, tmp_path: Path, postgres: EmbeddedPostgres) -> Story:
    known = {**EXAMPLE, "ECHEANCE_DATABASE_URL": postgres.url(role="echeance_app")}
    DataFolder(tmp_path).keep_environment(known)
    return await laid_out(telling, "2032-03-01 10:00")


async def begun(story: Story, folder: Path, *words: str) -> tuple[Process, str]:
    """The command, and the plan that it asked for."""
    there = ["--data", str(folder), "--tenant", story.tenant, "--first-on", "2032-03-09", "--days", "2"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ECHEANCE_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "plan", *there, *words, "--lang", "en", cwd=ROOT,
        env={**clean, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"}, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    said = (await process.stdout.readline()).decode()
    found = re.fullmatch(r"plan (p\w+)\n", said)
    assert found, said
    return process, found[1]


def worker(story: Story) -> Plans:
    return Plans(story.telling.database, HOLIDAYS, Earth(), LandMask(), PlannerProcess())


async def test_a_firm_gets_its_plan_and_a_map(story: Story, tmp_path: Path) -> None:
    page = tmp_path / "rounds.html"
    process, id = await begun(story, tmp_path, "--seconds", "1", "--compare", "--html", str(page))
    await worker(story).go_on(story.tenant, id, lambda _: None)
    said, told = await process.communicate()
    assert process.returncode == 0, told
    assert b"6 of 6 visits" in said
    assert b"by hand" in said
    assert "entretien" in page.read_text("utf-8")


async def test_control_c_stops_the_search_on_the_platform(story: Story, tmp_path: Path) -> None:
    process, id = await begun(story, tmp_path, "--seconds", "600")
    begins = asyncio.Event()
    searching = asyncio.create_task(worker(story).go_on(story.tenant, id, lambda _: begins.set()))
    await begins.wait()
    process.send_signal(signal.SIGINT)
    ended = await searching
    said, told = await process.communicate()
    assert ended.state == "stopped"
    assert process.returncode == 130, told
    assert b"the best plan is kept" in told
    assert b"of 6 visits" in said


async def test_a_firm_that_is_not_there_is_refused(story: Story, tmp_path: Path) -> None:
    words = ["--data", str(tmp_path), "--tenant", "nobody", "--lang", "en"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "plan", *words, cwd=ROOT, stdout=PIPE, stderr=PIPE
    )
    _, told = await process.communicate()
    assert process.returncode == 1
    assert b"no tenant with the reference 'nobody'" in told
    assert story.tenant != "nobody"
