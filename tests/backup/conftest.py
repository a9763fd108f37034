"""A PostgreSQL of one's own, given by its address."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.local.postgres import EmbeddedPostgres
from database.backups import connected
from database.migrate import upgrade
from settings import Settings

KEY = "a backup key for tests that is long enough"
PLENTY = 40_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL of one's own, as an address, with more in it than is written in a moment."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("own") / "data")
    server.start()
    upgrade(server.url())
    with connected(server.url()) as tx:
        tx.execute(
            "create table ballast as select i, sha512(i::text::bytea) from generate_series(1, 40000) i"
        )
    yield server
    server.stop()


@pytest.fixture
def given(server: EmbeddedPostgres, tmp_path: Path) -> dict[str, str]:
    words = {name.upper() for name, field in Settings.model_fields.items() if field.is_required()}
    return {
        **{f"ECHEANCE_{name}": "a word for tests that is as long as a true one" for name in words},
        "ECHEANCE_PUBLIC_BASE_URL": "https://echeance.example",
        "ECHEANCE_DATABASE_URL": server.url(role="echeance_app"),
        "ECHEANCE_DATABASE_ADMIN_URL": server.url(),
        "ECHEANCE_BACKUP_KEYS": KEY,
        "ECHEANCE_BACKUP_FOLDER": str(tmp_path / "backups"),
        "ECHEANCE_FILES_URL": (tmp_path / "files").as_uri(),
    }
