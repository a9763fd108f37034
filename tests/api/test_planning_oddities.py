"""Promises of other weeks, days without end, and whoever presses a button twice."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest

from adapters.planning.earth import Earth
from api.parts import Parts
from domain.maintenance.planning.model import Point
from domain.maintenance.planning.roads import HOLE
from domain.maintenance.planning.travel import Travel
from serving import assemble
from tests.api.conftest import Caller, is_problem
from tests.api.planning_samples import (
    FAVERGES,
    PLANNING,
    PLANS,
    RUMILLY,
    VISITS,
    asked,
    euros,
    firm,
    moves,
    visit,
)

TODAY, MONDAY = "2031-03-03", "2031-03-10"
SLOTS, RESERVATIONS, REPLANS = f"{PLANNING}/slots", f"{PLANNING}/reservations", f"{PLANNING}/replans"


@pytest.fixture
async def annecy(caller: Caller) -> Caller:
    await firm(caller)
    await asked(caller, "V-1", place=RUMILLY)
    return caller


async def draft(caller: Caller, first_on: str = MONDAY, **given: Any) -> str:
    answer = await caller.post(PLANS, json={"first_on": first_on, "days": 1, "seconds": 0, **given})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def accepted(caller: Caller, plan: str, **given: bool) -> dict[str, Any]:
    answer = await caller.post(f"{PLANS}/{plan}/accept", json=given)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def test_what_was_promised_for_another_week_waits_for_it_and_hinders_nobody(annecy: Caller) -> None:
    await asked(annecy, "V-2", promise={"on": "2031-03-20", "at": "09:00"})
    await asked(annecy, "V-3", promise={"on": "2031-02-20", "at": "09:00"})
    found = (await annecy.get(f"{PLANS}/{await draft(annecy)}")).json()
    assert found["evaluation"]["unplanned"] == ["V-1", "V-3"]
    slots = await annecy.post(SLOTS, json={"visit_ref": "V-2", "first_on": MONDAY, "days": 1})
    assert slots.json()["items"]
    chosen = await draft(annecy, visits=["V-2"])
    said = await moves(annecy, chosen, ("V-2", "T-1", MONDAY))
    assert said["evaluation"]["moved"] == ["V-2"]


async def test_two_at_once_without_a_place_get_one_together(annecy: Caller) -> None:
    await asked(annecy, "V-2", duration="00:30")
    await together(annecy, "V-1", "V-2")
    found = (await annecy.post(SLOTS, json={"visit_ref": "V-1", "first_on": MONDAY, "days": 2})).json()
    best = found["items"][0]
    assert {best["technician_ref"], best["mate"]["technician_ref"]} == {"T-1", "T-2"}
    hold = {
        "visit_ref": "V-1", "technician_ref": best["technician_ref"], "on": best["on"],
        "begins": best["begins"], "mate_technician_ref": best["mate"]["technician_ref"],
    }  # fmt: skip
    alone = {name: value for name, value in hold.items() if name != "mate_technician_ref"}
    is_problem(await annecy.post(RESERVATIONS, json=alone), 409, "slot-taken")
    held = await annecy.post(RESERVATIONS, json=hold)
    assert held.status_code == 201, held.text
    both = (await annecy.get(RESERVATIONS, params={"state": "held"})).json()["items"]
    assert {(one["visit_ref"], one["begins"]) for one in both} == {
        ("V-1", best["begins"]), ("V-2", best["begins"])
    }  # fmt: skip
    confirmed = await annecy.post(f"{RESERVATIONS}/{held.json()['id']}/confirm")
    assert confirmed.status_code == 200, confirmed.text
    planned = [(await annecy.get(f"{VISITS}/{ref}")).json() for ref in ("V-1", "V-2")]
    assert [one["planned"]["begins"] for one in planned] == [best["begins"]] * 2
    assert all(one["promise"]["on"] == best["on"] for one in planned)
    assert not (await annecy.get(RESERVATIONS, params={"state": "held"})).json()["items"]


async def test_who_gets_no_slot_is_told_why(annecy: Caller) -> None:
    await asked(annecy, "V-2", skills={"boiler": 9})
    await asked(annecy, "V-3", pin={"on": "2031-03-20"})
    await together(annecy, "V-1", "V-2")
    said = {}
    for ref in ("V-1", "V-2", "V-3"):
        answer = await annecy.post(SLOTS, json={"visit_ref": ref, "first_on": MONDAY, "days": 2})
        assert (answer.status_code, answer.json()["items"]) == (200, [])
        said[ref] = " ".join(one["fr"] for one in answer.json()["why"])
    assert "V-2" in said["V-1"]
    assert "niveau 9" in said["V-2"]
    assert "aucun moment" in said["V-3"]
    hold = {"visit_ref": "V-1", "technician_ref": "T-1", "on": MONDAY, "begins": "09:00"}
    is_problem(await annecy.post(RESERVATIONS, json=hold), 409, "slot-taken")


async def test_whose_mate_waits_for_somebody_else_gets_none(annecy: Caller) -> None:
    await asked(annecy, "V-2")
    await asked(annecy, "V-3")
    await together(annecy, "V-1", "V-2")
    first = {"tie": "before", "first_ref": "V-3", "second_ref": "V-2"}
    assert (await annecy.post(f"{PLANNING}/links", json=first)).status_code == 201
    answer = await annecy.post(SLOTS, json={"visit_ref": "V-1", "first_on": MONDAY, "days": 2})
    assert (answer.status_code, answer.json()["items"]) == (200, [])
    assert answer.json()["why"]
    hold = {
        "visit_ref": "V-1", "technician_ref": "T-1", "on": MONDAY, "begins": "09:00",
        "mate_technician_ref": "T-2",
    }  # fmt: skip
    is_problem(await annecy.post(RESERVATIONS, json=hold), 409, "slot-taken")


async def test_two_at_once_meet_when_both_can(annecy: Caller) -> None:
    """However cheap the morning is for the one of them."""
    placed = []
    for number in range(11, 19):
        hour = 8 + number % 4
        fixed = {"opens": f"{hour:02}:00", "closes": f"{hour + 1:02}:30", "on": MONDAY}
        await asked(annecy, f"V-{number}", RUMILLY, duration="00:15", windows=[fixed])
        placed.append((f"V-{number}", f"T-{number // 15 + 1}", MONDAY))
    away = {"opens": "15:00", "closes": "16:00", "on": MONDAY}
    for number in (1, 2):
        await asked(annecy, f"V-2{number}", FAVERGES, duration="00:15", windows=[away])
        placed.append((f"V-2{number}", f"T-{number}", MONDAY))
    found = await draft(annecy)
    await moves(annecy, found, *placed)
    await accepted(annecy, found)
    late = {"opens": "16:00", "closes": "17:45", "on": MONDAY}
    await asked(annecy, "V-2", RUMILLY, duration="00:30", windows=[late])
    await together(annecy, "V-1", "V-2")
    answer = await annecy.post(SLOTS, json={"visit_ref": "V-1", "first_on": MONDAY, "days": 5})
    assert answer.json()["items"]


async def together(caller: Caller, first: str, second: str) -> None:
    bond = {"tie": "together", "first_ref": first, "second_ref": second}
    assert (await caller.post(f"{PLANNING}/links", json=bond)).status_code == 201


async def test_what_is_pinned_to_another_day_does_not_become_urgent(annecy: Caller) -> None:
    await asked(annecy, "V-2", pin={"on": MONDAY})
    answer = await annecy.post(REPLANS, json={"events": [{"event": "urgent", "visit_ref": "V-2"}]})
    assert MONDAY in is_problem(answer, 409, "conflict")["detail"]


@pytest.mark.parametrize("day", ["2033-03-10", "9999-12-31"])
async def test_nobody_plans_beyond_two_years(annecy: Caller, day: str) -> None:
    hold = {"visit_ref": "V-1", "technician_ref": "T-1", "on": day, "begins": "09:00"}
    for path, body in (
        (SLOTS, {"visit_ref": "V-1", "first_on": day, "days": 31}), (RESERVATIONS, hold),
        (PLANS, {"first_on": day, "days": 31, "seconds": 0}),
    ):  # fmt: skip
        is_problem(await annecy.post(path, json=body), 422, "bad-input")


async def test_a_price_beyond_reckoning_is_refused_with_the_most_there_is(annecy: Caller) -> None:
    answer = await annecy.put(f"{VISITS}/V-9", json=visit(penalty=euros("10000000.01")))
    assert "10000000" in str(is_problem(answer, 422, "bad-input"))


async def test_accepting_twice_is_taken_back_by_one_undo(annecy: Caller) -> None:
    plan = await draft(annecy)
    await moves(annecy, plan, ("V-1", "T-1", MONDAY))
    both = await asyncio.gather(accepted(annecy, plan), accepted(annecy, plan))
    assert max(len(one["acceptances"]) for one in both) == 1
    await annecy.post(f"{PLANS}/{plan}/undo")
    assert (await annecy.get(f"{VISITS}/V-1")).json()["state"] == "to_plan"
    is_problem(await annecy.post(f"{PLANS}/{plan}/undo"), 409, "conflict")
    assert len((await accepted(annecy, plan))["acceptances"]) == 2


async def test_accepting_again_what_was_changed_meanwhile_is_a_new_acceptance(annecy: Caller) -> None:
    plan, other = await draft(annecy), await draft(annecy)
    await moves(annecy, plan, ("V-1", "T-1", MONDAY))
    await moves(annecy, other, ("V-1", "T-2", MONDAY))
    for each in (plan, other, plan):
        await accepted(annecy, each, despite_changes=True)
    assert (await annecy.get(f"{VISITS}/V-1")).json()["planned"]["technician_ref"] == "T-1"
    assert len((await annecy.get(f"{PLANS}/{plan}")).json()["acceptances"]) == 2


async def test_one_visit_held_three_times_at_once_is_confirmed_once(annecy: Caller) -> None:
    found = (await annecy.post(SLOTS, json={"visit_ref": "V-1", "first_on": MONDAY, "most": 3})).json()
    held = await asyncio.gather(*(
        annecy.post(RESERVATIONS, json={"visit_ref": "V-1", **{name: one[name] for name in
                                        ("technician_ref", "on", "begins")}})
        for one in found["items"]
    ))  # fmt: skip
    ids = [one.json()["id"] for one in held]
    confirmed = await asyncio.gather(*(annecy.post(f"{RESERVATIONS}/{id}/confirm") for id in ids))
    assert sorted(one.status_code for one in confirmed) == [200, 409, 409]
    for one in confirmed:
        if one.status_code == 409:
            is_problem(one, 409, "slot-taken")


async def test_what_is_said_to_have_begun_a_thousand_years_ago_has_not(annecy: Caller) -> None:
    plan = await draft(annecy, TODAY)
    await moves(annecy, plan, ("V-1", "T-1", TODAY))
    await accepted(annecy, plan)
    answer = await annecy.post(f"{VISITS}/V-1/start", json={"at": "1031-03-03T10:00:00+01:00"})
    assert "2031-03-03" in str(is_problem(answer, 422, "bad-input"))
    begun = await annecy.post(f"{VISITS}/V-1/start", json={"at": "2031-03-01T10:00:00+01:00"})
    assert begun.json()["state"] == "started"


class Island:
    """A server of roads that knows no way to Rumilly."""

    async def travel(self, points: Sequence[Point]) -> Travel:
        known = await Earth().travel(points)
        lost = {index for index, one in enumerate(points) if one.latitude == RUMILLY["latitude"]}

        def holed(rows: Sequence[Sequence[int]]) -> list[Sequence[int]]:
            return [[HOLE if (x in lost) != (y in lost) else way for y, way in enumerate(row)]
                    for x, row in enumerate(rows)]  # fmt: skip

        return Travel(tuple(holed(known.seconds)), tuple(holed(known.metres)), known.percent)


async def test_where_no_way_leads_is_named_by_drafts_slots_and_replans(annecy: Caller, parts: Parts) -> None:
    await asked(annecy, "V-2")
    tools = replace(parts.planning, roads=Island())
    transport = httpx.ASGITransport(app=assemble(replace(parts, planning=tools)))
    async with httpx.AsyncClient(transport=transport, base_url=str(annecy.http.base_url)) as http:
        there = replace(annecy, http=http)
        drafted = (await there.get(f"{PLANS}/{await draft(there)}")).json()
        kinds = {one["kind"]: one for one in drafted["result"]["troubles"]}
        assert kinds["unreachable"]["visits"] == ["V-1"]
        assert kinds["matrix_holes"]["mend"]["fr"]
        assert drafted["evaluation"]["unplanned"] == ["V-1", "V-2"]
        slots = (await there.post(SLOTS, json={"visit_ref": "V-1", "first_on": MONDAY, "days": 1})).json()
        assert slots["items"] == []
        assert "V-1" in slots["why"][0]["fr"]
        assert (await there.post(SLOTS, json={"visit_ref": "V-2", "first_on": MONDAY})).json()["items"]
        urgent = [{"event": "urgent", "visit_ref": ref} for ref in ("V-1", "V-2")]
        mended = await there.post(REPLANS, json={"events": urgent})
        assert mended.status_code == 201, mended.text
        plan = mended.json()["plan"]
        assert [one["kind"] for one in plan["result"]["troubles"]] == ["matrix_holes", "unreachable"]
        assert plan["evaluation"]["unplanned"] == ["V-1"]
