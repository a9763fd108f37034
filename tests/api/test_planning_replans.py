"""A day on which something happens: the rest is planned anew, and who has to be told is told in words."""

from typing import Any

import pytest

from tests.api.conftest import Caller, is_problem
from tests.api.planning_samples import (
    FAVERGES,
    PLANNING,
    PLANS,
    RUMILLY,
    SEYNOD,
    TECHNICIANS,
    VISITS,
    asked,
    firm,
    moves,
)

TODAY = "2031-03-03"
REPLANS = f"{PLANNING}/replans"


@pytest.fixture
async def annecy(caller: Caller) -> Caller:
    """It is ten o'clock: T-1 has two visits before them, T-2 has one."""
    await firm(caller)
    for ref, place in (("V-1", SEYNOD), ("V-2", RUMILLY), ("V-3", FAVERGES)):
        await asked(caller, ref, place=place)
    made = (await caller.post(PLANS, json={"first_on": TODAY, "days": 1, "seconds": 0})).json()
    await moves(caller, made["id"], ("V-1", "T-1", TODAY), ("V-2", "T-1", TODAY), ("V-3", "T-2", TODAY))
    accepted = await caller.post(f"{PLANS}/{made['id']}/accept", json={})
    assert accepted.is_success, accepted.text
    return caller


async def happened(caller: Caller, *events: dict[str, Any]) -> dict[str, Any]:
    answer = await caller.post(REPLANS, json={"events": list(events)})
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def in_force(caller: Caller) -> dict[str, list[str]]:
    found = (await caller.get(VISITS, params={"on": TODAY})).json()["items"]
    rounds: dict[str, list[str]] = {}
    for one in sorted(found, key=lambda one: one["planned"]["position"]):
        rounds.setdefault(one["planned"]["technician_ref"], []).append(one["ref"])
    return rounds


async def accepted(caller: Caller, said: dict[str, Any]) -> None:
    answer = await caller.post(f"{PLANS}/{said['plan']['id']}/accept", json={})
    assert answer.is_success, answer.text


async def test_where_nothing_happened_nothing_changes(annecy: Caller) -> None:
    before = await in_force(annecy)
    said = await happened(annecy)
    assert said["changes"] == []
    assert (said["plan"]["kind"], said["plan"]["state"]) == ("replan", "ready")
    await accepted(annecy, said)
    assert await in_force(annecy) == before


async def test_an_urgent_visit_comes_into_a_round_and_moves_nobody(annecy: Caller) -> None:
    await asked(annecy, "V-4", place=SEYNOD, duration="00:30")
    said = await happened(annecy, {"event": "urgent", "visit_ref": "V-4"})
    [change] = said["changes"]
    assert (change["turn"], change["visit_ref"], change["before"]) == ("planned", "V-4", None)
    assert "Claire Martin" in change["words"]["fr"]
    await accepted(annecy, said)
    assert any("V-4" in visits for visits in (await in_force(annecy)).values())
    assert (await annecy.get(f"{PLANS}/{said['plan']['id']}")).json()["result"]["changes"] == said["changes"]


async def test_what_waits_and_is_not_urgent_stays_where_it_is(annecy: Caller) -> None:
    await asked(annecy, "V-5", place=SEYNOD)
    said = await happened(annecy)
    assert said["plan"]["evaluation"]["unplanned"] == []
    await accepted(annecy, said)
    assert (await annecy.get(f"{VISITS}/V-5")).json()["state"] == "to_plan"


async def test_the_visits_of_who_falls_ill_go_to_a_colleague(annecy: Caller) -> None:
    said = await happened(annecy, {"event": "ill", "technician_ref": "T-2"})
    [change] = [one for one in said["changes"] if one["visit_ref"] == "V-3"]
    assert change["turn"] == "handed_over"
    assert change["after"]["technician_ref"] == "T-1"
    absent = {"since": TODAY, "until": TODAY}
    [absence] = (await annecy.get(f"{TECHNICIANS}/T-2/absences", params=absent)).json()["items"]
    assert absence["reason"] == "ill"
    await accepted(annecy, said)
    assert set(await in_force(annecy)) == {"T-1"}
    assert "maintenance.absence.saved" in [row.action for row in await annecy.audited()]


async def test_what_has_begun_does_not_move(annecy: Caller) -> None:
    annecy.clock.forward(minutes=20)
    first = (await in_force(annecy))["T-1"][0]
    assert (await annecy.post(f"{VISITS}/{first}/start", json={})).is_success
    annecy.clock.forward(minutes=5)
    said = await happened(annecy, {"event": "ill", "technician_ref": "T-1"})
    [mine] = [one for one in said["plan"]["evaluation"]["rounds"] if one["technician_ref"] == "T-1"]
    assert [stop["visit_ref"] for stop in mine["stops"]] == [first]
    assert first not in [one["visit_ref"] for one in said["changes"]]
    await accepted(annecy, said)
    rounds = await in_force(annecy)
    assert rounds["T-1"] == [first]
    assert len(rounds["T-2"]) == 2


async def test_nobody_there_and_a_visit_that_lasts(annecy: Caller) -> None:
    first, second = (await in_force(annecy))["T-1"]
    said = await happened(annecy, {"event": "no_show", "visit_ref": first})
    assert (await annecy.get(f"{VISITS}/{first}")).json()["state"] == "missed"
    await accepted(annecy, said)
    annecy.clock.forward(hours=1, minutes=30)
    assert (await annecy.post(f"{VISITS}/{second}/start", json={})).is_success
    longer = await happened(annecy, {"event": "overrun", "visit_ref": second, "until": "17:00"})
    [mine] = [one for one in longer["plan"]["evaluation"]["rounds"] if one["technician_ref"] == "T-1"]
    assert second in [stop["visit_ref"] for stop in mine["stops"]]


async def test_a_customer_who_cancels_frees_the_round(annecy: Caller) -> None:
    said = await happened(annecy, {"event": "cancelled", "visit_ref": "V-3"})
    assert (await annecy.get(f"{VISITS}/V-3")).json()["state"] == "cancelled"
    assert "V-3" not in said["plan"]["evaluation"]["unplanned"]
    await accepted(annecy, said)
    assert set(await in_force(annecy)) == {"T-1"}


@pytest.mark.parametrize(("event", "fields"), [
    ({"event": "urgent"}, ["visit_ref"]),
    ({"event": "ill", "visit_ref": "V-1"}, ["technician_ref", "visit_ref"]),
    ({"event": "overrun", "visit_ref": "V-1"}, ["until"]),
])  # fmt: skip
async def test_an_event_that_says_too_little_or_too_much_is_named(
    annecy: Caller, event: dict[str, Any], fields: list[str]
) -> None:
    said = is_problem(await annecy.post(REPLANS, json={"events": [event]}), 422, "bad-input")
    assert sorted(one["field"] for one in said["errors"]) == [f"events.0.{one}" for one in fields]


async def test_what_is_not_there_cannot_happen(annecy: Caller, other: Caller) -> None:
    for event in ({"event": "urgent", "visit_ref": "V-9"}, {"event": "ill", "technician_ref": "T-9"}):
        is_problem(await annecy.post(REPLANS, json={"events": [event]}), 404, "not-found")
    is_problem(await other.post(REPLANS, json={}), 409, "conflict")
