"""The folder of files: whole contents, its owner's alone, under names that lead nowhere else."""

import asyncio
import os
import signal
import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.files.folder import FolderFiles
from domain.errors import NotFound
from domain.file import FilesDown

NAME = "motos-douala/ab/abcdef"


async def test_what_is_put_is_given_back_until_it_is_deleted(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path / "files")
    await files.put(NAME, b"one")
    await files.put(NAME, b"two")
    assert await files.get(NAME) == b"two"
    await files.delete(NAME)
    await files.delete(NAME)
    with pytest.raises(NotFound):
        await files.get(NAME)


async def test_nobody_else_on_the_machine_can_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        await FolderFiles(tmp_path / "files").put(NAME, b"secret")
    finally:
        os.umask(before)
    for path in (tmp_path / "files").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o600 if path.is_file() else 0o700)


@pytest.mark.parametrize(
    "name",
    ["../x/y", "a/../b", "/etc/passwd", "a//b", "a/b/", "a", "", "A/b", "a/b\x00", "a/.b", "a/b..c", "a\\b/c",
     "a/\u202eb", "a/" + "b" * 300],
)  # fmt: skip
async def test_a_name_that_leads_elsewhere_is_none(tmp_path: Path, name: str) -> None:
    files = FolderFiles(tmp_path / "files")
    for call in (files.get(name), files.delete(name), files.put(name, b"")):
        with pytest.raises(ValueError, match="not the name"):
            await call
    assert os.listdir(tmp_path) == []


async def test_all_is_listed_with_its_age(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path / "files")
    assert [one async for one in files.entries()] == []
    for name in ("a/aa/1", "a/bb/2", "ab/cc/3"):
        await files.put(name, b"x")
    assert sorted([one.name async for one in files.entries()]) == ["a/aa/1", "a/bb/2", "ab/cc/3"]
    mine = [one async for one in files.entries("a/")]
    assert sorted(one.name for one in mine) == ["a/aa/1", "a/bb/2"]
    assert all(abs(one.at - datetime.now(UTC)) < timedelta(minutes=5) for one in mine)


async def test_a_store_that_cannot_write_says_so(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where the folder should be")
    with pytest.raises(FilesDown):
        await FolderFiles(tmp_path / "files").put(NAME, b"x")


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from adapters.files.folder import FolderFiles
os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(FolderFiles(Path(sys.argv[1])).put(sys.argv[2], b"half" * 100_000))
"""


@pytest.fixture
async def killed(tmp_path: Path) -> FolderFiles:
    """Where a second writing of a name was killed in its middle."""
    files = FolderFiles(tmp_path / "files")
    await files.put(NAME, b"whole")
    done = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, str(files.folder), NAME)
    assert await done.wait() == -signal.SIGKILL
    return files


async def test_a_kill_while_writing_leaves_no_half_file_and_the_rest_is_listed(killed: FolderFiles) -> None:
    files = killed
    assert await files.get(NAME) == b"whole"
    listed = [one.name async for one in files.entries()]
    assert len(listed) == 2
    for name in listed:
        await files.delete(name)
    assert [one async for one in files.entries()] == []
