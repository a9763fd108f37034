"""Contracts, payments, promises and files of the fleet, through the API."""

from typing import Any

import pytest

from tests.api.conftest import Caller, is_problem
from tests.api.samples import CONTRACTS, PAYMENTS, paid, signed, xaf


async def test_a_contract_shows_its_schedule_and_standing(fleet: Caller) -> None:
    file = (await fleet.get(f"{CONTRACTS}/C-1")).json()
    assert [(due["due_on"], due["amount"]["amount"]) for due in file["schedule"][:4]] == [
        ("2031-01-31", "6000"), ("2031-01-31", "4000"), ("2031-02-28", "4000"), ("2031-03-31", "4000"),
    ]  # fmt: skip
    assert file["standing"]["arrears"] == xaf(14000)
    assert file["standing"]["days_late"] == 31
    assert file["contract"]["process"] == "fleet.contract:C-1"
    assert await fleet.owed() == ["start fleet.contract:C-1 contract.signed"]


async def test_a_payment_counts_once_and_can_be_reversed(fleet: Caller) -> None:
    for _ in range(2):
        assert (await fleet.post(PAYMENTS, json=paid())).status_code == 201
    assert (await fleet.get(f"{CONTRACTS}/C-1")).json()["standing"]["allocated"] == xaf(6000)
    is_problem(await fleet.post(PAYMENTS, json=paid(amount=7000)), 409, "conflict")
    taken_back = await fleet.post(f"{PAYMENTS}/P-1/reverse", json={"reason": "Paid to the wrong account."})
    assert taken_back.json()["reversed_at"] == "2031-03-03T09:00:00Z"
    assert (await fleet.get(f"{CONTRACTS}/C-1")).json()["standing"]["allocated"] == xaf(0)
    listed = (await fleet.get(PAYMENTS, params={"contract": "C-1"})).json()["items"]
    assert [one["ref"] for one in listed] == ["P-1"]
    trail = [(row.action, row.object) for row in await fleet.audited()]
    assert trail[-1] == ("fleet.payment.reversed", "fleet.contract:C-1")


@pytest.mark.parametrize(
    ("given", "status", "field"),
    [
        ({"contract_ref": "C-9"}, 404, ""),
        ({"amount": {"amount": "50.00", "currency": "EUR"}}, 422, "amount"),
        ({"amount": {"amount": "50.5", "currency": "XAF"}}, 422, "amount"),
        ({"amount": xaf(-5)}, 422, "amount"),
        ({"received_at": "2031-02-30T10:00:00+01:00"}, 422, "received_at"),
        ({"received_at": "2031-02-01T10:00:00"}, 422, "received_at"),
        ({"received_at": "2031-04-01T10:00:00Z"}, 422, "received_at"),
        ({"channel": "barter"}, 422, "channel"),
    ],
)
async def test_a_wrong_payment_is_refused(
    fleet: Caller, given: dict[str, Any], status: int, field: str
) -> None:
    slug = {404: "not-found", 422: "bad-input"}[status]
    said = is_problem(await fleet.post(PAYMENTS, json=paid(**given)), status, slug)
    assert [one["field"] for one in said.get("errors", [])] == ([field] if field else [])
    assert (await fleet.get(PAYMENTS, params={"contract": "C-1"})).json()["items"] == []


async def test_wrong_terms_are_all_told(fleet: Caller) -> None:
    given = signed("C-2", first_due_on="2031-01-01", down_payment=xaf(40000), holiday_rule="skip")
    said = is_problem(await fleet.post(CONTRACTS, json=given), 422, "bad-input")
    assert {one["field"] for one in said["errors"]} == {"first_due_on", "down_payment", "holiday_rule"}


async def test_a_sum_is_shown_that_is_greater_than_what_may_be_sent(fleet: Caller) -> None:
    for ref in ("P-1", "P-2"):
        assert (await fleet.post(PAYMENTS, json=paid(ref=ref, amount=10**15))).status_code == 201
    is_problem(await fleet.post(PAYMENTS, json=paid(amount=10**15 + 1)), 422, "bad-input")
    read = await fleet.get(f"{CONTRACTS}/C-1")
    assert int(read.json()["standing"]["overpayment"]["amount"]) > 10**15


