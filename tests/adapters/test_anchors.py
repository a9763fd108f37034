"""The files of anchors: what was written is read, and what somebody else changed is told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.anchors import AnchorFiles, Line
from database.shared.marks import Marks
from database.shared.sealing import MasterKeys
from domain.errors import BadInput
from domain.trail import Finding, Head

AT = datetime(2031, 3, 31, 23, 59, tzinfo=UTC)
OLD, NEW = "the master key of last year", "this year's"


def files(folder: Path, *secrets: str) -> AnchorFiles:
    return AnchorFiles(folder / "anchors", Marks(MasterKeys(secrets or (OLD,))))


def head(seq: int, tenant: str = "moto") -> Head:
    return Head(tenant, seq, f"{seq:064x}")


@pytest.fixture
def month(tmp_path: Path) -> Path:
    """Five anchors of March."""
    written = files(tmp_path)
    for seq in range(1, 6):
        written.append([head(seq), head(seq * 10, "duret")], AT)
    return tmp_path / "anchors" / "2031-03.jsonl"


def problems(folder: Path, *secrets: str) -> list[str]:
    return [one.says for one in files(folder, *secrets).lines() if isinstance(one, Finding)]


def test_the_latest_of_each_tenant_is_known_across_months_and_writers(tmp_path: Path, month: Path) -> None:
    one, other = files(tmp_path), files(tmp_path)
    assert other.latest("moto") == one.latest("moto")
    one.append([head(6)], AT + timedelta(minutes=2))
    other.append([head(7)], AT + timedelta(minutes=3))
    latest, duret = one.latest("moto"), one.latest("duret")
    assert latest
    assert duret
    assert (latest.seq, duret.seq, latest.at) == (7, 50, AT + timedelta(minutes=3))
    assert sorted(path.name for path in month.parent.glob("*.jsonl")) == ["2031-03.jsonl", "2031-04.jsonl"]
    assert problems(tmp_path) == []
    assert one.latest("nobody") is None
    assert month.stat().st_mode & 0o077 == 0


def test_a_line_that_a_crash_cut_short_is_forgotten(tmp_path: Path, month: Path) -> None:
    with month.open("ab") as file:
        file.write(b'{"at":"2031-03-31T23:5')
    assert problems(tmp_path) == []
    files(tmp_path).append([head(6)], AT)
    assert [line.seq for line in files(tmp_path).lines() if isinstance(line, Line)][-2:] == [50, 6]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda lines: [*lines[:2], *lines[3:]], "2031-03.jsonl:3 does not follow"),
        (lambda lines: lines[1:], ""),  # the beginning may be put away, with the months before
        (lambda lines: [lines[1], lines[0], *lines[2:]], "2031-03.jsonl:2 does not follow"),
        (lambda lines: [lines[0].replace(b'"seq":1', b'"seq":2'), *lines[1:]], "1 was not written by the"),
        (lambda lines: [*lines, lines[4]], "2031-03.jsonl:11 does not follow"),
        (lambda lines: [*lines, b"{}"], "2031-03.jsonl:11 was not written by"),
        (lambda lines: [*lines, b"\xff[1,2"], "2031-03.jsonl:11 was not written by"),
    ],
)
def test_what_somebody_changes_is_told(tmp_path: Path, month: Path, change: object, told: str) -> None:
    lines = month.read_bytes().split(b"\n")[:-1]
    month.write_bytes(b"\n".join(change(lines)) + b"\n")  # type: ignore[operator]
    said = problems(tmp_path)
    assert bool(said) is bool(told)
    assert told in "".join(said)


def test_older_master_keys_still_verify_and_strangers_do_not(tmp_path: Path, month: Path) -> None:
    files(tmp_path, NEW, OLD).append([head(9)], AT)
    assert month.exists()
    assert problems(tmp_path, NEW, OLD) == []
    assert len(problems(tmp_path, NEW)) == 10
    assert len(problems(tmp_path, "a stranger's")) == 11


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "anchors").write_text("a file")
    with pytest.raises(BadInput, match="ECHEANCE_ANCHORS_FOLDER"):
        files(tmp_path).append([head(1)], AT)
