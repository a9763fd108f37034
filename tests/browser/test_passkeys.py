"""Passkeys in a real browser: made, shown at the door, shown as a second step and as a proof; and refused."""

from datetime import timedelta

import uvicorn
from playwright.async_api import Page, expect

from database.shared.sign_in_tables import letter, recovery_code
from database.shared.tables import alert, audit
from database.shared.token_tables import passkey
from tests.browser.conftest import Authenticator, Site, Someone, authenticator_of
from tests.ground import serve

HOME = "**/console/"
SHOW = "Montrer ma clé d’accès"
ENTER = "Entrer avec une clé d’accès"
REFUSED = "Cette clé d’accès n’ouvre rien ici"


async def registered(someone: Someone, page: Page) -> Authenticator:
    """Signs in by password and adds a passkey; the recovery codes of a first factor are shown."""
    authenticator = await authenticator_of(page)
    await someone.sign_in(page)
    await page.wait_for_url(HOME)
    await page.goto("/console/account")
    await page.get_by_role("button", name="Ajouter une clé d’accès").click()
    await page.get_by_label("Nom de cette clé").fill("Téléphone de Paul")
    await page.get_by_role("button", name="Créer la clé").click()
    await expect(page.get_by_role("heading", name="Codes de secours")).to_be_visible()
    return authenticator


async def is_refused(page: Page) -> None:
    """At the door, with a passkey: the page comes again, and says so."""
    async with page.expect_navigation():
        await page.get_by_role("button", name=ENTER).click()
    await expect(page.get_by_role("alert").filter(has_text=REFUSED)).to_be_visible()


async def acts(someone: Someone) -> list[tuple[str, object]]:
    return [(row.action, row.after) for row in await someone.rows(audit)]


async def test_a_passkey_is_made_and_opens_the_door_by_itself(someone: Someone, page: Page) -> None:
    authenticator = await registered(someone, page)
    assert len(await someone.rows(recovery_code)) == 10
    await page.goto("/console/account")
    await expect(page.get_by_text("Téléphone de Paul")).to_be_visible()
    [held] = await authenticator.credentials()
    [kept] = await someone.rows(passkey)
    assert (kept.name, kept.person_id, kept.suspect_at) == ("Téléphone de Paul", someone.person.id, None)
    assert held["privateKey"] not in repr(kept)
    await someone.sign_out(page)
    await page.get_by_role("button", name=ENTER).click()
    await page.wait_for_url(HOME)
    assert (await acts(someone))[-1] == ("sign_in.accepted", {"proof": "passkey"})
    assert {row.kind for row in await someone.rows(letter)} == {"factor_changed", "new_sign_in"}
    [used] = await someone.rows(passkey)
    assert used.sign_count > kept.sign_count
    assert used.used_at is not None


async def test_after_a_password_the_passkey_is_asked_as_the_second_step(someone: Someone, page: Page) -> None:
    authenticator = await registered(someone, page)
    await page.goto("/console/account")
    await someone.sign_out(page)
    await someone.sign_in(page)
    await page.wait_for_url("**/console/sign-in/passkey/second")
    await authenticator.knows_its_owner(False)
    await page.get_by_role("button", name=SHOW).click()
    await expect(page.get_by_role("alert")).to_contain_text("L’appareil n’a pas donné de clé")
    await authenticator.knows_its_owner(True)
    await page.get_by_role("button", name=SHOW).click()
    await page.wait_for_url(HOME)
    assert (await acts(someone))[-1] == ("sign_in.accepted", {"proof": "password+passkey"})


async def test_a_recovery_code_stands_in_for_a_lost_passkey(someone: Someone, page: Page) -> None:
    await registered(someone, page)
    code = await page.locator("code").first.inner_text()
    await page.goto("/console/account")
    await someone.sign_out(page)
    await someone.sign_in(page)
    await page.get_by_role("link", name="Employer un code de secours ou du téléphone").click()
    await page.get_by_label("Code").fill(code)
    await page.get_by_role("button", name="Entrer", exact=True).click()
    await page.wait_for_url(HOME)
    assert (await acts(someone))[-1] == ("sign_in.accepted", {"proof": "password+recovery_code"})


async def test_a_sensitive_act_asks_for_the_passkey_once_more(
    someone: Someone, page: Page, site: Site
) -> None:
    """The password does not do any more, once there is a second factor."""
    await registered(someone, page)
    site.clock.at += timedelta(minutes=6)
    await page.goto("/console/account")
    await page.get_by_role("button", name="Ajouter une clé d’accès").click()
    await page.wait_for_url("**/console/confirm/passkey?next=*")
    assert await page.get_by_label("Mot de passe").count() == 0
    await page.get_by_role("button", name=SHOW).click()
    await page.wait_for_url("**/console/account")
    await page.get_by_role("button", name="Retirer").click()
    await page.wait_for_url("**/console/account")
    assert await someone.rows(passkey) == []
    assert await someone.rows(recovery_code) == []
    assert [action for action, _ in await acts(someone)][-2:] == ["sign_in.proved", "factor.removed"]


