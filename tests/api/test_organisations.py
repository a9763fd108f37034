"""Signing in with an organisation's identity provider: who is let in, and what a false answer gets."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from html import unescape
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from adapters.guarded_http import guarded_client
from adapters.oidc import OpenId
from api.app import create_app
from api.parts import Parts
from database.session import Database
from database.shared import people
from database.shared.identities import set_provider
from database.shared.passkeys import Passkey, add
from database.shared.people import Invited
from database.shared.sessions import IDLE, LONGEST
from database.shared.tables import audit, person, tenant
from database.shared.token_tables import identity, identity_provider
from domain.errors import BadInput
from domain.identity import Provider
from tests.api.conftest import Clock, new_caller
from tests.api.test_console import Operator, console_parts
from tests.ground import KEYRING, PUBLIC
from tests.oidc_twin import CLIENT, SECRET, OidcTwin, serve_oidc
from web.console.organisations import COOKIE as ORGANISATION
from web.console.parts import Parts as ConsoleParts
from web.console.router import mount_console
from web.console.session import COOKIE

__all__ = ["console_parts"]

BEGIN = "/console/sign-in/organisation"
REFUSED = "ne vous a pas fait entrer"
DOWN = "ne répond pas"


@pytest.fixture(scope="module")
async def provider(clock: Clock) -> AsyncIterator[OidcTwin]:
    async with serve_oidc(clock) as twin:
        yield twin


@pytest.fixture(scope="module")
def open_app(parts: Parts, console_parts: ConsoleParts) -> FastAPI:
    """In a house whose provider stands on this machine."""
    app = create_app(parts)
    organisations = OpenId(partial(guarded_client, True), plain=True)
    mount_console(app, replace(console_parts, organisations=organisations))
    return app


@pytest.fixture
async def guest(
    open_app: FastAPI, provider: OidcTwin, database: Database, owner: Database, clock: Clock
) -> AsyncIterator[Operator]:
    provider.honest()
    transport = httpx.ASGITransport(app=open_app)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as http:
        caller = await new_caller(http, database, owner, clock)
        async with owner.anyone() as tx:
            await tx.execute(update(tenant).where(tenant.c.id == caller.tenant).values(second_factor="off"))
        await offered(database, caller.tenant, provider.issuer)
        yield Operator(http, database, caller.tenant, caller.key, clock)


async def offered(database: Database, home: str, issuer: str, **given: Any) -> None:
    async with database.tenant(home) as tx:
        await set_provider(tx, home, Provider("main", "Firm", issuer, CLIENT, SECRET, **given), KEYRING)


async def sent(guest: Operator) -> str:
    """Where the browser is led to, once the person has named their workspace."""
    answer = await guest.http.post(BEGIN, data={"workspace": guest.tenant, "email": ""})
    assert answer.status_code == 200, answer.text
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.text)
    assert found is not None
    return unescape(found[1])


async def came_back(guest: Operator, provider: OidcTwin, **changed: str) -> httpx.Response:
    asked = dict(parse_qsl(urlsplit(await sent(guest)).query))
    back = urlsplit(provider.allowed(asked))
    query = {**dict(parse_qsl(back.query)), **changed}
    return await guest.http.get(f"{back.path}?{urlencode({k: v for k, v in query.items() if v})}")


def is_refused(answer: httpx.Response) -> None:
    assert (answer.status_code, REFUSED in answer.text) == (401, True), answer.text
    assert COOKIE not in answer.cookies


async def test_who_was_invited_comes_in_and_is_known_by_the_subject_from_then_on(
    guest: Operator, provider: OidcTwin
) -> None:
    id = await guest.join(password="")
    answer = await came_back(guest, provider)
    assert answer.headers["location"] == "/console/"
    assert COOKIE in guest.http.cookies
    [tied] = await guest.rows(identity)
    assert (tied.subject, tied.person_id) == ("248289761001", id)
    trail = [(row.action, row.after) for row in await guest.rows(audit)]
    assert trail[-1] == ("sign_in.accepted", {"proof": "organisation"})
    await guest.send("/sign-out")
    provider.claims = {"email": "paul.new@example.org", "email_verified": False}
    assert (await came_back(guest, provider)).headers["location"] == "/console/"
    assert len(await guest.rows(identity)) == 1


async def test_a_session_of_an_organisation_lives_as_long_as_any_other(
    guest: Operator, provider: OidcTwin
) -> None:
    """The provider is asked when it begins and not again."""
    await guest.join(password="")
    await came_back(guest, provider)
    began = guest.clock.at
    while guest.clock.at - began < LONGEST - IDLE:
        guest.clock.forward(minutes=29)
        assert (await guest.http.get("/console/")).status_code == 200
    guest.clock.at = began + LONGEST
    assert (await guest.http.get("/console/")).status_code == 303
    await came_back(guest, provider)
    assert (await guest.http.get("/console/")).status_code == 200
    guest.clock.forward(minutes=30)
    assert (await guest.http.get("/console/")).status_code == 303


async def test_what_is_asked_of_the_provider_holds_the_answer_to_this_browser(guest: Operator) -> None:
    first, second = await sent(guest), await sent(guest)
    asked = parse_qs(urlsplit(first).query)
    assert asked["response_type"] == ["code"]
    assert asked["redirect_uri"] == [f"{PUBLIC}/console/sign-in/organisation/back"]
    assert asked["code_challenge_method"] == ["S256"]
    for held in ("state", "nonce", "code_challenge"):
        assert len(asked[held][0]) == 43
        assert asked[held] != parse_qs(urlsplit(second).query)[held]
    assert SECRET not in first


async def test_a_stranger_is_refused_and_so_is_an_address_that_is_not_verified(
    guest: Operator, provider: OidcTwin
) -> None:
    is_refused(await came_back(guest, provider))
    await guest.join(password="")
    for claims in ({"email_verified": False}, {"email_verified": None}, {"email_verified": "yes"},
                   {"email": None}, {"email": ["paul@example.org"]}, {"email": "paul@example.org\n"},
                   {"email": "PAUL@EXAMPLE.ORG.evil.example"}):  # fmt: skip
        provider.claims = claims
        is_refused(await came_back(guest, provider))
    assert await guest.rows(identity) == []


async def test_an_address_that_was_given_to_somebody_else_does_not_open_the_first_ones_account(
    guest: Operator, provider: OidcTwin
) -> None:
    await guest.join(password="")
    assert (await came_back(guest, provider)).status_code == 303
    await guest.send("/sign-out")
    provider.claims = {"sub": "the next Paul"}
    is_refused(await came_back(guest, provider))


async def test_a_domain_comes_in_by_itself_with_the_roles_that_were_set(
    guest: Operator, provider: OidcTwin
) -> None:
    given = {"domains": frozenset({"example.org"}), "roles": frozenset({"technician"})}
    await offered(guest.database, guest.tenant, provider.issuer, **given)
    provider.claims = {"email": "Lea@Example.org", "sub": "lea", "name": "Léa Morel"}
    assert (await came_back(guest, provider)).status_code == 303
    [made] = await guest.rows(person)
    assert (made.full_name, made.roles, made.state) == ("Léa Morel", ["technician"], "active")
    assert made.created_by == "provider:main"
    for email in ("x@evil.example", "x@sub.example.org", "x@example.org.evil.example", "example.org"):
        provider.claims = {"email": email, "sub": email}
        is_refused(await came_back(guest, provider))


async def test_a_suspended_person_stays_out_however_the_provider_calls_them(
    guest: Operator, provider: OidcTwin
) -> None:
    id = await guest.join(password="")
    assert (await came_back(guest, provider)).status_code == 303
    async with guest.database.tenant(guest.tenant) as tx:
        other = Invited("b@example.org", "B", frozenset({"administrator"}))
        await people.invite(tx, guest.tenant, other, "test", people.ACTIVE)
        await people.change(tx, guest.tenant, id, state=people.SUSPENDED)
    is_refused(await came_back(guest, provider))


async def test_an_answer_that_this_browser_did_not_ask_for_is_refused(
    guest: Operator, provider: OidcTwin
) -> None:
    """Forged states, codes of others, no cookie, another issuer (RFC 9207), too late, a second time."""
    await guest.join(password="")
    changes: tuple[dict[str, str], ...] = (
        {"state": "s" * 43}, {"state": ""}, {"code": ""}, {"code": "x" * 3000}, {"code": "another"},
        {"iss": "https://evil.example"},
    )  # fmt: skip
    for change in changes:
        is_refused(await came_back(guest, provider, **change))
    asked = dict(parse_qsl(urlsplit(await sent(guest)).query))
    back = provider.allowed(asked)
    kept = guest.http.cookies[ORGANISATION]
    for forged in ("", "x", f"{kept}0", kept.replace(guest.tenant, "another"), "é"):
        header = {"cookie": f"{ORGANISATION}={forged}".encode()}
        is_refused(await guest.http.get(f"{back}&again=1", headers=header))  # type: ignore[arg-type]
    assert (await guest.http.get(back, headers={"cookie": f"{ORGANISATION}={kept}"})).status_code == 303
    is_refused(await guest.http.get(back, headers={"cookie": f"{ORGANISATION}={kept}"}))
    late = provider.allowed(dict(parse_qsl(urlsplit(await sent(guest)).query)))
    guest.clock.forward(minutes=10)
    is_refused(await guest.http.get(late))


async def test_a_provider_whose_key_changed_is_asked_anew(guest: Operator, provider: OidcTwin) -> None:
    await guest.join(password="")
    assert (await came_back(guest, provider)).status_code == 303
    await guest.send("/sign-out")
    provider.__post_init__()
    provider.kid = "twin-2"
    assert (await came_back(guest, provider)).status_code == 303


async def test_an_installation_that_is_not_opened_for_its_own_house_does_not_call_it(
    parts: Parts, console_parts: ConsoleParts, guest: Operator
) -> None:
    """Addresses of providers are somebody's choice: private ones are not called, nor those without TLS."""
    for closed in (OpenId(guarded_client), OpenId(guarded_client, plain=True)):
        app = create_app(parts)
        mount_console(app, replace(console_parts, organisations=closed))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC) as http:
            answer = await http.post(BEGIN, data={"workspace": guest.tenant})
            assert (answer.status_code, DOWN in answer.text) == (503, True)


async def test_the_second_factor_of_the_house_is_asked_all_the_same(
    guest: Operator, provider: OidcTwin
) -> None:
    id = await guest.join(password="")
    async with guest.database.tenant(guest.tenant) as tx:
        await add(tx, guest.tenant, Passkey("AAAA", id, b"", 0, (), "Clé", guest.clock.at))
    answer = await came_back(guest, provider)
    assert answer.headers["location"] == "/console/sign-in/passkey/second"
    assert COOKIE not in guest.http.cookies


async def test_a_workspace_without_a_provider_and_no_workspace_are_told_alike(
    guest: Operator, database: Database
) -> None:
    async with database.tenant(guest.tenant) as tx:
        await tx.execute(identity_provider.delete())
        assert (await tx.execute(select(identity_provider))).first() is None
    pages = {
        (await guest.http.post(BEGIN, data={"workspace": name})).status_code
        for name in (guest.tenant, "no-such", "../etc", "")
    }
    assert pages == {422}


async def test_the_secret_is_kept_sealed_and_a_wrong_setting_is_named(guest: Operator) -> None:
    [kept] = await guest.rows(identity_provider)
    assert SECRET.encode() not in bytes(kept.secret)
    for given, field in (
        ({"domains": frozenset({"example.org"})}, "domains"),
        ({"roles": frozenset({"technician"})}, "domains"),
        ({"domains": frozenset({"@x.org"}), "roles": frozenset({"technician"})}, "domains"),
        ({"domains": frozenset({"x.org"}), "roles": frozenset({"king"})}, "roles"),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=field):
            await offered(guest.database, guest.tenant, "https://id.example", **given)
