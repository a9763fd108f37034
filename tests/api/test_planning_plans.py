"""Plans are asked for, put in force, taken back; what happened meanwhile is never overwritten."""

from typing import Any

import pytest
from sqlalchemy import select

from database.maintenance import plans
from database.maintenance.tables import service_round
from tests.api.conftest import Caller, is_problem
from tests.api.planning_samples import (
    FAVERGES,
    PLANS,
    RUMILLY,
    TECHNICIANS,
    VISITS,
    asked,
    firm,
    moves,
    visit,
)

MONDAY = "2031-03-10"


@pytest.fixture
async def annecy(caller: Caller) -> Caller:
    """Three visits wait."""
    await firm(caller)
    for ref, place in (("V-1", None), ("V-2", FAVERGES), ("V-3", RUMILLY)):
        await asked(caller, ref, **({"place": place} if place else {}))
    return caller


async def drafted(caller: Caller, **given: Any) -> str:
    """A draft of Monday as it stands."""
    answer = await caller.post(PLANS, json={"first_on": MONDAY, "days": 1, "seconds": 0, **given})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{PLANS}/{answer.json()['id']}"
    return str(answer.json()["id"])


async def in_force(caller: Caller) -> dict[str, list[str]]:
    """The visits of each technician's Monday, in their order."""
    found = (await caller.get(VISITS, params={"on": MONDAY})).json()["items"]
    rounds: dict[str, list[str]] = {}
    for one in sorted(found, key=lambda one: one["planned"]["position"]):
        rounds.setdefault(one["planned"]["technician_ref"], []).append(one["ref"])
    return rounds


async def test_a_plan_is_asked_for_and_stopped(annecy: Caller) -> None:
    answer = await annecy.post(PLANS, json={"days": 3, "seconds": 20, "technicians": ["T-1"]})
    assert answer.status_code == 202
    made = answer.json()
    assert (made["state"], made["first_on"], made["percent"]) == ("waiting", "2031-03-04", 0)
    assert f"start maintenance.plan:{made['id']} plan.asked" in await annecy.owed()
    read = (await annecy.get(f"{PLANS}/{made['id']}")).json()
    assert read["evaluation"] is None
    is_problem(await annecy.post(f"{PLANS}/{made['id']}/accept", json={}), 409, "conflict")
    assert (await annecy.post(f"{PLANS}/{made['id']}/stop")).json()["state"] == "stopped"
    is_problem(await annecy.post(f"{PLANS}/{made['id']}/stop"), 409, "conflict")
    listed = (await annecy.get(PLANS)).json()["items"]
    assert [one["id"] for one in listed] == [made["id"]]


async def test_the_same_question_sent_twice_is_one_plan(annecy: Caller) -> None:
    key = {"Idempotency-Key": "monday"}
    first = await annecy.post(PLANS, json={"days": 1}, headers=key)
    assert (await annecy.post(PLANS, json={"days": 1}, headers=key)).json() == first.json()
    assert len((await annecy.get(PLANS)).json()["items"]) == 1


async def test_no_more_plans_are_searched_than_the_machine_bears(annecy: Caller) -> None:
    for _ in range(plans.MOST_OPEN):
        assert (await annecy.post(PLANS, json={})).status_code == 202
    is_problem(await annecy.post(PLANS, json={}), 409, "conflict")
    assert (await annecy.post(PLANS, json={"seconds": 0})).status_code == 201


async def test_what_cannot_be_planned_is_said_at_once(annecy: Caller, other: Caller) -> None:
    past = await annecy.post(PLANS, json={"first_on": "2031-03-01"})
    [error] = is_problem(past, 422, "bad-input")["errors"]
    assert error["field"] == "first_on"
    is_problem(await annecy.post(PLANS, json={"visits": ["V-9"]}), 404, "not-found")
    is_problem(await annecy.post(PLANS, json={"technicians": ["T-9"]}), 404, "not-found")
    [error] = is_problem(await other.post(PLANS, json={}), 422, "bad-input")["errors"]
    assert "PUT /v1/planning/technicians" in error["mend"]


