"""A day of an operator, an administrator, a driver and an investor, in a real browser.

Every page that they see is free of barriers.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.links import SignedPersonLinks
from database.fleet.investor_tables import investor_contract
from database.fleet.tables import payment, promise
from database.session import Database
from database.shared import effects
from database.shared.audience import key_of
from database.shared.people import Invited
from database.shared.tables import person, rule_revision
from domain.calendar import local_date
from domain.case import Case
from domain.decision import Bilingual, Step
from domain.links import PersonTarget
from seeds import fleet
from tests.api.conftest import Clock
from tests.browser.barriers import barriers, check
from tests.browser.conftest import Site, Someone, staffed
from tests.ground import KEYRING
from web.console.navigation import GROUPS

LATE = "CT-005"
DRIVER = "CH-005"


@pytest.fixture
async def firm(database: Database, owner: Database, clock: Clock) -> Someone:
    """The demonstration's fleet on the tests' day, an administrator, an alert about a late driver."""
    details = {"name": "Motos Douala", "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    firm = await staffed(
        database,
        owner,
        clock,
        Invited("paul@example.org", "Paul Etoa", frozenset({"administrator"})),
        **details,
    )
    async with database.tenant(firm.tenant) as tx:
        home = replace(fleet.FIRM, id=firm.tenant)
        await fleet.fill(tx, home, local_date(clock.at, home.zone))
        await alert(tx, firm.tenant, clock)
    return firm


async def alert(tx: AsyncConnection, home: str, clock: Clock) -> None:
    case = Case(home, "fleet.dunning", LATE, "Africa/Douala")
    step = Step(
        "phone", "alert", f"fleet.dunning:{LATE}:phone", clock.at.date(), to="collections",
        title=Bilingual("Appeler le conducteur", "Call the driver"),
    )  # fmt: skip
    await effects.raise_alert(tx, case, step, clock.at - timedelta(hours=2))


async def becomes(firm: Someone, role: str) -> None:
    async with firm.caller.database.tenant(firm.tenant) as tx:
        await tx.execute(update(person).where(person.c.id == firm.person.id).values(roles=[role]))


@pytest.fixture
async def telephone(browser: Browser, site: Site) -> AsyncIterator[Page]:
    """As a driver in the street has it, in the dark."""
    context = await browser.new_context(
        base_url=site.address, locale="fr-FR", viewport={"width": 390, "height": 844},
        color_scheme="dark", has_touch=True, is_mobile=True,
    )  # fmt: skip
    context.set_default_timeout(10_000)
    yield await context.new_page()
    await context.close()


async def test_the_day_of_an_operator(firm: Someone, page: Page) -> None:
    """An alert is taken, the driver is found, pays, and the alert is closed."""
    await becomes(firm, "operator")
    await firm.sign_in(page)
    await page.wait_for_url("**/console/")
    await check(page)
    await page.get_by_role("button", name="Je m’en occupe").click()
    await expect(page.get_by_text("pris par")).to_be_visible()

    await page.get_by_role("searchbox").first.fill(LATE)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text(LATE)
    await check(page)
    for tab in ("Échéancier", "Histoire"):
        await page.get_by_role("link", name=tab, exact=True).click()
        await check(page)
    await page.goto(f"/console/contracts/{LATE}")
    await page.get_by_role("link", name="Enregistrer un paiement").click()
    await check(page)
    await page.get_by_label("Montant").fill("27000")
    await page.get_by_role("button", name="Enregistrer", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("Le paiement est enregistré.")
    paid = [row for row in await firm.rows(payment) if row.source == "console"]
    assert [(row.contract_ref, row.amount_minor) for row in paid] == [(LATE, 27_000)]

    await page.goto("/console/alerts")
    await page.get_by_text("Clore avec une note").click()
    await page.get_by_label("Ce qui a été fait").fill("Il a payé au guichet.")
    await page.get_by_role("button", name="Clore", exact=True).click()
    await page.goto("/console/alerts?state=closed")
    await expect(page.get_by_text("Il a payé au guichet.")).to_be_visible()
    await check(page)


async def test_every_page_of_the_menu_can_be_used_by_everybody(firm: Someone, page: Page) -> None:
    await firm.sign_in(page)
    await page.wait_for_url("**/console/")
    found: list[str] = []
    for place in (place for group in GROUPS for place in group.places):
        answer = await page.goto(f"/console{place.path}")
        assert answer is not None
        if answer.status != 200:
            found.append(f"{place.path}: {answer.status}")
            continue
        assert await page.locator("h1").count() == 1, place.path
        found += await barriers(page)
    assert found == []


async def test_the_menu_is_used_on_a_telephone_and_with_keys_alone(firm: Someone, telephone: Page) -> None:
    await firm.sign_in(telephone)
    await telephone.wait_for_url("**/console/")
    await check(telephone)
    await telephone.keyboard.press("Tab")
    await telephone.keyboard.press("Enter")
    assert await telephone.evaluate("document.activeElement.id") == "content"
    await telephone.get_by_role("button", name="Menu").press("Enter")
    await telephone.get_by_role("link", name="Contrats", exact=True).press("Enter")
    await expect(telephone.get_by_role("heading", level=1)).to_have_text("Contrats")
    await check(telephone)
    await telephone.goto(f"/console/contracts/{LATE}")
    await check(telephone)


async def test_the_day_of_an_administrator(firm: Someone, page: Page) -> None:
    """A rule book is written with its mistakes shown while one writes, kept, compared and published."""
    await firm.sign_in(page)
    await page.wait_for_url("**/console/")
    await page.goto("/console/books/fleet/dunning")
    await check(page)
    await page.get_by_role("link", name="Écrire une révision").click()
    text = page.get_by_label("Texte du livre")
    sound = await text.input_value()
    await text.fill(sound.replace("days: 4..7", "days: 4..frm"))
    verdict = page.locator("#verdict")
    await expect(verdict).to_contain_text("à corriger")
    await check(page)
    await verdict.get_by_role("link").first.click()
    assert await text.evaluate("area => area === document.activeElement && area.selectionStart > 0")
    await text.fill(sound.replace("days: 4..7", "days: 4..6").replace("days: 8..14", "days: 7..14"))
    await expect(verdict).not_to_contain_text("frm")
    await text.fill(sound.replace('version: "1"', 'version: "2"'))
    await expect(verdict).to_contain_text("valide")
    await page.get_by_label("Ce qui change").fill("Notre propre numéro.")
    await page.get_by_role("button", name="Garder la révision").click()
    await expect(page.get_by_role("status")).to_contain_text("est gardée")
    assert [row.version for row in await firm.rows(rule_revision)] == ["2"]
    await check(page)
    await page.goto("/console/settings")
    await page.get_by_label("De", exact=True).fill("19:30")
    await page.get_by_role("button", name="Enregistrer").click()
    await expect(page.get_by_role("status")).to_contain_text("enregistrés")
    await page.goto("/console/audit")
    await expect(page.get_by_text("settings.changed").first).to_be_visible()
    await check(page)


async def link(firm: Someone, site: Site, kind: str, contact: str) -> str:
    async with firm.caller.database.tenant(firm.tenant) as tx:
        key = await key_of(tx, KEYRING, firm.tenant, contact)
    until = site.clock.at + timedelta(days=30)
    links = SignedPersonLinks(["a secret for tests"], site.address)
    return links.to(PersonTarget(firm.tenant, kind, contact, key, until))


async def test_the_day_of_a_driver(firm: Someone, telephone: Page, site: Site, tmp_path: Path) -> None:
    """What is due is read on a telephone, a receipt fetched, and the rest promised."""
    await telephone.goto(await link(firm, site, "driver", DRIVER))
    await expect(telephone.get_by_text("À payer aujourd’hui")).to_be_visible()
    await check(telephone)
    async with telephone.expect_download() as begun:
        await telephone.get_by_role("link", name="Reçu du").first.click()
    receipt = tmp_path / "receipt.pdf"
    await (await begun.value).save_as(receipt)
    assert receipt.read_bytes().startswith(b"%PDF")
    await telephone.get_by_text("Dire quand je paierai").click()
    await telephone.get_by_label("Je paierai le").fill((site.clock.at + timedelta(days=3)).date().isoformat())
    await telephone.get_by_role("button", name="Je m’engage").click()
    await expect(telephone.get_by_role("status")).to_have_text("Merci, c’est noté.")
    await check(telephone)
    assert DRIVER in {row.by.removeprefix("link:") for row in await firm.rows(promise)}
    await telephone.get_by_role("link", name="English").click()
    await expect(telephone.get_by_text("My payments")).to_be_visible()


async def test_the_day_of_an_investor(firm: Someone, page: Page, site: Site) -> None:
    """The share that was earned, the bikes behind it, and how the figures are made."""
    first, *_ = await firm.rows(investor_contract)
    await page.goto(await link(firm, site, "investor", first.investor_ref))
    await expect(page.get_by_text("Votre part gagnée à ce jour").first).to_be_visible()
    await expect(page.get_by_text("Mes motos").first).to_be_visible()
    await page.get_by_text("Comment ces chiffres sont calculés").first.click()
    await check(page)
