"""A customer is offered slots, holds one, and confirms it: nobody else gets it meanwhile."""

import asyncio
from typing import Any

import pytest

from tests.api.conftest import Caller, is_problem
from tests.api.planning_samples import (
    FAVERGES,
    PLANNING,
    PLANS,
    RUMILLY,
    VISITS,
    asked,
    firm,
    moves,
)

MONDAY = "2031-03-10"
SLOTS, RESERVATIONS = f"{PLANNING}/slots", f"{PLANNING}/reservations"


@pytest.fixture
async def annecy(caller: Caller) -> Caller:
    """One visit stands in a round on Monday, two seek their place."""
    await firm(caller)
    for ref, place in (("V-1", RUMILLY), ("V-2", FAVERGES), ("V-3", FAVERGES)):
        await asked(caller, ref, place=place)
    made = (await caller.post(PLANS, json={"first_on": MONDAY, "days": 1, "seconds": 0})).json()
    await moves(caller, made["id"], ("V-1", "T-1", MONDAY))
    assert (await caller.post(f"{PLANS}/{made['id']}/accept", json={})).is_success
    return caller


async def offered(caller: Caller, visit: str, **given: Any) -> list[dict[str, Any]]:
    answer = await caller.post(SLOTS, json={"visit_ref": visit, "first_on": MONDAY, "days": 2, **given})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def wish(visit: str, slot: dict[str, Any], **given: Any) -> dict[str, Any]:
    return {
        "visit_ref": visit, "technician_ref": slot["technician_ref"], "on": slot["on"],
        "begins": slot["begins"], **given,
    }  # fmt: skip


async def held(caller: Caller, visit: str, slot: dict[str, Any], **given: Any) -> str:
    answer = await caller.post(RESERVATIONS, json=wish(visit, slot, **given))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_slots_come_with_their_price_the_cheapest_first(annecy: Caller) -> None:
    found = await offered(annecy, "V-2", most=6)
    costs = [float(one["cost"]["amount"]) for one in found]
    assert costs == sorted(costs)
    assert {one["on"] for one in found} <= {MONDAY, "2031-03-11"}
    first = found[0]
    assert first["told"]["opens"] < first["begins"] < first["told"]["closes"]
    few = await offered(annecy, "V-2", each_day=1)
    assert len({one["on"] for one in few}) == len(few) == 2


async def test_a_slot_is_held_confirmed_and_stands_in_the_round(annecy: Caller) -> None:
    slot = next(one for one in await offered(annecy, "V-2") if one["technician_ref"] == "T-1")
    id = await held(annecy, "V-2", slot)
    confirmed = await annecy.post(f"{RESERVATIONS}/{id}/confirm")
    assert confirmed.json()["state"] == "confirmed"
    visit = (await annecy.get(f"{VISITS}/V-2")).json()
    assert (visit["state"], visit["planned"]["on"]) == ("planned", slot["on"])
    assert visit["promise"] == {
        "on": slot["on"], "at": slot["begins"], "tolerance": "00:15", "technician_ref": None,
    }  # fmt: skip
    days = {"since": MONDAY, "until": "2031-03-11"}
    rounds = (await annecy.get(f"{PLANNING}/rounds", params=days)).json()["items"]
    stops = {
        (one["technician_ref"], one["on"]): [stop["visit_ref"] for stop in one["stops"]] for one in rounds
    }
    assert "V-2" in stops["T-1", slot["on"]]
    assert any("maintenance.round:T-1" in one and "round.changed" in one for one in await annecy.owed())
    assert (await annecy.post(f"{RESERVATIONS}/{id}/confirm")).json()["state"] == "confirmed"
    is_problem(await annecy.post(f"{RESERVATIONS}/{id}/release"), 409, "conflict")


