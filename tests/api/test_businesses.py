"""Projects and fund calls, placements and deliverables, through the API."""

from typing import Any

import pytest

from tests.api.conftest import Caller, is_problem, opened
from tests.api.samples import DELIVERABLES, PROJECTS, SESSION, eur


async def test_a_session_consumes_the_budget_and_a_call_is_answered(training: Caller) -> None:
    assert (await training.post(f"{PROJECTS}/PR-1/sessions", json=SESSION)).status_code == 201
    project = (await training.get(f"{PROJECTS}/PR-1")).json()
    assert (project["consumed_percent"], project["threshold_reached"]) == ("90.00", True)
    await opened(training)
    path = f"{PROJECTS}/PR-1/fund-calls/1/answer"
    is_problem(await training.post(path, json={"answer": "adjusted"}), 422, "bad-input")
    given = {"answer": "adjusted", "amount": eur("500.00")}
    answered = (await training.post(path, json=given)).json()
    assert (answered["answer"], answered["granted"]) == ("adjusted", eur("500.00"))
    assert (await training.post(path, json=given)).status_code == 200
    is_problem(await training.post(path, json={"answer": "refused"}), 409, "conflict")
    assert len((await training.get(f"{PROJECTS}/PR-1/fund-calls")).json()["items"]) == 1
    is_problem(await training.get(f"{PROJECTS}/PR-1/fund-calls/2"), 404, "not-found")


async def test_an_operator_asks_for_funds_and_a_training_is_taken_back(training: Caller) -> None:
    await training.post(f"{PROJECTS}/PR-1/sessions", json=SESSION)
    asked = await training.post(f"{PROJECTS}/PR-1/fund-calls", json={"amount": eur("300.00")})
    assert (asked.status_code, asked.json()["number"]) == (202, 1)
    cancelled = await training.post(
        "/v1/training/sessions/SE-1/trainings/1/cancel", json={"reason": "The trainer was ill."}
    )
    assert cancelled.json()["trainings"][0]["cancelled"] is True
    assert (await training.get(f"{PROJECTS}/PR-1")).json()["consumed"] == eur("0.00")
    assert (await training.post(f"{PROJECTS}/PR-1/close")).json()["closed_on"] == "2031-03-03"
    assert (await training.get(PROJECTS, params={"open": True})).json()["items"] == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"siren": "732829321"}, "siren"),
        ({"iban": "FR7630006000011234567890180"}, "iban"),
        ({"commission_bp": 10001}, "commission_bp"),
    ],
)
async def test_a_client_with_wrong_numbers_is_refused(
    caller: Caller, given: dict[str, Any], field: str
) -> None:
    await caller.contact("CL-1")
    body = {
        "ref": "CL-2",
        "name": "X",
        "siren": "732829320",
        "address": "Lyon",
        "contact_ref": "CL-1",
        **given,
    }
    said = is_problem(await caller.post("/v1/training/clients", json=body), 422, "bad-input")
    assert said["errors"][0]["field"] == field


async def test_a_deliverable_is_extended_and_handed_in(school: Caller) -> None:
    longer = {"to_on": "2031-04-07", "reason": "Ill for a week."}
    extended = (await school.post(f"{DELIVERABLES}/R-1/extend", json=longer)).json()
    assert (extended["due_on"], extended["extensions"][0]["from_on"]) == ("2031-04-07", "2031-03-31")
    handed = await school.post(f"{DELIVERABLES}/R-1/hand-in", json={"file_name": "rapport.pdf"})
    assert handed.json()["state"] == "handed_in"
    is_problem(await school.post(f"{DELIVERABLES}/R-1/extend", json={**longer, "to_on": "2031-05-01"}), 409,
               "conflict")  # fmt: skip
    listed = (await school.get(DELIVERABLES, params={"state": "announced"})).json()["items"]
    assert [one["ref"] for one in listed] == ["R-2"]


async def test_a_cancelled_placement_asks_for_nothing_more(school: Caller) -> None:
    reason = {"reason": "The company closed."}
    cancelled = await school.post("/v1/internships/placements/S-1/cancel", json=reason)
    assert cancelled.json()["state"] == "cancelled"
    assert (await school.get(f"{DELIVERABLES}/R-2")).json()["state"] == "cancelled"
    assert (await school.audited())[-1].before == {"state": "active"}
