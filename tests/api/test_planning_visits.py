"""Visits are asked for, bound to each other, begun, done, missed and cancelled."""

import json
from typing import Any

import pytest
from sqlalchemy import update

from database.maintenance.tables import visit as visits
from tests.api.callers import person
from tests.api.conftest import Caller, is_problem
from tests.api.planning_samples import AT_SEA, PLANNING, VISITS, asked, euros, firm, visit

LINKS = f"{PLANNING}/links"


@pytest.fixture
async def annecy(caller: Caller) -> Caller:
    await firm(caller)
    return caller


async def placed(caller: Caller, ref: str, technician: str = "T-1") -> None:
    """As a plan in force leaves it."""
    async with caller.database.tenant(caller.tenant) as tx:
        there = update(visits).where(visits.c.tenant_id == caller.tenant, visits.c.ref == ref)
        await tx.execute(there.values(
            state="planned", technician_ref=technician, planned_on=caller.clock.at.date(),
            planned_begins_s=36_000, planned_ends_s=39_600, position=0,
        ))  # fmt: skip


async def test_a_visit_is_asked_for_and_said_anew(annecy: Caller) -> None:
    said = await asked(
        annecy, "V-1", windows=[{"opens": "08:00", "closes": "12:00", "weekdays": [1, 2]}],
        due_on="2031-03-14", promise={"on": "2031-03-11", "at": "09:00", "technician_ref": "T-1"},
        pin={"technician_ref": "T-1"}, urgency=euros("5.00"),
    )  # fmt: skip
    assert said["state"] == "to_plan"
    assert said["promise"]["tolerance"] == "00:15"
    assert said["planned"]["begins"] is None
    assert (await annecy.get(f"{VISITS}/V-1")).json() == said
    again = await annecy.put(f"{VISITS}/V-1", json=visit(duration="02:00"))
    assert again.status_code == 200
    assert again.json()["duration"] == "02:00"
    assert again.json()["pin"] is None
    assert "start maintenance.scheduling:V-1 visit.saved" in await annecy.owed()


async def test_visits_are_listed_by_state_and_round(annecy: Caller) -> None:
    for ref in ("V-1", "V-2", "V-3"):
        await asked(annecy, ref)
    await placed(annecy, "V-2")
    waiting = (await annecy.get(VISITS, params={"state": "to_plan", "limit": 1})).json()
    assert [one["ref"] for one in waiting["items"]] == ["V-1"]
    rest = {"state": "to_plan", "limit": 1, "cursor": waiting["next"]}
    assert [one["ref"] for one in (await annecy.get(VISITS, params=rest)).json()["items"]] == ["V-3"]
    there = {"technician": "T-1", "on": "2031-03-03"}
    assert [one["ref"] for one in (await annecy.get(VISITS, params=there)).json()["items"]] == ["V-2"]


@pytest.mark.parametrize(("given", "field", "mend"), [
    ({"place": AT_SEA}, "place", "longitude"),
    ({"duration": "00:00"}, "duration", "00:45"),
    ({"windows": [{"opens": "10:00", "closes": "09:00"}]}, "windows.0", "exchange"),
    ({"windows": [{"opens": "10:00", "closes": "10:30"}]}, "body", "widen"),
    ({"due_on": "2031-03-03", "not_before_on": "2031-03-04"}, "body", "exchange"),
    ({"pin": {"on": "2031-03-09"}, "due_on": "2031-03-08"}, "body", "change one"),
])  # fmt: skip
async def test_a_visit_that_nobody_could_do_is_refused_with_the_mend(
    annecy: Caller, given: dict[str, Any], field: str, mend: str
) -> None:
    [error] = is_problem(await annecy.put(f"{VISITS}/V-1", json=visit(**given)), 422, "bad-input")["errors"]
    assert error["field"] == field
    assert mend in error["mend"]


async def test_only_technicians_who_are_known_are_named(annecy: Caller) -> None:
    answer = await annecy.put(f"{VISITS}/V-1", json=visit(preferred_technician_ref="T-9"))
    is_problem(answer, 404, "not-found")


