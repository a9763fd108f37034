"""Cash of agents, statements of operators, and what is kept aside, through the API."""

import json
from typing import Any

from tests.api.conftest import Caller, is_problem
from tests.api.samples import CONTRACTS, PAYMENTS, paid, xaf
from tests.api.test_webhooks import pay, payment

AGENTS, DEPOSITS = "/v1/fleet/agents", "/v1/fleet/deposits"
STATEMENTS, ASIDE = "/v1/fleet/statements", "/v1/fleet/kept-aside"
IMPORTS = "/v1/fleet/imports"
CSV = {"Content-Type": "text/csv"}
HEADER = "transaction_id,occurred_at,amount_minor,contract_ref"


async def agent(fleet: Caller, **given: Any) -> None:
    await fleet.contact("A-1", full_name="Solange Etoa")
    body = {"ref": "AG-1", "contact_ref": "A-1", "ceiling": xaf(10_000), "opened_on": "2031-01-01"}
    assert (await fleet.post(AGENTS, json={**body, **given})).status_code == 201


async def standing(fleet: Caller) -> dict[str, Any]:
    return dict((await fleet.get(f"{CONTRACTS}/C-1")).json()["standing"])


async def statement(fleet: Caller, *lines: str) -> dict[str, Any]:
    content = "\n".join((HEADER, *lines)).encode()
    answer = await fleet.post(STATEMENTS, params={"operator": "MTN MoMo"}, content=content, headers=CSV)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def lines(fleet: Caller, id: str) -> dict[str, tuple[str, str | None]]:
    items = (await fleet.get(f"{STATEMENTS}/{id}/lines")).json()["items"]
    return {one["transaction_id"]: (one["state"], one["twin_ref"]) for one in items}


async def test_an_agent_holds_what_drivers_paid_until_it_is_deposited(fleet: Caller) -> None:
    await agent(fleet)
    by_agent = paid(ref="P-1", amount=6000, channel="cash", agent_ref="AG-1")
    assert (await fleet.post(PAYMENTS, json=by_agent)).json()["agent_ref"] == "AG-1"
    assert "start fleet.cash:AG-1 cash.taken" in await fleet.owed()
    shown = (await fleet.get(f"{AGENTS}/AG-1")).json()
    assert (shown["held"], shown["over"]) == (xaf(6000), False)
    is_problem(await fleet.post(f"{AGENTS}/AG-1/close", json={"closed_on": "2031-03-03"}), 409, "conflict")
    given = {"ref": "V-1", "agent_ref": "AG-1", "amount": xaf(9000), "deposited_at": "2031-03-03T08:00:00Z"}
    is_problem(await fleet.post(DEPOSITS, json=given), 409, "conflict")
    for _ in range(2):
        assert (await fleet.post(DEPOSITS, json={**given, "amount": xaf(6000)})).status_code == 201
    assert (await fleet.get(f"{AGENTS}/AG-1")).json()["held"] == xaf(0)
    back = await fleet.post(f"{DEPOSITS}/V-1/reverse", json={"reason": "The slip was false."})
    assert back.json()["reversal_reason"] == "The slip was false."
    assert (await fleet.get(AGENTS)).json()["items"][0]["held"] == xaf(6000)
    assert [one["ref"] for one in (await fleet.get(DEPOSITS, params={"agent": "AG-1"})).json()["items"]] == [
        "V-1"
    ]


async def test_an_agent_takes_cash_alone_and_only_while_open(fleet: Caller) -> None:
    await agent(fleet)
    is_problem(await fleet.post(PAYMENTS, json=paid(agent_ref="AG-1")), 422, "bad-input")
    unknown = paid(channel="cash", agent_ref="AG-9")
    is_problem(await fleet.post(PAYMENTS, json=unknown), 404, "not-found")
    raised = await fleet.post(f"{AGENTS}/AG-1/change", json={"ceiling": xaf(99_000)})
    assert raised.json()["ceiling"] == xaf(99_000)
    closed = await fleet.post(f"{AGENTS}/AG-1/close", json={"closed_on": "2031-03-03"})
    assert closed.json()["closed_on"] == "2031-03-03"
    is_problem(await fleet.post(PAYMENTS, json=paid(channel="cash", agent_ref="AG-1")), 409, "conflict")


