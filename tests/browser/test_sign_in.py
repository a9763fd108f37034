"""The door and the account in a real browser: what it keeps, what it refuses, how it fits a telephone."""

import pyotp
import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Site, Someone

HOME = "**/console/"
EVIL = "http://evil.example"


async def put_up(page: Page, html: str) -> None:
    """A page of another site."""

    async def answered(route: object) -> None:
        await route.fulfill(body=html, content_type="text/html")  # type: ignore[attr-defined]

    await page.route(f"{EVIL}/", answered)
    await page.goto(f"{EVIL}/")


async def is_as_wide_as_its_window(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_the_cookies_are_kept_on_this_machine_and_no_script_reads_them(
    someone: Someone, page: Page, site: Site, host: str
) -> None:
    """They are marked Secure: over plain HTTP a browser takes them from the machine itself alone."""
    address = site.address.replace("localhost", host)
    await page.goto(f"{address}/console/sign-in")
    await page.get_by_label("Espace").fill(someone.tenant)
    await page.get_by_label("Adresse électronique").fill(someone.person.email)
    await page.get_by_label("Mot de passe").fill(someone.password)
    await page.keyboard.press("Enter")
    await page.wait_for_url(HOME)
    kept = {cookie["name"]: cookie for cookie in await page.context.cookies(address)}
    assert {"__Host-echeance", "__Host-echeance-device", "__Host-echeance-workspace"} <= set(kept)
    for cookie in kept.values():
        assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Strict")
    assert await page.evaluate("document.cookie") == ""
    await page.goto(f"{address}/console/account")
    await expect(page.get_by_role("heading", name="Mon compte")).to_be_visible()
    await someone.sign_out(page)
    await page.go_back()
    await page.wait_for_url("**/console/sign-in")
    await expect(page.get_by_role("heading", name="Mon compte")).to_have_count(0)


async def test_a_second_factor_is_added_and_asked(someone: Someone, page: Page, site: Site) -> None:
    await someone.sign_in(page)
    await page.wait_for_url(HOME)
    await page.goto("/console/account")
    await page.get_by_role("button", name="Ajouter", exact=True).click()
    shown = page.get_by_alt_text("Code QR pour l’application d’authentification")
    assert await shown.evaluate("image => image.complete && image.naturalWidth > 100")
    secret = pyotp.TOTP(await page.locator("code.secret").inner_text())
    await page.get_by_label("Code").fill(secret.at(site.clock.at))
    await page.get_by_role("button", name="Activer").click()
    await expect(page.locator(".codes code")).to_have_count(10)
    await someone.sign_out(page)
    await expect(page.get_by_label("Espace")).to_have_value(someone.tenant)
    site.clock.forward(seconds=30)
    await someone.sign_in(page)
    await page.get_by_label("Code").fill(secret.at(site.clock.at))
    await page.keyboard.press("Enter")
    await page.wait_for_url(HOME)


async def test_every_page_of_the_door_fits_a_telephone(someone: Someone, page: Page) -> None:
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto("/console/sign-in")
    assert await is_as_wide_as_its_window(page)
    await page.get_by_label("Mot de passe").fill("ce n’est pas le bon")
    await page.get_by_label("Espace").fill(someone.tenant)
    await page.get_by_label("Adresse électronique").fill(someone.person.email)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("ne va pas")
    await expect(page.get_by_label("Mot de passe")).to_be_focused()
    await expect(page.get_by_label("Mot de passe")).to_have_value("")
    assert await is_as_wide_as_its_window(page)
    await page.get_by_role("button", name="Recevoir un lien par courriel").click()
    await expect(page.get_by_role("heading", name="Regardez votre courriel")).to_be_visible()
    assert await is_as_wide_as_its_window(page)
    await someone.sign_in(page)
    await page.wait_for_url(HOME)
    for path in ("/console/account", "/console/confirm", f"/console/enter/{someone.tenant}.{'x' * 43}"):
        await page.goto(path)
        assert await is_as_wide_as_its_window(page), path


async def test_a_form_of_another_site_signs_nobody_in(someone: Someone, page: Page, site: Site) -> None:
    fields = {"workspace": someone.tenant, "email": someone.person.email, "password": someone.password}
    typed = "".join(f'<input name="{name}" value="{value}">' for name, value in fields.items())
    await put_up(
        page, f'<form method="post" action="{site.address}/console/sign-in">{typed}<button>go</form>'
    )
    async with page.expect_response("**/console/sign-in") as answered:
        await page.get_by_role("button", name="go").click()
    assert (await answered.value).status == 403
    assert await page.context.cookies(site.address) == []


async def test_another_site_frames_nothing_and_a_link_in_a_mail_leads_on(
    someone: Someone, page: Page, site: Site
) -> None:
    await someone.sign_in(page)
    await page.wait_for_url(HOME)
    mail, home = await page.context.new_page(), f"{site.address}/console/"
    await put_up(mail, f'<iframe src="{home}"></iframe><a href="{home}account">x</a>')
    assert [frame.url for frame in mail.frames] == [f"{EVIL}/", "chrome-error://chromewebdata/"]
    await mail.get_by_role("link", name="x").click()
    await expect(mail.get_by_role("heading", name="Mon compte")).to_be_visible()
    await someone.sign_out(page)
    await mail.goto(f"{EVIL}/")
    await mail.get_by_role("link", name="x").click()
    await mail.wait_for_url("**/console/sign-in")
