"""`echeance privacy`: requests of persons, and what an operator does where the API is away."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TextIO

import click
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.files.store import open_files
from commands.operator import fail, in_folder, mend_or_fail, operator, screen, settings_for, with_tenant
from database.privacy import requests
from database.privacy.erasure import Erased, erase, erasures
from database.privacy.export import Exporter
from database.privacy.register import as_markdown
from database.privacy.subject import subject_of
from database.shared import audit
from database.shared.contacts import tenant_of
from database.shared.files import FileStore
from database.shared.keys import Keyring
from database.shared.sealing import MasterKeys
from domain.calendar import local_date
from domain.errors import Conflict, NotFound
from domain.platform.privacy_request import LABELS, Kind
from rules.library import Library
from rules.terms import RETENTION, terms_in
from settings import HERE, Settings

Do = Callable[[AsyncConnection], Awaitable[Any]]
in_tenant = click.option("--tenant", required=True)
of_contact = click.option("--contact", default="", help="The reference of a contact.")
of_person = click.option("--person", default="", help="The id of a person who signs in and is no contact.")


@click.group()
def privacy() -> None:
    """Requests of persons about their data."""


@privacy.command()
@in_folder
@in_tenant
def due(data: Path, tenant: str) -> None:
    """The requests, the most pressing first."""
    rows = _run(data, tenant, lambda tx: requests.coming_due(tx, tenant))
    for row in rows:
        about = LABELS[Kind(row.kind)].en
        told = f"{row.due_on}  {row.state:8} {row.id}  {row.contact_ref or row.person_id}  {about}"
        late = row.state == "open" and row.due_on < datetime.now(UTC).date()
        screen.print(Text(told, style="red" if late else ""), soft_wrap=True)


@privacy.command()
@in_folder
@in_tenant
@of_contact
@of_person
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False))
def export(data: Path, tenant: str, contact: str, person: str, out: Path) -> None:
    """Write all of a person's data to an archive, readable by you alone."""
    if out.exists():
        fail(f"{out} is there already; give another name.")
    store = store_of(settings_for(data))

    async def do(tx: AsyncConnection) -> bytes:
        now, home = datetime.now(UTC), await tenant_of(tx, tenant)
        subject = await subject_of(tx, tenant, local_date(now, home.zone), contact, person)
        await audit.write(tx, tenant, operator(), "privacy.exported", subject.thing)
        return await Exporter(store.keyring, store).archive(tx, subject, home.name, now)

    content: bytes = _run(data, tenant, do)
    out.touch(mode=0o600)
    out.write_bytes(content)
    click.echo(f"{out}: {len(content)} bytes")


@privacy.command("erase")
@in_folder
@in_tenant
@of_contact
@of_person
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_one(data: Path, tenant: str, contact: str, person: str, yes: bool) -> None:
    """Erase a person for ever. Refused while something is not over."""
    if not yes:
        click.confirm(f"Erase {contact or person} of {tenant} for ever?", abort=True)
    store = store_of(settings_for(data))
    done: Erased = _run(data, tenant, lambda tx: _erased(tx, store, tenant, contact, person))
    click.echo(f"{sum(done.rows.values())} rows, {done.keys} keys, {done.files} files")
    for one in done.kept:
        click.echo(f"kept: {one.rows} of {one.table} until {one.until}, {one.law}")


@privacy.command("erasures")
@in_folder
@in_tenant
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="A day; all of them otherwise.")
def told_erasures(data: Path, tenant: str, since: datetime | None) -> None:
    """Who was erased, by reference, as JSON lines for `erase-again`. Keep them apart from the backups."""
    first = since.replace(tzinfo=UTC) if since else datetime(1970, 1, 1, tzinfo=UTC)
    for one in _run(data, tenant, lambda tx: erasures(tx, tenant, first)):
        click.echo(json.dumps(one))


@privacy.command("erase-again")
@in_folder
@in_tenant
@click.argument("lines", type=click.File("r", encoding="utf-8"))
def erase_again(data: Path, tenant: str, lines: TextIO) -> None:
    """After an older backup was restored: erase whom LINES of `erasures` name once more."""
    store = store_of(settings_for(data))
    left = 0
    for line in filter(None, map(str.strip, lines)):
        one = json.loads(line)
        given = one.get("contact", ""), one.get("person", "")

        def do(tx: AsyncConnection, given: tuple[str, str] = given) -> Awaitable[Erased]:
            return _erased(tx, store, tenant, *given)

        try:
            with_tenant(settings_for(data), tenant, do)
        except NotFound:
            continue  # younger than the backup: nothing of them is there
        except Conflict as open_:
            left += 1
            screen.print(Text(f"{given[0] or given[1]}: {open_}", style="red"), soft_wrap=True)
    if left:
        fail(f"{left} could not be erased yet.")


@privacy.command()
def register() -> None:
    """The register of processing (RGPD, art. 30) by the shipped retention book, as a table in Markdown."""
    book = Library.load(HERE / "rules").book(RETENTION)
    click.echo(as_markdown(terms_in(book, datetime.now(UTC), "UTC")), nl=False)


async def _erased(
    tx: AsyncConnection, store: FileStore, tenant: str, contact: str, person: str
) -> Erased:  # fmt: skip
    now = datetime.now(UTC)
    today: date = local_date(now, (await tenant_of(tx, tenant)).zone)
    subject = await subject_of(tx, tenant, today, contact, person)
    done = await erase(tx, store.keyring, store, subject, now, today)
    after = {"rows": dict(done.rows), "keys": done.keys, "files": done.files}
    await audit.write(tx, tenant, operator(), "privacy.erased", subject.thing, after=after)
    return done


def store_of(settings: Settings) -> FileStore:
    keyring = Keyring(MasterKeys([one.get_secret_value() for one in settings.master_keys]))
    return FileStore(open_files(settings), keyring)


def _run(data: Path, tenant: str, do: Do) -> Any:
    return mend_or_fail(lambda: with_tenant(settings_for(data), tenant, do))
