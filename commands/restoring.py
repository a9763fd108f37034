"""Putting an archive back: into an empty folder, or into an empty PostgreSQL."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.backup.archive import ArchiveReader, read_through
from adapters.backup.destroyed import DestroyedKeys
from adapters.backup.postgres import PostgresTools
from adapters.backup.sealed import BackupKeys
from adapters.backup.sources import place_in, write_file
from adapters.local.folder import DataFolder
from adapters.local.platform import ROLE
from adapters.local.postgres import EmbeddedPostgres
from commands.backing_up import ANCHORS, DATABASE, ENCRYPTED, TEMPORAL
from commands.examining import books, compared, kept, opened, whole
from database.backups import (
    connected,
    destroy_again,
    make_role,
    note_restoration,
    owe_starts,
    see_all,
    tables,
    users,
)
from database.brought_back import ask_again
from database.migrate import knows, upgrade
from database.shared.sealing import MasterKeys, Unopenable
from domain.errors import DomainError
from seeds.invariants import Check

MASTERS, BACKUPS = "ECHEANCE_MASTER_KEYS", "ECHEANCE_BACKUP_KEYS"
UNANSWERED_FOR = timedelta(days=40)
"""How far back a start that no review answered is looked for."""

Say = Callable[[str], None]


class WillNotRestore(DomainError):
    """Something is there that a restore would destroy, or something is missing; the text says what."""

    slug = "will-not-restore"


@dataclass(frozen=True)
class Keys:
    """What is kept apart from the archives: a copy of ``secrets.json``, or the environment."""

    secrets: Mapping[str, str]

    @property
    def backup(self) -> BackupKeys:
        return BackupKeys(self._of(BACKUPS))

    @property
    def masters(self) -> MasterKeys:
        return MasterKeys(self._of(MASTERS))

    def _of(self, name: str) -> list[str]:
        found = [one.strip() for one in self.secrets.get(name, "").split(",") if one.strip()]
        if not found:
            raise WillNotRestore(f"{name} is missing: give the copy of the keys with --keys")
        return found


@dataclass(frozen=True)
class Target:
    """An empty database, and the folders into which members go by the first part of their names."""

    admin_url: str
    role: str
    tools: PostgresTools
    folders: Mapping[str, Path]
    temporal: Path | None = None
    anchors: Path | None = None
    """Those that survived: they name the keys that were destroyed since, and who was erased."""

    def path_of(self, name: str) -> Path | None:
        """Nothing for what has no place here."""
        if name == TEMPORAL:
            return self.temporal
        first, _, rest = name.partition("/")
        return place_in(self.folders[first], rest) if first in self.folders else None


@dataclass
class Restored:
    manifest: Mapping[str, Any]
    checks: list[Check] = field(default_factory=list)
    owed: int = 0
    erased: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not any(check.broken_by for check in self.checks)


def looked_through(archive: Path, keys: Keys) -> dict[str, Any]:
    """The manifest, when every byte is right and this release with these keys can read all of it.

    Raises DomainError.
    """
    with archive.open("rb") as file:
        manifest = read_through(file, keys.backup)
    if not knows(manifest["schema"]):
        raise WillNotRestore("the archive was made by a newer release; take that one, or a newer archive")
    masters = keys.masters
    for master in manifest["master_keys"]:
        try:
            masters.derived_by(f"backup.{master}")
        except Unopenable as problem:
            raise WillNotRestore(f"what is sealed in the archive would never open: {problem}") from None
    return manifest


def put_back(archive: Path, keys: Keys, target: Target, now: datetime, say: Say) -> Restored:
    """Fill an empty target, check it, and owe Temporal what it may have missed. Raises DomainError."""
    manifest = looked_through(archive, keys)
    done = Restored(manifest)
    with connected(target.admin_url) as tx:
        make_role(tx, manifest["role"], member=target.role)
        say("the database and the files are written")
        done.left_out = _pour(archive, keys, target)
        say("what was written is examined")
        done.checks += [compared(tx, manifest), opened(tx, keys.masters)]
        if ENCRYPTED in target.folders:
            done.checks.append(kept(tx, target.folders[ENCRYPTED]))
        if target.temporal and target.temporal.exists():
            done.checks.append(whole(target.temporal))
        upgrade(target.admin_url, target.role)
        if target.anchors:
            done.erased = destroy_again(tx, DestroyedKeys(target.anchors).known(), now)
        taken_at = datetime.fromisoformat(manifest["taken_at"])
        mark = note_restoration(tx, archive.name, taken_at, now)
        done.owed = owe_starts(tx, str(mark), now, taken_at - UNANSWERED_FOR)
        if target.anchors:
            done.asked = ask_again(tx, DestroyedKeys(target.anchors).people(), now)
    return done


def _pour(archive: Path, keys: Keys, target: Target) -> list[str]:
    """Every member to its place. Returns the first parts of the names of those that have none."""
    left_out = {}
    with archive.open("rb") as file:
        for name, content in ArchiveReader(file, keys.backup).members():
            if name == DATABASE:
                target.tools.restore(content)
            elif path := target.path_of(name):
                write_file(path, content)
            else:
                left_out[name.partition("/")[0]] = True
    return list(left_out)


def into_folder(
    archive: Path, keys: Keys, folder: Path, now: datetime, say: Say, anchors: Path | None = None
) -> Restored:
    """A whole local platform. It is made beside the folder and takes its name at the end: a restore that was
    interrupted never looks like a platform. Raises DomainError, AlreadyRunning, DidNotStart.
    """
    folder = folder.resolve()
    refuse_taken(folder)
    looked_through(archive, keys)
    draft = folder.with_name(f".{folder.name}.restoring")
    with _emptied(draft) as place:
        say(f"{archive.name} is whole; it is put into {folder}")
        restored = _platform(archive, keys, place, now, say, anchors)
        place.keep_secrets(keys.secrets)
        draft.rename(folder)
    return restored


def refuse_taken(folder: Path) -> None:
    """Raises WillNotRestore, naming what is there."""
    found = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    if found and DataFolder(folder).in_use():
        raise WillNotRestore(f"a platform runs on {folder}; stop it, and give an empty folder")
    if found:
        named = ", ".join(found[:6]) + (" …" if len(found) > 6 else "")
        raise WillNotRestore(
            f"{folder} is not empty: it holds {named}. Name an empty folder with --data, or move it away"
        )
    if folder.is_mount():
        raise WillNotRestore(f"{folder} is a mount point; give a folder below it")


@contextmanager
def _emptied(draft: Path) -> Iterator[DataFolder]:
    """Ours alone. What an interrupted restore left is cleared away, and so is ours when it fails."""
    place = DataFolder(draft)
    with place.held():
        _clear(draft)
        place.logs.mkdir()
        try:
            yield place
        except BaseException:
            shutil.rmtree(draft)
            raise


def _clear(draft: Path) -> None:
    for path in draft.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "lock":
            path.unlink()


def _platform(
    archive: Path, keys: Keys, place: DataFolder, now: datetime, say: Say, anchors: Path | None
) -> Restored:
    postgres = EmbeddedPostgres(place.path / "postgres", place.logs / "postgres.log")
    postgres.start()
    try:
        target = Target(
            admin_url=postgres.url(),
            role=ROLE,
            tools=PostgresTools(postgres.url()),
            folders={name: place.path / name for name in (ENCRYPTED, ANCHORS, "rules", "templates")},
            temporal=place.path / "temporal" / TEMPORAL,
            anchors=anchors,
        )
        restored = put_back(archive, keys, target, now, say)
        restored.checks += books(postgres.url(role=ROLE), keys.masters, place.path / ANCHORS)
    finally:
        postgres.stop()
    return restored


def into_database(
    archive: Path, keys: Keys, target: Target, application_url: str, now: datetime, say: Say
) -> Restored:
    """A PostgreSQL of one's own. Raises DomainError."""
    refuse_used(target)
    restored = put_back(archive, keys, target, now, say)
    restored.checks += books(application_url, keys.masters, target.folders.get(ANCHORS))
    return restored


def refuse_used(target: Target) -> None:
    """Raises WillNotRestore, naming what is there."""
    with connected(target.admin_url) as tx:
        see_all(tx)
        if others := users(tx):
            raise WillNotRestore(f"the database is in use by {', '.join(others)}; stop the platform first")
        if found := tables(tx):
            raise WillNotRestore(
                f"the database is not empty: it has {len(found)} tables ({', '.join(found[:4])} …);"
                " create an empty one"
            )
    for folder in target.folders.values():
        if folder.exists() and any(folder.iterdir()):
            raise WillNotRestore(f"{folder} is not empty; move what is in it away")


def keys_in(path: Path) -> Keys:
    """Raises WillNotRestore."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise WillNotRestore(f"{path} holds no keys ({type(problem).__name__})") from None
    if not isinstance(content, dict):
        raise WillNotRestore(f"{path} holds no keys")
    return Keys({str(name): str(value) for name, value in content.items()})
