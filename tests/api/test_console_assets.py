"""Assets, cash and investors from their forms: each act is carried out, and leads to a page that shows it."""

import pytest
from sqlalchemy import select, update

from database.session import Database
from database.shared.tables import audit, outbox, tenant
from tests.api.test_console import Operator, console_app, console_parts, operator, stranger
from tests.api.test_console_fleet import DOUALA, Fleet

__all__ = ["console_app", "console_parts", "operator", "stranger"]


@pytest.fixture
async def fleet(operator: Operator, owner: Database) -> Fleet:
    async with owner.anyone() as tx:
        await tx.execute(update(tenant).where(tenant.c.id == operator.tenant).values(DOUALA))
    made = Fleet(operator)
    await made.begins()
    return made


async def does(fleet: Fleet, act: str, /, **typed: str) -> str:
    """The page to which the form leads, seen."""
    answer = await fleet.operator.send(f"/do/{act}", **typed)
    assert answer.status_code == 303, (act, answer.text[-2000:])
    return await fleet.see(answer.headers["location"].removeprefix("/console"))


async def test_an_agency_is_opened_with_its_station_bikes_and_batteries_and_closed(fleet: Fleet) -> None:
    page = await does(fleet, "agency", ref="AG-1", name="Akwa", opened_on="2031-01-05", new_target="12")
    assert "Akwa" in page
    page = await does(fleet, "station", ref="ST-1", name="Bonabéri", opened_on="2031-01-05",
                      swap_price="1 500", hours="14", agency="AG-1")  # fmt: skip
    assert "1 500 FCFA" in page
    bought = {"bought_on": "2031-01-06", "cost": "450 000"}
    page = await does(fleet, "bike", ref="M-1", plate="LT 123 AB", state="in_use", agency="AG-1", **bought)
    assert "450 000 FCFA" in page
    assert 'value="LT 123 AB"' in await fleet.see("/do/bike?ref=M-1")
    for ref in ("B-1", "B-2"):
        assert ref in await does(fleet, "battery", ref=ref, state="in_use", station="ST-1")
    made = {"station": "ST-1", "bike": "M-1", "battery_in": "B-1", "battery_out": "B-2", "channel": "cash"}
    page = await does(fleet, "swap", ref="W-1", swapped_at="2031-03-03T08:00", **made)
    assert "W-1" in page
    page = await does(fleet, "cost", ref="F-1", kind="rent", about="station", subject="ST-1",
                      incurred_on="2031-03-01", amount="40 000", channel="bank")  # fmt: skip
    assert "40 000" in page
    assert "40 000 FCFA" in await fleet.see("/stations/ST-1")
    await does(fleet, "reverse-cost", ref="F-1", reason="Facture d’un autre")
    await does(fleet, "void-swap", ref="W-1", reason="Erreur de saisie")
    assert "40 000 FCFA" not in await fleet.see("/stations/ST-1")
    assert "fermée" in await does(fleet, "close-station", ref="ST-1", closed_on="2031-03-31")
    assert "fermée" in await does(fleet, "close-agency", ref="AG-1", closed_on="2031-03-31")


async def test_an_agent_takes_cash_brings_it_to_the_bank_and_is_closed(fleet: Fleet) -> None:
    page = await does(fleet, "agent", ref="CA-1", person="D-2", ceiling="20 000", opened_on="2031-01-05")
    assert "20 000 FCFA" in page
    taken = {
        "ref": "R-1", "contract_ref": "CT-1", "received_at": "2031-03-02T10:00:00+01:00",
        "amount": {"amount": "5000", "currency": "XAF"}, "channel": "cash", "agent_ref": "CA-1",
    }  # fmt: skip
    await fleet.asks("POST", "/v1/fleet/payments", json=taken)
    assert "5 000 FCFA" in await fleet.see("/agents/CA-1")
    assert "25 000 FCFA" in await does(fleet, "change-agent", agent="CA-1", ceiling="25 000")
    refused = await fleet.operator.send("/do/close-agent", agent="CA-1", closed_on="2031-03-03")
    assert refused.status_code == 409
    page = await does(fleet, "deposit", agent="CA-1", amount="5 000", deposited_at="2031-03-03T08:00",
                      ref="DP-1", bank_ref="BX-77")  # fmt: skip
    assert "/console/do/reverse-deposit?deposit=DP-1" in page
    assert "annulé" in await does(fleet, "reverse-deposit", deposit="DP-1", reason="Jamais arrivé")
    await does(fleet, "deposit", agent="CA-1", amount="5 000", deposited_at="2031-03-03T08:00", ref="DP-2")
    await does(fleet, "close-agent", agent="CA-1", closed_on="2031-03-03")


async def test_an_investor_signs_finances_a_bike_is_paid_and_leaves(fleet: Fleet) -> None:
    page = await does(fleet, "investor", ref="IC-1", investor="D-2", kind="financing", amount="400 000",
                      share="50", signed_on="2031-01-05", draft="1")  # fmt: skip
    assert "400 000 FCFA" in page
    await does(fleet, "sign-investor", contract="IC-1")
    page = await does(
        fleet, "finance-bike", contract="IC-1", bike="M-CT-1", share="12,5", from_on="2031-02-01"
    )
    assert "M-CT-1" in page
    paid = {"amount": "10 000", "kind": "capital", "paid_on": "2031-03-02", "channel": "bank"}
    assert "V-1" in await does(fleet, "pay-out", contract="IC-1", ref="V-1", **paid)
    assert "/console/do/reverse-payout?payout=V-1" in await fleet.see("/investors/IC-1")
    assert "annulé" in await does(fleet, "reverse-payout", payout="V-1", reason="Mauvais compte")
    await does(fleet, "end-share", contract="IC-1", bike="M-CT-1", last_on="2031-03-03")
    await does(fleet, "end-investor", contract="IC-1", last_on="2031-03-03", reason="D’un commun accord")
    acts = [row.action for row in await fleet.operator.rows(audit)]
    assert len([one for one in acts if one.startswith("fleet.invest") or "payout" in one]) == 7, acts
    async with fleet.operator.database.tenant(fleet.operator.tenant) as tx:
        owed = (await tx.execute(select(outbox.c.ref).where(outbox.c.process == "fleet.notice"))).scalars()
        assert sorted(owed) == ["V-1.payout.1", "V-1.payout_back.1"]
