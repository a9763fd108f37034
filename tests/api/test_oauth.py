"""Programs that act for people who said yes, and what thieves of codes and tokens get."""

import base64
import hashlib
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from database.shared import people
from database.shared.token_tables import refresh_token
from tests.api.conftest import Caller, is_problem
from tests.api.test_console import Operator, console_app, console_parts, stranger
from tests.api.test_console import operator as signed_in
from tests.ground import PUBLIC

__all__ = ["console_app", "console_parts", "signed_in", "stranger"]

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
BACK = "com.example.rounds:/signed-in"


@dataclass
class Program:
    """On a telephone: it knows its own name and keeps no secret."""

    http: httpx.AsyncClient
    id: str

    def asks(self, **given: str) -> dict[str, str]:
        return {
            "response_type": "code", "client_id": self.id, "redirect_uri": BACK, "state": "s-1",
            "code_challenge": CHALLENGE, "code_challenge_method": "S256", **given,
        }  # fmt: skip

    async def token(self, **form: str) -> httpx.Response:
        return await self.http.post("/oauth/token", data=form)

    async def exchanged(self, code: str, **given: str) -> httpx.Response:
        form = {
            "grant_type": "authorization_code", "client_id": self.id, "code": code, "redirect_uri": BACK,
            "code_verifier": VERIFIER, **given,
        }  # fmt: skip
        return await self.token(**form)

    async def refreshed(self, token: str, **given: str) -> httpx.Response:
        form = {"grant_type": "refresh_token", "client_id": self.id, "refresh_token": token, **given}
        return await self.token(**form)


@pytest.fixture
async def program(signed_in: Operator) -> Program:
    caller = Caller(signed_in.http, signed_in.database, signed_in.tenant, signed_in.key, signed_in.clock)
    made = await caller.post("/v1/oauth-clients", json={"name": "Tournées", "redirect_uris": [BACK]})
    return Program(signed_in.http, made.json()["id"])


async def allowed(who: Operator, program: Program, **given: str) -> dict[str, list[str]]:
    """What comes back to the program after the person's yes."""
    page = await who.http.get("/console/authorize", params=program.asks(**given))
    assert page.status_code == 200, page.text
    token = re.search(r'form_token" value="([^"]+)"', page.text)
    assert token is not None
    answer = await who.http.post(
        "/console/authorize", params=program.asks(**given), data={"form_token": token[1], "yes": "1"}
    )
    assert answer.headers["location"].startswith(BACK)
    return parse_qs(urlsplit(answer.headers["location"]).query)


async def code_of(who: Operator, program: Program) -> str:
    return (await allowed(who, program))["code"][0]


async def me(who: Operator, token: str) -> httpx.Response:
    return await who.http.get("/v1/me", headers={"Authorization": f"Bearer {token}"})


def is_refusal(answer: httpx.Response, error: str) -> None:
    assert answer.status_code in (400, 401), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["error"] == error


async def test_a_person_says_yes_and_the_program_acts_as_them(signed_in: Operator, program: Program) -> None:
    said = await allowed(signed_in, program)
    assert (said["state"], said["iss"]) == (["s-1"], [PUBLIC])
    tokens = (await program.exchanged(said["code"][0])).json()
    shown = (await me(signed_in, tokens["access_token"])).json()
    assert (shown["tenant"], shown["roles"]) == (signed_in.tenant, ["administrator"])
    assert tokens["refresh_token"].split("_", 2)[2] not in repr(await signed_in.rows(refresh_token))


async def test_a_code_counts_once_and_for_a_minute(signed_in: Operator, program: Program) -> None:
    code = await code_of(signed_in, program)
    assert (await program.exchanged(code)).status_code == 200
    is_refusal(await program.exchanged(code), "invalid_grant")
    late = await code_of(signed_in, program)
    signed_in.clock.forward(seconds=61)
    is_refusal(await program.exchanged(late), "invalid_grant")


