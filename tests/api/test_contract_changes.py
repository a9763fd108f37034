"""What operators change in a signed contract, through the API."""

from datetime import timedelta

from tests.api.callers import person
from tests.api.conftest import Caller, Clock, is_problem
from tests.api.samples import CONTRACTS, PAYMENTS, paid, signed, xaf

ONE, NINE = f"{CONTRACTS}/C-1", f"{CONTRACTS}/C-9"
CHARGED = {"charge": {"fee": xaf(6000)}}


async def test_a_bike_and_a_driver_change_and_the_agreement_stays_as_signed(fleet: Caller) -> None:
    await fleet.contact("D-2", phone="679 28 42 13")
    swapped = await fleet.post(f"{ONE}/bike", json={"bike_ref": "M-9", "reason": "In repair."})
    assert (swapped.status_code, swapped.json()["before"]) == (200, {"bike_ref": "M-C-1"})
    handed = await fleet.post(f"{ONE}/driver", json={"driver_ref": "D-2", "reason": "His brother."})
    assert handed.json()["after"] == {"driver_ref": "D-2"}
    now = (await fleet.get(ONE)).json()["contract"]
    assert (now["bike_ref"], now["driver_ref"]) == ("M-9", "D-2")
    # The file that told of the contract tells of the same one.
    assert (await fleet.post(CONTRACTS, json=signed())).status_code == 201
    is_problem(await fleet.post(CONTRACTS, json=signed(bike_ref="M-9")), 409, "conflict")
    printed = await fleet.get(f"{ONE}/agreement")
    assert (printed.status_code, printed.content[:5]) == (200, b"%PDF-")
    amendment = await fleet.get(f"{ONE}/changes/2/amendment")
    assert amendment.headers["content-disposition"].endswith("amendment-C-1-2.pdf")


async def test_who_takes_a_contract_over_sees_no_payment_of_the_one_before(
    fleet: Caller, clock: Clock
) -> None:
    await fleet.post(PAYMENTS, json=paid("P-1"))
    former, mine = await person(fleet, "driver", "D-1"), f"{PAYMENTS}?contract=C-1"
    assert [one["ref"] for one in (await former.get(mine)).json()["items"]] == ["P-1"]
    await fleet.contact("D-2", phone="679 28 42 13")
    await fleet.post(f"{ONE}/bike", json={"bike_ref": "M-9", "reason": "He broke it."})
    clock.at += timedelta(days=1)
    await fleet.post(f"{ONE}/driver", json={"driver_ref": "D-2", "reason": "His brother."})
    await fleet.post(PAYMENTS, json=paid("P-2", received_at=clock.at.isoformat()))
    later = await person(fleet, "driver", "D-2")
    assert [one["ref"] for one in (await later.get(mine)).json()["items"]] == ["P-2"]
    assert (await later.get(f"{PAYMENTS}/P-2")).status_code == 200
    former = await person(fleet, "driver", "D-1")  # the token of yesterday is none any more
    for gone in (await later.get(f"{PAYMENTS}/P-1"), await former.get(f"{PAYMENTS}/P-1")):
        is_problem(gone, 404, "not-found")
    assert (await later.get(f"{ONE}/changes/1")).status_code == 404
    agreed = await later.get(f"{ONE}/agreement")  # somebody else's signature stands under it
    assert (agreed.status_code, "D-1" in agreed.text) == (404, False), agreed.text
    assert (await later.get(f"{ONE}/changes/2/amendment")).status_code == 200
    [taken] = (await later.get(f"{ONE}/changes")).json()["items"]
    assert (taken["number"], taken["reason"], taken["by"], taken["before"]) == (2, "", "", {})
    assert (await later.get(f"{ONE}/refunds")).json()["items"] == []
    # What was paid still counts for the contract, and operators see all of it.
    assert len((await fleet.get(mine)).json()["items"]) == 2
    assert (await later.get(ONE)).json()["standing"] == (await fleet.get(ONE)).json()["standing"]


async def test_a_bike_is_not_handed_to_two_drivers(fleet: Caller) -> None:
    await fleet.post(CONTRACTS, json=signed("C-2"))
    taken = await fleet.post(f"{ONE}/bike", json={"bike_ref": "M-C-2", "reason": "In repair."})
    assert "C-2" in is_problem(taken, 409, "conflict")["detail"]
    is_problem(await fleet.post(f"{ONE}/bike", json={"bike_ref": "M-C-1", "reason": "x"}), 422, "bad-input")