async def test_a_draft_is_put_in_force_and_taken_back(annecy: Caller) -> None:
    id = await drafted(annecy)
    await moves(annecy, id, ("V-1", "T-1", MONDAY), ("V-2", "T-2", MONDAY))
    accepted = await annecy.post(f"{PLANS}/{id}/accept", json={})
    assert accepted.status_code == 200, accepted.text
    [acceptance] = accepted.json()["acceptances"]
    assert acceptance["technicians"] == ["T-1", "T-2"]
    assert await in_force(annecy) == {"T-1": ["V-1"], "T-2": ["V-2"]}
    planned = (await annecy.get(f"{VISITS}/V-1")).json()
    [told] = [one for one in accepted.json()["evaluation"]["rounds"] if one["technician_ref"] == "T-1"]
    assert planned["planned"]["begins"] == told["stops"][0]["begins"]
    owed = await annecy.owed()
    assert "start maintenance.round:T-2.20310310 plan.accepted" in owed
    undone = (await annecy.post(f"{PLANS}/{id}/undo")).json()
    assert undone["acceptances"][0]["undone_by"]
    assert await in_force(annecy) == {}
    is_problem(await annecy.post(f"{PLANS}/{id}/undo"), 409, "conflict")


async def test_rounds_are_accepted_one_technician_at_a_time(annecy: Caller) -> None:
    id = await drafted(annecy)
    await moves(annecy, id, ("V-1", "T-1", MONDAY), ("V-2", "T-1", MONDAY))
    assert (await annecy.post(f"{PLANS}/{id}/accept", json={})).is_success
    other = await drafted(annecy)
    await moves(annecy, other, ("V-1", "T-2", MONDAY), ("V-3", "T-2", MONDAY))
    alone = await annecy.post(f"{PLANS}/{other}/accept", json={"technicians": ["T-1"]})
    said = is_problem(alone, 409, "conflict")
    assert "V-1 goes to a technician who is not accepted" in said["detail"]
    assert (await annecy.post(f"{PLANS}/{other}/accept", json={"technicians": ["T-2"]})).is_success
    assert await in_force(annecy) == {"T-1": ["V-2"], "T-2": ["V-3", "V-1"]}
    is_problem(await annecy.post(f"{PLANS}/{id}/undo"), 409, "conflict")
    assert (await annecy.post(f"{PLANS}/{other}/undo")).is_success
    assert await in_force(annecy) == {"T-1": ["V-2", "V-1"]}
    is_problem(await annecy.post(f"{PLANS}/{other}/accept", json={"technicians": ["T-9"]}), 404, "not-found")


@pytest.mark.parametrize(("meanwhile", "said"), [
    (("POST", f"{VISITS}/V-1/cancel", {}), "V-1 is cancelled"),
    (("PUT", f"{VISITS}/V-1", visit(duration="03:00")), "V-1 was changed"),
    (("PUT", f"{TECHNICIANS}/T-1/absences/{MONDAY}", {"ends_on": MONDAY, "reason": "ill"}), "T-1 is away"),
])  # fmt: skip
async def test_what_changed_since_stands_against_a_plan(
    annecy: Caller, meanwhile: tuple[str, str, dict[str, Any]], said: str
) -> None:
    id = await drafted(annecy)
    await moves(annecy, id, ("V-1", "T-1", MONDAY))
    annecy.clock.forward(minutes=1)
    method, path, body = meanwhile
    assert (await annecy.call(method, path, json=body)).is_success
    assert said in is_problem(await annecy.post(f"{PLANS}/{id}/accept", json={}), 409, "conflict")["detail"]
    assert await in_force(annecy) == {}


