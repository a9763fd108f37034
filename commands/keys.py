"""`echeance keys`: the keys of the platform itself, which sign access tokens and seal what is kept."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click
from rich.text import Text

from commands.operator import in_folder, mend_or_fail, screen, settings_for
from database.session import Database
from database.shared.contacts import tenants
from database.shared.keys import Keyring
from database.shared.sealing import MasterKeys
from database.shared.signing_keys import SigningKey, SigningKeys
from settings import Settings

T = TypeVar("T")
AT_ONCE = 500


@click.group()
def keys() -> None:
    """The keys that sign access tokens, and the master keys that seal."""


@keys.command()
@in_folder
@click.option("--at-once", is_flag=True, help="The old ones are known to others: they end now.")
def rotate(data: Path, at_once: bool) -> None:
    """Make a new signing key. It is published now and signs in a quarter of an hour; nobody is signed out."""
    now = datetime.now(UTC)
    made, signs_at = _with_keys(data, lambda held: _rotated(held, now, at_once))
    when = "signs from now on" if at_once else f"is published, and signs from {signs_at:%H:%M} UTC on"
    click.echo(f"{made} {when}")


@keys.command("list")
@in_folder
def list_keys(data: Path) -> None:
    """The signing keys, the newest last: since when each signs, and until when it verifies."""
    now = datetime.now(UTC)
    for key in _with_keys(data, lambda held: held.all(now)):
        screen.print(Text.assemble((f"{key.kid}  ", "dim"), _told(key, now)), soft_wrap=True)


@keys.command()
@in_folder
def rewrap(data: Path) -> None:
    """Put everything that an older master key seals under the first of ECHEANCE_MASTER_KEYS."""
    settings = settings_for(data)
    count = mend_or_fail(lambda: asyncio.run(_rewrapped(settings)))
    click.echo(f"{count} keys are under the newest master key now; the older ones may go")


def _told(key: SigningKey, now: datetime) -> str:
    signs = f"signs since {key.signs_at:%Y-%m-%d %H:%M}"
    if key.signs_at > now:
        signs = f"signs from {key.signs_at:%Y-%m-%d %H:%M} on"
    if key.retires_at is None:
        return signs
    if key.retires_at <= now:
        return f"retired {key.retires_at:%Y-%m-%d %H:%M}"
    return f"{signs}, verifies until {key.retires_at:%Y-%m-%d %H:%M}"


async def _rotated(held: SigningKeys, now: datetime, at_once: bool) -> tuple[str, datetime]:
    made = await held.rotate(now, at_once)
    return made, next(key.signs_at for key in await held.all(now) if key.kid == made)


def _with_keys(data: Path, do: Callable[[SigningKeys], Awaitable[T]]) -> T:
    settings = settings_for(data)

    async def run() -> T:
        database = Database(settings.database_url, pool_size=1)
        try:
            return await do(SigningKeys(database, _master(settings)))
        finally:
            await database.close()

    done: T = mend_or_fail(lambda: asyncio.run(run()))
    return done


async def _rewrapped(settings: Settings) -> int:
    """Tenant by tenant, some hundreds in a transaction: it may be stopped, and goes on where it was."""
    database, ring = Database(settings.database_url, pool_size=1), Keyring(_master(settings))
    try:
        count = await SigningKeys(database, ring.master).rewrap()
        async with database.anyone() as tx:
            every = await tenants(tx)
        for tenant in every:
            done = AT_ONCE
            while done == AT_ONCE:
                async with database.tenant(tenant) as tx:
                    done = await ring.rewrap(tx, tenant, AT_ONCE)
                count += done
        return count
    finally:
        await database.close()


def _master(settings: Settings) -> MasterKeys:
    return MasterKeys([one.get_secret_value() for one in settings.master_keys])
