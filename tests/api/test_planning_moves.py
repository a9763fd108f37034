"""A visit is taken and put elsewhere: what it costs and breaks is known at once."""

from typing import Any

import pytest

from tests.api.conftest import Caller, is_problem
from tests.api.planning_samples import FAVERGES, PLANS, RUMILLY, asked, firm, moves

MONDAY = "2031-03-10"


@pytest.fixture
async def annecy(caller: Caller) -> Caller:
    await firm(caller)
    for ref, place in (("V-1", RUMILLY), ("V-2", FAVERGES), ("V-3", FAVERGES)):
        await asked(caller, ref, place=place)
    return caller


@pytest.fixture
async def draft(annecy: Caller) -> str:
    made = await annecy.post(PLANS, json={"first_on": MONDAY, "days": 1, "seconds": 0})
    await moves(annecy, made.json()["id"], ("V-1", "T-1", MONDAY), ("V-2", "T-1", MONDAY))
    return str(made.json()["id"])


def to(visit: str, technician: str | None, **given: Any) -> dict[str, Any]:
    on = MONDAY if technician else None
    return {"moves": [{"visit_ref": visit, "technician_ref": technician, "on": on, **given}]}


async def test_a_trial_writes_nothing(annecy: Caller, draft: str) -> None:
    before = (await annecy.get(f"{PLANS}/{draft}")).json()
    tried = (await annecy.post(f"{PLANS}/{draft}/moves/trial", json=to("V-2", "T-2"))).json()
    assert tried["metres"] > 0
    assert tried["broken"] == []
    assert {one["technician_ref"] for one in tried["evaluation"]["rounds"]} == {"T-1", "T-2"}
    assert (await annecy.get(f"{PLANS}/{draft}")).json() == before


async def test_a_move_costs_what_the_plan_costs_more(annecy: Caller, draft: str) -> None:
    before = (await annecy.get(f"{PLANS}/{draft}")).json()["cost"]["amount"]
    done = (await annecy.post(f"{PLANS}/{draft}/moves", json=to("V-3", "T-1", position=0))).json()
    after = (await annecy.get(f"{PLANS}/{draft}")).json()
    assert float(after["cost"]["amount"]) - float(before) == pytest.approx(float(done["dearer"]["amount"]))
    assert float(done["dearer"]["amount"]) < 0  # it has a place now
    [round] = done["evaluation"]["rounds"]
    assert round["stops"][0]["visit_ref"] == "V-3"
    assert after["unplanned"] == 0


async def test_a_visit_is_taken_out(annecy: Caller, draft: str) -> None:
    done = (await annecy.post(f"{PLANS}/{draft}/moves", json=to("V-1", None))).json()
    assert done["evaluation"]["unplanned"] == ["V-1", "V-3"]
    [broken] = done["broken"]
    assert (broken["fault"], broken["visit_ref"]) == ("unplanned", "V-1")
    assert broken["words"]["fr"]


async def test_what_a_move_breaks_is_said_in_words(annecy: Caller, draft: str) -> None:
    await asked(annecy, "V-4", skills={"heat_pump": 2})
    made = await annecy.post(PLANS, json={"first_on": MONDAY, "days": 1, "seconds": 0})
    done = await annecy.post(f"{PLANS}/{made.json()['id']}/moves", json=to("V-4", "T-2"))
    [broken] = done.json()["broken"]
    assert (broken["fault"], broken["about"]) == ("skill", "heat_pump")
    assert "Entretien de chaudière" in broken["words"]["fr"]
    is_problem(await annecy.post(f"{PLANS}/{draft}/moves", json=to("V-4", "T-2")), 422, "bad-input")


@pytest.mark.parametrize(("move", "field"), [
    (to("V-9", "T-1"), "visit_ref"), (to("V-1", "T-9"), "technician_ref"),
    ({"moves": [{"visit_ref": "V-1", "technician_ref": "T-1"}]}, "on"),
    ({"moves": [{"visit_ref": "V-1", "technician_ref": "T-1", "on": "2031-03-11"}]}, "on"),
])  # fmt: skip
async def test_a_move_to_nowhere_is_named(
    annecy: Caller, draft: str, move: dict[str, Any], field: str
) -> None:
    said = is_problem(await annecy.post(f"{PLANS}/{draft}/moves", json=move), 422, "bad-input")
    assert [one["field"] for one in said["errors"]] == [f"moves.0.{field}"]


async def test_a_plan_that_is_searched_is_not_changed(annecy: Caller) -> None:
    made = (await annecy.post(PLANS, json={"first_on": MONDAY})).json()
    is_problem(await annecy.post(f"{PLANS}/{made['id']}/moves", json=to("V-1", "T-1")), 409, "conflict")
