"""The operator's command: what it does, and what it says when it cannot."""

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from adapters.local.folder import DataFolder
from adapters.local.postgres import EmbeddedPostgres
from cli import main
from database.session import Database
from database.shared.api_keys import create_key, key_of, read_token
from tests.ground import ROOT
from tests.test_settings import EXAMPLE, enter

TENANT = text(
    "insert into tenant (id, name, country, zone, currency)"
    " values ('cli', 'Essai', 'FR', 'Europe/Paris', 'EUR') on conflict do nothing"
)


@pytest.fixture
def local(tmp_path: Path, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder as `echeance run` leaves it, and a shell that knows nothing."""
    enter({}, monkeypatch)
    folder = DataFolder(tmp_path)
    databases = {
        "ECHEANCE_DATABASE_URL": postgres.url(role="echeance_app"),
        "ECHEANCE_DATABASE_ADMIN_URL": postgres.url(),
    }
    folder.keep_environment({**EXAMPLE, **databases})
    return tmp_path


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_the_shipped_rule_books_are_in_order() -> None:
    result = call("rules", "check")
    assert result.exit_code == 0, result.output
    assert "livres de règles en ordre" in result.output


def test_every_mistake_of_every_book_is_printed_with_its_place(tmp_path: Path) -> None:
    books = tmp_path / "rules"
    for name in ("maintenance/renewal.yaml", "fleet/dunning.yaml"):
        (books / name).parent.mkdir(parents=True)
        shutil.copy(ROOT / "rules" / name, books / name)
        with (books / name).open("a", encoding="utf-8") as book:
            book.write("\nnonsense: [1\n")
    result = call("rules", "check", books)
    assert result.exit_code == 1
    assert "maintenance/renewal.yaml:" in result.output
    assert "fleet/dunning.yaml:" in result.output
    assert "Traceback" not in result.output


async def test_a_key_is_printed_once_and_kept_as_a_digest(local: Path, owner: Database) -> None:
    async with owner.anyone() as tx:
        await tx.execute(TENANT)
    result = await asyncio.to_thread(
        call, "key", "create", "--data", local, "--tenant", "cli", "--scopes", "contacts:read,fleet:read"
    )
    assert result.exit_code == 0, result.output
    token = read_token(result.stdout.strip())
    assert token is not None
    async with owner.tenant("cli") as tx:
        found = await tx.execute(
            text("select scopes, secret_sha256 from api_key where id = :id"), {"id": token.id}
        )
        assert found.one() == (["contacts:read", "fleet:read"], token.digest)


async def test_a_key_is_revoked_by_its_id(local: Path, owner: Database) -> None:
    async with owner.tenant("cli") as tx:
        await tx.execute(TENANT)
        token = read_token(await create_key(tx, "cli", "desk", frozenset("*")))
    assert token is not None
    revoke = ("key", "revoke", "--data", local, "--tenant", "cli", token.id)
    assert (await asyncio.to_thread(call, *revoke)).exit_code == 0
    async with owner.tenant("cli") as tx:
        assert await key_of(tx, token, datetime.now(UTC)) is None
    again = await asyncio.to_thread(call, *revoke)
    assert again.exit_code == 1
    assert "no key with the reference" in again.output


def test_a_key_for_nobody_is_refused(local: Path) -> None:
    result = call("key", "create", "--data", local, "--tenant", "nobody")
    assert result.exit_code == 1
    assert "no tenant with the reference 'nobody'" in result.output


def test_migrating_twice_changes_nothing(local: Path) -> None:
    assert call("migrate", "--data", local).exit_code == 0


def test_without_settings_every_missing_variable_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter({}, monkeypatch)
    result = call("migrate", "--data", tmp_path)
    assert result.exit_code == 1
    assert "ECHEANCE_DATABASE_URL: Field required; set it as .env.example describes" in result.output
    assert "ECHEANCE_LINK_SECRETS" in result.output
