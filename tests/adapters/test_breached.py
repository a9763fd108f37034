"""Digests of stolen passwords, however many and however their lines end."""

import random
from hashlib import sha1
from pathlib import Path

import pytest

from adapters.breached import BreachedPasswords, NoSuchSet

STOLEN = [f"stolen password {number}" for number in range(500)]


def kept(path: Path, passwords: list[str], end: str) -> BreachedPasswords:
    digests = sorted(sha1(one.encode()).hexdigest().upper() for one in passwords)
    path.write_text("".join(f"{digest}{end}" for digest in digests), "ascii", newline="")
    return BreachedPasswords(path)


@pytest.mark.parametrize("end", ["\n", "\r\n", ":3\r\n", ":123456\n"])
def test_each_is_found_and_no_other(tmp_path: Path, end: str) -> None:
    for some in (STOLEN, STOLEN[:2], STOLEN[:3]):
        found = kept(tmp_path / "set", some, end)
        assert all(found(one) for one in some)
        assert not any(found(f"{one}!") for one in STOLEN)


def test_counts_of_every_length_do_no_harm(tmp_path: Path) -> None:
    dice = random.Random(7)
    digests = sorted(sha1(one.encode()).hexdigest() for one in STOLEN)
    lines = [f"{digest}:{dice.randrange(10 ** dice.randint(1, 9))}\n" for digest in digests]
    (tmp_path / "set").write_text("".join(lines).rstrip("\n"), "ascii")
    found = BreachedPasswords(tmp_path / "set")
    assert all(found(one) for one in STOLEN)
    assert not found("none of them")


@pytest.mark.parametrize("content", ["", "password\n123456\n", "B" * 40 + "\n" + "A" * 40 + "\n"])
def test_another_file_is_refused_at_once(tmp_path: Path, content: str) -> None:
    (tmp_path / "set").write_text(content, "ascii")
    with pytest.raises(NoSuchSet, match="in their order"):
        BreachedPasswords(tmp_path / "set")