async def test_a_statement_finds_what_is_nobodys_different_double_and_missing(fleet: Caller) -> None:
    for ref, amount, at in (("A", 6000, "01"), ("B", 4000, "02"), ("B2", 4000, "02"), ("M", 3000, "02")):
        moment = f"2031-02-{at}T10:00:00+01:00"
        await fleet.post(PAYMENTS, json=paid(ref=ref, amount=amount, received_at=moment))
    taken = await statement(
        fleet, "A,2031-02-01T10:00:00+01:00,6000,", "B,2031-02-02T10:00:00+01:00,4000,",
        "B2,2031-02-02T10:05:00+01:00,4000,", "X,2031-02-02T11:00:00+01:00,2500,C-9",
        "Y,not a moment,5,",
    )  # fmt: skip
    assert (taken["lines"], taken["waiting"], len(taken["refused"])) == (4, 2, 1)
    id = taken["id"]
    assert await lines(fleet, id) == {
        "A": ("matched", None), "B": ("matched", None), "B2": ("double", "B"), "X": ("unmatched", None),
    }  # fmt: skip
    missing = (await fleet.get(f"{STATEMENTS}/{id}/missing")).json()["items"]
    assert [one["payment_ref"] for one in missing] == ["M"]
    before = await standing(fleet)
    struck = f"{STATEMENTS}/{id}/lines/4/double"
    is_problem(await fleet.post(struck, json={"payment_ref": "M", "reason": "x"}), 422, "bad-input")
    assert (await fleet.post(struck, json={"payment_ref": "B2", "reason": "Told twice."})).status_code == 200
    assert (await fleet.get(f"{PAYMENTS}/B2")).json()["reversed_for"] == "double"
    attached = await fleet.post(f"{STATEMENTS}/{id}/lines/5/attach", json={"contract_ref": "C-1"})
    assert (attached.json()["state"], attached.json()["payment_ref"]) == ("resolved", "X")
    assert int((await standing(fleet))["allocated"]["amount"]) == int(before["allocated"]["amount"]) - 1500
    is_problem(await fleet.post(f"{STATEMENTS}/{id}/lines/5/dismiss", json={"reason": "x"}), 409, "conflict")
    assert (await fleet.get(f"{STATEMENTS}/{id}")).json()["waiting"] == 0


async def test_the_operator_is_right_about_another_amount(fleet: Caller) -> None:
    await fleet.post(PAYMENTS, json=paid(ref="A", amount=600, received_at="2031-02-01T10:00:00+01:00"))
    id = (await statement(fleet, "A,2031-02-01T10:00:00+01:00,6000,"))["id"]
    assert await lines(fleet, id) == {"A": ("differs", None)}
    mended = await fleet.post(f"{STATEMENTS}/{id}/lines/2/attach", json={"contract_ref": "C-1"})
    assert mended.json()["payment_ref"] == "A.2"
    assert (await standing(fleet))["allocated"] == xaf(6000)
    assert (await fleet.get(f"{STATEMENTS}/{id}/missing")).json()["items"] == []


async def test_of_money_told_twice_one_payment_always_stays(fleet: Caller) -> None:
    at = "2031-02-01T10:00:00+01:00"
    for ref in ("A", "B"):
        await fleet.post(PAYMENTS, json=paid(ref=ref, amount=600, received_at=at))
    one, other, third = [
        (await statement(fleet, f"{ref},{at},600,{hint}"))["id"]
        for ref, hint in (("A", ""), ("B", ""), ("C", "C-1"))
    ]
    assert (await lines(fleet, one), await lines(fleet, other)) == (
        {"A": ("double", "B")}, {"B": ("double", "A")},
    )  # fmt: skip

    async def strike(id: str, ref: str) -> Any:
        given = {"payment_ref": ref, "reason": "Told twice."}
        return await fleet.post(f"{STATEMENTS}/{id}/lines/2/double", json=given)

    assert (await strike(one, "B")).status_code == 200
    is_problem(await strike(other, "A"), 409, "conflict")
    assert await lines(fleet, third) == {"C": ("double", "A")}
    is_problem(await strike(third, "A"), 409, "conflict")
    assert (await standing(fleet))["allocated"] == xaf(600)
    for id in (other, third):
        dismissed = await fleet.post(f"{STATEMENTS}/{id}/lines/2/dismiss", json={"reason": "It stands."})
        assert dismissed.json()["state"] == "dismissed"


