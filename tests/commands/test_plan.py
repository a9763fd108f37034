"""Rounds planned from a file in a terminal: what comes out, and what bad input gets."""

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from cli import main
from commands.planning_work import outcome, read
from domain.maintenance.planning.codec import plan_of
from tests.adapters.planning.roads_twin import serve_roads
from tests.architecture.sources import ROOT

WEEK = ROOT / "seeds" / "data" / "annecy.json"
LAND = ROOT / "seeds" / "data" / "annecy.geojson"


def few(folder: Path, *more: dict[str, Any]) -> Path:
    """The first eight visits of the week, and others."""
    value = json.loads(WEEK.read_text("utf-8"))
    value["visits"] = [*value["visits"][:8], *more]
    path = folder / "few.json"
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    return path


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["plan", "--iterations", "50", "--seconds", "60", *map(str, words)])


def test_a_file_becomes_a_plan_in_every_form(tmp_path: Path) -> None:
    into = {name: tmp_path / f"rounds.{name}" for name in ("html", "svg", "geojson", "ics", "csv")}
    files = [word for name, path in into.items() for word in (f"--{name}", path)]
    made = call(few(tmp_path), "--out", tmp_path / "plan.json", "--backdrop", LAND, *files)
    assert made.exit_code == 0, made.output
    assert "8 visites sur 8" in made.output
    assert "Électricité Annecy" in into["html"].read_text("utf-8")
    ElementTree.parse(into["svg"])
    assert len(list(tmp_path.glob("rounds-2027-01-1*.svg"))) == 5
    assert json.loads(into["geojson"].read_text("utf-8"))["type"] == "FeatureCollection"
    assert into["ics"].read_bytes().count(b"BEGIN:VEVENT") == 8
    assert len(into["csv"].read_text("utf-8-sig").splitlines()) == 9
    kept = json.loads((tmp_path / "plan.json").read_text("utf-8"))
    work = read(few(tmp_path))
    assert outcome(work, plan_of(kept, work.problem.days)).evaluation.feasible


def test_the_same_seed_gives_the_same_plan_and_a_search_goes_on(tmp_path: Path) -> None:
    file = few(tmp_path)
    plans = [json.loads(call(file, "--json").stdout) for _ in range(2)]
    assert plans[0] == plans[1]
    (tmp_path / "plan.json").write_text(json.dumps(plans[0]), "utf-8")
    again = json.loads(call(file, "--json", "--from", tmp_path / "plan.json").stdout)
    assert again["evaluation"]["cost"]["total"] <= plans[0]["evaluation"]["cost"]["total"]


def test_a_visit_that_is_asked_for_gets_its_slots(tmp_path: Path) -> None:
    made = call(few(tmp_path), "--slots", "VIS-003", "--lang", "en")
    assert made.exit_code == 0, made.output
    assert "Entretien de la pompe à chaleur, Camille Vuillermoz" in made.output
    assert "told" in made.output
    refused = call(few(tmp_path), "--slots", "VIS-999", "--lang", "en")
    assert refused.exit_code == 1
    assert "there is no visit 'VIS-999'; name a visit of the file" in " ".join(refused.output.split())


