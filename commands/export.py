"""`echeance export`: a list as a file, row by row."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click

from adapters.table_files import TableFiles
from commands.arguments import FileToWrite
from commands.operator import in_folder, operator, settings_for
from commands.progress import INTERRUPTED, progress
from commands.words import Voice, as_json, in_language
from database.listings import LISTINGS
from database.session import Database
from database.shared import audit
from database.shared.contacts import tenant_of
from database.shared.exports import FORMATS
from database.shared.listing import Asked, Listing, Scope, asked_of, count_of, whole
from domain.calendar import local_date
from domain.errors import BadInput, Mistake
from domain.table import Row
from settings import Settings

EVERY = 500
MOST = 100_000_000


@dataclass(frozen=True)
class Order:
    settings: Settings
    tenant: str
    listing: Listing
    asked: Asked
    format: str
    locale: str
    into: Path


@click.command()
@click.argument("table", type=click.Choice(sorted(LISTINGS)))
@in_folder
@click.option("--tenant", required=True)
@click.option("--format", "format", type=click.Choice(FORMATS), default="xlsx", show_default=True)
@click.option("--out", type=FileToWrite(), required=True, help="The file to write.")
@click.option("--filter", "filters", multiple=True, metavar="NAME=VALUE", help="As in the console’s address.")
@click.option("--order", default="", help="A column; with a minus, the largest first.")
@in_language
@as_json
def export(
    table: str, data: Path, tenant: str, format: str, out: Path, filters: tuple[str, ...], order: str,
    lang: str, machine: bool,
) -> None:  # fmt: skip
    """Write a list of TENANT into a file, however long it is."""
    voice, listing = Voice(lang, machine), LISTINGS[table]
    asked = voice.mend_or_fail(lambda: _asked(listing, filters, order))
    wanted = Order(settings_for(data), tenant, listing, asked, format, lang, out)
    try:
        rows = voice.mend_or_fail(lambda: asyncio.run(_write(voice, wanted)))
    except KeyboardInterrupt:
        voice.problem("interrompu ; rien n’est écrit", "interrupted; nothing is written")
        raise SystemExit(INTERRUPTED) from None
    voice.data({"list": table, "rows": rows, "file": str(out), "bytes": out.stat().st_size})
    voice.say(f"{rows} lignes dans {out}", f"{rows} rows in {out}")


def _asked(listing: Listing, filters: tuple[str, ...], order: str) -> Asked:
    """Raises BadInput."""
    given = dict(one.partition("=")[::2] for one in filters)
    known = [one.name for one in listing.filters]
    if unknown := sorted(given.keys() - set(known)):
        mend = f"use one of {', '.join(known)}"
        raise BadInput(Mistake("--filter", f"this list has no filter {unknown[0]!r}", mend))
    return asked_of(listing, {**given, "order": order})


async def _write(voice: Voice, wanted: Order) -> int:
    """Into a file beside it, which takes its name when it is whole. Raises NotFound, BadInput."""
    database = Database(wanted.settings.database_url, pool_size=2)
    part = wanted.into.with_name(f".{wanted.into.name}.part")
    try:
        with progress(voice, wanted.listing.title.to(wanted.locale)) as tell:
            rows = await _rows(database, wanted, part, tell)
        part.replace(wanted.into)
        async with database.tenant(wanted.tenant) as tx:
            told = {"list": wanted.listing.name, "format": wanted.format, "rows": rows,
                    "filters": sorted(wanted.asked.values)}  # fmt: skip
            await audit.write(
                tx, wanted.tenant, operator(), "export.written", f"list:{wanted.listing.name}", None, told
            )
        return rows
    finally:
        part.unlink(missing_ok=True)
        await database.close()


async def _rows(database: Database, wanted: Order, part: Path, tell: Callable[[int, int], None]) -> int:
    async with database.moment(wanted.tenant) as tx:
        firm = await tenant_of(tx, wanted.tenant)
        scope = Scope(firm.id, local_date(datetime.now(UTC), firm.zone), firm.zone, firm.currency)
        total = await count_of(tx, scope, wanted.listing, wanted.asked, MOST)
        table = whole(tx, scope, wanted.listing, wanted.asked, total)
        told = replace(table, rows=_telling(table.rows, total, tell))
        return await TableFiles().write(told, wanted.format, wanted.locale, str(part), lambda _: None)


async def _telling(
    rows: AsyncIterator[Row], total: int, tell: Callable[[int, int], None]
) -> AsyncIterator[Row]:  # fmt: skip
    done = 0
    async for row in rows:
        yield row
        done += 1
        if done % EVERY == 0 or done == total:
            tell(done, total)
