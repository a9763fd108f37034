"""An archive opens whole, or not at all."""

import io
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.backup.archive import ArchiveReader, ArchiveWriter, read_through
from adapters.backup.sealed import FRAME, MAGIC, BackupKeys, BrokenArchive, head_of
from adapters.backup.sources import place_in

KEY = "a backup key for tests, long enough"
KEYS = BackupKeys([KEY])
DICE = random.Random(7)
CONTENT = {
    "database.dump": DICE.randbytes(2 * FRAME + 17),
    "files/ab/cd": DICE.randbytes(FRAME),
    "files/empty": b"",
    "temporal.db": b"page" * 700_000,
}


def pieces(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), 99_991):
        yield content[start : start + 99_991]


def made(keys: BackupKeys = KEYS) -> bytes:
    file = io.BytesIO()
    archive = ArchiveWriter(file, keys, {"taken_at": "2031-03-03T02:30:00Z"})
    for name, content in CONTENT.items():
        archive.add(name, pieces(content), packed=not name.startswith("files/"))
    archive.finish({"tenants": 4})
    return file.getvalue()


@pytest.fixture(scope="module")
def archive() -> bytes:
    return made()


def frames(archive: bytes) -> list[bytes]:
    """The head first, then each frame with its length."""
    start = len(MAGIC)
    start += 4 + int.from_bytes(archive[start : start + 4], "big")
    found = [archive[:start]]
    while start < len(archive):
        end = start + 4 + int.from_bytes(archive[start : start + 4], "big")
        found.append(archive[start:end])
        start = end
    return found


def is_refused(archive: bytes, why: str, keys: BackupKeys = KEYS) -> None:
    with pytest.raises(BrokenArchive, match=why):
        read_through(io.BytesIO(archive), keys)


def test_what_went_in_comes_out(archive: bytes) -> None:
    reader = ArchiveReader(io.BytesIO(archive), KEYS)
    assert {name: b"".join(content) for name, content in reader.members()} == CONTENT
    assert reader.manifest["tenants"] == 4
    assert [one["size"] for one in reader.manifest["members"]] == [len(one) for one in CONTENT.values()]


def test_nothing_of_the_content_can_be_read_from_outside(archive: bytes) -> None:
    assert CONTENT["files/ab/cd"][:32] not in archive
    assert b"database.dump" not in archive
    assert len(archive) < sum(map(len, CONTENT.values())) - 2_500_000  # Temporal's pages are packed


def test_the_head_says_when_and_under_which_key_without_any(archive: bytes) -> None:
    head = head_of(io.BytesIO(archive))
    assert (head["taken_at"], head["key"]) == ("2031-03-03T02:30:00Z", KEYS.first)
    assert KEY not in str(head)


def test_the_same_content_never_gives_the_same_bytes(archive: bytes) -> None:
    again = made()
    assert frames(again)[1] != frames(archive)[1]
    assert head_of(io.BytesIO(again))["salt"] != head_of(io.BytesIO(archive))["salt"]


def test_one_changed_bit_anywhere_is_seen(archive: bytes) -> None:
    places = [*range(len(MAGIC) + 200), *(DICE.randrange(len(archive)) for _ in range(40)), len(archive) - 1]
    for place in places:
        changed = bytearray(archive)
        changed[place] ^= 1
        with pytest.raises(BrokenArchive):
            read_through(io.BytesIO(bytes(changed)), KEYS)


def test_a_cut_is_seen_wherever_it_is(archive: bytes) -> None:
    parts = frames(archive)
    for kept in range(len(parts)):
        is_refused(b"".join(parts[:kept]), "cut off|not an archive|was changed|not whole")
    for length in (0, 5, len(MAGIC), len(MAGIC) + 9, len(archive) - 1):
        is_refused(archive[:length], "cut off|not an archive|was changed")


def test_frames_that_were_exchanged_repeated_or_added_are_seen(archive: bytes) -> None:
    head, first, second, *rest = frames(archive)
    is_refused(b"".join([head, second, first, *rest]), "frame 0")
    is_refused(b"".join([head, first, first, second, *rest]), "frame 1")
    is_refused(archive + rest[-1], "was changed, or the end is cut off")
    is_refused(b"".join([frames(made())[0], first, second, *rest]), "frame 0")


def test_another_key_does_not_open_it_and_an_older_one_beside_the_new_does(archive: bytes) -> None:
    is_refused(archive, KEYS.first, BackupKeys(["another backup key, quite as long as it"]))
    both = BackupKeys(["the new backup key, made this morning", KEY])
    assert read_through(io.BytesIO(archive), both)["tenants"] == 4


def test_a_short_key_is_refused_and_not_repeated() -> None:
    with pytest.raises(BrokenArchive, match="32 characters") as refused:
        BackupKeys(["hunter2"])
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("name", ["../secrets.json", "/etc/passwd", "a/../../b", "", "a/\0b", ".."])
def test_a_member_never_lands_outside_its_folder(name: str) -> None:
    with pytest.raises(BrokenArchive):
        place_in(Path("/srv/files"), name)
    assert place_in(Path("/srv/files"), "ab/cd") == Path("/srv/files/ab/cd")