async def test_two_plans_drafted_at_once_do_not_win_silently_over_each_other(annecy: Caller) -> None:
    first, second = await drafted(annecy), await drafted(annecy)
    await moves(annecy, first, ("V-1", "T-1", MONDAY))
    await moves(annecy, second, ("V-1", "T-2", MONDAY), ("V-2", "T-1", MONDAY), ("V-3", "T-2", MONDAY))
    assert (await annecy.post(f"{PLANS}/{first}/accept", json={})).is_success
    for chosen in ([], ["T-2"]):
        told = await annecy.post(f"{PLANS}/{second}/accept", json={"technicians": chosen})
        said = is_problem(told, 409, "plan-overtaken")
        [change] = said["changes"]
        assert (change["visit_ref"], change["before"]) == ("V-1", None)
        assert change["now"]["technician_ref"] == "T-1"
        assert "Technicien 1" in change["words"]["fr"]
        assert change["technicians"] == (chosen or ["T-1", "T-2"])
    assert await in_force(annecy) == {"T-1": ["V-1"]}
    despite = {"technicians": [], "despite_changes": True}
    assert (await annecy.post(f"{PLANS}/{second}/accept", json=despite)).is_success
    assert await in_force(annecy) == {"T-1": ["V-2"], "T-2": ["V-3", "V-1"]}
    assert (await annecy.post(f"{PLANS}/{second}/accept", json={})).is_success  # its own doing is no change
    assert (await annecy.post(f"{PLANS}/{second}/undo")).is_success
    assert await in_force(annecy) == {"T-1": ["V-1"]}


async def test_what_a_plan_in_between_does_to_others_hinders_nobody(annecy: Caller) -> None:
    first, second = await drafted(annecy), await drafted(annecy)
    await moves(annecy, first, ("V-1", "T-1", MONDAY))
    await moves(annecy, second, ("V-2", "T-2", MONDAY))
    assert (await annecy.post(f"{PLANS}/{first}/accept", json={"technicians": ["T-1"]})).is_success
    assert (await annecy.post(f"{PLANS}/{second}/accept", json={"technicians": ["T-2"]})).is_success
    assert await in_force(annecy) == {"T-1": ["V-1"], "T-2": ["V-2"]}


async def test_a_visit_that_came_into_a_round_meanwhile_is_not_lost(annecy: Caller) -> None:
    old = await drafted(annecy, visits=["V-1"])
    await moves(annecy, old, ("V-1", "T-1", MONDAY))
    other = await drafted(annecy)
    await moves(annecy, other, ("V-2", "T-1", MONDAY))
    assert (await annecy.post(f"{PLANS}/{other}/accept", json={})).is_success
    said = is_problem(await annecy.post(f"{PLANS}/{old}/accept", json={}), 409, "conflict")
    assert "V-2 came into these rounds" in said["detail"]
    assert await in_force(annecy) == {"T-1": ["V-2"]}


async def test_what_has_begun_is_never_taken_back(annecy: Caller) -> None:
    id = await drafted(annecy)
    await moves(annecy, id, ("V-1", "T-1", MONDAY))
    assert (await annecy.post(f"{PLANS}/{id}/accept", json={})).is_success
    annecy.clock.forward(days=7)
    assert (await annecy.post(f"{VISITS}/V-1/start", json={})).is_success
    said = is_problem(await annecy.post(f"{PLANS}/{id}/undo"), 409, "conflict")
    assert "V-1 has begun" in said["detail"]


async def test_a_plan_that_breaks_something_is_accepted_only_knowingly(annecy: Caller) -> None:
    await asked(annecy, "V-4", skills={"heat_pump": 1})
    id = await drafted(annecy)
    await moves(annecy, id, ("V-4", "T-1", MONDAY))
    said = is_problem(await annecy.post(f"{PLANS}/{id}/accept", json={}), 409, "conflict")
    assert "skill (V-4)" in said["detail"]
    assert (await annecy.post(f"{PLANS}/{id}/accept", json={"anyway": True})).is_success
    assert await in_force(annecy) == {"T-1": ["V-4"]}


async def test_rounds_in_force_are_kept_with_their_times(annecy: Caller) -> None:
    id = await drafted(annecy)
    await moves(annecy, id, ("V-1", "T-1", MONDAY), ("V-3", "T-1", MONDAY))
    assert (await annecy.post(f"{PLANS}/{id}/accept", json={})).is_success
    async with annecy.database.tenant(annecy.tenant) as tx:
        [row] = await tx.execute(select(service_round))
    assert [one["visit"] for one in row.times["stops"]] == ["V-3", "V-1"]
    assert row.times["day"] == MONDAY


async def test_who_reads_plans_makes_none(annecy: Caller) -> None:
    narrow = await annecy.with_scopes("planning:read")
    assert (await narrow.get(PLANS)).is_success
    is_problem(await narrow.post(PLANS, json={}), 403, "forbidden")
