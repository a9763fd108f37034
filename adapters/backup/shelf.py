"""The folder of archives. A file has an archive's name only when it is whole, on the disk, and read back."""

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from domain.backup import expired
from domain.errors import DomainError

NAME = re.compile(r"echeance-(\d{8}T\d{6}Z)\.backup")
STAMP = "%Y%m%dT%H%M%SZ"
PARTIAL = ".partial"
ROOM = 1.1
"""So many times the size of the last archive must be free before another is begun."""


class Busy(DomainError):
    """Another backup is being made into the folder."""

    slug = "busy"


class NoRoom(DomainError):
    """The disk would be full before the end."""

    slug = "no-room"


@dataclass(frozen=True)
class Shelf:
    folder: Path

    @contextmanager
    def held(self) -> Iterator[None]:
        """For one backup at a time. What an interrupted one left is cleared away. Raises Busy."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy(f"another backup is being made into {self.folder}") from None
            for leftover in self.folder.glob(f"*{PARTIAL}"):
                leftover.unlink()
            yield

    def archives(self) -> dict[str, datetime]:
        """Names, and when each was taken; the oldest first."""
        found = {path.name: NAME.fullmatch(path.name) for path in self.folder.glob("*.backup")}
        taken = {name: _moment(match[1]) for name, match in found.items() if match}
        return dict(sorted(taken.items()))

    def put(
        self, at: datetime, write: Callable[[BinaryIO], None], check: Callable[[BinaryIO], object]
    ) -> Path:
        """Write a new archive, read it back, then give it its name. Whatever fails leaves nothing behind."""
        path = self.folder / f"echeance-{at.astimezone(UTC).strftime(STAMP)}.backup"
        draft = path.with_name(path.name + PARTIAL)
        try:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            with draft.open("rb") as file:
                check(file)
            draft.rename(path)
            _sync(self.folder)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return path

    def see_room(self) -> None:
        """Raises NoRoom when the last archive would not fit once more."""
        last = next(reversed(self.archives()), None)
        if last is None:
            return
        wanted = int((self.folder / last).stat().st_size * ROOM)
        free = shutil.disk_usage(self.folder).free
        if free < wanted:
            raise NoRoom(
                f"the disk of {self.folder} has {free:,} bytes free, a backup takes about {wanted:,}"
            )

    def clear(self, now: datetime) -> list[str]:
        """Take away what was kept long enough; the names."""
        gone = expired(self.archives(), now)
        for name in gone:
            (self.folder / name).unlink()
        return gone


def _moment(stamp: str) -> datetime:
    return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)


def _sync(folder: Path) -> None:
    """So that the new name survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
