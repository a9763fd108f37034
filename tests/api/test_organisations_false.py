"""What a false provider says: tokens that prove nothing, descriptions that lead astray, and nonsense."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import partial
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from database.shared.tables import audit
from tests.api.test_console import Operator, console_parts
from tests.api.test_organisations import (
    BEGIN,
    DOWN,
    came_back,
    guest,
    is_refused,
    open_app,
    provider,
)
from tests.oidc_twin import CLIENT, SECRET, OidcTwin
from web.console.organisations import COOKIE as ORGANISATION

__all__ = ["console_parts", "guest", "open_app", "provider"]


def none(_: OidcTwin, said: dict[str, Any]) -> str:
    head = urlsafe_b64encode(b'{"alg":"none","kid":"twin-1"}').rstrip(b"=").decode()
    return f"{head}.{urlsafe_b64encode(json.dumps(said).encode()).rstrip(b'=').decode()}."


def by_secret(secret: bytes, twin: OidcTwin, said: dict[str, Any]) -> str:
    parts = [json.dumps({"alg": "HS256", "kid": twin.kid}).encode(), json.dumps(said).encode()]
    head = ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    signature = hmac.new(secret, head.encode(), hashlib.sha256).digest()
    return f"{head}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def by_public_key(twin: OidcTwin, said: dict[str, Any]) -> str:
    pem = twin.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return by_secret(pem, twin, said)


def by_another_key(twin: OidcTwin, said: dict[str, Any]) -> str:
    return jwt.encode(said, twin.other, "ES256", {"kid": twin.kid})


def with_its_own_key(twin: OidcTwin, said: dict[str, Any]) -> str:
    own = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(twin.other.public_key()))
    return jwt.encode(said, twin.other, "ES256", {"kid": "mine", "jwk": own})


def changed_after(twin: OidcTwin, said: dict[str, Any]) -> str:
    head, _, signature = jwt.encode(said, twin.private, "RS256", {"kid": twin.kid}).split(".")
    body = urlsafe_b64encode(json.dumps({**said, "sub": "x"}).encode()).rstrip(b"=").decode()
    return f"{head}.{body}.{signature}"


@pytest.mark.parametrize(
    "signs",
    [
        none, by_public_key, partial(by_secret, SECRET.encode()), partial(by_secret, b""), by_another_key,
        with_its_own_key, changed_after, lambda *_: "", lambda *_: "a.b.c", lambda *_: "x" * 20_000,
    ],
)  # fmt: skip
async def test_a_token_that_the_issuers_keys_did_not_sign_is_refused(
    guest: Operator, provider: OidcTwin, signs: Callable[..., str]
) -> None:
    await guest.join(password="")
    provider.signs = signs
    is_refused(await came_back(guest, provider))
    assert [row.action for row in await guest.rows(audit)] == ["sign_in.refused"]


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"}, {"aud": "another"}, {"aud": [CLIENT, "another"]},
        {"aud": [CLIENT], "azp": "another"}, {"nonce": "n" * 43}, {"nonce": None}, {"exp": 1}, {"exp": None},
        {"iat": 9_999_999_999}, {"iat": 1, "exp": 9_999_999_999}, {"sub": None}, {"sub": ""}, {"sub": 7},
        {"sub": "x" * 300}, {"exp": "soon"}, {"exp": 10**400},
    ],
)  # fmt: skip
async def test_a_token_for_something_else_is_refused(
    guest: Operator, provider: OidcTwin, claims: dict[str, Any]
) -> None:
    await guest.join(password="")
    provider.claims = claims
    is_refused(await came_back(guest, provider))


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://evil.example"}, {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None}, {"authorization_endpoint": "http://u:p@127.0.0.1/"},
        {"authorization_endpoint": "data:text/html,x"}, {"authorization_endpoint": "https://["},
        {"authorization_endpoint": ["https://a.example"]},
    ],
)  # fmt: skip
async def test_a_provider_that_describes_itself_wrongly_is_not_gone_to(
    guest: Operator, provider: OidcTwin, described: dict[str, Any]
) -> None:
    provider.described = described
    answer = await guest.http.post(BEGIN, data={"workspace": guest.tenant})
    assert (answer.status_code, DOWN in answer.text) == (503, True)
    assert ORGANISATION not in answer.cookies


@pytest.mark.parametrize(
    "answers",
    [
        PlainTextResponse("no"), PlainTextResponse("[" * 100_000), PlainTextResponse("{}", 500),
        RedirectResponse("http://127.0.0.1/elsewhere"), PlainTextResponse("x" * 2_000_000),
    ],
)  # fmt: skip
async def test_a_provider_that_answers_nonsense_is_down(
    guest: Operator, provider: OidcTwin, answers: Response
) -> None:
    provider.answers = answers
    answer = await guest.http.post(BEGIN, data={"workspace": guest.tenant})
    assert (answer.status_code, DOWN in answer.text) == (503, True)


@pytest.mark.parametrize(
    "keys",
    [[], [{}], ["x"], [{"kty": "oct", "k": "AAAA", "kid": "twin-1"}], [{"kty": "RSA", "kid": "twin-1"}]],
)
async def test_keys_that_do_not_fit_prove_nothing(
    guest: Operator, provider: OidcTwin, keys: list[Any]
) -> None:
    await guest.join(password="")
    provider.keys = keys
    is_refused(await came_back(guest, provider))
