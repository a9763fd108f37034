"""`echeance backup`, `restore` and `verify`: copies of everything, and back."""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
import psycopg
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from adapters.backup.postgres import PostgresTools
from adapters.backup.sealed import head_of
from adapters.local.folder import AlreadyRunning, DataFolder
from adapters.local.process import DidNotStart
from commands.backing_up import ANCHORS, ENCRYPTED, Place, folders_of, last_of, place_of, shelf_of, take, told
from commands.operator import fail, in_folder, mend_or_fail, screen, settings_for
from commands.restoring import (
    BACKUPS,
    UNANSWERED_FOR,
    Keys,
    Restored,
    Target,
    into_database,
    into_folder,
    keys_in,
    looked_through,
)
from database.backups import connected, owe_starts
from domain.backup import due_at
from domain.errors import DomainError
from settings import Settings

LOOK_EVERY = 60.0
OWNER = "ECHEANCE_DATABASE_ADMIN_URL"

in_archive = click.argument("archive", type=click.Path(path_type=Path, exists=True, dir_okay=False))
with_keys = click.option(
    "--keys",
    "copy",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The copy of the keys that `echeance backup keys` wrote.",
)


def now() -> datetime:
    return datetime.now(UTC)


@click.group(invoke_without_command=True)
@in_folder
@click.pass_context
def backup(asked: click.Context, data: Path) -> None:
    """Make a backup now, and take away those that were kept for 30 days."""
    if asked.invoked_subcommand is None:
        place = mend_or_fail(lambda: place_of(settings_for(data), data))
        try:
            path = take(place, now)
        except (DomainError, OSError, psycopg.Error) as problem:
            fail(f"no backup was made: {told(problem)}")
        click.echo(f"{path}  {path.stat().st_size:,} bytes, read back")


@backup.command()
@in_folder
def daily(data: Path) -> None:
    """Make a backup every day at ECHEANCE_BACKUP_AT, and at once when one was missed, until ended."""
    settings = settings_for(data)
    place = mend_or_fail(lambda: place_of(settings, data))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        pause = round_of(place, settings, now, click.echo)
        time.sleep(pause)


def round_of(
    place: Place, settings: Settings, clock: Callable[[], datetime], say: Callable[[str], object]
) -> float:
    """A backup, if one is due. Returns how many seconds to wait before the next look."""
    try:
        due = due_at(*last_of(place), settings.backup_at, clock())
        if due <= clock():
            path = take(place, clock)
            say(f"{path.name}: {path.stat().st_size:,} bytes, read back")
            return LOOK_EVERY
    except (DomainError, OSError, psycopg.Error) as problem:
        say(f"no backup was made: {told(problem)}")
        return LOOK_EVERY
    return min(LOOK_EVERY, (due - clock()).total_seconds() + 1)


@backup.command("list")
@in_folder
def list_(data: Path) -> None:
    """Say which archives there are: when each was taken, its size, and the key that opens it."""
    shelf = mend_or_fail(lambda: shelf_of(settings_for(data)))
    for name, taken in shelf.archives().items():
        path = shelf.folder / name
        key = mend_or_fail(partial(_key_of, path))
        click.echo(f"{path}  {taken:%Y-%m-%d %H:%M} UTC  {path.stat().st_size:>14,} bytes  key {key}")


def _key_of(path: Path) -> str:
    with path.open("rb") as file:
        return str(head_of(file)["key"])


@backup.command()
@in_folder
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), required=True)
def keys(data: Path, to: Path) -> None:
    """Write a copy of the keys into a new file, to be kept apart from the archives and from this machine."""
    folder, target = DataFolder(data), to.resolve()
    secrets = folder.secrets()
    if not secrets:
        fail(f"{folder.path} holds no secrets; those of other platforms are in their environment (.env)")
    if target.exists():
        fail(f"{to} is there already; name a new file")
    if target.is_relative_to(folder.path):
        fail(f"{to} would be lost together with {folder.path}; name a file elsewhere")
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write((folder.path / "secrets.json").read_bytes())
        file.flush()
        os.fsync(file.fileno())
    click.echo(f"{to}: keep it where neither this machine nor the archives are")


@click.command()
@in_archive
@in_folder
@with_keys
@click.option("--trial", is_flag=True, help="Restore it into a passing folder, and check what must hold.")
def verify(archive: Path, data: Path, copy: Path | None, trial: bool) -> None:
    """Open an archive and compare every digest."""
    known = mend_or_fail(lambda: keys_of(copy, data))
    manifest = mend_or_fail(lambda: looked_through(archive, known))
    click.echo(f"{archive.name} is whole")
    tell_manifest(manifest)
    if not trial:
        return
    with tempfile.TemporaryDirectory(prefix="echeance-trial-", ignore_cleanup_errors=True) as passing:
        Path(passing).chmod(0o711)
        tell(put(lambda: into_folder(archive, known, Path(passing) / "platform", now(), click.echo)))


