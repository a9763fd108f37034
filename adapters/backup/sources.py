"""What is backed up beside the database: Temporal's SQLite file, and folders."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from adapters.backup.sealed import BrokenArchive

CHUNK = 1 << 20


def snapshot_of_sqlite(source: Path, copy: Path) -> None:
    """A consistent copy while others write (SQLite's online backup). Readable by the owner only."""
    copy.unlink(missing_ok=True)
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    read_only = f"file:{quote(str(source))}?mode=ro"
    with closing(sqlite3.connect(read_only, uri=True)) as live, closing(sqlite3.connect(copy)) as made:
        # All pages in one step: an incremental copy begins anew whenever somebody writes.
        live.backup(made, pages=-1)
        made.execute("pragma journal_mode=delete")


def is_whole(database: Path) -> bool:
    """SQLite's own check of its structure."""
    with closing(sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True)) as connection:
        try:
            return [row[0] for row in connection.execute("pragma quick_check")] == ["ok"]
        except sqlite3.DatabaseError:
            return False


def content_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def files_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """Names relative to the folder, with slashes, in order; no links are followed and no drafts taken."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(parent) / name
            if not path.is_symlink() and not name.endswith(".draft"):
                yield path.relative_to(folder).as_posix(), path


def place_in(folder: Path, name: str) -> Path:
    """Where a member belongs below the folder. Raises BrokenArchive for a name that leads out of it."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or any(part in ("..", ".") or "\0" in part for part in parts):
        raise BrokenArchive(f"the archive names a file outside its folder: {name!r}")
    return folder.joinpath(*parts)


def write_file(path: Path, content: Iterator[bytes]) -> None:
    """On the disk when it returns; readable by the owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for chunk in content:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
