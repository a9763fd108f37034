"""The operator's command, `echeance`."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.text import Text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.durable.client import DurableRules
from adapters.local.folder import AlreadyRunning, DataFolder
from adapters.local.process import DidNotStart
from adapters.local.run import run_platform
from adapters.local.status import look
from api.fleet.mobile_money import secret_for
from database.migrate import upgrade
from database.role import set_password
from database.session import Database
from database.shared.api_keys import create_key, revoke_key
from domain.errors import BadInput, DomainError
from rules.library import Library
from rules.vocabulary import shipped_vocabulary
from settings import HERE, PREFIX, Settings, load

screen = Console(highlight=False)
problems = Console(stderr=True, highlight=False)
in_folder = click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), default=Path(".data"), show_default=True,
    help="The folder of the local platform.",
)  # fmt: skip


@click.group()
def main() -> None:
    """Échéance: obligations with a due date, watched until they are met."""


@main.command()
@in_folder
@click.option("--no-seeds", is_flag=True, help="Start with an empty database.")
def run(data: Path, no_seeds: bool) -> None:
    """Run the whole platform on this machine, until Ctrl-C."""
    try:
        run_platform(DataFolder(data), screen, seeds=not no_seeds)
    except (AlreadyRunning, DidNotStart) as problem:
        fail(str(problem))


@main.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
def demo(folder: Path | None) -> None:
    """Live a data set (contracts.csv, payments.csv) through in virtual time, and check what must hold."""
    # Workers and workflows are loaded only where they run: the other commands start quickly.
    from seeds.demo import run as lived

    try:
        held = asyncio.run(lived(folder, screen))
    except BadInput as wrong:
        fail(str(wrong))
    if not held:
        fail("not everything that must hold does hold; see above")


@main.command()
@in_folder
def migrate(data: Path) -> None:
    """Bring the database to the present schema."""
    settings = settings_for(data)
    if settings.database_admin_url is None:
        fail("ECHEANCE_DATABASE_ADMIN_URL is not set; migrations need the owner of the schema")
    upgrade(settings.database_admin_url, settings.application_role)
    password = make_url(settings.database_url).password
    if password:
        set_password(settings.database_admin_url, settings.application_role, str(password))


@main.group()
def rules() -> None:
    """Rule books."""


@rules.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True), required=False)
def check(folder: Path | None) -> None:
    """Read every rule book in FOLDER (default: the platform's own) and print all that is wrong."""
    known = shipped_vocabulary(HERE / "templates")
    with closing(DurableRules()) as engine:
        library: Library = mend_or_fail(lambda: Library(folder or HERE / "rules", known, engine))
    screen.print(f"{len(library.books())} rule books are in order")


@main.group()
def key() -> None:
    """Keys of the API."""


@key.command()
@in_folder
@click.option("--tenant", required=True)
@click.option("--scopes", default="*", show_default=True, help="With commas.")
@click.option("--name", default="made by the operator", show_default=True)
def create(data: Path, tenant: str, scopes: str, name: str) -> None:
    """Make a key and print it; it cannot be shown again."""
    wanted = frozenset(scope.strip() for scope in scopes.split(",") if scope.strip())
    settings = settings_for(data)
    made = _with_tenant(settings, tenant, lambda tx: create_key(tx, tenant, name, wanted))
    click.echo(mend_or_fail(lambda: asyncio.run(made)))


@key.command()
@in_folder
@click.option("--tenant", required=True)
@click.argument("id")
def revoke(data: Path, tenant: str, id: str) -> None:
    """End a key at once. ID is the part of the key before its secret."""
    settings = settings_for(data)
    ended = _with_tenant(settings, tenant, lambda tx: revoke_key(tx, tenant, id, datetime.now(UTC)))
    mend_or_fail(lambda: asyncio.run(ended))


@key.command("mobile-money")
@in_folder
@click.option("--tenant", required=True)
def mobile_money(data: Path, tenant: str) -> None:
    """Print the secret with which a tenant's mobile-money operator signs its webhooks."""
    master = settings_for(data).mobile_money_secret.get_secret_value()
    click.echo(secret_for(master, tenant))


@main.command()
@in_folder
def status(data: Path) -> None:
    """Say what answers and what does not; exit code 1 when something does not."""
    settings = settings_for(data)
    found = look(settings.database_url, settings.temporal_address, settings.public_base_url)
    for name, problem in found.items():
        said = (" ".join(problem.split()), "red") if problem else ("answers", "green")
        screen.print(Text.assemble(f"{name:12}", said), soft_wrap=True)
    sys.exit(1 if any(found.values()) else 0)


def settings_for(data: Path) -> Settings:
    """From the environment; where that says nothing, what the local platform in the folder was given."""
    known = {} if f"{PREFIX}DATABASE_URL" in os.environ else DataFolder(data).environment()
    names = {name: f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    given = {name: known[variable] for name, variable in names.items() if variable in known}
    settings: Settings = mend_or_fail(lambda: load(**given))
    return settings


def mend_or_fail(attempt: Callable[[], Any]) -> Any:
    """What the attempt gives; a mistake that the operator can mend is printed instead of a traceback."""
    try:
        return attempt()
    except DomainError as error:
        for line in str(error).splitlines() if not isinstance(error, BadInput) else error.mistakes:
            say_problem(str(line))
        sys.exit(1)


def fail(sentence: str) -> NoReturn:
    say_problem(sentence)
    sys.exit(1)


def say_problem(sentence: str) -> None:
    problems.print(Text.assemble(("✗ ", "red"), sentence), soft_wrap=True)


async def _with_tenant(
    settings: Settings, tenant: str, do: Callable[[AsyncConnection], Awaitable[Any]]
) -> Any:
    database = Database(settings.database_url, pool_size=1)
    try:
        async with database.tenant(tenant) as tx:
            return await do(tx)
    finally:
        await database.close()


if __name__ == "__main__":
    main()
