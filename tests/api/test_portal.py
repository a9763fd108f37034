"""Pages of one's own, by a link that is signed, ends, and opens nothing of anybody else."""

import httpx
import pytest

from adapters.links import SignedPersonLinks
from domain.links import PersonTarget
from tests.api.conftest import Caller, Clock, opened
from tests.api.samples import CONTRACTS, PAYMENTS, signed, xaf
from tests.ground import PUBLIC

__all__ = ["opened"]

TERMS = {
    "price": xaf(50_000), "down_payment": xaf(20_000), "instalments": 3, "frequency": "monthly",
    "first_due_on": "2031-01-05", "signed_on": "2030-12-20",
}  # fmt: skip
PAID = (
    ("P-0", "C-1", 20_000, "2030-12-20T10:00:00+01:00"),
    ("P-1", "C-1", 10_000, "2031-01-05T08:00:00+01:00"),
    ("P-9", "C-2", 10_000, "2031-01-05T08:00:00+01:00"),
)


async def page_link(douala: Caller, contact: str, kind: str = "driver", days: int = 30) -> str:
    given = {"kind": kind, "contact_ref": contact, "days": days}
    answer = await douala.post("/v1/fleet/page-links", json=given)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["url"]).removeprefix(PUBLIC)


@pytest.fixture
async def driver(douala: Caller) -> str:
    """A link of the driver of C-1, who paid the down payment and one instalment of three."""
    for number in (1, 2):
        driver = {"email": f"chauffeur{number}@example.org", "locale": "fr"}
        await douala.contact(f"D-{number}", **driver)
        given = signed(f"C-{number}", driver_ref=f"D-{number}", bike_ref=f"M-{number}", **TERMS)
        assert (await douala.post(CONTRACTS, json=given)).status_code == 201
    for ref, contract_ref, amount, at in PAID:
        given = {"ref": ref, "contract_ref": contract_ref, "received_at": at, "channel": "mobile_money"}
        assert (await douala.post(PAYMENTS, json={**given, "amount": xaf(amount)})).status_code == 201
    return await page_link(douala, "D-1")


async def test_a_driver_reads_what_is_due_paid_and_to_come(douala: Caller, driver: str) -> None:
    page = await douala.http.get(driver)
    assert page.status_code == 200
    assert page.headers["content-language"] == "fr"
    assert page.headers["cache-control"] == "no-store"
    for said in ("Moto M-1", "Contrat C-1", "Mes paiements", "mobile money", "30 000"):
        assert said in page.text.replace("\u202f", " ").replace("\xa0", " "), said
    assert "C-2" not in page.text
    for outside in ("<script", "src=", "https://", "@import", "url("):
        assert outside not in page.text
    assert "Up to date" not in page.text
    assert "My payments" in (await douala.http.get(driver, params={"lang": "en"})).text


async def test_a_receipt_is_a_document_of_one_payment_of_ones_own(douala: Caller, driver: str) -> None:
    receipt = await douala.http.get(f"{driver}/receipts/P-1")
    assert receipt.headers["content-type"] == "application/pdf"
    assert receipt.content.startswith(b"%PDF")
    for foreign in ("P-9", "P-none"):
        assert (await douala.http.get(f"{driver}/receipts/{foreign}")).status_code == 404
    reason = {"reason": "Refusé par l’opérateur"}
    assert (await douala.post("/v1/fleet/payments/P-1/reverse", json=reason)).status_code == 200
    assert (await douala.http.get(f"{driver}/receipts/P-1")).status_code == 404
    assert "annulé" in (await douala.http.get(driver)).text


async def test_who_took_a_contract_over_has_no_receipts_of_the_one_before(
    douala: Caller, driver: str
) -> None:
    """A receipt in one's own name for what somebody else has paid would be a false one."""
    handed = {"driver_ref": "D-2", "on": "2031-01-03", "reason": "His brother."}
    assert (await douala.post(f"{CONTRACTS}/C-1/driver", json=handed)).status_code == 200
    mine = await page_link(douala, "D-2")
    page = (await douala.http.get(mine)).text
    assert "P-1" in page
    assert "P-0" not in page
    assert (await douala.http.get(f"{mine}/receipts/P-1")).status_code == 200
    assert (await douala.http.get(f"{mine}/receipts/P-0")).status_code == 404
    assert (await douala.http.get(f"{driver}/receipts/P-0")).status_code == 404


async def test_a_driver_who_is_late_promises_on_the_page(douala: Caller, driver: str, clock: Clock) -> None:
    today = clock.at.date()
    page = (await douala.http.get(driver)).text
    assert "en retard" in page
    assert "Dire quand je paierai" in page
    path = f"{driver}/contracts/C-1/promise"
    wrong = await douala.http.post(path, data={"until": "2031-02-30", "amount": "10000"})
    assert (wrong.status_code, "Choisissez un jour possible" in wrong.text) == (422, True)
    told = await douala.http.post(path, data={"until": today.isoformat(), "amount": "dix"})
    assert (told.status_code, "Ce montant n’est pas valable" in told.text) == (422, True)
    foreign = await douala.http.post(
        f"{driver}/contracts/C-2/promise", data={"until": today.isoformat(), "amount": "1"}
    )
    assert foreign.status_code == 404
    kept = await douala.http.post(
        path, data={"until": today.isoformat(), "amount": "10000"}, follow_redirects=True
    )
    assert "Merci, c’est noté." in kept.text
    assert "Vous avez promis" in kept.text
    assert "Dire quand je paierai" not in kept.text


async def test_a_link_ends_and_a_forged_one_opens_nothing(douala: Caller, driver: str, clock: Clock) -> None:
    short = await page_link(douala, "D-1", days=1)
    before = clock.at
    clock.at = clock.at.replace(day=clock.at.day + 2)
    try:
        assert (await douala.http.get(short)).status_code == 410
        assert (await douala.http.get(driver)).status_code == 200
    finally:
        clock.at = before
    assert (await douala.http.get(driver[:-2])).status_code == 404
    target = PersonTarget(douala.tenant, "driver", "D-1", "k", clock.at.replace(year=2099))
    elsewhere = SignedPersonLinks(["another secret"], PUBLIC).to(target).removeprefix(PUBLIC)
    assert (await douala.http.get(elsewhere)).status_code == 404
    without_key = SignedPersonLinks(["a secret for tests"], PUBLIC).to(target).removeprefix(PUBLIC)
    assert (await douala.http.get(without_key)).status_code == 404


async def test_nobody_gets_a_link_for_nobody(douala: Caller) -> None:
    given = {"kind": "driver", "contact_ref": "D-none"}
    answer: httpx.Response = await douala.post("/v1/fleet/page-links", json=given)
    assert answer.status_code == 404
