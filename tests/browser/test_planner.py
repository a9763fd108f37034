"""A planner with a mouse: a visit is carried to another day, its price is seen, and only then it moves."""

from dataclasses import replace

import pytest
from playwright.async_api import Locator, Page, expect

from database.maintenance.tables import plan, visit
from database.session import Database
from database.shared.people import Invited
from domain.calendar import local_date
from seeds import maintenance
from tests.api.conftest import Clock
from tests.browser.barriers import barriers, check
from tests.browser.conftest import Someone, staffed


@pytest.fixture
async def firm(database: Database, owner: Database, clock: Clock) -> Someone:
    """The demonstration's electricians on the tests' day, and their planner."""
    details = {"name": "Électricité Annecy", "country": "FR", "zone": "Europe/Paris", "currency": "EUR"}
    firm = await staffed(
        database, owner, clock, Invited("lea@example.org", "Léa Dupont", frozenset({"planner"})), **details
    )
    async with database.tenant(firm.tenant) as tx:
        home = replace(maintenance.FIRM, id=firm.tenant)
        await maintenance.fill(tx, home, local_date(clock.at, home.zone))
    return firm


async def carry(page: Page, chip: Locator, cell: Locator) -> None:
    """As a hand does: a browser sees nobody over a cell who comes there in one leap."""
    await cell.scroll_into_view_if_needed()
    await chip.hover()
    await page.mouse.down()
    await cell.hover()
    await cell.hover(position={"x": 40, "y": 12})
    await page.mouse.up()


async def test_a_visit_is_carried_with_the_mouse(firm: Someone, page: Page) -> None:
    await firm.sign_in(page)
    await page.wait_for_url("**/console/**")
    for view in ("month", "day", "week"):
        await page.goto(f"/console/planning?view={view}")
        assert await barriers(page) == [], view
    waits = page.locator(".tray .chip[draggable]").first
    ref = await waits.get_attribute("data-visit")
    cells = page.locator("td.drop:not(.off)")
    await carry(page, waits, cells.nth(await cells.count() - 1))
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    await expect(dialog.locator(".price")).to_contain_text("€")
    before = {row.ref: row.technician_ref for row in await firm.rows(visit)}
    assert before[ref] is None
    await dialog.get_by_role("button", name="Annuler").click()
    await expect(dialog).to_be_hidden()

    placed = False
    for number in range(await cells.count()):
        cell = cells.nth(number)
        await carry(page, waits, cell)
        await expect(dialog).to_be_visible()
        await expect(dialog.locator(".wait")).to_be_hidden()
        if await dialog.get_by_role("button", name="Déplacer").is_enabled():
            await dialog.get_by_role("button", name="Déplacer").click()
            placed = True
            break
        await dialog.get_by_role("button", name="Annuler").click()
    assert placed
    await expect(page.get_by_role("status")).to_contain_text("La visite est déplacée.")
    after = {row.ref: row.technician_ref for row in await firm.rows(visit)}
    assert after[ref] is not None
    await check(page)
    await page.get_by_role("link", name="Revenir en arrière").click()
    await page.get_by_role("button", name="Revenir").click()
    await expect(page.get_by_role("status")).to_contain_text("Les tournées d’avant sont en vigueur")
    assert {row.ref: row.technician_ref for row in await firm.rows(visit)} == before


async def test_a_slot_is_given_on_the_telephone_to_a_customer(firm: Someone, page: Page) -> None:
    await firm.sign_in(page)
    await page.wait_for_url("**/console/**")
    await page.goto("/console/slots")
    await check(page)
    await page.get_by_label("Visite à planifier").select_option(index=3)
    await page.get_by_label("Jours à regarder").fill("10")
    await page.get_by_role("button", name="Chercher").click()
    await check(page)
    await page.get_by_role("button", name="Réserver").first.click()
    await expect(page.get_by_text("Réservé jusqu’à")).to_be_visible()
    await page.get_by_role("button", name="Confirmer").click()
    await page.wait_for_url("**/planning?view=day**")
    assert await barriers(page) == []


async def test_rounds_fit_a_telephone(firm: Someone, page: Page) -> None:
    """Nobody has to push a page to and fro."""
    await firm.sign_in(page)
    await page.wait_for_url("**/console/**")
    await page.set_viewport_size({"width": 390, "height": 844})
    (made,) = await firm.rows(plan)
    for path in (
        "planning",
        "planning?view=day",
        "planning?view=month",
        f"plans/{made.id}",
        "slots",
        "visits",
    ):
        await page.goto(f"/console/{path}")
        across = await page.evaluate("document.documentElement.scrollWidth")
        assert across <= 390, path
        assert await barriers(page) == [], path
