"""The real parts every test may stand on: PostgreSQL, Temporal, and the local twin of the providers."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from adapters.local.ports import choose_port
from adapters.local.postgres import EmbeddedPostgres
from adapters.local.temporal import EmbeddedTemporal
from adapters.simulation import Simulation
from adapters.temporal import connect
from database.migrate import upgrade
from database.session import Database
from database.shared.payload_keys import CaseKeys
from tests.ground import KEYRING, ROOT, Twin, ground, serve_twin
from tests.profile import NIGHTLY
from tests.stories.telling import Telling
from worker import WORKFLOWS, Ground, workers

settings.register_profile("usual", deadline=None, derandomize=not NIGHTLY, database=None)
settings.load_profile("usual")
"""The same examples on every machine, however slow it is; new ones every night."""


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres") / "data")
    server.start()
    try:
        upgrade(server.url())
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
async def database(postgres: EmbeddedPostgres) -> AsyncIterator[Database]:
    """As the application's role: row-level security holds."""
    database = Database(postgres.url(role="echeance_app"))
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def owner(postgres: EmbeddedPostgres) -> AsyncIterator[Database]:
    """As the owner of the schema, for what only it may write: tenants."""
    database = Database(postgres.url(), pool_size=2)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def temporal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedTemporal]:
    port, _ = choose_port(0)
    server = EmbeddedTemporal(tmp_path_factory.mktemp("temporal"), port)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
async def provider_twin(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Twin]:
    async with serve_twin(tmp_path_factory.mktemp("twin")) as twin:
        yield twin


@pytest.fixture(scope="session")
async def telling(
    temporal: EmbeddedTemporal, database: Database, owner: Database, provider_twin: Twin
) -> AsyncIterator[Telling]:
    """Workers on every queue, and a simulation that moves their processes through time."""
    client = await connect(temporal.address, keys=CaseKeys(database, KEYRING))
    standing: Ground = ground(database, provider_twin)
    async with AsyncExitStack() as stack:
        for worker in workers(client, standing, list(WORKFLOWS)):
            await stack.enter_async_context(worker)
        yield Telling(database, owner, Simulation(client), standing, provider_twin)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT
