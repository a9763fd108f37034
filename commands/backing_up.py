"""Making one backup: what it reads, in which order, and what is put on record."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

import psycopg

from adapters.backup.archive import ArchiveWriter, read_through
from adapters.backup.postgres import PostgresTools
from adapters.backup.sealed import BackupKeys
from adapters.backup.shelf import Shelf
from adapters.backup.sources import CHUNK, content_of, files_in, snapshot_of_sqlite
from database.backups import begin_run, connected, end_run, last_runs, snapshot
from domain.errors import BadInput, DomainError, Mistake
from settings import Settings

DATABASE = "database.dump"
TEMPORAL = "temporal.db"
ANCHORS = "anchors"
ENCRYPTED = "files"
"""Files are sealed already: packing them gains nothing."""


@dataclass(frozen=True)
class Place:
    """What is backed up, and where to. ``temporal`` is the embedded server's file, if there is one."""

    admin_url: str
    role: str
    keys: BackupKeys
    shelf: Shelf
    tools: PostgresTools
    temporal: Path | None
    folders: Mapping[str, Path]


def place_of(chosen: Settings, data: Path) -> Place:
    """Raises BadInput for what is not set."""
    if chosen.database_admin_url is None:
        raise BadInput(_unset("ECHEANCE_DATABASE_ADMIN_URL"))
    temporal = data.resolve() / "temporal" / TEMPORAL
    return Place(
        admin_url=chosen.database_admin_url,
        role=chosen.application_role,
        keys=keys_of(chosen),
        shelf=shelf_of(chosen),
        tools=PostgresTools(chosen.database_admin_url, chosen.backup_tools),
        temporal=temporal if temporal.exists() else None,
        folders=folders_of(chosen),
    )


def keys_of(chosen: Settings) -> BackupKeys:
    if not chosen.backup_keys:
        raise BadInput(_unset("ECHEANCE_BACKUP_KEYS"))
    return BackupKeys([key.get_secret_value() for key in chosen.backup_keys])


def shelf_of(chosen: Settings) -> Shelf:
    if chosen.backup_folder is None:
        raise BadInput(_unset("ECHEANCE_BACKUP_FOLDER"))
    return Shelf(chosen.backup_folder)


def folders_of(chosen: Settings) -> dict[str, Path]:
    """By the first part of their members' names."""
    known = {
        ENCRYPTED: folder_in(chosen.files_url),
        ANCHORS: chosen.anchors_folder,
        "rules": chosen.rules_folder,
        "templates": chosen.templates_folder,
    }
    return {name: folder for name, folder in known.items() if folder is not None}


def folder_in(url: str) -> Path | None:
    """The folder that a file:// address names; none for a store elsewhere, which backs itself up."""
    parts = urlsplit(url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def take(place: Place, clock: Callable[[], datetime]) -> Path:
    """One more archive on the shelf, read back and on record; what was kept long enough goes.

    Raises DomainError or OSError, and leaves no archive behind.
    """
    with place.shelf.held(), connected(place.admin_url) as records:
        now = clock()
        place.shelf.clear(now)
        run = begin_run(records, f"{now:%Y-%m-%d %H:%M:%S}Z", now)
        try:
            place.shelf.see_room()
            path = place.shelf.put(
                now, lambda file: write(place, file, now), lambda file: read_through(file, place.keys)
            )
        except BaseException as problem:
            with suppress(psycopg.Error):  # the database may be what failed
                end_run(records, run, clock(), None, told(problem))
            raise
        end_run(records, run, clock(), path.stat().st_size)
    return path


def write(place: Place, file: BinaryIO, now: datetime) -> None:
    """Temporal and the anchors first: what they then miss, the database has. Files last: what the database
    knows of is there."""
    archive = ArchiveWriter(file, place.keys, {"taken_at": now.isoformat()})
    with _copy_of(place.temporal) as copy:
        if copy:
            archive.add(TEMPORAL, content_of(copy))
    _add_folder(archive, place, ANCHORS)
    with snapshot(place.admin_url) as moment, closing(place.tools.dump(moment.name)) as dump:
        archive.add(DATABASE, dump)
    for prefix in sorted(place.folders.keys() - {ANCHORS}):
        _add_folder(archive, place, prefix)
    archive.finish({"taken_at": now.isoformat(), "role": place.role, **moment.facts})


def _add_folder(archive: ArchiveWriter, place: Place, prefix: str) -> None:
    for name, path in files_in(place.folders[prefix]) if prefix in place.folders else ():
        # One that was erased meanwhile is none of ours any more.
        with suppress(FileNotFoundError), path.open("rb") as content:
            archive.add(f"{prefix}/{name}", _chunks(content), packed=prefix != ENCRYPTED)


def told(problem: BaseException) -> str:
    """For the record, which everybody on the health page reads."""
    if isinstance(problem, DomainError):
        return str(problem)
    if isinstance(problem, OSError):
        return problem.strerror or type(problem).__name__
    return type(problem).__name__


def last_of(place: Place) -> tuple[datetime | None, datetime | None]:
    """When the last good one began, and the last one that was tried."""
    with connected(place.admin_url) as records:
        return last_runs(records)


@contextmanager
def _copy_of(temporal: Path | None) -> Iterator[Path | None]:
    if temporal is None:
        yield None
        return
    copy = temporal.with_name("backup.draft")
    try:
        snapshot_of_sqlite(temporal, copy)
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _unset(name: str) -> Mistake:
    return Mistake(name, "is not set", "set it as .env.example describes")
