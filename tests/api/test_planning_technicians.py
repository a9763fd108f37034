"""Technicians are entered, found again, away for some days, and leave."""

import json
from typing import Any

import pytest

from tests.api.callers import person
from tests.api.conftest import Caller, is_problem
from tests.api.planning_samples import AT_SEA, SHIFT, TECHNICIANS, euros, firm, technician

ABSENCE = f"{TECHNICIANS}/T-1/absences"


@pytest.fixture
async def annecy(caller: Caller) -> Caller:
    await firm(caller)
    return caller


async def test_a_technician_is_said_anew_and_leaves(annecy: Caller) -> None:
    known = (await annecy.get(f"{TECHNICIANS}/T-1")).json()
    assert known["end"] == known["start"]
    assert known["week"]["5"] == SHIFT
    assert known["per_km"] == euros("0.50")
    moved = technician(end={"latitude": 45.9, "longitude": 6.2}, zones=["lac"], parts={"pump": 2})
    again = await annecy.put(f"{TECHNICIANS}/T-1", json=moved)
    assert again.status_code == 200
    assert again.json()["parts"] == {"pump": 2}
    listed = (await annecy.get(TECHNICIANS, params={"limit": 1})).json()
    assert [one["ref"] for one in listed["items"]] == ["T-1"]
    more = (await annecy.get(TECHNICIANS, params={"limit": 1, "cursor": listed["next"]})).json()
    assert [one["ref"] for one in more["items"]] == ["T-2"]
    assert (await annecy.call("DELETE", f"{TECHNICIANS}/T-2")).json()["state"] == "left"
    active = (await annecy.get(TECHNICIANS, params={"state": "active"})).json()["items"]
    assert [one["ref"] for one in active] == ["T-1"]


async def test_where_somebody_lives_never_reaches_the_trail(annecy: Caller) -> None:
    trail = json.dumps([row.after for row in await annecy.audited() if "technician" in row.action])
    assert "T-1" in trail
    assert "latitude" not in trail


@pytest.mark.parametrize(("field", "value", "mend"), [
    ("start", AT_SEA, "longitude"),
    ("week", {"1": {**SHIFT, "end": "07:00"}}, "own day"),
    ("week", {"1": {**SHIFT, "begin": "25:00"}}, "08:30"),
    ("week", {"8": SHIFT}, "one of the values"),
    ("per_hour", {"amount": "30000", "currency": "XAF"}, "EUR"),
    ("per_km", euros("-1.00"), "0 or more"),
    ("zones", ["two\nlines"], "one line"),
])  # fmt: skip
async def test_what_does_not_do_is_named_with_its_mend(
    annecy: Caller, field: str, value: Any, mend: str
) -> None:
    answer = await annecy.put(f"{TECHNICIANS}/T-1", json=technician(**{field: value}))
    [error] = is_problem(answer, 422, "bad-input")["errors"]
    assert error["field"].startswith(field)
    assert mend in error["mend"], error


async def test_absences_have_their_days_and_do_not_overlap(annecy: Caller) -> None:
    first = await annecy.put(f"{ABSENCE}/2031-03-10", json={"ends_on": "2031-03-14", "reason": "leave"})
    assert first.status_code == 201
    longer = await annecy.put(f"{ABSENCE}/2031-03-10", json={"ends_on": "2031-03-17", "reason": "ill"})
    assert longer.status_code == 200
    is_problem(await annecy.put(f"{ABSENCE}/2031-03-15", json={"ends_on": "2031-03-20"}), 409, "conflict")
    is_problem(await annecy.put(f"{ABSENCE}/2031-03-25", json={"ends_on": "2031-03-20"}), 422, "bad-input")
    days = {"since": "2031-03-17", "until": "2031-03-31"}
    [found] = (await annecy.get(ABSENCE, params=days)).json()["items"]
    assert found["reason"] == "ill"
    assert (await annecy.call("DELETE", f"{ABSENCE}/2031-03-10")).status_code == 200
    is_problem(await annecy.call("DELETE", f"{ABSENCE}/2031-03-10"), 404, "not-found")
    assert (await annecy.get(ABSENCE, params=days)).json()["items"] == []


async def test_why_somebody_is_away_is_sealed_in_the_trail(annecy: Caller) -> None:
    await annecy.put(f"{ABSENCE}/2031-03-10", json={"ends_on": "2031-03-14", "reason": "ill"})
    [row] = [row for row in await annecy.audited() if row.action == "maintenance.absence.saved"]
    assert row.after["ends_on"] == "2031-03-14"
    assert "sealed" in row.after["reason"]


async def test_a_technician_reads_themselves_and_no_colleague(annecy: Caller) -> None:
    me = await person(annecy, "technician", "X-1")
    assert (await me.get(f"{TECHNICIANS}/T-1")).json()["contact_ref"] == "X-1"
    is_problem(await me.get(f"{TECHNICIANS}/T-2"), 404, "not-found")
    is_problem(await me.get(TECHNICIANS), 403, "forbidden")
    is_problem(await me.put(f"{TECHNICIANS}/T-1", json=technician()), 403, "forbidden")


async def test_another_tenant_sees_nobody(annecy: Caller, other: Caller) -> None:
    assert (await annecy.get(f"{TECHNICIANS}/T-1")).is_success
    is_problem(await other.get(f"{TECHNICIANS}/T-1"), 404, "not-found")
    assert (await other.get(TECHNICIANS)).json()["items"] == []