async def test_a_removed_passkey_opens_nothing(someone: Someone, page: Page) -> None:
    """The authenticator still has it, and offers it."""
    authenticator = await registered(someone, page)
    await page.goto("/console/account")
    await page.get_by_role("button", name="Retirer").click()
    await expect(page.get_by_text("Téléphone de Paul")).to_be_hidden()
    await someone.sign_out(page)
    assert len(await authenticator.credentials()) == 1
    await is_refused(page)
    assert (await acts(someone))[-1] == ("sign_in.refused", {"factor": "passkey"})


async def test_a_copied_passkey_is_seen_and_opens_nothing_any_more(someone: Someone, page: Page) -> None:
    """The copy counts from where it was taken: whoever comes second gives both away."""
    authenticator = await registered(someone, page)
    [copy] = await authenticator.credentials()
    await page.goto("/console/account")
    for _ in range(2):
        await someone.sign_out(page)
        await page.get_by_role("button", name=ENTER).click()
        await page.wait_for_url(HOME)
    original = (await authenticator.credentials())[0]
    assert original["signCount"] > copy["signCount"]
    await someone.sign_out(page)
    await authenticator.forgets(copy["credentialId"])
    await authenticator.takes(copy)
    await is_refused(page)
    assert (await acts(someone))[-1] == ("passkey.copied", {"factor": "passkey", "suspect": True})
    assert "copiée" in (await someone.rows(alert))[-1].title["fr"]
    await authenticator.forgets(copy["credentialId"])
    await authenticator.takes(original)
    await is_refused(page)
    assert (await someone.rows(passkey))[0].suspect_at is not None
    await someone.sign_in(page)
    await page.wait_for_url("**/console/sign-in/passkey/second")


async def test_an_answer_that_was_overheard_opens_nothing(someone: Someone, page: Page) -> None:
    """Sent a second time, letter by letter, it is refused; so it is for another purpose, and too late."""
    await registered(someone, page)
    await page.goto("/console/account")
    await someone.sign_out(page)
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.post_data or "") if asked.method == "POST" else None)
    await page.get_by_role("button", name=ENTER).click()
    await page.wait_for_url(HOME)
    [heard] = [one for one in sent if "credential=" in one]
    form = {"content-type": "application/x-www-form-urlencoded"}
    for place in ("/console/sign-in/passkey", "/console/sign-in/passkey/second", "/console/confirm/passkey"):
        again = await page.context.request.post(place, data=heard, headers=form, max_redirects=0)
        assert again.status in (303, 401, 403), place
        assert "__Host-echeance=" not in again.headers.get("set-cookie", ""), place
    refused = [act for act in await acts(someone) if act[0] != "access.refused"]
    assert refused[-1] == ("sign_in.refused", {"factor": "passkey"})


async def test_what_a_false_site_gets_out_of_a_passkey_opens_nothing_here(
    someone: Someone, page: Page, site: Site
) -> None:
    """The browser itself keeps other names out; here even the name is ours, and only the port is not."""
    authenticator = await registered(someone, page)
    await page.goto("/console/account")
    await someone.sign_out(page)
    server = uvicorn.Server(uvicorn.Config(site.app, "127.0.0.1", 0, log_level="error", lifespan="off"))
    async with serve(server) as elsewhere:
        await page.goto(f"{elsewhere.replace('127.0.0.1', 'localhost')}/console/sign-in")
        await is_refused(page)
    assert len(await authenticator.credentials()) == 1
    assert (await acts(someone))[-1] == ("sign_in.refused", {"factor": "passkey"})


async def test_a_suspended_person_is_refused_with_a_good_passkey(someone: Someone, page: Page) -> None:
    await registered(someone, page)
    await page.goto("/console/account")
    await someone.sign_out(page)
    await someone.is_suspended()
    await is_refused(page)


async def test_a_page_that_stood_open_too_long_asks_anew(someone: Someone, page: Page, site: Site) -> None:
    await registered(someone, page)
    await page.goto("/console/account")
    await someone.sign_out(page)
    site.clock.at += timedelta(minutes=5)
    await is_refused(page)
    await page.get_by_role("button", name=ENTER).click()
    await page.wait_for_url(HOME)
