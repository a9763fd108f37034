"""The rounds of a plan as other programs read them, and beside other plans."""

import csv
import io
import json
from xml.etree import ElementTree

import pytest
from sqlalchemy import null, update

from database.maintenance.tables import plan as plans
from tests.api.callers import person
from tests.api.conftest import Caller, is_problem
from tests.api.planning_samples import (
    FAVERGES,
    PLANNING,
    PLANS,
    RUMILLY,
    TECHNICIANS,
    VISITS,
    asked,
    firm,
    moves,
)

MONDAY = "2031-03-10"
DAYS = {"since": MONDAY, "until": "2031-03-14"}


@pytest.fixture
async def annecy(caller: Caller) -> Caller:
    await firm(caller)
    for ref, place in (("V-1", RUMILLY), ("V-2", FAVERGES), ("V-3", FAVERGES)):
        await asked(caller, ref, place=place)
    return caller


@pytest.fixture
async def plan(annecy: Caller) -> str:
    """Two rounds, and a visit without a place; in force."""
    made = await annecy.post(PLANS, json={"first_on": MONDAY, "days": 5, "seconds": 0})
    id = str(made.json()["id"])
    await moves(annecy, id, ("V-1", "T-1", MONDAY), ("V-2", "T-2", MONDAY))
    assert (await annecy.post(f"{PLANS}/{id}/accept", json={})).is_success
    return id


async def test_a_calendar_of_all_and_of_one(annecy: Caller, plan: str) -> None:
    everybody = await annecy.get(f"{PLANS}/{plan}/calendar.ics")
    assert everybody.headers["content-type"] == "text/calendar; charset=utf-8"
    assert everybody.text.count("BEGIN:VEVENT") == 2
    assert f"@{annecy.tenant}" in everybody.text.replace("\r\n ", "")
    one = await annecy.get(f"{PLANS}/{plan}/calendar.ics", params={"technician": "T-1", "locale": "en"})
    assert "visit-V-1" in one.text
    assert "visit-V-2" not in one.text
    answer = await annecy.get(f"{PLANS}/{plan}/calendar.ics", params={"technician": "T-9"})
    is_problem(answer, 404, "not-found")


async def test_routes_on_the_maps_of_other_makers(annecy: Caller, plan: str) -> None:
    answer = await annecy.get(f"{PLANS}/{plan}/routes.geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    kinds = [one["properties"]["kind"] for one in json.loads(answer.text)["features"]]
    assert sorted(kinds) == ["round", "round", "stop", "stop", "unplanned"]


async def test_a_picture_of_a_day_and_a_page_that_loads_nothing(annecy: Caller, plan: str) -> None:
    picture = await annecy.get(f"{PLANS}/{plan}/map.svg", params={"on": MONDAY})
    assert ElementTree.fromstring(picture.text).tag.endswith("svg")
    assert "Technicien 1" in picture.text
    other = await annecy.get(f"{PLANS}/{plan}/map.svg", params={"on": "2031-03-31"})
    is_problem(other, 422, "bad-input")
    page = await annecy.get(f"{PLANS}/{plan}/map.html", params={"locale": "en"})
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "Technicien 2" in page.text
    kept = (await annecy.get(f"{PLANS}/{plan}")).json()["result"]["reasons"]
    assert [one["visit"] for one in kept] == ["V-3"]
    for outside in ("http://", "https://", "@import"):
        assert outside not in page.text.replace("http://www.w3.org/2000/svg", "")


async def test_a_table_with_a_line_for_each_stop(annecy: Caller, plan: str) -> None:
    answer = await annecy.get(f"{PLANS}/{plan}/table.csv", params={"locale": "en"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["Technician"], row["Visit"]) for row in rows] == [
        ("Technicien 1", "V-1"), ("Technicien 2", "V-2"), ("", "V-3"),
    ]  # fmt: skip


async def test_a_plan_beside_planning_by_hand_and_the_rounds_in_force(annecy: Caller, plan: str) -> None:
    naive = (await annecy.get(f"{PLANS}/{plan}/comparison")).json()
    assert naive["other"] == "naive"
    assert naive["beside"]["planned"] == 3
    assert {"fr": "Distance", "en": "Distance"} in [row["label"] for row in naive["rows"]]
    same = (await annecy.get(f"{PLANS}/{plan}/comparison", params={"with": "previous"})).json()
    assert same["plan"] == same["beside"]
    made = await annecy.post(PLANS, json={"first_on": "2031-03-11", "days": 2, "seconds": 0})
    beside = (await annecy.get(f"{PLANS}/{made.json()['id']}/comparison", params={"with": plan})).json()
    assert (beside["plan"]["planned"], beside["beside"]["planned"]) == (0, 0)
    far = await annecy.post(PLANS, json={"first_on": "2031-04-01", "days": 1, "seconds": 0})
    apart = await annecy.get(f"{PLANS}/{far.json()['id']}/comparison", params={"with": plan})
    is_problem(apart, 422, "bad-input")
    unknown = await annecy.get(f"{PLANS}/{plan}/comparison", params={"with": "p-9"})
    is_problem(unknown, 404, "not-found")


async def test_rounds_in_force_for_planners_and_technicians(annecy: Caller, plan: str) -> None:
    assert plan
    found = (await annecy.get(f"{PLANNING}/rounds", params=DAYS)).json()["items"]
    assert [(one["technician_ref"], one["on"]) for one in found] == [("T-1", MONDAY), ("T-2", MONDAY)]
    me = await person(annecy, "technician", "X-1")
    is_problem(await me.get(f"{PLANNING}/rounds", params=DAYS), 403, "forbidden")
    is_problem(await me.get(f"{TECHNICIANS}/T-2/rounds", params=DAYS), 404, "not-found")
    [mine] = (await me.get(f"{TECHNICIANS}/T-1/rounds", params=DAYS)).json()["items"]
    assert [stop["visit_ref"] for stop in mine["stops"]] == ["V-1"]
    told = (await me.get(f"{TECHNICIANS}/T-1/calendar.ics", params=DAYS)).text
    assert "Claire Martin" in told
    assert "visit-V-2" not in told
    assert (await annecy.post(f"{VISITS}/V-1/cancel", json={})).is_success
    [mine] = (await me.get(f"{TECHNICIANS}/T-1/rounds", params=DAYS)).json()["items"]
    assert mine["stops"] == []
    backwards = await annecy.get(f"{PLANNING}/rounds", params={**DAYS, "until": "2031-03-01"})
    is_problem(backwards, 422, "bad-input")


async def test_the_calendar_of_a_day_on_which_nobody_was_there(annecy: Caller, plan: str) -> None:
    assert plan
    assert (await annecy.post(f"{VISITS}/V-1/no-show")).is_success
    told = await annecy.get(f"{TECHNICIANS}/T-1/calendar.ics", params=DAYS)
    assert "visit-V-1" not in told.text


async def test_who_was_erased_takes_the_maps_of_their_plans_along(annecy: Caller, plan: str) -> None:
    async with annecy.database.tenant(annecy.tenant) as tx:
        await tx.execute(update(plans).values(problem=null()))
    is_problem(await annecy.get(f"{PLANS}/{plan}/routes.geojson"), 409, "conflict")
    assert (await annecy.get(f"{PLANS}/{plan}")).json()["evaluation"]["rounds"]