def test_what_is_wrong_is_named_and_the_rest_is_planned(tmp_path: Path) -> None:
    at_sea = {"id": "SEA", "place": {"lat": 45.0, "lon": -20.0}, "duration": "00:30"}
    nobody = {"id": "ODD", "place": {"lat": 45.9, "lon": 6.1}, "duration": "00:30", "skills": {"magie": 1}}
    made = call(few(tmp_path, at_sea, nobody), "--lang", "en")
    assert made.exit_code == 0, made.output
    said = " ".join(made.output.split())
    assert "The coordinates 45.0, -20.0 are at sea" in said
    assert "Nobody has the skill magie" in said
    assert "8 of " in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 1, column 2 is no JSON; give a JSON object"),
        ("[]", "; "),
        ('{"days": ["2027-01-11"], "colour": 1}', "no such field"),
        ('{"days": ["2027-01-11"], "time_zone": "Mars/Base"}', "'Mars/Base' is not a time zone"),
        ('{"days": ["2027-01-11"], "technicians": [{"id": "T", "name": 3}]}', "technicians[0].name"),
        (
            '{"days": ["2027-01-11"], "technicians": [{"name": "\\u001b[2J"}]}',
            "technicians[0].name",
        ),
        ('{"days": ["2027-01-11"], "zone_most": {"a\\nb": 1}}', "zone_most"),
        ("[" * 100_000, "; "),
        (f'{{"days": {"1" * 5_000}}}', "it has an endless number; give fewer digits"),
        ('{"days": ["2027-01-11"], "title": "\\ud800"}', "it is no text; give JSON in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_mend(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "bad.json").write_text(text, "utf-8")
    made = call(tmp_path / "bad.json", "--lang", "en")
    assert made.exit_code == 1
    assert said in " ".join(made.output.split())
    assert "Traceback" not in made.output


async def typed(*words: str | Path) -> dict[str, Any]:
    """What the command says as JSON, in a process of its own."""
    more = ["--json", "--iterations", "50"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "plan", *map(str, words), *more, cwd=ROOT, stdout=PIPE, stderr=PIPE
    )
    said, told = await process.communicate()
    assert process.returncode == 0, told
    found: dict[str, Any] = json.loads(said)
    return found


@pytest.mark.parametrize("kind", ["osrm", "valhalla"])
async def test_ways_are_those_of_a_server_of_roads(tmp_path: Path, kind: str) -> None:
    file = few(tmp_path)
    async with serve_roads() as (twin, address):
        found = await typed(file, "--roads", f"{kind}={address}")
    assert twin.asked
    assert found["evaluation"]["rounds"] != (await typed(file))["evaluation"]["rounds"]


def test_roads_that_do_not_answer_are_named(tmp_path: Path) -> None:
    gone = call(few(tmp_path), "--roads", "osrm=http://127.0.0.1:1", "--lang", "en")
    assert gone.exit_code == 1
    assert "the server of the roads gives no travel times" in " ".join(gone.output.split())
    odd = call(few(tmp_path), "--roads", "http://127.0.0.1:1")
    assert odd.exit_code == 2
    assert "osrm=http://localhost:5000" in odd.output


def test_where_nothing_can_be_written_the_plan_is_told_all_the_same(tmp_path: Path) -> None:
    """Its part beside it has a name that is too long for any file."""
    made = call(few(tmp_path), "--out", tmp_path / ("x" * 252), "--lang", "en")
    assert made.exit_code == 1
    said = " ".join(made.output.split())
    assert "8 of 8 visits" in said
    assert "File name too long; give another file, or room" in said
    assert "Traceback" not in made.output


def test_nothing_but_a_file_is_written_over(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for name in (pipe, tmp_path / ("x" * 300)):
        refused = call(few(tmp_path), "--csv", name)
        assert refused.exit_code == 2
        assert "give" in refused.output
    assert pipe.is_fifo()


def test_what_is_not_a_number_is_no_time() -> None:
    assert "'nan' is not a number" in call(WEEK, "--seconds", "nan").output


def test_a_file_or_a_firm_is_needed(tmp_path: Path) -> None:
    assert call().exit_code == 2
    assert call(few(tmp_path), "--tenant", "electricite-annecy").exit_code == 2


def test_the_rest_of_a_day_is_planned_anew_and_told_in_words(tmp_path: Path) -> None:
    file, plan, happened = few(tmp_path), tmp_path / "plan.json", tmp_path / "happened.json"
    call(file, "--out", plan)
    first = json.loads(plan.read_text("utf-8"))["routes"][0]
    ill = {"event": "ill", "technician": first["technician"], "since": "07:00"}
    happened.write_text(json.dumps({"day": first["day"], "now": "07:00", "events": [ill]}), "utf-8")
    made = call(file, "--from", plan, "--replan", happened, "--compare", "--lang", "en")
    assert made.exit_code == 0, made.output
    assert re.search(r"in place of|no longer planned|instead of", made.output)
    for column in ("by hand", "plan before"):
        assert column in made.output
    assert "it needs the plan in force" in " ".join(call(file, "--replan", happened).output.split())


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"event": "storm"}, "events[0].event: there is no such event; give one of urgent, no_show"),
        ({"event": "ill", "technician": "NOBODY", "since": "10:00"}, "there is no technician 'NOBODY'"),
        ({"event": "overrun", "visit": "VIS-001", "until": "late"}, "events[0].until: it is no time"),
    ],
)
def test_what_cannot_have_happened_is_refused(tmp_path: Path, event: dict[str, str], said: str) -> None:
    file, plan, happened = few(tmp_path), tmp_path / "plan.json", tmp_path / "happened.json"
    plan.write_text('{"routes": []}', "utf-8")
    happened.write_text(json.dumps({"day": "2027-01-11", "now": "07:00", "events": [event]}), "utf-8")
    made = call(file, "--from", plan, "--replan", happened, "--lang", "en")
    assert made.exit_code == 1
    assert said in " ".join(made.output.split())


async def test_control_c_keeps_the_best(tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    words = [few(tmp_path), "--seconds", "600", "--out", out, "--lang", "en"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "plan", *map(str, words), cwd=ROOT, env={**os.environ, "COLUMNS": "200"},
        stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    first = await process.stderr.readline()
    assert first.endswith(b"(insertion)\n"), first
    process.send_signal(signal.SIGINT)
    said, told = await process.communicate()
    assert process.returncode == 130, told
    assert b"8 of 8 visits" in said
    assert b"the best plan is kept" in told
    assert json.loads(out.read_text("utf-8"))["routes"]


@pytest.mark.parametrize(("words", "refused"), [
    (("--tenant", "annecy", "--iterations", "5"), "--iterations"),
    (("--tenant", "annecy", "--slots", "V-1"), "--slots"),
    (("--tenant", "annecy", "--roads", "osrm=http://localhost:5000"), "--roads"),
    ((WEEK, "--days", "3"), "--days"),
    ((WEEK, "--first-on", "2032-03-09"), "--first-on"),
])  # fmt: skip
def test_an_option_that_would_mean_nothing_is_refused(words: tuple[object, ...], refused: str) -> None:
    done = CliRunner().invoke(main, ["plan", *map(str, words)])
    assert done.exit_code == 2
    assert f"Error: {refused}: " in done.output
