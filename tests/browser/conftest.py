"""The real application, served on this machine, in Debian's Chromium."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright
from sqlalchemy import select, update

from adapters.guarded_http import guarded_client
from adapters.local.ports import choose_port
from adapters.oidc import OpenId
from api.parts import Parts
from api.tokens import JwtTokens
from database.session import Database
from database.shared import people
from database.shared.passwords import set_password
from database.shared.people import Invited, Person
from database.shared.signing_keys import SigningKeys
from database.shared.tables import person, tenant
from rules.library import Library
from rules.vocabulary import shipped_vocabulary
from serving import assemble
from tests.api.conftest import Caller, Clock, clock, links, new_caller, parts, signer, store
from tests.ground import KEYRING, ROOT, serve
from web.console.parts import Parts as ConsoleParts
from web.console.router import mount_console

__all__ = ["clock", "links", "parts", "signer", "store"]

CHROMIUM = "/usr/bin/chromium"
PASSWORD = "sept girafes sous la pluie"


@dataclass
class Site:
    """``address`` has a name, for passkeys belong to one."""

    address: str
    app: FastAPI
    parts: Parts
    clock: Clock


@dataclass
class Someone:
    """A person of a tenant of their own, before they open a browser."""

    caller: Caller
    person: Person
    password: str = PASSWORD

    @property
    def tenant(self) -> str:
        return self.caller.tenant

    async def rows(self, table: Any) -> list[Any]:
        async with self.caller.database.tenant(self.tenant) as tx:
            return list(await tx.execute(select(table).order_by(*table.primary_key)))

    async def sign_in(self, page: Page) -> None:
        await page.goto("/console/sign-in")
        await page.get_by_label("Espace").fill(self.tenant)
        await page.get_by_label("Adresse électronique").fill(self.person.email)
        await page.get_by_label("Mot de passe").fill(self.password)
        await page.get_by_role("button", name="Entrer", exact=True).click()

    async def is_suspended(self) -> None:
        async with self.caller.database.tenant(self.tenant) as tx:
            mine = person.c.id == self.person.id
            await tx.execute(update(person).where(mine).values(state=people.SUSPENDED))

    async def sign_out(self, page: Page) -> None:
        await page.get_by_role("button", name="Se déconnecter").click()
        await page.wait_for_url("**/console/sign-in")


@pytest.fixture(scope="session")
async def site(parts: Parts, clock: Clock, database: Database) -> AsyncIterator[Site]:
    port, _ = choose_port(0)
    address = f"http://localhost:{port}"
    tokens = JwtTokens(SigningKeys(database, KEYRING.master), address)
    served = replace(parts, tokens=tokens)
    app = assemble(served)
    library = Library(ROOT / "rules", shipped_vocabulary(ROOT / "templates"))
    console = ConsoleParts(
        served, library, ROOT / "rules", ("a secret for tests",),
        organisations=OpenId(partial(guarded_client, True), plain=True),
    )  # fmt: skip
    mount_console(app, console)
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", port, log_level="error", lifespan="off"))
    async with serve(server):
        yield Site(address, app, served, clock)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Without the sandbox: the suite may run as root, where Chromium has none."""
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
async def context(browser: Browser, site: Site) -> AsyncIterator[BrowserContext]:
    """A browser of its own: no cookie of another test."""
    context = await browser.new_context(base_url=site.address, locale="fr-FR")
    context.set_default_timeout(10_000)
    yield context
    await context.close()


@pytest.fixture
async def page(context: BrowserContext) -> AsyncIterator[Page]:
    """Whatever the page's own policy refuses fails the test."""
    page = await context.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Policy" in said.text else None)
    yield page
    assert refused == []


@pytest.fixture
async def someone(database: Database, owner: Database, clock: Clock) -> Someone:
    return await staffed(
        database, owner, clock, Invited("paul@example.org", "Paul Etoa", frozenset({"administrator"}))
    )


@dataclass
class Authenticator:
    """A virtual one, as built into a telephone: it holds passkeys and knows who touches it."""

    session: CDPSession
    id: str

    async def credentials(self) -> list[dict[str, Any]]:
        told = await self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        found: list[dict[str, Any]] = told["credentials"]
        return found

    async def takes(self, credential: dict[str, Any]) -> None:
        await self.session.send(
            "WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential}
        )

    async def forgets(self, credential: str) -> None:
        await self.session.send(
            "WebAuthn.removeCredential", {"authenticatorId": self.id, "credentialId": credential}
        )

    async def knows_its_owner(self, yes: bool) -> None:
        await self.session.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": yes}
        )


async def authenticator_of(page: Page) -> Authenticator:
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return Authenticator(session, made["authenticatorId"])


async def staffed(
    database: Database, owner: Database, clock: Clock, who: Invited, **details: str
) -> "Someone":  # fmt: skip
    """Somebody of a new tenant who signs in with a password alone."""
    caller = await new_caller(httpx.AsyncClient(), database, owner, clock, **details)
    async with owner.anyone() as tx:
        await tx.execute(update(tenant).where(tenant.c.id == caller.tenant).values(second_factor="off"))
    async with database.tenant(caller.tenant) as tx:
        made = await people.invite(tx, caller.tenant, who, "test", people.ACTIVE)
        await people.seen(tx, caller.tenant, made.id, clock.at)
        await set_password(tx, caller.tenant, made, PASSWORD, clock.at)
    return Someone(caller, made)
