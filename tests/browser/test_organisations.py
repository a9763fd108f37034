"""From house to house in a real browser: its cookies stay at home, and the person arrives all the same."""

import base64
import hashlib
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from playwright.async_api import Page, expect

from database.shared.identities import set_provider
from database.shared.oauth import create_client
from database.shared.tables import audit
from domain.identity import Provider
from tests.api.conftest import Clock
from tests.browser.conftest import Site, Someone
from tests.ground import KEYRING
from tests.oidc_twin import CLIENT, SECRET, OidcTwin, serve_oidc

HOME = "**/console/"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
async def elsewhere(clock: Clock) -> AsyncIterator[OidcTwin]:
    """Another site than ours, for a browser: 127.0.0.1 beside localhost."""
    async with serve_oidc(clock) as twin:
        yield twin


async def test_a_person_comes_in_by_their_organisation(
    someone: Someone, page: Page, elsewhere: OidcTwin
) -> None:
    async with someone.caller.database.tenant(someone.tenant) as tx:
        given = Provider("main", "Firm", elsewhere.issuer, CLIENT, SECRET)
        await set_provider(tx, someone.tenant, given, KEYRING)
    for _ in range(2):
        await page.goto("/console/sign-in")
        await page.get_by_label("Espace").fill(someone.tenant)
        await page.get_by_role("button", name="Entrer par mon organisation").click()
        await page.get_by_role("link", name="Oui").click()
        await page.wait_for_url(HOME)
        await page.goto("/console/account")
        await someone.sign_out(page)
    proofs = [row.after for row in await someone.rows(audit) if row.action == "sign_in.accepted"]
    assert proofs == [{"proof": "organisation"}] * 2


async def test_a_link_from_another_site_finds_the_person_signed_in_and_leads_back_with_a_code(
    someone: Someone, page: Page, site: Site, elsewhere: OidcTwin
) -> None:
    """A program of another house asks: our strict cookie comes with the second request, a code goes back."""
    back = f"{elsewhere.issuer}/signed-in"
    async with someone.caller.database.tenant(someone.tenant) as tx:
        program = await create_client(tx, someone.tenant, "Tournées", [back])
    await someone.sign_in(page)
    await page.wait_for_url(HOME)
    asked = {
        "response_type": "code", "client_id": program.id, "redirect_uri": back, "state": "s-1",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    }  # fmt: skip
    await page.goto(f"{elsewhere.issuer}/authorize?state=x")
    await page.evaluate(
        "to => { location.href = to }", f"{site.address}/console/authorize?{urlencode(asked)}"
    )
    await expect(page.get_by_role("heading", name="Tournées demande à entrer")).to_be_visible()
    await page.locator("form[action*=authorize] button.primary").click()
    await page.wait_for_url(f"{back}?*")
    given = parse_qs(urlsplit(page.url).query)
    assert (given["state"], given["iss"]) == (["s-1"], [site.address])
    form = {
        "grant_type": "authorization_code", "client_id": program.id, "code": given["code"][0],
        "redirect_uri": back, "code_verifier": VERIFIER,
    }  # fmt: skip
    async with httpx.AsyncClient(base_url=site.address, trust_env=False) as http:
        tokens = (await http.post("/oauth/token", data=form)).json()
        me = await http.get("/v1/me", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert me.json()["who"] == f"person:{someone.person.id}"


async def test_a_form_of_another_site_does_nothing_in_the_persons_name(
    someone: Someone, page: Page, site: Site, elsewhere: OidcTwin
) -> None:
    await someone.sign_in(page)
    await page.wait_for_url(HOME)
    before = len(await someone.rows(audit))
    for path in ("account/sessions/end-others", "sign-out", "account/passkeys/begin", "authorize"):
        await page.goto(f"{elsewhere.issuer}/authorize?state=x")
        async with page.expect_navigation():
            await page.evaluate(
                "to => { const f = document.createElement('form'); f.method = 'post'; f.action = to; "
                "document.body.append(f); f.submit(); }",
                f"{site.address}/console/{path}",
            )
    assert len(await someone.rows(audit)) == before
    await page.goto("/console/account")
    await expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()
