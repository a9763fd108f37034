"""Investors through the API: contracts, bikes, statements, payouts, figures, and who may see them."""

from datetime import date
from typing import Any

import pytest

from database.fleet.investors import investor_contract_of, shares_of
from database.fleet.statements import close_month
from tests.api.callers import person
from tests.api.conftest import Caller, is_problem
from tests.api.samples import CONTRACTS, PAYMENTS, paid, xaf

INVESTORS, PAYOUTS, FIGURES = "/v1/fleet/investor-contracts", "/v1/fleet/payouts", "/v1/fleet/figures"


def invested(ref: str = "I-1", **given: Any) -> dict[str, Any]:
    return {
        "ref": ref, "investor_ref": "B-1", "kind": "financing", "amount": xaf(400_000),
        "revenue_share_bp": 5000, "signed_on": "2031-01-10", **given,
    }  # fmt: skip


def payout(ref: str = "V-1", minor: int = 1_500, **given: Any) -> dict[str, Any]:
    return {"ref": ref, "contract_ref": "I-1", "amount": xaf(minor), "paid_on": "2031-03-02", **given}


@pytest.fixture
async def bank(fleet: Caller) -> Caller:
    """B-1 financed half of the bike of C-1, which has brought 6,000 F in February."""
    await fleet.contact("B-1", full_name="Aïssatou Mbarga")
    await fleet.post(INVESTORS, json=invested())
    share = {"bike_ref": "M-C-1", "share_bp": 5000, "from_on": "2031-01-10"}
    assert (await fleet.post(f"{INVESTORS}/I-1/shares", json=share)).status_code == 201
    await fleet.post(PAYMENTS, json=paid())
    return fleet


async def stated(caller: Caller, ref: str = "I-1") -> None:
    """January and February, as the process would state them."""
    async with caller.database.tenant(caller.tenant) as tx:
        for month in (date(2031, 1, 1), date(2031, 2, 1)):
            await investor_contract_of(tx, caller.tenant, ref)
            shares = await shares_of(tx, caller.tenant, contract_ref=ref)
            await close_month(tx, caller.tenant, ref, month, caller.clock.at, shares)


async def test_a_contract_with_an_investor_is_signed_and_finances_bikes(bank: Caller) -> None:
    file = (await bank.get(f"{INVESTORS}/I-1")).json()
    assert file["contract"]["state"] == "active"
    assert [(one["bike_ref"], one["share_bp"]) for one in file["shares"]] == [("M-C-1", 5000)]
    assert "start fleet.statement:I-1 investor.signed" in await bank.owed()
    await bank.post(INVESTORS, json=invested("I-2"), params={"draft": "true"})
    said = is_problem(
        await bank.post(
            f"{INVESTORS}/I-2/shares", json={"bike_ref": "M-C-1", "share_bp": 5001, "from_on": "2031-01-10"}
        ),
        409, "conflict",
    )  # fmt: skip
    assert "More than 100 %" in said["detail"]
    assert (await bank.post(f"{INVESTORS}/I-2/sign", json={})).json()["state"] == "active"
    listed = (await bank.get(INVESTORS, params={"investor": "B-1", "limit": 1})).json()
    assert [one["ref"] for one in listed["items"]] == ["I-1"]
    more = await bank.get(INVESTORS, params={"investor": "B-1", "limit": 1, "cursor": listed["next"]})
    assert [one["ref"] for one in more.json()["items"]] == ["I-2"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"revenue_share_bp": 0}, "revenue_share_bp"), ({"statement_day": 31}, "statement_day"),
        ({"ends_on": "2031-01-10"}, "ends_on"), ({"amount": xaf(0)}, "amount"),
        ({"amount": {"amount": "10.00", "currency": "EUR"}}, "amount"),
    ],
)  # fmt: skip
async def test_wrong_terms_are_refused_with_their_mend(
    fleet: Caller, given: dict[str, Any], field: str
) -> None:  # fmt: skip
    await fleet.contact("B-1", full_name="Aïssatou Mbarga")
    said = is_problem(await fleet.post(INVESTORS, json=invested(**given)), 422, "bad-input")
    assert [one["field"] for one in said["errors"]] == [field]