async def test_terms_are_tried_then_negotiated_and_the_old_schedule_is_kept(fleet: Caller) -> None:
    await fleet.post(CONTRACTS, json=signed("C-9", **CHARGED))
    await fleet.post(PAYMENTS, json=paid(amount=6000, contract_ref="C-9"))
    await fleet.post(PAYMENTS, json=paid("P-2", 7000, contract_ref="C-9"))
    terms = {"instalments": 10, "frequency": "weekly", "first_due_on": "2031-03-10", "reason": "Hospital."}
    tried = await fleet.post(f"{NINE}/renegotiation/preview", json=terms)
    assert tried.status_code == 200, tried.text
    before = (await fleet.get(NINE)).json()["schedule"]
    made = await fleet.post(f"{NINE}/renegotiation", json=terms)
    assert made.status_code == 200, made.text
    told = (await fleet.get(f"{NINE}/changes/1")).json()
    old = [(one["number"], one["due_on"], one["amount"]) for one in before]
    assert [(one["number"], one["due_on"], one["amount"]) for one in told["schedule_before"]] == old
    assert told["schedule_after"] == tried.json()["schedule"]
    now = (await fleet.get(NINE)).json()
    assert now["standing"]["total"] == tried.json()["total_after"]
    assert now["standing"]["allocated"] == xaf(13000)


async def test_what_does_not_fit_a_schedule_names_its_mend(fleet: Caller) -> None:
    late = {"first_due_on": "2030-01-01", "reason": "Hospital."}
    is_problem(await fleet.post(f"{ONE}/dates", json=late), 422, "bad-input")
    fee = {"amount": xaf(500), "due_on": "2030-01-01", "reason": "Lost key."}
    said = is_problem(await fleet.post(f"{ONE}/fees", json=fee), 422, "bad-input")
    assert said["errors"][0]["field"] == "due_on"
    back = {"ref": "R-1", "amount": xaf(1), "channel": "cash", "paid_at": "2031-02-01T10:00:00+01:00",
            "reason": "Paid twice."}  # fmt: skip
    is_problem(await fleet.post(f"{ONE}/refunds", json=back), 422, "bad-input")
    await fleet.post(f"{CONTRACTS}?draft=true", json=signed("C-3"))
    unsigned = {"first_due_on": "2031-06-01", "reason": "Hospital."}
    is_problem(await fleet.post(f"{CONTRACTS}/C-3/dates", json=unsigned), 409, "conflict")


async def test_a_contract_is_quoted_paid_settled_and_too_much_given_back(fleet: Caller, clock: Clock) -> None:
    await fleet.post(CONTRACTS, json=signed("C-9", **CHARGED))
    last = (clock().date() + timedelta(days=10)).isoformat()
    quoted = await fleet.post(f"{NINE}/quotes", json={"last_on": last, "fee": xaf(1000)})
    assert quoted.status_code == 201, quoted.text
    assert "start fleet.notice:C-9.quote.1 notice.owed" in await fleet.owed()
    quote = quoted.json()
    parts = ("arrears", "principal", "charges", "fees", "fee")
    whole = sum(int(quote[one]["amount"]) for one in parts) - int(quote["credit"]["amount"])
    assert int(quote["amount"]["amount"]) == whole
    payment = paid(amount=whole + 250, contract_ref="C-9", received_at=clock().isoformat())
    await fleet.post(PAYMENTS, json=payment)
    standing = (await fleet.get(NINE)).json()["standing"]
    assert (standing["remaining"], standing["overpayment"]) == (xaf(0), xaf(250))
    assert (await fleet.get(f"{NINE}/quotes")).json()["items"][0]["state"] == "accepted"
    back = {"ref": "R-1", "amount": xaf(250), "channel": "cash", "paid_at": clock().isoformat(),
            "reason": "Paid too much."}  # fmt: skip
    assert (await fleet.post(f"{NINE}/refunds", json=back)).status_code == 201
    assert (await fleet.post(f"{NINE}/refunds", json=back)).status_code == 201
    assert len((await fleet.get(f"{NINE}/refunds")).json()["items"]) == 1
    assert (await fleet.get(NINE)).json()["standing"]["overpayment"] == xaf(0)
    # The payment was refused by the operator after all: the schedule of the signature is back.
    await fleet.post(f"{PAYMENTS}/P-1/reverse", json={"reason": "Refused."})
    assert [one["kind"] for one in (await fleet.get(f"{NINE}/changes")).json()["items"]] == [
        "settled", "settlement_undone",
    ]  # fmt: skip


async def test_a_bike_taken_back_covers_a_part_and_the_rest_is_written_off(fleet: Caller) -> None:
    await fleet.post(CONTRACTS, json=signed("C-9", **CHARGED))
    given = {"reason": "Ninety days without a payment.", "kind": "default", "bike_value": xaf(900_000)}
    too_much = is_problem(await fleet.post(f"{NINE}/terminate", json=given), 422, "bad-input")
    assert too_much["errors"][0]["field"] == "bike_value"
    given |= {"bike_value": xaf(20_000), "still_owed": xaf(3_000)}
    ended = (await fleet.post(f"{NINE}/terminate", json=given)).json()
    assert (ended["state"], ended["end_kind"]) == ("terminated", "default")
    assert (await fleet.get(NINE)).json()["standing"]["remaining"] == xaf(3_000)