async def test_money_of_a_payment_that_was_reversed_comes_with_the_statement(fleet: Caller) -> None:
    given = paid(ref="A", amount=6000, received_at="2031-02-01T10:00:00+01:00")
    await fleet.post(PAYMENTS, json=given)
    await fleet.post(f"{PAYMENTS}/A/reverse", json={"reason": "The operator said it bounced."})
    id = (await statement(fleet, "A,2031-02-01T10:00:00+01:00,6000,C-1"))["id"]
    assert await lines(fleet, id) == {"A": ("unmatched", None)}
    mended = await fleet.post(f"{STATEMENTS}/{id}/lines/2/attach", json={"contract_ref": "C-1"})
    assert mended.json()["payment_ref"] == "A.2"
    assert (await standing(fleet))["allocated"] == xaf(6000)


async def test_the_same_statement_again_changes_nothing(fleet: Caller) -> None:
    line = "A,2031-02-01T10:00:00+01:00,6000,"
    first = await statement(fleet, line)
    content = f"{HEADER}\n{line}".encode()
    again = await fleet.post(STATEMENTS, params={"operator": "MTN"}, content=content, headers=CSV)
    assert (again.status_code, again.json()["repeated"], again.json()["id"]) == (200, True, first["id"])
    overlapping = await statement(fleet, line, "B,2031-02-01T11:00:00+01:00,10,")
    assert list(await lines(fleet, overlapping["id"])) == ["B"]
    listed = (await fleet.get(STATEMENTS)).json()["items"]
    assert {one["id"] for one in listed} == {first["id"], overlapping["id"]}
    nothing = await fleet.post(STATEMENTS, params={"operator": "MTN"}, content=b"a,b\n1,2", headers=CSV)
    is_problem(nothing, 422, "bad-input")


async def test_a_row_that_cannot_be_right_is_corrected_and_replayed(fleet: Caller) -> None:
    rows = "payment_ref,contract_ref,received_at,amount_minor,channel\n" + "\n".join(
        ("P-1,C-9,2031-02-01T10:00:00+01:00,6000,cash", "P-2,C-1,2031-02-01T10:00:00+01:00,500,cash",
         "P-3,C-1,2031-02-31T10:00:00+01:00,500,cash")
    )  # fmt: skip
    for _ in range(2):
        report = (await fleet.post(f"{IMPORTS}/payments", content=rows.encode(), headers=CSV)).json()
        assert (report["created"], report["refused"]) == (1, 2)
    first, second = (await fleet.get(ASIDE)).json()["items"]
    by_ref = {one["ref"]: one for one in (first, second)}
    assert set(by_ref) == {"P-1", "P-3"}
    one, other = by_ref["P-1"]["id"], by_ref["P-3"]["id"]
    is_problem(await fleet.post(f"{ASIDE}/{one}/replay", json={"values": {}}), 404, "not-found")
    wrong = await fleet.post(f"{ASIDE}/{one}/replay", json={"values": {"colour": "red"}})
    assert is_problem(wrong, 422, "bad-input")["errors"][0]["field"] == "colour"
    done = await fleet.post(f"{ASIDE}/{one}/replay", json={"values": {"contract_ref": "C-1"}})
    assert (done.json()["state"], done.json()["result_ref"]) == ("replayed", "P-1")
    assert (await standing(fleet))["allocated"] == xaf(6500)
    is_problem(await fleet.post(f"{ASIDE}/{one}/dismiss", json={"reason": "x"}), 409, "conflict")
    await fleet.post(f"{ASIDE}/{other}/dismiss", json={"reason": "Entered by hand."})
    assert (await fleet.get(ASIDE)).json()["items"] == []
    gone = (await fleet.get(ASIDE, params={"state": "dismissed"})).json()["items"]
    assert [(one["ref"], one["reason"]) for one in gone] == [("P-3", "Entered by hand.")]
    assert "2031-02-31" not in str([row.after for row in await fleet.audited()])


async def test_money_an_operator_tells_of_is_kept_aside_until_its_contract_is_known(fleet: Caller) -> None:
    for _ in range(2):
        assert (await pay(fleet, json.dumps(payment(contract_ref="C-9")).encode())).status_code == 202
    [kept] = (await fleet.get(ASIDE, params={"source": "webhook"})).json()["items"]
    assert (kept["origin"], kept["given"]["amount_minor"]) == ("MP1", "6000")
    assert (await pay(fleet, json.dumps(payment(contract_ref="C-1")).encode())).status_code == 200
    assert (await fleet.get(f"{ASIDE}/{kept['id']}")).json()["state"] == "replayed"
