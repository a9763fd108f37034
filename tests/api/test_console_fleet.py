"""The fleet in the console: lists, a contract from every side, acts with forms, numbers with entries."""

import re
from typing import Any

import pytest
from sqlalchemy import update

from database.session import Database
from database.shared.tables import audit, ledger_entry, tenant
from database.shared.view_tables import saved_view
from tests.api.samples import CONTRACTS, PAYMENTS, paid, signed
from tests.api.test_console import Operator, console_app, console_parts, decided, operator, stranger

__all__ = ["console_app", "console_parts", "operator", "stranger"]

DOUALA = {"country": "CM", "zone": "Africa/Douala", "currency": "XAF"}


class Fleet:
    """Two drivers: Ngo Bum has paid the first month and nothing since, Mbarga has a draft."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator

    async def asks(self, method: str, path: str, **given: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.operator.key}"}
        answer = await self.operator.http.request(method, path, headers=headers, **given)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def begins(self) -> None:
        for ref, name in (("D-1", "Estelle Ngo Bum"), ("D-2", "Carine Mbarga")):
            await self.asks("PUT", f"/v1/contacts/{ref}", json={"full_name": name, "phone": "+237679284212"})
        await self.asks("POST", CONTRACTS, json=signed("CT-1"))
        draft = signed("CT-2", driver_ref="D-2")
        await self.asks("POST", CONTRACTS, json=draft, params={"draft": "true"})
        await self.asks("POST", PAYMENTS, json=paid("P-1", 6000, contract_ref="CT-1"))
        await self.asks("POST", PAYMENTS, json=paid("P-2", 1500, contract_ref="CT-1"))

    async def see(self, path: str) -> str:
        """With plain spaces, and without what only keeps words together."""
        return re.sub(r"[\u00a0\u202f]", " ", await self.operator.see(path))


@pytest.fixture
async def fleet(operator: Operator, owner: Database) -> Fleet:
    async with owner.anyone() as tx:
        await tx.execute(update(tenant).where(tenant.c.id == operator.tenant).values(DOUALA))
    made = Fleet(operator)
    await made.begins()
    return made


def rows_of(page: str) -> list[str]:
    """The first cell of each row of the first table."""
    table = re.search(r"<tbody.*?</tbody>", page, re.DOTALL)
    found = re.findall(r'<th scope="row".*?>(.*?)</th>', table.group(0), re.DOTALL) if table else []
    return [re.sub(r"<[^>]+>", "", one).strip() for one in found]


async def test_a_list_is_filtered_sorted_and_kept_under_a_name(fleet: Fleet) -> None:
    assert rows_of(await fleet.see("/contracts")) == ["CT-1", "CT-2"]
    assert rows_of(await fleet.see("/contracts?order=-ref")) == ["CT-2", "CT-1"]
    assert rows_of(await fleet.see("/contracts?text=mbarg")) == ["CT-2"]
    assert rows_of(await fleet.see("/contracts?late=1")) == ["CT-1"]
    assert "Rien ne correspond" in await fleet.see("/contracts?late=900")
    kept = {"name": "Les vieux retards", "query": "late=1&order=-days_late", "shared": "yes"}
    answer = await fleet.operator.send("/lists/contracts/views", **kept)
    assert answer.headers["location"] == "/console/contracts?late=1&order=-days_late"
    page = await fleet.see("/contracts?late=1&order=-days_late")
    assert re.search(r'aria-current="page">Les vieux retards', page)
    [view] = await fleet.operator.rows(saved_view)
    await fleet.operator.send(f"/lists/contracts/views/{view.id}/remove")
    assert "Les vieux retards" not in await fleet.see("/contracts")


async def test_a_list_goes_on_where_the_page_before_ended(fleet: Fleet) -> None:
    """Payments of the same moment and the same day: none is shown twice, none is left out."""
    for number in range(60):
        given = paid(f"Q-{number:02}", 100, contract_ref="CT-1")
        await fleet.asks("POST", PAYMENTS, json=given)
    first = await fleet.see("/payments")
    onward = re.search(r'href="/console(/payments\?after=[^"]+)" rel="next"', first)
    assert onward is not None
    second = await fleet.see(onward[1])
    both = re.findall(r"/payments/([PQ]-\d+)\"", first), re.findall(r"/payments/([PQ]-\d+)\"", second)
    assert (len(both[0]), len(both[1])) == (50, 12)
    assert len({*both[0], *both[1]}) == 62


@pytest.mark.parametrize(
    "asked",
    [
        "order=nothing",
        "state=asleep",
        "late=soon",
        "after=x",
        "signed_from=yesterday",
        "after=W10",
        "late=9e9",
    ],
)
async def test_what_a_list_does_not_know_is_said(fleet: Fleet, asked: str) -> None:
    answer = await fleet.operator.http.get(f"/console/contracts?{asked}")
    assert answer.status_code == 400
    assert "La demande n’est pas comprise" in answer.text


async def test_a_contract_shows_where_it_stands_and_its_numbers_open_their_entries(fleet: Fleet) -> None:
    page = await fleet.see("/contracts/CT-1")
    for said in ("Estelle Ngo Bum", "7 500 FCFA", "sur 30 000 FCFA", "22 500 FCFA", "Payé et dû, cumulés"):
        assert said in page, said
    assert "3 jours de retard" in page
    opened = re.search(r'<dd><a href="/console(/ledger\?[^"]+)">7 500 FCFA', page)
    assert opened is not None
    entries = await fleet.see(opened[1].replace("&amp;", "&"))
    assert "6 000" in entries
    assert "1 500" in entries
    credit = sum(-row.amount_minor for row in await fleet.operator.rows(ledger_entry)
                 if row.account == "driver_receivable" and row.amount_minor < 0)  # fmt: skip
    assert credit == 7500


async def test_a_payment_is_recorded_from_its_form_and_reversed(fleet: Fleet) -> None:
    form = await fleet.see("/do/pay?contract=CT-1")
    assert "Estelle Ngo Bum" in form
    given = {"contract": "CT-1", "amount": "2 500", "channel": "cash", "received_at": "2031-03-03T08:00",
             "ref": "R-77"}  # fmt: skip
    answer = await fleet.operator.send("/do/pay", **given)
    assert answer.headers["location"] == "/console/contracts/CT-1?done=pay"
    page = await fleet.see("/contracts/CT-1?done=pay")
    assert "Le paiement est enregistré." in page
    assert "10 000 FCFA" in page
    await fleet.operator.send("/do/reverse", payment="R-77", why="corrected", reason="Saisi deux fois")
    assert "7 500 FCFA" in await fleet.see("/contracts/CT-1")
    assert "Saisi deux fois" in await fleet.see("/contracts/CT-1/story")
    acts = [row.action for row in await fleet.operator.rows(audit)]
    assert acts[-2:] == ["fleet.payment.recorded", "fleet.payment.reversed"]


async def test_what_is_wrong_in_a_form_is_said_beside_its_field(fleet: Fleet) -> None:
    given = {"contract": "CT-1", "amount": "beaucoup", "channel": "cash", "received_at": "2031-03-03T08:00",
             "ref": "deux mots"}  # fmt: skip
    answer = await fleet.operator.send("/do/pay", **given)
    assert answer.status_code == 422
    page = answer.text.replace("\u00a0", " ")
    assert 'id="wrong-amount">Ce n’est pas un nombre' in page
    assert 'id="wrong-ref">Ce n’est pas une référence' in page
    assert 'value="beaucoup"' in page
    given |= {"amount": "500", "ref": "R-1", "contract": "CT-9"}
    answer = await fleet.operator.send("/do/pay", **given)
    assert answer.status_code == 409
    await fleet.operator.becomes("planner")
    assert (await fleet.operator.http.get("/console/do/pay")).status_code == 403


async def test_a_draft_is_signed_and_a_contract_terminated(fleet: Fleet) -> None:
    assert "Contrats à signer" in await fleet.see("/")
    await fleet.operator.send("/do/sign", contract="CT-2")
    assert "en cours" in await fleet.see("/contracts/CT-2")
    await fleet.operator.send("/do/promise", contract="CT-1", amount="4500", until_on="2031-03-10")
    await fleet.operator.send("/do/terminate", contract="CT-1", kind="theft", reason="Moto volée")
    assert "Moto volée" in await fleet.see("/contracts/CT-1")
    assert "/console/cases/fleet.theft/M-CT-1" in await fleet.see("/bikes/M-CT-1")


async def test_one_field_looks_for_everything(fleet: Fleet) -> None:
    found = await fleet.see("/search?text=ngo")
    assert "Estelle Ngo Bum" in found
    assert "/console/contracts/CT-1" in found
    assert (await fleet.operator.http.get("/console/search?text=p-2")).status_code == 200
    straight = await fleet.operator.http.get("/console/search?text=CT-1")
    assert straight.headers["location"] == "/console/contracts/CT-1"
    assert "Rien n’a été trouvé" in await fleet.see("/search?text=girafe")


async def test_the_first_page_and_the_finances_say_what_is_late(fleet: Fleet) -> None:
    assert re.search(r"6 500 FCFA</a></dd><dd class=\"hint\">1 contrat en retard", await fleet.see("/"))
    page = await fleet.see("/finance")
    assert "1 à 7 jours" in page
    behind = re.search(r'href="/console(/ledger\?measure=collected[^"]+first=2031-02[^"]+)"', page)
    assert behind is not None
    entries = await fleet.see(behind[1].replace("&amp;", "&"))
    assert "7 500 FCFA" in entries
    assert (await fleet.operator.http.get("/console/ledger?measure=luck&of=fleet")).status_code == 400


async def test_a_tenant_without_a_fleet_is_not_shown_one(operator: Operator) -> None:
    assert "/console/stations" in await operator.see("/")
    await operator.reviewed("K-1", decided())
    assert "/console/stations" not in await operator.see("/")
