"""A full disk, a kill in the middle, a second one beside: nothing of it ever looks like a backup."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.backup.shelf import Busy, NoRoom, Shelf
from adapters.local.postgres import EmbeddedPostgres
from database.backups import connected
from tests.backup.machine import ROOT, clean, echeance, run, short_of_room

KEY = "a backup key for tests that is long enough"
PLENTY = 40_000
NOW = datetime(2031, 3, 3, 2, 30, tzinfo=UTC)


def found(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "lock")


def states(server: EmbeddedPostgres) -> list[tuple[str, str]]:
    with connected(server.url()) as tx:
        rows = tx.execute("select state, problem from backup_run order by id").fetchall()
        tx.execute("delete from backup_run")
    return [(str(state), str(problem)) for state, problem in rows]


def test_a_disk_that_is_full_leaves_nothing_behind_but_the_reason(
    server: EmbeddedPostgres, given: dict[str, str], tmp_path: Path
) -> None:
    refused = run("backup", limit=short_of_room, given=given)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "no backup was made: File too large" in refused.stderr
    assert found(tmp_path / "backups") == []
    assert states(server) == [("failed", "File too large")]


def test_a_kill_in_the_middle_is_cleared_away_by_the_next(
    server: EmbeddedPostgres, given: dict[str, str], tmp_path: Path
) -> None:
    echeance("backup", given=given)
    good = found(tmp_path / "backups")
    killed = subprocess.Popen([sys.executable, "-m", "cli", "backup"], cwd=ROOT, env=clean(given))
    limit = time.monotonic() + 60
    while not [path for path in (tmp_path / "backups").glob("*.partial") if path.stat().st_size]:
        assert time.monotonic() < limit
        assert killed.poll() is None
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert [name for name in found(tmp_path / "backups") if name.endswith(".backup")] == good
    assert "partial" not in echeance("backup", "list", given=given)
    echeance("backup", given=given)
    after = found(tmp_path / "backups")
    assert len(after) == 2
    assert all(name.endswith(".backup") for name in after)
    assert states(server) == [("good", ""), ("failed", "interrupted"), ("good", "")]


def test_what_cannot_be_dumped_is_no_backup(server: EmbeddedPostgres, given: dict[str, str]) -> None:
    """The application's role sees no tenant's rows: half a backup is none."""
    given["ECHEANCE_DATABASE_ADMIN_URL"] = given["ECHEANCE_DATABASE_URL"]
    refused = run("backup", given=given)
    assert refused.returncode == 1
    assert "no backup was made" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert states(server) == []


def test_a_tool_that_is_missing_is_named(server: EmbeddedPostgres, given: dict[str, str]) -> None:
    refused = run("backup", given=given | {"ECHEANCE_BACKUP_TOOLS": "/usr/lib/nowhere"})
    assert "/usr/lib/nowhere/pg_dump is not there; set ECHEANCE_BACKUP_TOOLS" in refused.stderr
    assert [state for state, _ in states(server)] == ["failed"]


def test_a_server_that_is_away_is_told_without_its_address(given: dict[str, str]) -> None:
    given["ECHEANCE_DATABASE_ADMIN_URL"] = "postgresql+psycopg://owner:hunter2@127.0.0.1:9/echeance"
    refused = run("backup", given=given)
    assert "PostgreSQL does not answer" in refused.stderr
    assert "hunter2" not in refused.stderr + refused.stdout


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    with shelf.held(), pytest.raises(Busy), shelf.held():
        pass


def test_room_is_looked_at_before_the_disk_is_full(tmp_path: Path) -> None:
    with (tmp_path / "echeance-20310303T023000Z.backup").open("wb") as sparse:
        sparse.truncate(1 << 42)
    with pytest.raises(NoRoom, match="bytes free"):
        Shelf(tmp_path).see_room()


def test_thirty_days_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    for age in (0, 29, 31, 45):
        taken = NOW - timedelta(days=age)
        (tmp_path / f"echeance-{taken:%Y%m%dT%H%M%SZ}.backup").touch()
    (tmp_path / "echeance-of-my-own.backup").touch()
    assert len(shelf.clear(NOW)) == 2
    assert found(tmp_path) == [
        "echeance-20310202T023000Z.backup", "echeance-20310303T023000Z.backup", "echeance-of-my-own.backup",
    ]  # fmt: skip
