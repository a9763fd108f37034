"""Cases are listed, explained, paused, resumed and stopped."""

from datetime import date, timedelta

from database.shared import cases
from domain.case import Case, Review
from domain.decision import Bilingual, Decision, Reason, Waiting
from tests.api.conftest import Caller, is_problem
from tests.api.samples import contract

CASE = "maintenance.renewal:K-1.20320229"
REASON = {"reason": "Le client est en vacances."}


async def decided(caller: Caller, id: str, stage: str = "watching", closes: str = "") -> None:
    """What a review of the process writes."""
    process, _, ref = id.partition(":")
    case = Case(caller.tenant, process, ref, "Europe/Paris")
    made = Decision(
        stage, Waiting(Bilingual("la réponse du client", "the customer's answer"), Bilingual("car", "as")),
        review_at=caller.clock.at + timedelta(days=30), due_on=date(2032, 1, 30), closes=closes,
        book="maintenance/renewal", revision="r1", facts={"answer": "none"},
        reasons=(Reason("notice", 12, Bilingual("à 60 jours", "60 days before")),),
    )  # fmt: skip
    async with caller.database.tenant(caller.tenant) as tx:
        await cases.record(tx, Review(case, caller.clock.at, f"run-{stage}", 1), made)


async def test_a_case_tells_what_was_decided_and_what_comes_next(caller: Caller) -> None:
    await decided(caller, CASE)
    told = (await caller.get(f"/v1/processes/{CASE}/timeline")).json()
    assert told["case"]["next"] == {
        "waits_for": {"fr": "la réponse du client", "en": "the customer's answer"},
        "because": {"fr": "car", "en": "as"},
        "review_at": "2031-04-02T09:00:00Z",
        "due_on": "2032-01-30",
    }
    (decision,) = told["happened"]
    assert decision["kind"] == "decision"
    assert decision["details"]["book"] == "maintenance/renewal"
    [reason] = decision["details"]["reasons"]
    why = {"fr": "à 60 jours", "en": "60 days before"}
    assert {"rule": "notice", "line": 12, "why": why}.items() <= reason.items()
    assert decision["details"]["facts"] == {"answer": "none"}


async def test_a_case_is_held_and_taken_up_again_with_a_reason(caller: Caller) -> None:
    await decided(caller, CASE)
    held = (await caller.post(f"/v1/processes/{CASE}/pause", json=REASON)).json()
    assert held["order"]["state"] == "paused"
    assert held["order"]["reason"] == REASON["reason"]
    assert (await caller.post(f"/v1/processes/{CASE}/pause", json=REASON)).status_code == 200
    caller.clock.forward(hours=1)
    assert (await caller.post(f"/v1/processes/{CASE}/resume", json=REASON)).json()["order"] is None
    again = await caller.post(f"/v1/processes/{CASE}/resume", json=REASON)
    assert "not held" in is_problem(again, 409, "conflict")["detail"]
    assert await caller.owed() == [f"ring {CASE} operations.paused", f"start {CASE} operations.resumed"]
    told = (await caller.get(f"/v1/processes/{CASE}/timeline")).json()["happened"]
    commands = sorted(one["what"] for one in told if one["kind"] == "command")
    assert commands == ["process.paused", "process.paused", "process.resumed"]


async def test_a_finished_case_can_be_neither_paused_nor_stopped(caller: Caller) -> None:
    await decided(caller, CASE, closes="renewed")
    for order in ("pause", "stop"):
        said = is_problem(await caller.post(f"/v1/processes/{CASE}/{order}", json=REASON), 409, "conflict")
        assert "finished since 2031-03-03: renewed" in said["detail"]
    assert await caller.owed() == []


