"""Rounds as GeoJSON, as a calendar and as tables: what other programs read of them."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.maintenance.planning.evaluation import Fault, Violation
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Plan, Problem, Route
from domain.maintenance.planning.naming import Names
from domain.maintenance.planning.shown.geojson import geojson
from domain.maintenance.planning.shown.ical import LONGEST, calendar, folded, text
from domain.maintenance.planning.shown.tables import STOPS, hhmm, round_rows, stop_table
from domain.maintenance.planning.shown.told import FAULTS, clock, fault, span, way
from domain.maintenance.planning.travel import Travel
from domain.maintenance.planning.values.named import names_in, with_names
from domain.table import Row
from tests.domain.rounds_drawn import EVALUATION, NAMES, PROBLEM

STAMP = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)


def unfolded(calendar: str) -> list[str]:
    return calendar.replace("\r\n ", "").split("\r\n")


def events(calendar: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for line in unfolded(calendar):
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and name != "END":
            found[-1][name] = value
    return found


def test_the_map_of_others_gets_lines_stops_and_what_has_no_place() -> None:
    found = json.loads(json.dumps(geojson(PROBLEM, EVALUATION, NAMES)))
    kinds = [one["properties"]["kind"] for one in found["features"]]
    assert kinds == ["round", "stop", "stop", "round", "stop", "stop", "unplanned"]
    line, first, second = found["features"][:3]
    assert line["geometry"]["coordinates"][0] == [6.1018, 45.9142]
    assert line["geometry"]["coordinates"][1] == first["geometry"]["coordinates"] == [6.1318, 45.8938]
    assert len(line["geometry"]["coordinates"]) == 4
    assert (first["properties"]["order"], second["properties"]["order"]) == (1, 2)
    assert second["properties"]["begins"] == "2026-03-28T11:00:00+01:00"
    assert found["features"][4]["properties"]["begins"].endswith("+02:00")  # summer time has begun
    assert found["bbox"] == [5.9391, 45.8641, 6.3292, 45.9142]


def test_a_plan_without_visits_is_an_empty_map() -> None:
    nothing = Problem(PROBLEM.days, (), Travel((), ()), (), ())
    found = geojson(nothing, evaluate(nothing, Plan()), Names())
    assert found == {"type": "FeatureCollection", "features": []}


def test_the_calendar_has_each_visit_at_its_instant() -> None:
    made = calendar(PROBLEM, EVALUATION, NAMES, STAMP, sequence=3, host="annecy.example")
    found = {one["UID"]: one for one in events(made)}
    assert set(found) == {f"visit-V{n}@annecy.example" for n in (1, 2, 3, 4)}
    pinned = found["visit-V2@annecy.example"]
    assert (pinned["DTSTART"], pinned["DTEND"]) == ("20260328T100000Z", "20260328T113000Z")
    assert (pinned["DTSTAMP"], pinned["SEQUENCE"]) == ("20260320T093000Z", "3")
    summer = found["visit-V3@annecy.example"]
    begins = EVALUATION.stops["V3"][1].begins
    assert summer["DTSTART"] == f"20260329T{begins // 3600 - 2:02}{begins % 3600 // 60:02}00Z"
    assert found["visit-V1@annecy.example"]["SUMMARY"] == r"Contrôle \; tableau\, neuf\, Agathe Perrillat"
    assert pinned["GEO"] == "45.864100;5.939100"


def test_a_technician_gets_their_own_visits_and_breaks() -> None:
    mine = events(calendar(PROBLEM, EVALUATION, NAMES, STAMP, "T1"))
    assert [one["SUMMARY"].partition("\\")[0].partition(",")[0] for one in mine] == [
        "Contrôle ", "Entretien", "Pause",
    ]  # fmt: skip
    assert "X-WR-CALNAME:Loïc Fillion" in unfolded(calendar(PROBLEM, EVALUATION, NAMES, STAMP, "T1"))
    assert events(calendar(PROBLEM, EVALUATION, NAMES, STAMP, "T3")) == []


def test_a_moved_visit_keeps_its_entry() -> None:
    other = evaluate(PROBLEM, Plan((Route("T2", 1, ("V1",)),)))
    [before] = [one for one in events(calendar(PROBLEM, EVALUATION, NAMES, STAMP)) if "V1" in one["UID"]]
    [after] = events(calendar(PROBLEM, other, NAMES, STAMP, sequence=1))
    assert before["UID"] == after["UID"]
    assert before["DTSTART"] != after["DTSTART"]


@given(st.text(max_size=300))
def test_no_line_is_too_long_and_none_is_changed_by_folding(words: str) -> None:
    line = f"SUMMARY:{text(words)}"
    made = folded(line)
    parts = made.split("\r\n")
    assert all(len(part.encode("utf-8", "surrogatepass")) <= LONGEST for part in parts)
    assert all(part.startswith(" ") for part in parts[1:])
    assert made.replace("\r\n ", "") == line
    assert not re.search(r"[\x00-\x08\x0a-\x1f]", line)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80))
def test_a_calendar_reads_back_what_was_said(words: str) -> None:
    plain = re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text(words))
    assert plain == words


async def rows_of(table: list[Row]) -> list[dict[str, object]]:
    return [dict(zip((column.name for column in STOPS), row, strict=True)) for row in table]


async def test_the_table_has_each_stop_and_at_its_end_what_has_no_place() -> None:
    table = stop_table(PROBLEM, EVALUATION, NAMES)
    rows = await rows_of([row async for row in table.rows])
    assert [row["visit"] for row in rows] == ["V1", "V2", "V3", "V4", "V5"]
    assert rows[1]["begins"] == "11:00"
    assert rows[1]["technician"] == "Loïc Fillion"
    assert rows[0]["km"] == Decimal(9)
    assert rows[4]["technician"] is None
    assert table.total == 5
    assert [row[2] for row in round_rows(PROBLEM, EVALUATION, NAMES)] == [2, 2]


def test_times_and_ways_in_words() -> None:
    assert (clock(8 * 3600 + 300, "fr"), clock(8 * 3600 + 300, "en")) == ("8\u00a0h\u00a005", "08:05")
    assert (clock(25 * 3600, "en"), clock(-1800, "en")) == ("01:00\u00a0+1", "23:30\u00a0-1")
    assert (span(2700, "fr"), span(5400, "fr"), span(7200, "en")) == (
        "45\u00a0min", "1\u00a0h\u00a030", "2\u00a0h",
    )  # fmt: skip
    assert (span(5_390 * 3600, "fr"), span(5_390 * 3600, "en")) == ("5\u00a0390\u00a0h", "5,390\u00a0h")
    assert (way(4249, "fr"), way(1_234_567, "en"), way(1_234_567, "fr")) == (
        "4,2\u00a0km", "1,235\u00a0km", "1\u00a0235\u00a0km",
    )  # fmt: skip
    assert hhmm(25 * 3600 + 60) == "25:01"


@pytest.mark.parametrize("which", list(Fault))
def test_every_fault_has_its_words(which: Fault) -> None:
    said = fault(Violation(which, "V1", "T1", 0, 600, "pac"), NAMES)
    assert FAULTS[which].fr in said.fr
    assert FAULTS[which].en in said.en
    assert "pac" in said.fr
    assert "Agathe Perrillat" in said.en


def test_names_come_out_of_a_file_and_go_back() -> None:
    bare = {"technicians": [{"id": "T1"}, {"id": "T3"}], "visits": [{"id": f"V{n}"} for n in range(1, 6)]}
    full = with_names(bare, NAMES)
    assert full["technicians"][0]["name"] == "Loïc Fillion"
    assert "name" not in full["technicians"][1]
    rest, names = names_in(full)
    assert rest == bare
    assert names.title == NAMES.title
    assert names.visit("V3") == NAMES.visit("V3")
    assert names_in([1, 2]) == ([1, 2], Names())


def test_no_two_stops_follow_each_other_at_once() -> None:
    """What the sample shows: without it the tests above would compare empty days."""
    for one in EVALUATION.rounds:
        assert all(a.ends <= b.begins for a, b in pairwise(one.stops))
    assert EVALUATION.unplanned == ("V5",)
