"""`echeance rules` on real files: what it prints, in which language, and how it ends."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli import main
from tests.ground import ROOT

DUNNING = ROOT / "rules" / "fleet" / "dunning.yaml"
TEXT = DUNNING.read_text("utf-8")


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["rules", *map(str, arguments)])


def told(*arguments: str | Path) -> Any:
    return json.loads(call(*arguments, "--json").stdout)


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "dunning.yaml"
    shutil.copy(DUNNING, path)
    return path


def changed(path: Path, before: str, after: str) -> Path:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")
    return path


def test_the_platforms_own_books_are_in_order_without_a_warning() -> None:
    result = call("check", "--strict")
    assert result.exit_code == 0, result.output
    assert "livres de règles en ordre :" in result.output.replace("\u00a0", " ")


def test_every_mistake_has_its_place_in_both_languages(draft: Path) -> None:
    changed(draft, "measure: days_late", "measure: day_late")
    result = call("check", draft)
    assert result.exit_code == 1
    assert f"{draft}:" in result.output
    assert "fait inconnu" in result.output
    assert "day_late" in result.output
    english = call("check", draft, "--lang", "en")
    assert "unknown fact 'day_late', did you mean 'days_late'?" in english.output
    assert "\x1b[" not in result.output + english.output


def test_a_program_gets_json_and_nothing_else(draft: Path) -> None:
    assert told("check", draft)["books"][0]["name"] == "fleet/dunning"
    changed(draft, "measure: days_late", "measure: day_late")
    said = told("check", draft)
    assert said["valid"] is False
    [error, *_] = said["errors"]
    assert (error["file"], error["suggestion"]) == (str(draft), "days_late")
    assert TEXT.splitlines()[error["line"] - 1].startswith("measure:")


def test_a_warning_is_a_mistake_only_when_strict(draft: Path) -> None:
    # The only example of the stage goes: nothing shows it any more.
    text = draft.read_text("utf-8")
    begin = text.index("  - on: 2026-03-16")
    draft.write_text(text[:begin] + text[text.index("  - on: 2026-04-30") :], "utf-8")
    assert call("check", draft).exit_code == 0
    strict = call("check", draft, "--strict")
    assert strict.exit_code == 1
    assert "suspended" in strict.output


def test_a_draft_has_to_agree_with_the_book_that_it_would_replace(draft: Path) -> None:
    changed(draft, "  broken_promises:\n    type: int", "  broken_promises:\n    type: bool")
    result = call("check", draft)
    assert result.exit_code == 1
    assert "broken_promises" in result.output
    renamed = call("check", changed(draft, "name: fleet/dunning", "name: fleet/duning"), "--lang", "en")
    assert "no process reads a book 'fleet/duning', did you mean 'fleet/dunning'?" in renamed.output


def test_a_folder_is_read_whole_and_names_follow_places(tmp_path: Path) -> None:
    (tmp_path / "fleet").mkdir()
    shutil.copy(DUNNING, tmp_path / "fleet" / "dunning.yaml")
    assert call("check", tmp_path).exit_code == 0
    shutil.copy(DUNNING, tmp_path / "fleet" / "other.yaml")
    result = call("check", tmp_path)
    assert result.exit_code == 1
    assert "other.yaml:1:1" in result.output
    assert call("check", tmp_path / "fleet" / "nothing.yaml").exit_code == 2


def test_an_empty_folder_is_not_in_order(tmp_path: Path) -> None:
    result = call("check", tmp_path)
    assert result.exit_code == 1
    assert "aucun livre de règles ici" in result.output


def test_as_a_git_hook_it_stops_a_broken_commit(tmp_path: Path) -> None:
    def git(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["git", *words], cwd=tmp_path, capture_output=True, text=True)

    git("init", "-q")
    for name, value in (("user.email", "a@example.org"), ("user.name", "A")):
        git("config", name, value)
    hook = tmp_path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    python = ROOT / ".venv" / "bin" / "python"
    hook.write_text(
        "#!/bin/sh\nfiles=$(git diff --cached --name-only --diff-filter=d -- '*.yaml')\n"
        f'[ -z "$files" ] || PYTHONPATH={ROOT} exec {python} -m cli rules check $files\n'
    )
    hook.chmod(0o755)
    book = tmp_path / "dunning.yaml"
    shutil.copy(DUNNING, book)
    git("add", "dunning.yaml")
    assert git("commit", "-q", "-m", "one").returncode == 0
    changed(book, "measure: days_late", "measure: day_late")
    git("add", "dunning.yaml")
    refused = git("commit", "-q", "-m", "two")
    assert refused.returncode == 1
    assert "dunning.yaml:" in refused.stdout + refused.stderr


def test_examples_that_fail_are_shown_with_what_was_expected(draft: Path) -> None:
    fine = told("test", draft)
    assert fine["tried"] == TEXT[TEXT.index("examples:") :].count("\n    why: ")
    assert fine["failed"] == []
    changed(draft, "{stage: courtesy, steps: [courtesy]", "{stage: firm, steps: [courtesy]")
    result = call("test", draft)
    assert result.exit_code == 1
    assert "stage = firm" in result.output
    assert "le livre donne courtesy" in result.output
    assert "dont 1 en échec" in result.output
    [failed] = told("test", draft)["failed"]
    assert failed["why"].startswith("Le rappel courtois")


LATE = ("--facts", "days_late=7", "--facts", "arrears=5000", "--facts", "oldest_due_on=2026-03-01")


def test_a_ruling_is_explained_with_its_lines_and_what_would_change_it() -> None:
    result = call("explain", "fleet/dunning", *LATE, "--on", "2026-03-08")
    assert result.exit_code == 0, result.output
    assert "Quatre jours de retard" in result.output
    assert "fleet/dunning/reminder" in result.output
    assert "2026-03-09 09:00" in result.output
    said = told("explain", "fleet/dunning", *LATE, "--on", "2026-03-08")
    assert (said["outcome"], said["steps"]) == ("reminder", ["reminder:2026-03-01"])
    near = said["near"][0]
    assert (near["fact"], near["actual"], near["needed"], near["then"]) == ("days_late", "7", "8", "firm")


def test_what_was_done_and_the_hour_count(tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    money = {"currency": "XAF", "minor": 5000}
    facts.write_text(json.dumps({"days_late": 4, "arrears": money, "oldest_due_on": "2026-03-01"}))
    early = told("explain", DUNNING, "--facts", facts, "--on", "2026-03-05 07:30")
    assert early["steps"] == []
    done = told("explain", DUNNING, "--facts", facts, "--on", "2026-03-05", "--done", "reminder:2026-03-01")
    assert done["steps"] == []
    assert told("explain", DUNNING, "--facts", facts, "--on", "2026-03-05")["steps"] == [
        "reminder:2026-03-01"
    ]


def test_facts_that_cannot_be_read_are_named_with_their_mend() -> None:
    result = call(
        "explain", "fleet/dunning", "--facts", "day_late=7", "--facts", "arrears=many", "--on", "2026-03-08"
    )
    assert result.exit_code == 1
    assert "did you mean days_late?" in result.output
    assert "arrears: 'many' cannot be read" in result.output
    missing = call("explain", "fleet/dunning", "--facts", "days_late=7", "--on", "2026-03-08")
    assert missing.exit_code == 1
    assert "arrears" in missing.output
    unknown = call("explain", "fleet/duning", "--on", "2026-03-08")
    assert "did you mean fleet/dunning?" in unknown.output
    assert call("explain", "fleet/dunning").exit_code == 2


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2200-01-01"])
def test_no_book_is_asked_about_an_end_of_the_calendar(day: str) -> None:
    result = call("explain", "fleet/dunning", *LATE, "--on", day)
    assert result.exit_code == 2
    assert "check the year" in result.output


def test_a_zone_that_is_not_there_is_said() -> None:
    result = call("explain", "fleet/dunning", *LATE, "--on", "2026-03-08", "--zone", "Nowhere/City")
    assert result.exit_code == 1
    assert "zone: 'Nowhere/City' is not a time zone" in result.output


@pytest.mark.parametrize("minor", ['"many"', "[]", "1.5", "true-ish", "1" + "0" * 400])
def test_amounts_of_a_file_are_read_as_strictly_as_typed_ones(tmp_path: Path, minor: str) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text(f'{{"arrears": {{"currency": "XAF", "minor": {minor}}}}}', "utf-8")
    result = call("explain", "fleet/dunning", *LATE, "--facts", facts, "--on", "2026-03-08")
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)


def test_facts_nested_without_end_are_no_facts(tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text("[" * 100_000, "utf-8")
    result = call("explain", "fleet/dunning", "--facts", facts, "--on", "2026-03-08")
    assert result.exit_code == 1
    assert "give fact=value, or a JSON file" in result.output


def test_prices_are_told_exactly() -> None:
    given = ("--facts", "reference=disj_10a", "--facts", "level=bronze", "--on", "2026-03-08")
    said = told("explain", "maintenance/price", *given)
    assert said["outcome"] == "found"
    assert said["result"]["unit_price"]["currency"] == "EUR"
    assert isinstance(said["result"]["unit_price"]["minor"], int)


def test_two_books_are_compared_rule_by_rule_and_line_by_line(draft: Path) -> None:
    changed(draft, "days: 8..14", "days: 8..12")
    changed(draft, "days: 15..29", "days: 13..29")
    result = call("diff", "fleet/dunning", draft)
    assert result.exit_code == 0
    assert "stages/firm/days" in result.output
    assert "8..12" in result.output
    text = call("diff", "fleet/dunning", draft, "--text").stdout
    assert "-    days: 8..14\n+    days: 8..12\n" in text
    said = told("diff", "fleet/dunning", draft)
    assert [(one["where"], one["kind"]) for one in said["changes"]] == [
        ("stages/firm/days", "changed"), ("stages/suspended/days", "changed"),
    ]  # fmt: skip
    assert "la même chose" in call("diff", DUNNING, "fleet/dunning").output


def test_the_schema_is_a_json_schema() -> None:
    schema = json.loads(call("schema").stdout)
    assert "json-schema.org" in schema["$schema"]


def test_the_shipped_books_are_listed_without_a_database() -> None:
    listed = {one["name"]: one for one in told("list")["books"]}
    assert listed["fleet/dunning"]["policy"] == "stages"
    assert "Relance des impayés" in call("list").output
    assert "Dunning" in call("list", "--lang", "en").output
