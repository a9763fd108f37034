"""Sealed contents open whole or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from database.shared.file_sealing import CHUNK, MAGIC, SALT, TAG, opened, sealed
from database.shared.sealing import Unopenable, new_secret

SECRET = new_secret()
BEGIN = len(MAGIC) + SALT
STEP = CHUNK + TAG


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])
def test_contents_of_every_size_come_back(size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    closed = sealed(SECRET, content, "t:1")
    assert opened(SECRET, closed, "t:1") == content
    assert len(content) < 50 or content[:50] not in closed


def test_the_same_content_is_never_sealed_the_same_way() -> None:
    assert sealed(SECRET, b"x", "t:1") != sealed(SECRET, b"x", "t:1")


@given(some.binary(max_size=200), some.data())
def test_one_bit_changed_opens_nothing(content: bytes, data: some.DataObject) -> None:
    closed = bytearray(sealed(SECRET, content, "t:1"))
    place = data.draw(some.integers(0, len(closed) - 1))
    closed[place] ^= 1 << data.draw(some.integers(0, 7))
    with pytest.raises(Unopenable):
        opened(SECRET, bytes(closed), "t:1")


def test_chunks_cannot_be_cut_moved_doubled_or_taken_from_another() -> None:
    closed = sealed(SECRET, b"a" * CHUNK + b"b" * CHUNK + b"c", "t:1")
    head, one, two, rest = closed[:BEGIN], *(closed[BEGIN + n * STEP :][:STEP] for n in range(3))
    other = sealed(SECRET, b"z" * CHUNK, "t:1")[BEGIN:]
    for wrong in (
        head, head + one, head + one + two, head + two + one + rest, head + one + one + two + rest,
        head + other, head + one + two + rest + rest, b"",
    ):  # fmt: skip
        with pytest.raises(Unopenable):
            opened(SECRET, wrong, "t:1")


def test_a_file_opens_in_its_own_place_alone() -> None:
    closed = sealed(SECRET, b"x", "t:1")
    for secret, about in ((SECRET, "t:2"), (SECRET, "u:1"), (new_secret(), "t:1")):
        with pytest.raises(Unopenable):
            opened(secret, closed, about)