@click.command()
@in_archive
@in_folder
@with_keys
@click.option("--anchors", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="The anchors that survived: keys destroyed since are destroyed again.")  # fmt: skip
def restore(archive: Path, data: Path, copy: Path | None, anchors: Path | None) -> None:
    """Put an archive back into an empty folder, or into the empty PostgreSQL of the environment."""
    if OWNER in os.environ:
        restored = put(lambda: _into_database(archive, data, copy, anchors))
    else:
        restored = put(lambda: into_folder(archive, keys_given(copy), data, now(), click.echo, anchors))
    tell_manifest(restored.manifest)
    tell(restored)
    click.echo(f"{restored.owed} processes are started or rung again when the workers run")
    for owner in restored.erased:
        click.echo(f"! {owner}: erased after the backup; the key is destroyed again, repeat the erasure")
    for who in restored.asked:
        click.echo(f"! {who}: erased before, and back with the backup; a request to erase again is due today")
    for name in restored.left_out:
        click.echo(f"! {name}: in the archive, and not restored here")


@click.command("watch-again")
@in_folder
def watch_again(data: Path) -> None:
    """After Temporal was lost: owe every open case a start. One that still runs is only rung."""
    place = mend_or_fail(lambda: place_of(settings_for(data), data))
    at = now()
    owed = mend_or_fail(lambda: _owed(place, at))
    click.echo(f"{owed} processes are started or rung again when the workers run")


def _owed(place: Place, at: datetime) -> int:
    with connected(place.admin_url) as tx:
        return owe_starts(tx, f"{at:%Y%m%dT%H%M%SZ}", at, at - UNANSWERED_FOR)


def _into_database(archive: Path, data: Path, copy: Path | None, anchors: Path | None) -> Restored:
    settings = settings_for(data)
    url = os.environ[OWNER]
    tools = PostgresTools(url, settings.backup_tools)
    survived = anchors or settings.anchors_folder
    target = Target(url, settings.application_role, tools, stored(settings), anchors=survived)
    known = keys_in(copy) if copy else Keys(os.environ)
    return into_database(archive, known, target, settings.database_url, now(), click.echo)


def stored(settings: Settings) -> dict[str, Path]:
    """The folders that hold nothing but what the platform itself wrote. Anchors that are still there are
    worth more than those of the archive, and are left alone."""
    known = folders_of(settings)
    anchors = known.get(ANCHORS)
    if anchors and (any(anchors.glob("*")) or (anchors.exists() and not os.access(anchors, os.W_OK))):
        del known[ANCHORS]
    return {name: folder for name, folder in known.items() if name in (ENCRYPTED, ANCHORS)}


def keys_given(copy: Path | None) -> Keys:
    return keys_in(copy) if copy else Keys(os.environ)


def keys_of(copy: Path | None, data: Path) -> Keys:
    """From the copy, the environment, or the folder of the platform that made the archive."""
    if copy or BACKUPS in os.environ:
        return keys_given(copy)
    return Keys(DataFolder(data).secrets())


def put(attempt: Callable[[], Restored]) -> Restored:
    try:
        return attempt()
    except (AlreadyRunning, DidNotStart) as problem:
        fail(f"nothing was restored: {problem}")
    except (DomainError, OSError, psycopg.Error, SQLAlchemyError) as problem:
        fail(f"nothing was restored: {told(problem)}")


def tell_manifest(manifest: object) -> None:
    assert isinstance(manifest, dict)
    members = manifest["members"]
    size = sum(one["size"] for one in members)
    taken = datetime.fromisoformat(manifest["taken_at"])
    click.echo(f"  taken     {taken:%Y-%m-%d %H:%M:%S} UTC")
    click.echo(f"  holds     {manifest['tenants']} tenants, {manifest['open_cases']} open cases")
    click.echo(f"  members   {len(members)}, {size:,} bytes unpacked")
    click.echo(f"  keys      master {', '.join(manifest['master_keys']) or 'none'}")


def tell(restored: Restored) -> None:
    """Every check, and what breaks it. Exit code 1 when something does."""
    for check in restored.checks:
        mark, style = ("✗", "red") if check.broken_by else ("✓", "green")
        screen.print(Text.assemble((f"{mark} ", style), check.name), soft_wrap=True)
        for what in check.broken_by[:5]:
            screen.print(Text(f"    {what}"), soft_wrap=True)
    if not restored.holds:
        fail("not everything that must hold does hold; see above")
