"""A file is given in a browser, followed, and its wrong rows are put right with the keys alone."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from activities.fleet.intake import Intakes
from adapters.csv_fleet import CsvFleetFiles
from adapters.holidays import PublicHolidays
from database.fleet.tables import intake
from database.session import Database
from database.shared.people import Invited
from domain.calendar import local_date
from seeds import fleet
from tests.api.conftest import Clock
from tests.browser.barriers import check
from tests.browser.conftest import Site, Someone, staffed

HEADER = "payment_ref,contract_ref,received_at,amount_minor,channel"
ROWS = (
    "W-1,CT-001,2031-03-01T10:00:00+01:00,5000,mobile_money",
    "W-2,CT-001,2031-02-30T10:00:00+01:00,5000,mobile_money",
    "W-3,CT-999,2031-03-01T10:00:00+01:00,cinq mille,cash",
    "W-4,CT-002;2031-03-01",
)


@pytest.fixture
async def firm(database: Database, owner: Database, clock: Clock) -> Someone:
    details = {"name": "Motos Douala", "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    who = Invited("paul@example.org", "Paul Etoa", frozenset({"operator"}))
    firm = await staffed(database, owner, clock, who, **details)
    async with database.tenant(firm.tenant) as tx:
        home = replace(fleet.FIRM, id=firm.tenant)
        await fleet.fill(tx, home, local_date(clock.at, home.zone))
    return firm


async def goes_in(firm: Someone, site: Site) -> None:
    api = site.parts
    worker = Intakes(api.database, api.files, CsvFleetFiles(), PublicHolidays())
    for row in await firm.rows(intake):
        await worker.go_on(firm.tenant, row.id, lambda _: None)


async def test_a_file_is_given_followed_and_put_right(
    firm: Someone, page: Page, site: Site, tmp_path: Path
) -> None:
    file = tmp_path / "paiements de mars.csv"
    file.write_text("\n".join((HEADER, *ROWS)), "utf-8")
    await firm.sign_in(page)
    await page.goto("/console/payments")
    await page.get_by_role("link", name="Importer des paiements").click()
    await check(page)
    await page.get_by_label("Fichier (CSV ou XLSX)").set_input_files(file)
    await page.get_by_role("button", name="Importer").click()
    await expect(page.get_by_text("Il commence dans un instant")).to_be_visible()
    await check(page)
    await goes_in(firm, site)
    # The page asks for itself again.
    await expect(page.get_by_text("Tout est entré, sauf 3 lignes à corriger.", exact=True)).to_be_visible()
    await check(page)
    await page.get_by_role("link", name="W-2").click()
    await expect(page.get_by_text("n’est pas un moment")).to_be_visible()
    await check(page)
    await page.get_by_label("Reçu").fill("2031-03-02T10:00:00+01:00")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Entré sous W-2")).to_be_visible()
    await page.get_by_role("link", name="Corriger la suivante (il en reste 2)").press("Enter")
    await expect(page.get_by_text("cinq mille")).to_be_visible()
    await page.get_by_role("link", name="Voir l’import").click()
    await expect(page.get_by_text("sauf 2 lignes à corriger")).to_be_visible()