async def test_what_is_held_is_offered_to_nobody_else(annecy: Caller) -> None:
    slot = (await offered(annecy, "V-2"))[0]
    id = await held(annecy, "V-2", slot)
    taken = await annecy.post(RESERVATIONS, json=wish("V-3", slot))
    said = is_problem(taken, 409, "slot-taken")
    assert said["slots"]
    assert (slot["technician_ref"], slot["on"], slot["begins"]) not in [
        (one["technician_ref"], one["on"], one["begins"]) for one in said["slots"]
    ]  # fmt: skip
    again = await annecy.post(RESERVATIONS, json=wish("V-3", said["slots"][0]))
    assert again.status_code == 201
    assert (await annecy.post(f"{RESERVATIONS}/{id}/release")).json()["state"] == "released"
    listed = (await annecy.get(RESERVATIONS, params={"state": "held"})).json()["items"]
    assert [one["visit_ref"] for one in listed] == ["V-3"]


async def test_a_reservation_ends_by_itself_and_the_answer_has_what_is_left(annecy: Caller) -> None:
    slot = (await offered(annecy, "V-2"))[0]
    id = await held(annecy, "V-2", slot, minutes=10)
    annecy.clock.forward(minutes=11)
    assert (await annecy.get(f"{RESERVATIONS}/{id}")).json()["state"] == "expired"
    listed = (await annecy.get(RESERVATIONS, params={"state": "expired"})).json()["items"]
    assert [one["id"] for one in listed] == [id]
    said = is_problem(await annecy.post(f"{RESERVATIONS}/{id}/confirm"), 409, "slot-taken")
    assert "expired" in said["detail"]
    assert said["slots"]
    assert (await annecy.get(f"{VISITS}/V-2")).json()["state"] == "to_plan"


async def test_a_round_that_filled_up_meanwhile_refuses_with_what_is_left(annecy: Caller) -> None:
    slot = next(one for one in await offered(annecy, "V-2") if one["technician_ref"] == "T-1")
    id = await held(annecy, "V-2", slot)
    await asked(annecy, "V-9", place=RUMILLY, duration="08:00")
    made = await annecy.post(PLANS, json={"first_on": slot["on"], "days": 1, "seconds": 0, "visits": ["V-9"]})
    full = made.json()["id"]
    await moves(annecy, full, ("V-9", "T-1", slot["on"]))
    assert (await annecy.post(f"{PLANS}/{full}/accept", json={"anyway": True})).is_success
    said = is_problem(await annecy.post(f"{RESERVATIONS}/{id}/confirm"), 409, "slot-taken")
    assert all((one["technician_ref"], one["on"]) != ("T-1", slot["on"]) for one in said["slots"])
    assert (await annecy.get(f"{RESERVATIONS}/{id}")).json()["state"] == "held"


async def test_two_customers_at_once_never_hold_the_same_place(annecy: Caller) -> None:
    slot = (await offered(annecy, "V-2"))[0]
    answers = await asyncio.gather(
        *(annecy.post(RESERVATIONS, json=wish(visit, slot)) for visit in ("V-2", "V-3"))
    )
    assert sorted(one.status_code for one in answers) == [201, 409]


async def test_a_visit_moves_to_another_day_by_its_customers_wish(annecy: Caller) -> None:
    [slot] = [one for one in await offered(annecy, "V-1", each_day=1) if one["on"] == "2031-03-11"]
    id = await held(annecy, "V-1", slot)
    assert (await annecy.post(f"{RESERVATIONS}/{id}/confirm")).is_success
    assert (await annecy.get(f"{VISITS}/V-1")).json()["planned"]["on"] == "2031-03-11"
    monday = {"since": MONDAY, "until": MONDAY}
    rounds = (await annecy.get(f"{PLANNING}/rounds", params=monday)).json()["items"]
    assert [stop for one in rounds for stop in one["stops"]] == []


async def test_who_can_be_visited_on_no_day_has_no_slot(annecy: Caller) -> None:
    await asked(annecy, "V-5", not_before_on="2031-04-01")
    assert await offered(annecy, "V-5") == []
    await asked(annecy, "V-6", skills={"heat_pump": 3})
    assert await offered(annecy, "V-6") == []
    assert (await annecy.post(f"{VISITS}/V-6/cancel", json={})).is_success
    is_problem(await annecy.post(SLOTS, json={"visit_ref": "V-6"}), 409, "conflict")
    is_problem(await annecy.post(SLOTS, json={"visit_ref": "V-0"}), 404, "not-found")