async def test_a_promise_holds_until_its_day(fleet: Caller) -> None:
    promise = {"amount": xaf(4000), "until_on": "2031-03-10"}
    assert (await fleet.post(f"{CONTRACTS}/C-1/promises", json=promise)).status_code == 201
    assert "ring fleet.dunning:C-1 payment.promised" in await fleet.owed()
    for until in ("2031-03-02", "2031-05-01"):
        wrong = {**promise, "until_on": until}
        said = is_problem(await fleet.post(f"{CONTRACTS}/C-1/promises", json=wrong), 422, "bad-input")
        assert [one["field"] for one in said["errors"]] == ["until_on"]


async def test_a_draft_is_signed_and_a_contract_terminated(fleet: Caller) -> None:
    assert (await fleet.post(CONTRACTS, params={"draft": True}, json=signed("C-2"))).status_code == 201
    assert (await fleet.get(f"{CONTRACTS}/C-2")).json()["standing"] is None
    assert (await fleet.post(f"{CONTRACTS}/C-2/sign")).json()["state"] == "active"
    ended = await fleet.post(f"{CONTRACTS}/C-2/terminate", json={"reason": "The bike was stolen."})
    assert ended.json()["state"] == "terminated"
    listed = (await fleet.get(CONTRACTS, params={"state": "terminated"})).json()["items"]
    assert [one["ref"] for one in listed] == ["C-2"]


async def test_a_phone_is_read_as_one_of_the_tenants_country(fleet: Caller) -> None:
    assert (await fleet.get("/v1/contacts/D-1")).json()["phone"] == "+237679284212"
    for given in ({"phone": "12"}, {"email": "not an address"}, {"email": None}, {"phone": "+33 1"}):
        body = {"full_name": "X", **given}
        is_problem(await fleet.put("/v1/contacts/D-2", json=body), 422, "bad-input")
    row = (await fleet.audited())[0]
    assert "679" not in str(row.after) + str(row.before)


HEAD = "payment_ref,contract_ref,received_at,amount_minor,channel\n"
ROWS = (
    "P-1,C-1,2031-02-01T10:00:00+01:00,6000,mobile_money\n"
    "P-2,C-1,2031-02-30T10:00:00+01:00,4000,bank\n"
    "P-3,C-1,2031-02-02T10:00:00+01:00,4000,cash\n"
)


async def test_a_file_is_imported_row_by_row_and_once(fleet: Caller) -> None:
    async def send() -> dict[str, Any]:
        headers = {"Content-Type": "text/csv; charset=utf-8"}
        answer = await fleet.post("/v1/fleet/imports/payments", content=HEAD + ROWS, headers=headers)
        assert answer.status_code == 200, answer.text
        report: dict[str, Any] = answer.json()
        return report

    report = await send()
    assert (report["created"], report["refused"], report["repeated"]) == (2, 1, False)
    (bad,) = report["first_refused"]
    assert (bad["line"], bad["ref"], bad["mistakes"][0]["field"]) == (3, "P-2", "received_at")
    assert (await send())["repeated"] is True
    assert (await fleet.get(f"{CONTRACTS}/C-1")).json()["standing"]["allocated"] == xaf(10000)
    path = f"/v1/fleet/imports/payments/{report['sha256']}"
    first = (await fleet.get(path, params={"limit": 2})).json()
    rest = (await fleet.get(path, params={"limit": 2, "cursor": first["next"]})).json()
    assert [row["line"] for row in first["items"] + rest["items"]] == [2, 3, 4]


async def test_what_is_no_such_file_is_refused(fleet: Caller) -> None:
    path = "/v1/fleet/imports/payments"
    is_problem(await fleet.post(path, json={}), 415, "unsupported-media-type")
    headers = {"Content-Type": "text/csv"}
    is_problem(await fleet.post(path, content="a,b\n1,2\n", headers=headers), 422, "bad-input")
    narrow = await fleet.with_scopes("fleet:write")
    is_problem(await narrow.post(path, content=HEAD, headers=headers), 403, "forbidden")
    is_problem(await fleet.post(path, content=b"x" * (20 * 1024**2 + 1), headers=headers), 413, "too-large")