@pytest.mark.parametrize(
    "given",
    [
        {"code_verifier": "w" * 43}, {"code_verifier": ""}, {"code_verifier": CHALLENGE},
        {"client_id": "other.0000000000000000"}, {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": ""}, {"code": "x.y"}, {"code": ""},
    ],
)  # fmt: skip
async def test_a_stolen_code_is_worth_nothing(
    signed_in: Operator, program: Program, given: dict[str, str]
) -> None:
    shown = {"code": await code_of(signed_in, program), **given}
    is_refusal(await program.exchanged(**shown), "invalid_grant")


@pytest.mark.parametrize(
    "given",
    [
        {"redirect_uri": "https://evil.example/"}, {"redirect_uri": f"{BACK}/more"}, {"redirect_uri": ""},
        {"client_id": "nobody"}, {"client_id": ""}, {"redirect_uri": f"{BACK}\r\nX: y"},
    ],
)  # fmt: skip
async def test_nothing_is_sent_to_an_address_that_is_not_the_programs(
    signed_in: Operator, program: Program, given: dict[str, str]
) -> None:
    answer = await signed_in.http.get("/console/authorize", params=program.asks(**given))
    assert answer.status_code == 400
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"code_challenge_method": "plain"}, "invalid_request"), ({"code_challenge": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)  # fmt: skip
async def test_less_than_pkce_is_refused_to_the_program(
    signed_in: Operator, program: Program, given: dict[str, str], error: str
) -> None:
    answer = await signed_in.http.get("/console/authorize", params=program.asks(**given))
    assert parse_qs(urlsplit(answer.headers["location"]).query)["error"] == [error]


async def test_a_no_is_told_and_a_form_of_another_site_is_no_yes(
    signed_in: Operator, program: Program
) -> None:
    forged = await signed_in.http.post("/console/authorize", params=program.asks(), data={"yes": "1"})
    assert forged.status_code == 403
    page = await signed_in.http.get("/console/authorize", params=program.asks())
    assert "form-action 'self' com.example.rounds:" in page.headers["content-security-policy"]
    token = re.search(r'form_token" value="([^"]+)"', page.text)
    assert token is not None
    no = await signed_in.http.post(
        "/console/authorize", params=program.asks(), data={"form_token": token[1], "no": "1"}
    )
    assert parse_qs(urlsplit(no.headers["location"]).query)["error"] == ["access_denied"]


async def test_who_is_not_signed_in_does_so_and_comes_back(signed_in: Operator, program: Program) -> None:
    await signed_in.send("/sign-out")
    bounced = await signed_in.http.get("/console/authorize", params=program.asks())
    assert "again=1" in bounced.text
    asked = await signed_in.http.get("/console/authorize", params=program.asks(again="1"))
    assert asked.headers["location"] == "/console/sign-in"
    entered = await signed_in.sign_in()
    assert entered.headers["location"].startswith("/console/authorize?response_type=code")
    assert (await signed_in.http.get(entered.headers["location"])).status_code == 200


async def test_a_refresh_token_is_used_once_and_a_second_use_ends_the_family(
    signed_in: Operator, program: Program
) -> None:
    first = (await program.exchanged(await code_of(signed_in, program))).json()
    second = (await program.refreshed(first["refresh_token"])).json()
    assert (await me(signed_in, second["access_token"])).status_code == 200
    is_refusal(await program.refreshed(first["refresh_token"]), "invalid_grant")
    is_refusal(await program.refreshed(second["refresh_token"]), "invalid_grant")
    assert (await me(signed_in, second["access_token"])).status_code == 401


async def test_another_program_does_not_use_a_refresh_token(signed_in: Operator, program: Program) -> None:
    tokens = (await program.exchanged(await code_of(signed_in, program))).json()
    other = f"{signed_in.tenant}.{'0' * 16}"
    is_refusal(await program.refreshed(tokens["refresh_token"], client_id=other), "invalid_grant")
    for nonsense in ("", "x", f"echr_{signed_in.tenant}_{'x' * 43}", f"echr_other_{'x' * 43}"):
        is_refusal(await program.refreshed(nonsense), "invalid_grant")


@pytest.mark.parametrize("how", ["revoked", "suspended", "signed out", "program ended"])
async def test_what_ends_a_sign_in_ends_its_tokens_at_once(
    signed_in: Operator, program: Program, how: str
) -> None:
    tokens = (await program.exchanged(await code_of(signed_in, program))).json()
    caller = Caller(signed_in.http, signed_in.database, signed_in.tenant, signed_in.key, signed_in.clock)
    id = (await me(signed_in, tokens["access_token"])).json()["who"].removeprefix("person:")
    if how == "revoked":
        await signed_in.http.post("/oauth/revoke", data={"token": tokens["refresh_token"]})
    elif how == "program ended":
        assert (await caller.post(f"/v1/oauth-clients/{program.id}/revoke")).status_code == 200
    else:
        async with signed_in.database.tenant(signed_in.tenant) as tx:
            who = people.Invited("b@example.org", "B", frozenset({"administrator"}))
            await people.invite(tx, signed_in.tenant, who, "test", people.ACTIVE)
        path = "suspend" if how == "suspended" else "sign-out"
        assert (await caller.post(f"/v1/people/{id}/{path}")).status_code == 200
    assert (await me(signed_in, tokens["access_token"])).status_code == 401
    is_refusal(await program.refreshed(tokens["refresh_token"]), "invalid_grant")


async def test_a_token_remembers_when_a_factor_was_shown(signed_in: Operator, program: Program) -> None:
    tokens = (await program.exchanged(await code_of(signed_in, program))).json()
    given = {"name": "x", "scopes": ["fleet:read"]}
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await signed_in.http.post("/v1/keys", json=given, headers=headers)).status_code == 201
    signed_in.clock.forward(minutes=6)
    is_problem(await signed_in.http.post("/v1/keys", json=given, headers=headers), 401, "proof-needed")


@pytest.mark.parametrize(
    "uri",
    ["http://evil.example/", "javascript:alert(1)", "https://a@evil/", "//x", "data:x", "https://[::1",
     "https://a.example; script-src *", "https://a.example:port/", "http://[::1]x/", "https://a..example/"],
)  # fmt: skip
async def test_a_program_is_called_back_at_no_such_address(caller: Caller, uri: str) -> None:
    answer = await caller.post("/v1/oauth-clients", json={"name": "x", "redirect_uris": [uri]})
    is_problem(answer, 422, "bad-input")


async def test_what_is_no_grant_is_refused(caller: Caller) -> None:
    for form in ({}, {"grant_type": "password"}, {"grant_type": "implicit", "client_id": "x"}):
        is_refusal(await caller.http.post("/oauth/token", data=form), "unsupported_grant_type")
