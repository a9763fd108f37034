"""A machine is lost after its backup was taken. Elsewhere, nothing is lost of what was backed up, what came
after it is entered again, and nobody is written to twice; whatever Temporal still knows.
"""

import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.backup.machine import (
    ROOT,
    TENANT,
    Fleet,
    carry_provider_over,
    clean,
    echeance,
    phone,
    run,
    running,
    short_of_room,
)

BEFORE, AFTER = range(6), range(6, 9)


@dataclass(frozen=True)
class Lost:
    """What is left of the machine: its disk, for comparison only; an archive and a copy of the keys."""

    folder: Path
    archive: Path
    keys: Path


@pytest.fixture(scope="module")
async def lost(tmp_path_factory: pytest.TempPathFactory) -> Lost:
    place = tmp_path_factory.mktemp("lost")
    folder, keys = place / "first", place / "keys.json"
    with running(folder) as machine:
        async with Fleet(machine) as fleet:
            await fleet.found()
            await fleet.begin(*BEFORE)
            await fleet.until_told(len(BEFORE))
            said = echeance("backup", "--data", str(folder))
            echeance("backup", "keys", "--data", str(folder), "--to", str(keys))
            await fleet.begin(*AFTER)
            await fleet.until_told(len(BEFORE) + len(AFTER))
        machine.kill()
    made = Path(said.split("  ")[0])
    shutil.move(made, place / made.name)
    return Lost(folder, place / made.name, keys)


def processes(numbers: range) -> set[str]:
    names = ("fleet.contract", "fleet.dunning")
    return {f"{name}:{TENANT}:C-{number}" for name in names for number in numbers}


@pytest.mark.parametrize("temporal", ["as backed up", "gone", "newer"])
async def test_it_goes_on_elsewhere(lost: Lost, tmp_path: Path, temporal: str) -> None:
    folder = tmp_path / "second"
    said = echeance("restore", str(lost.archive), "--data", str(folder), "--keys", str(lost.keys))
    assert f"{2 * len(BEFORE)} processes are started or rung again" in said
    carry_provider_over(lost.folder, folder)
    if temporal != "as backed up":
        shutil.rmtree(folder / "temporal")
    if temporal == "newer":
        shutil.copytree(lost.folder / "temporal", folder / "temporal")
    everyone = range(len(BEFORE) + len(AFTER))
    with running(folder) as machine:
        async with Fleet(machine) as fleet:
            await fleet.until_told(len(BEFORE))
            await fleet.begin(*AFTER)
            await fleet.until_told(len(everyone))
            watched = await fleet.running()
        assert watched == Counter(processes(everyone))
        assert machine.at_provider() == Counter(phone(number) for number in everyone)


def test_it_says_what_it_found_and_leaves_it_alone(lost: Lost, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.odt").write_text("years of work")
    refused = run("restore", str(lost.archive), "--data", str(tmp_path / "full"), "--keys", str(lost.keys))
    assert refused.returncode == 1
    assert "is not empty: it holds thesis.odt" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


def test_a_running_platform_is_left_alone(lost: Lost, tmp_path: Path) -> None:
    with running(tmp_path / "busy") as machine:
        given = ("--data", str(machine.folder), "--keys", str(lost.keys))
        refused = run("restore", str(lost.archive), *given)
        assert refused.returncode == 1
        assert "a platform runs on" in refused.stderr


def test_without_the_right_keys_nothing_is_written(lost: Lost, tmp_path: Path) -> None:
    text = lost.keys.read_text()
    for name in ("ECHEANCE_BACKUP_KEYS", "ECHEANCE_MASTER_KEYS"):
        wrong = tmp_path / f"{name}.json"
        wrong.write_text(text.replace(f'"{name}": "', f'"{name}": "not'))
        refused = run("restore", str(lost.archive), "--data", str(tmp_path / "new"), "--keys", str(wrong))
        assert refused.returncode == 1
        assert f"{name}" in refused.stderr
        assert not (tmp_path / "new").exists()


def test_the_archive_is_tried_without_touching_anything(lost: Lost, tmp_path: Path) -> None:
    said = echeance(
        "verify", str(lost.archive), "--keys", str(lost.keys), "--trial", given={"TMPDIR": str(tmp_path)}
    )
    assert "1 tenants, 12 open cases" in said
    assert said.count("✓") == 8
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_archive_is_named_and_not_restored(lost: Lost, tmp_path: Path) -> None:
    damaged = tmp_path / lost.archive.name
    content = bytearray(lost.archive.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    for word in ("verify", "restore"):
        refused = run(word, str(damaged), "--data", str(tmp_path / "new"), "--keys", str(lost.keys))
        assert refused.returncode == 1
        assert "was changed" in refused.stderr
    assert not (tmp_path / "new").exists()


def test_neither_keys_nor_words_can_be_read_from_the_archive(lost: Lost) -> None:
    archive = lost.archive.read_bytes()
    for secret in lost.keys.read_text().split('"')[3::4]:
        assert secret.encode() not in archive
    assert b"Driver" not in archive


def test_a_restore_that_is_killed_leaves_no_platform_and_can_be_begun_again(
    lost: Lost, tmp_path: Path
) -> None:
    folder = tmp_path / "new"
    words = ("restore", str(lost.archive), "--data", str(folder), "--keys", str(lost.keys))
    killed = subprocess.Popen([sys.executable, "-m", "cli", *words], cwd=ROOT, env=clean({}))
    limit = time.monotonic() + 60
    while not (tmp_path / ".new.restoring" / "temporal" / "temporal.db").exists():
        assert time.monotonic() < limit
        assert killed.poll() is None
    killed.kill()
    killed.wait()
    assert not folder.exists()
    assert "✗" not in echeance(*words)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_a_disk_that_is_full_is_told_and_leaves_nothing(lost: Lost, tmp_path: Path) -> None:
    words = ("restore", str(lost.archive), "--data", str(tmp_path / "new"), "--keys", str(lost.keys))
    refused = run(*words, limit=short_of_room)
    assert refused.returncode == 1
    assert "nothing was restored" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_keys_are_copied_once_and_elsewhere(lost: Lost, tmp_path: Path) -> None:
    place = ("backup", "keys", "--data", str(lost.folder), "--to")
    beside = lost.folder / "keys.json"
    assert "would be lost together with" in run(*place, str(beside)).stderr
    assert "is there already" in run(*place, str(lost.keys)).stderr
    echeance(*place, str(tmp_path / "again.json"))
    assert (tmp_path / "again.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "again.json").read_bytes() == lost.keys.read_bytes()