async def test_an_order_needs_a_reason_and_a_case(caller: Caller) -> None:
    await decided(caller, CASE)
    for wrong in ({}, {"reason": "  "}):
        is_problem(await caller.post(f"/v1/processes/{CASE}/stop", json=wrong), 422, "bad-input")
    for unknown in ("maintenance.renewal:K-9", "K-1", "maintenance.renewal:", "%20:x", "a.b:c%00"):
        answer = await caller.post(f"/v1/processes/{unknown}/stop", json=REASON)
        is_problem(answer, 404, "not-found")
        is_problem(await caller.get(f"/v1/processes/{unknown}/timeline"), 404, "not-found")


async def test_the_audit_trail_says_who_what_before_and_after(caller: Caller) -> None:
    await decided(caller, CASE)
    await caller.post(
        f"/v1/processes/{CASE}/stop", json=REASON, headers={"User-Agent": "desk/1", "X-Request-ID": "r-7"}
    )
    (row,) = await caller.audited()
    assert row.who.startswith("key:")
    assert (row.action, row.object) == ("process.stopped", CASE)
    assert row.before == {"stage": "watching", "order": None}
    assert REASON["reason"] not in str(row.after)
    [shown] = (await caller.get("/v1/audit", params={"action": "process.stopped"})).json()["items"]
    assert shown["after"] == {"stage": "watching", "order": "stopped", "reason": REASON["reason"]}
    assert (row.agent, row.request_id, row.ip) == ("desk/1", "r-7", "127.0.0.1")


async def test_cases_are_filtered(caller: Caller) -> None:
    await decided(caller, CASE)
    await decided(caller, "fleet.dunning:C-1", stage="firm")
    await decided(caller, "fleet.contract:C-1", closes="completed")

    async def listed(**filters: str) -> list[str]:
        answer = await caller.get("/v1/processes", params=filters)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    assert await listed() == ["fleet.contract:C-1", "fleet.dunning:C-1", CASE]
    assert await listed(open="true") == ["fleet.dunning:C-1", CASE]
    assert await listed(open="false") == ["fleet.contract:C-1"]
    assert await listed(process="fleet.dunning") == ["fleet.dunning:C-1"]
    assert await listed(stage="firm") == ["fleet.dunning:C-1"]
    assert await listed(due_before="2032-01-30") == []
    assert await listed(due_before="2032-01-31", process="fleet.dunning") == ["fleet.dunning:C-1"]
    assert await listed(review_before="2031-04-02T09:00:01Z", stage="firm") == ["fleet.dunning:C-1"]
    assert await listed(review_before="2031-04-02T09:00:00Z") == []
    is_problem(await caller.get("/v1/processes", params={"due_before": "2031-02-29"}), 422, "bad-input")
    is_problem(
        await caller.get("/v1/processes", params={"review_before": "2031-04-02"}), 422, "bad-input"
    )  # fmt: skip


async def test_a_page_of_cases_goes_on_where_it_ended(caller: Caller) -> None:
    for number in range(3):
        await decided(caller, f"fleet.dunning:C-{number}")
    first = (await caller.get("/v1/processes", params={"limit": 2})).json()
    rest = (await caller.get("/v1/processes", params={"limit": 2, "cursor": first["next"]})).json()
    assert [one["ref"] for one in first["items"] + rest["items"]] == ["C-0", "C-1", "C-2"]
    assert rest["next"] == ""


async def test_a_renewal_is_answered_once(caller: Caller) -> None:
    await caller.contact()
    path = "/v1/maintenance/contracts"
    signed = (await caller.post(path, json=contract())).json()
    assert signed["decide_by"] == "2032-01-30"
    assert signed["process"] == CASE
    assert (await caller.post(f"{path}/K-1/answer", json={"answer": "refused"})).json()["answer"] == "refused"
    assert (await caller.post(f"{path}/K-1/answer", json={"answer": "refused"})).status_code == 200
    said = is_problem(await caller.post(f"{path}/K-1/answer", json={"answer": "renewed"}), 409, "conflict")
    assert "refused already" in said["detail"]
    is_problem(await caller.post(path, json=contract()), 409, "conflict")
