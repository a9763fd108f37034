"""What every command of the operator needs: settings, a transaction, and plain words for trouble."""

import asyncio
import getpass
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.local.folder import DataFolder
from adapters.logs import guard_logs
from database.session import Database
from database.shared.audit import Actor
from domain.errors import BadInput, DomainError
from settings import FROM_FILE, PREFIX, Settings, load

screen = Console(highlight=False)
problems = Console(stderr=True, highlight=False)
in_folder = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".data"),
    show_default=True,
    help="The folder of the local platform.",
)


def settings_for(data: Path) -> Settings:
    """From the environment; where that says nothing, what the local platform in the folder was given."""
    told = any(f"{PREFIX}DATABASE_URL{how}" in os.environ for how in ("", FROM_FILE))
    known = {} if told else DataFolder(data).environment()
    names = {name: f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    # What is empty is not told, as in the environment.
    given = {name: known[variable] for name, variable in names.items() if known.get(variable)}
    settings: Settings = mend_or_fail(lambda: load(**given))
    guard_logs(settings.secrets())
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


def operator() -> Actor:
    """Who sits at the machine."""
    return Actor(f"operator:{getpass.getuser()}")


def with_tenant(settings: Settings, tenant: str, do: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
    """One transaction of one tenant. Raises what ``do`` raises."""
    return asyncio.run(_with_tenant(settings, tenant, do))


async def _with_tenant(
    settings: Settings, tenant: str, do: Callable[[AsyncConnection], Awaitable[Any]]
) -> Any:
    database = Database(settings.database_url, pool_size=1)
    try:
        async with database.tenant(tenant) as tx:
            return await do(tx)
    finally:
        await database.close()