async def test_statements_are_read_and_paid(bank: Caller) -> None:
    await stated(bank)
    listed = (await bank.get(f"{INVESTORS}/I-1/statements")).json()["items"]
    assert [(one["month_on"], one["share"]["amount"]) for one in listed] == [
        ("2031-02-01", "1500"), ("2031-01-01", "0"),
    ]  # fmt: skip
    february = (await bank.get(f"{INVESTORS}/I-1/statements/2031-02")).json()
    assert [(one["bike_ref"], one["share"]["amount"]) for one in february["lines"]] == [("M-C-1", "1500")]
    is_problem(await bank.post(PAYOUTS, json=payout(minor=1_501)), 409, "conflict")
    for _ in range(2):
        assert (await bank.post(PAYOUTS, json=payout())).status_code == 201
    found = (await bank.get(f"{INVESTORS}/I-1/performance")).json()
    assert (found["earned"], found["paid"], found["owed"]) == (xaf(1_500), xaf(1_500), xaf(0))
    assert found["paid_back"] == "0.0038"
    back = await bank.post(f"{PAYOUTS}/V-1/reverse", json={"reason": "Sent back by the bank."})
    assert back.json()["reversal_reason"] == "Sent back by the bank."
    assert (await bank.get(f"{INVESTORS}/I-1/performance")).json()["owed"] == xaf(1_500)
    assert [row.action for row in await bank.audited()][-2:] == [
        "fleet.payout.recorded", "fleet.payout.reversed",
    ]  # fmt: skip


async def test_a_contract_is_ended_from_a_day_that_is_not_stated(bank: Caller) -> None:
    await stated(bank)
    early = {"last_on": "2031-02-27", "reason": "Bought out."}
    is_problem(await bank.post(f"{INVESTORS}/I-1/end", json=early), 422, "bad-input")
    ended = await bank.post(f"{INVESTORS}/I-1/end", json={**early, "last_on": "2031-03-31"})
    assert (ended.json()["state"], ended.json()["ended_on"]) == ("active", "2031-03-31")


async def test_every_figure_says_what_opens_it(bank: Caller) -> None:
    await stated(bank)
    period = {"first": "2031-01", "last": "2031-03"}
    (bike,) = (await bank.get(f"{FIGURES}/revenue", params={"of": "bike", **period})).json()["items"]
    assert (bike["ref"], bike["collected"], bike["shares"]) == ("M-C-1", xaf(6_000), xaf(1_500))
    for behind, name in zip(bike["behind"], ("collected", "shares"), strict=True):
        opened = (await bank.get(f"{FIGURES}/entries", params=behind)).json()["items"]
        assert sum(int(one["amount"]["amount"]) for one in opened) == int(bike[name]["amount"])
    months = await bank.get(f"{FIGURES}/collection", params=period)
    assert [(one["month_on"], one["collected"]["amount"]) for one in months.json()] == [
        ("2031-01-01", "0"), ("2031-02-01", "6000"), ("2031-03-01", "0"),
    ]  # fmt: skip
    whole = (await bank.get(f"{FIGURES}/portfolio")).json()
    (late,) = [one for one in whole["buckets"] if one["contracts"]]
    listed = (await bank.get(f"{FIGURES}/arrears/{late['bucket']}")).json()["items"]
    assert [one["arrears"] for one in listed] == [late["arrears"]]
    assert (await bank.get(f"{FIGURES}/forecast")).json()["method"]["fr"].startswith("Pour chaque mois")
    is_problem(await bank.get(f"{FIGURES}/arrears/lost"), 422, "bad-input")
    is_problem(await bank.get(f"{FIGURES}/collection", params={"first": "2031-05", "last": "2031-03"}),
               422, "bad-input")  # fmt: skip


async def test_an_investor_reads_their_own_and_nothing_of_drivers(bank: Caller) -> None:
    await stated(bank)
    await bank.contact("B-2", full_name="Bruno Tchoumi")
    await bank.post(INVESTORS, json=invested("I-2", investor_ref="B-2"))
    me = await person(bank, "investor", "B-1")
    assert [one["ref"] for one in (await me.get(INVESTORS)).json()["items"]] == ["I-1"]
    is_problem(await me.get(f"{INVESTORS}/I-2"), 404, "not-found")
    assert (await me.get(f"{INVESTORS}/I-1/performance")).json()["earned"] == xaf(1_500)
    assert (await me.get(f"{INVESTORS}/I-1/statements/2031-02")).json()["statement"]["payable"] == xaf(1_500)
    assert (await me.get(CONTRACTS)).json()["items"] == []
    is_problem(await me.get(f"{FIGURES}/portfolio"), 403, "forbidden")
    is_problem(await me.post(PAYOUTS, json=payout()), 403, "forbidden")


async def test_a_bike_that_is_not_there_is_not_financed(fleet: Caller) -> None:
    await fleet.contact("B-1", full_name="Aïssatou Mbarga")
    await fleet.post(INVESTORS, json=invested())
    given = {"bike_ref": "M-none", "share_bp": 5000, "from_on": "2031-01-10"}
    is_problem(await fleet.post(f"{INVESTORS}/I-1/shares", json=given), 404, "not-found")