async def test_a_day_as_the_technician_lives_it(annecy: Caller) -> None:
    for ref in ("V-1", "V-2"):
        await asked(annecy, ref)
        await placed(annecy, ref)
    me = await person(annecy, "technician", "X-1")
    early = {"at": "2031-03-03T09:55:00+01:00"}
    started = (await me.post(f"{VISITS}/V-1/start", json=early)).json()
    assert started["state"] == "started"
    assert (await me.post(f"{VISITS}/V-1/start", json={})).json() == started
    is_problem(await me.post(f"{VISITS}/V-1/done", json={"at": "2031-03-03T08:00:00Z"}), 422, "bad-input")
    is_problem(await me.post(f"{VISITS}/V-1/done", json={"at": "2031-03-04T08:00:00Z"}), 422, "bad-input")
    assert (await me.post(f"{VISITS}/V-1/done", json={})).json()["state"] == "done"
    assert (await me.post(f"{VISITS}/V-2/no-show")).json()["state"] == "missed"
    is_problem(await me.post(f"{VISITS}/V-2/reopen"), 403, "forbidden")
    again = (await annecy.post(f"{VISITS}/V-2/reopen")).json()
    assert (again["state"], again["planned"]["technician_ref"]) == ("to_plan", None)
    rung = [one for one in await annecy.owed() if "maintenance.round:T-1.20310303" in one]
    assert [one.rpartition(" ")[2] for one in rung] == [
        "visit.started", "visit.done", "visit.missed", "visit.to_plan",
    ]  # fmt: skip
    is_problem(await annecy.put(f"{VISITS}/V-1", json=visit()), 409, "conflict")


async def test_a_technician_reaches_the_visits_of_their_own_round_alone(annecy: Caller) -> None:
    for ref, technician in (("V-1", "T-1"), ("V-2", "T-2")):
        await asked(annecy, ref)
        await placed(annecy, ref, technician)
    me = await person(annecy, "technician", "X-1")
    assert [one["ref"] for one in (await me.get(VISITS)).json()["items"]] == ["V-1"]
    is_problem(await me.get(f"{VISITS}/V-2"), 404, "not-found")
    is_problem(await me.post(f"{VISITS}/V-2/start", json={}), 404, "not-found")


async def test_a_cancelled_visit_leaves_its_round(annecy: Caller) -> None:
    await asked(annecy, "V-1")
    await placed(annecy, "V-1")
    gone = (await annecy.post(f"{VISITS}/V-1/cancel", json={"reason": "Elle a vendu."})).json()
    assert (gone["state"], gone["planned"]["on"]) == ("cancelled", None)
    [row] = [row for row in await annecy.audited() if row.action == "maintenance.visit.cancelled"]
    assert "Elle a vendu" not in json.dumps(row.after)
    assert "latitude" not in json.dumps(row.after)
    assert (await annecy.post(f"{VISITS}/V-1/cancel", json={})).json() == gone
    is_problem(await annecy.post(f"{VISITS}/V-1/start", json={}), 409, "conflict")


async def test_visits_are_bound_and_never_wait_for_each_other(annecy: Caller) -> None:
    for ref in ("V-1", "V-2", "V-3"):
        await asked(annecy, ref)
    for first, second in (("V-1", "V-2"), ("V-2", "V-3")):
        link = {"tie": "before", "first_ref": first, "second_ref": second}
        assert (await annecy.post(LINKS, json=link)).status_code == 201
    assert (await annecy.post(LINKS, json=link)).status_code == 200
    round_about = {"tie": "before", "first_ref": "V-3", "second_ref": "V-1"}
    is_problem(await annecy.post(LINKS, json=round_about), 409, "conflict")
    is_problem(await annecy.post(LINKS, json={**link, "first_ref": "V-3"}), 422, "bad-input")
    found = (await annecy.get(f"{VISITS}/V-2/links")).json()["items"]
    assert [(one["first_ref"], one["second_ref"]) for one in found] == [("V-1", "V-2"), ("V-2", "V-3")]
    assert (await annecy.call("DELETE", f"{LINKS}/before/V-1/V-2")).status_code == 200
    is_problem(await annecy.call("DELETE", f"{LINKS}/before/V-1/V-2"), 404, "not-found")


async def test_two_at_once_are_bound_in_either_order(annecy: Caller) -> None:
    for ref in ("V-1", "V-2"):
        await asked(annecy, ref)
    made = await annecy.post(LINKS, json={"tie": "together", "first_ref": "V-2", "second_ref": "V-1"})
    assert made.json()["first_ref"] == "V-1"
    assert (await annecy.call("DELETE", f"{LINKS}/together/V-2/V-1")).status_code == 200
