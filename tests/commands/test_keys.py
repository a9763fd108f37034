"""The platform's own keys from a terminal: rotated, listed, put under a new master key."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from adapters.local.folder import DataFolder
from adapters.local.postgres import EmbeddedPostgres
from cli import main
from database.migrate import upgrade
from database.session import Database
from database.shared.keys import TENANT, Keyring
from database.shared.sealing import MasterKeys
from tests.database.trail import founded
from tests.ground import KEYRING
from tests.test_settings import EXAMPLE, enter

OLD, NEW = "a master key for tests that is long enough", "the next master key for tests that is long enough"


@dataclass
class Desk:
    folder: Path
    known: dict[str, str]

    async def said(self, *words: str, masters: str = OLD) -> str:
        DataFolder(self.folder).keep_environment({**self.known, "ECHEANCE_MASTER_KEYS": masters})
        there = ["keys", *words, "--data", str(self.folder)]
        result = await asyncio.to_thread(CliRunner().invoke, main, there)
        assert result.exit_code == 0, result.output
        return result.output.strip()


OWN = "only_keys"


@pytest.fixture(scope="module")
def server(postgres: EmbeddedPostgres) -> EmbeddedPostgres:
    """With a database of its own: signing keys belong to no firm, and all keys are rewrapped."""
    postgres.create_database(OWN)
    upgrade(postgres.url(OWN))
    return postgres


@pytest.fixture
async def desk(tmp_path: Path, server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> Desk:
    enter({}, monkeypatch)
    return Desk(tmp_path, {**EXAMPLE, "ECHEANCE_DATABASE_URL": server.url(OWN, "echeance_app")})


@pytest.fixture
async def database(server: EmbeddedPostgres) -> AsyncIterator[Database]:
    database = Database(server.url(OWN, "echeance_app"))
    yield database
    await database.close()


@pytest.fixture
async def owner(server: EmbeddedPostgres) -> AsyncIterator[Database]:
    owner = Database(server.url(OWN), pool_size=2)
    yield owner
    await owner.close()


async def test_a_rotation_says_when_the_new_key_signs(desk: Desk) -> None:
    first = (await desk.said("rotate", "--at-once"))[:16]
    made = await desk.said("rotate")
    assert re.fullmatch(r"[0-9a-f]{16} is published, and signs from \d\d:\d\d UTC on", made)
    told = {line[:16]: line for line in (await desk.said("list")).splitlines()}
    assert "signs from" in told[made[:16]]
    assert "verifies until" in told[first]
    stolen = await desk.said("rotate", "--at-once")
    assert stolen.endswith("signs from now on")
    lines = (await desk.said("list")).splitlines()
    [now] = [line for line in lines if line.startswith(stolen[:16])]
    assert "signs since" in now
    assert "verifies until" not in now
    assert all("retired" in line for line in lines if line != now)


async def test_a_master_key_may_go_once_everything_is_under_the_next(
    desk: Desk, database: Database, owner: Database
) -> None:
    home = (await founded(database, owner)).tenant
    async with database.tenant(home) as tx:
        sealed = await KEYRING.seal(tx, home, TENANT, b"plain", "a place")
    await desk.said("rotate")
    said = await desk.said("rewrap", masters=f"{NEW},{OLD}")
    assert int(said.partition(" ")[0]) >= 2
    assert (await desk.said("rewrap", masters=f"{NEW},{OLD}")).startswith("0 ")
    async with database.tenant(home) as tx:
        assert await Keyring(MasterKeys([NEW])).open(tx, home, sealed, "a place") == b"plain"
    await desk.said("list", masters=NEW)
    assert int((await desk.said("rewrap", masters=f"{OLD},{NEW}")).partition(" ")[0]) >= 2
