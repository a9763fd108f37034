"""A back-test over a file of facts: errors by line and column, flat memory, Ctrl-C and on."""

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli import main
from domain.errors import BadInput
from rules.history import History
from tests.ground import ROOT
from tests.rules.books import shipped
from tests.rules.drafts import sooner

BOOK = shipped("fleet/dunning")
HEAD = ["subject", "on", "days_late", "arrears", "oldest_due_on"]
BEGAN = date(2026, 1, 1)


def drafted(path: Path) -> Path:
    path.write_text(sooner(), "utf-8")
    return path


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    return drafted(tmp_path / "draft.yaml")


def history(path: Path, rows: Iterable[list[Any]], head: list[str] = HEAD) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def arrears(subjects: int) -> Iterable[list[Any]]:
    """Each subject on its first, third and fourth day of arrears."""
    for number in range(subjects):
        due = BEGAN + timedelta(days=number % 300)
        for days in (1, 3, 4):
            yield [f"C-{number}", due + timedelta(days=days), days, "5000 XAF", due]


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["rules", "back-test", *map(str, arguments)])


def test_the_differences_are_those_counted_by_hand(tmp_path: Path, draft: Path) -> None:
    """Both books send both messages to all; the new one sends the reminder on the third day."""
    source = history(tmp_path / "history.csv", arrears(50))
    page, sheet = tmp_path / "trial.html", tmp_path / "trial.csv"
    said = json.loads(call(draft, "--history", source, "--html", page, "--csv", sheet, "--json").stdout)
    found = said["result"]
    assert (found["looked"], found["subjects"], found["changed"]) == (150, 50, 50)
    assert (found["more_messages"], found["fewer_messages"]) == (0, 0)
    assert [(one["what"], one["old"], one["new"]) for one in found["steps"]] == [
        ("fleet/dunning/courtesy", 50, 50), ("fleet/dunning/reminder", 50, 50),
    ]  # fmt: skip
    [move] = [one for one in found["moves"] if one["from"] != one["to"]]
    assert (move["from"], move["to"], move["count"]) == ("courtesy", "reminder", 50)
    assert "Relance des impayés" in page.read_text("utf-8")
    assert sheet.read_text("utf-8").startswith("part,what,detail,old,new")
    read = call(draft, "--history", source)
    assert "dossiers changés : 50 sur 50" in read.output.replace("\u00a0", " ")


def test_rows_that_cannot_be_read_are_named_and_the_others_count(tmp_path: Path, draft: Path) -> None:
    rows: list[list[Any]] = [
        ["C-1", "2026-01-02", 1, "5000 XAF", "2026-01-01"],
        ["C-1", "2026-01-01", 1, "5000 XAF", "2026-01-01"],
        ["C-2", "2026-13-02", "many", "5000 USD", "2026-01-01"],
        ["", "2026-01-02", 1, "5000", "2026-01-01"],
        ["C-3", "2026-01-02", 1, "", "2026-01-01"],
    ]
    result = call(draft, "--history", history(tmp_path / "history.csv", rows))
    assert result.exit_code == 1
    for said in (
        "line 3, column on: '2026-01-01' cannot be read; sort the rows of a subject by their days",
        "line 4, column days_late: 'many' cannot be read",
        "line 4, column arrears: '5000 USD' cannot be read; write it as 12500 XAF",
        "line 4, column on: '2026-13-02' cannot be read; write it as 2026-03-20",
        "line 5, column subject: it is empty",
    ):
        assert said in result.output
    # C-3 has no amount: the books refuse it, which is no mistake of the file.
    assert "arrears" in result.output.partition("refusé")[2]


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ([*HEAD[:2], "day_late"], "line 1, column day_late"),
        (HEAD[1:], "subject: the column is missing"),
    ],
)
def test_a_file_with_wrong_columns_is_refused(
    tmp_path: Path, draft: Path, head: list[str], said: str
) -> None:
    source = history(tmp_path / "history.csv", [["C-1", "2026-01-02", 1, "1", "1"][: len(head)]], head)
    result = call(draft, "--history", source)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_what_is_missing_on_the_command_line_is_said(tmp_path: Path, draft: Path) -> None:
    source = history(tmp_path / "history.csv", [])
    assert call("--history", source).exit_code == 2
    assert call(draft).exit_code == 2
    assert call(draft, "--history", source, "--go-on").exit_code == 1
    assert json.loads(call(draft, "--history", source, "--json").stdout)["result"]["looked"] == 0


def running(*arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cli", "rules", "back-test", *map(str, arguments)],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ},
    )  # fmt: skip


def test_interrupted_by_ctrl_c_it_goes_on_and_ends_alike(tmp_path: Path, draft: Path) -> None:
    whole = history(tmp_path / "whole.csv", arrears(6_000))
    # The name of the file draws the sample: the interrupted run reads a file of the same name.
    (tmp_path / "again").mkdir()
    source = (tmp_path / "again" / "whole.csv").absolute()
    source.write_bytes(whole.read_bytes())
    checkpoint = source.with_name("whole.csv.trial.json")
    process = running(draft, "--history", source, "--json")
    until(lambda: checkpoint.exists() or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    _, problems = process.communicate(timeout=60)
    assert process.returncode == 130, problems
    assert "--go-on" in problems
    assert 0 < json.loads(checkpoint.read_text("utf-8"))["line"] < 18_001
    resumed = json.loads(call(draft, "--history", source, "--go-on", "--json").stdout)
    straight = json.loads(call(draft, "--history", whole, "--json").stdout)
    assert resumed["result"] == straight["result"]
    assert straight["result"]["looked"] == 18_000
    assert not checkpoint.exists()
    other = call(ROOT / "rules/fleet/dunning.yaml", "--history", source, "--go-on")
    assert other.exit_code == 1


def until(reached: Callable[[], bool]) -> None:
    """A file that another process writes: there is nothing to wait on but its being there."""
    while not reached():
        os.sched_yield()


def test_a_row_becomes_a_look_at_the_end_of_its_local_day() -> None:
    values = {
        "subject": "C-1",
        "on": "2026-03-01",
        "days_late": "3",
        "arrears": "12500",
        "promise_until": "none",
    }
    look = History(BOOK.facts, "Africa/Douala", "XAF", "fleet.dunning").look(2, values)
    assert look.subject == "fleet.dunning:C-1"
    assert look.at.isoformat() == "2026-03-01T22:59:00+00:00"
    assert look.facts == {
        "days_late": 3,
        "arrears": {"currency": "XAF", "minor": 12500},
        "promise_until": None,
    }
    with pytest.raises(BadInput, match="line 2, column arrears"):
        History(BOOK.facts, "Africa/Douala").look(2, values)


def test_a_day_at_an_end_of_the_calendar_is_told_and_the_others_count(tmp_path: Path, draft: Path) -> None:
    far = [["x", "0001-01-01", 9, "5000 XAF", BEGAN], ["y", "9999-12-31", 9, "5000 XAF", BEGAN]]
    result = call(draft, "--history", history(tmp_path / "h.csv", [*far, *arrears(1)]))
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "lignes illisibles : 2" in result.output.replace("\u00a0", " ").replace("\u202f", " ")
    assert "'9999-12-31' cannot be read" in result.output
