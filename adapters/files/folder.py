"""Stored files in a folder of this machine, readable by their owner only."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

from adapters.files.names import checked, checked_prefix
from domain.errors import NotFound
from domain.file import Entry, FilesDown

DRAFT = ".draft"
"""Ends the name of what is being written; no stored name contains it at its end."""

BATCH = 500
T = TypeVar("T")


class FolderFiles:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def put(self, name: str, content: bytes) -> None:
        await _away(lambda: self._write(checked(name), content))

    async def get(self, name: str) -> bytes:
        try:
            return await _away((self.folder / checked(name)).read_bytes)
        except FileNotFoundError:
            raise NotFound("stored file", name) from None

    async def delete(self, name: str) -> None:
        await _away(lambda: (self.folder / checked(name)).unlink(missing_ok=True))

    async def entries(self, prefix: str = "") -> AsyncIterator[Entry]:
        found = self._entries(checked_prefix(prefix))
        while batch := await _away(lambda: list(islice(found, BATCH))):
            for entry in batch:
                yield entry

    def _write(self, name: str, content: bytes) -> None:
        """A kill leaves the old file or the new one, and at most a draft beside it, which is listed too."""
        path = self.folder / name
        _make(path.parent, self.folder)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}{DRAFT}")
        try:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        _settle(path.parent)

    def _entries(self, prefix: str) -> Iterator[Entry]:
        root = self.folder / prefix
        for path in root.rglob("*") if root.is_dir() else ():
            with suppress(FileNotFoundError):
                if path.is_file():
                    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                    yield Entry(path.relative_to(self.folder).as_posix(), at)


async def _away(work: Callable[[], T]) -> T:
    """In a thread. A missing file is passed on, any other fault is the store's."""
    try:
        return await asyncio.to_thread(work)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise FilesDown(f"the folder of files: {error.strerror or type(error).__name__}") from None


def _make(folder: Path, top: Path) -> None:
    """Folders down from ``top``, each of them known to the disk before a file is put into it."""
    if folder.is_dir():
        return
    if folder != top:
        _make(folder.parent, top)
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        _settle(folder.parent)
    else:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
