"""Access tokens: made for keys and people, rotated without a gap, and what forgers get."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.tokens import AUDIENCE, LASTS, LEEWAY, JwtTokens
from database.session import Database
from database.shared.api_keys import read_token, revoke_key
from database.shared.signing_keys import SigningKeys
from domain.principal import Claims
from tests.api.callers import person
from tests.api.conftest import Caller, is_problem
from tests.ground import KEYRING, PUBLIC

TOKEN = "/oauth/token"
NONES = ("none", "None", "NONE", "")
FORM = {"grant_type": "client_credentials"}


async def exchanged(caller: Caller, **given: Any) -> httpx.Response:
    return await caller.http.post(TOKEN, data={**FORM, "client_secret": caller.key, **given})


async def bearer(caller: Caller) -> str:
    answer = await exchanged(caller)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def with_token(caller: Caller, token: str) -> httpx.Response:
    return await replace(caller, key=token).get("/v1/contacts")


@dataclass
class Forge:
    """What a forger has: a genuine token to look at, the published keys, and a key pair of their own."""

    token: str
    published: dict[str, Any]
    own: ec.EllipticCurvePrivateKey

    @property
    def header(self) -> dict[str, Any]:
        return jwt.get_unverified_header(self.token)

    @property
    def claims(self) -> dict[str, Any]:
        return dict(jwt.decode(self.token, options={"verify_signature": False}))

    def parts(self) -> list[str]:
        return self.token.split(".")

    def pem(self) -> bytes:
        """The public key in the form in which confused libraries take it for a shared secret."""
        key = jwt.PyJWK(self.published).key
        return bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    def signed(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """ES256 with the forger's own key, whatever the header says."""
        algorithm = jwt.get_algorithm_by_name("ES256")
        return put({**self.header, **header}, claims, lambda message: algorithm.sign(message, self.own))

    def hmac(self, secret: bytes, **header: Any) -> str:
        def sign(message: bytes) -> bytes:
            return hmac.new(secret, message, hashlib.sha256).digest()

        return put({**self.header, "alg": "HS256", **header}, self.claims, sign)


def put(header: dict[str, Any], claims: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    head = f"{encoded(header)}.{encoded(claims)}"
    return f"{head}.{b64(sign(head.encode()))}"


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def encoded(what: dict[str, Any]) -> str:
    return b64(json.dumps(what).encode())


@pytest.fixture
async def forge(caller: Caller) -> Forge:
    token = await bearer(caller)
    kid = jwt.get_unverified_header(token)["kid"]
    keys = (await caller.http.get("/.well-known/jwks.json")).json()["keys"]
    [published] = [key for key in keys if key["kid"] == kid]
    return Forge(token, published, ec.generate_private_key(ec.SECP256R1()))


def forgeries(forge: Forge) -> dict[str, str]:
    head, body, signature = forge.parts()
    claims, jwk = forge.claims, json.loads(jwt.algorithms.ECAlgorithm.to_jwk(forge.own.public_key()))
    other = {**claims, "tenant": "another", "sub": "p000000000000"}
    none = {name: f"{encoded({**forge.header, 'alg': name})}.{body}." for name in NONES}
    paths = (
        "../../../../dev/null", "/dev/null", "0" * 16, "' or '1'='1", "x' union select 'AAAA", "| id",
        "http://127.0.0.1/key", "%00", "\x00", "é", "a" * 3000, forge.header["kid"] + "\n",
        forge.header["kid"].upper() + " ",
    )  # fmt: skip
    return {
        **{f"alg {name!r}": token for name, token in none.items()},
        **{f"alg {name!r}, signature kept": token + signature for name, token in none.items()},
        "no signature": f"{head}.{body}.",
        "HS256 with the public key as PEM": forge.hmac(forge.pem()),
        "HS256 with the public key as JWK": forge.hmac(json.dumps(forge.published).encode()),
        "HS256 with nothing": forge.hmac(b""),
        "another algorithm": forge.signed({"alg": "ES384"}, claims),
        "own key under the good name": forge.signed({}, claims),
        "own key embedded": forge.signed({"jwk": jwk}, claims),
        "own key embedded under its own name": forge.signed({"jwk": jwk, "kid": "0" * 16}, claims),
        "own key at an address": forge.signed({"jku": "https://evil.example/jwks.json"}, claims),
        "own certificate": forge.signed({"x5u": "https://evil.example/c.pem", "x5c": ["AAAA"]}, claims),
        "no kid": f"{encoded({'alg': 'ES256', 'typ': 'at+jwt'})}.{body}.{signature}",
        "kid a list": forge.signed({"kid": [forge.header["kid"]]}, claims),
        "kid an object": forge.signed({"kid": {"$ne": ""}}, claims),
        "kid null": forge.signed({"kid": None}, claims),
        "another type": f"{encoded({**forge.header, 'typ': 'JWT'})}.{body}.{signature}",
        "critical extension": forge.signed({"crit": ["exp"]}, claims),
        "unencoded": forge.signed({"b64": False, "crit": ["b64"]}, claims),
        "another tenant": f"{head}.{encoded(other)}.{signature}",
        "more time": f"{head}.{encoded({**claims, 'exp': claims['exp'] + 9999})}.{signature}",
        "signature of zeros": f"{head}.{body}.{b64(bytes(64))}",
        "signature cut": f"{head}.{body}.{signature[:-4]}",
        "signature turned": f"{head}.{body}.{signature[::-1]}",
        "four parts": f"{head}.{body}.{signature}.{signature}",
        "five parts": f"{head}.{body}.{signature}.a.b",
        "two dots": "..", "not base64": "é.é.é", "no JSON": f"{b64(b'x')}.{b64(b'y')}.{signature}",
        "lists": f"{b64(b'[]')}.{b64(b'[]')}.{signature}", "deep": f"{b64(b'[' * 1000)}.{body}.{signature}",
        "a lot": f"{head}.{'A' * 200_000}.{signature}",
        **{f"kid {path[:20]!r}": forge.signed({"kid": path}, claims) for path in paths},
    }  # fmt: skip


async def test_a_genuine_token_opens_what_its_key_opens(caller: Caller, forge: Forge) -> None:
    assert (await with_token(caller, forge.token)).status_code == 200
    assert forge.header == {"alg": "ES256", "typ": "at+jwt", "kid": forge.published["kid"]}
    assert (forge.claims["iss"], forge.claims["aud"]) == (PUBLIC, AUDIENCE)
    assert forge.claims["exp"] - forge.claims["iat"] == 600
    assert "d" not in forge.published
    assert set(forge.published) == {"kty", "crv", "x", "y", "kid", "use", "alg"}


async def test_whatever_a_forger_makes_is_refused_in_one_way(caller: Caller, forge: Forge) -> None:
    said = set()
    for name, token in forgeries(forge).items():
        header = b"Bearer " + token.encode("utf-8", "replace").replace(b"\n", b" ")
        answer = await caller.http.get("/v1/contacts", headers={b"Authorization": header})
        told = is_problem(answer, 401, "unauthorized")
        said.add(told["detail"])
        for word in ("alg", "kid", "key", "signature", "expired at", "Traceback", "JWT"):
            assert word not in told["detail"].replace("Bearer <key>", "").replace("a key", "").replace(
                "echeance key", ""
            ), (name, told["detail"])
    assert len(said) <= 2, said  # what is no token at all is told how to send one


async def test_a_token_of_our_own_key_for_another_purpose_is_refused(
    caller: Caller, database: Database
) -> None:
    """Signed by us, and still not what it says it is: wrong issuer, audience, type, times, or too little."""
    keys = SigningKeys(database, KEYRING.master)
    key, at = await keys.current(caller.clock.at), int(caller.clock.at.timestamp())
    token = await bearer(caller)
    good = dict(jwt.decode(token, options={"verify_signature": False}))
    wrong: dict[str, dict[str, Any]] = {
        "issuer": {"iss": "https://evil.example"}, "issuer, nearly": {"iss": f"{PUBLIC}/"},
        "audience": {"aud": "another"}, "audiences": {"aud": ["another", "third"]},
        "no audience": {"aud": None}, "begins later": {"nbf": at + 60}, "is over": {"exp": at - 60},
        "is over since long": {"exp": 1}, "nonsense": {"exp": "soon"}, "far": {"exp": 10**30},
    }  # fmt: skip
    for name, change in wrong.items():
        forged = jwt.encode({**good, **change}, key.private, "ES256", {"kid": key.kid, "typ": "at+jwt"})
        is_problem(await with_token(caller, forged), 401, "unauthorized"), name
    for missing in ("iss", "aud", "sub", "iat", "nbf", "exp", "jti", "tenant"):
        less = {claim: value for claim, value in good.items() if claim != missing}
        forged = jwt.encode(less, key.private, "ES256", {"kid": key.kid, "typ": "at+jwt"})
        is_problem(await with_token(caller, forged), 401, "unauthorized")
    id_token = jwt.encode(good, key.private, "ES256", {"kid": key.kid, "typ": "JWT"})
    is_problem(await with_token(caller, id_token), 401, "unauthorized")


async def test_a_token_is_good_for_ten_minutes(caller: Caller) -> None:
    token = await bearer(caller)
    caller.clock.at += LASTS
    assert (await with_token(caller, token)).status_code == 200  # clocks may differ by seconds
    caller.clock.at += LEEWAY
    said = is_problem(await with_token(caller, token), 401, "unauthorized")
    assert "/oauth/token" in said["detail"]
    caller.clock.at -= LASTS + LEEWAY * 2
    assert (await with_token(caller, token)).status_code == 200
    caller.clock.at -= timedelta(seconds=1)
    is_problem(await with_token(caller, token), 401, "unauthorized")


async def test_a_token_opens_its_own_tenant_alone(caller: Caller, other: Caller) -> None:
    await caller.contact("CL-1")
    token = await bearer(other)
    is_problem(await replace(other, key=token).get("/v1/contacts/CL-1"), 404, "not-found")


async def test_a_token_ends_with_its_key(caller: Caller) -> None:
    token, key = await bearer(caller), read_token(caller.key)
    assert key is not None
    async with caller.database.tenant(caller.tenant) as tx:
        await revoke_key(tx, caller.tenant, key.id, caller.clock.at)
    is_problem(await with_token(caller, token), 401, "unauthorized")
    answer = await exchanged(caller)
    assert is_problem(answer, 401, "unauthorized")["error"] == "invalid_client"


async def test_a_token_may_no_more_than_its_key(caller: Caller) -> None:
    narrow = await caller.with_scopes("maintenance:read")
    token = await bearer(narrow)
    assert (await replace(narrow, key=token).get("/v1/maintenance/contracts")).status_code == 200
    is_problem(await with_token(narrow, token), 403, "forbidden")


async def test_a_person_who_is_suspended_loses_their_tokens_at_once(caller: Caller) -> None:
    admin = await person(caller, "administrator")
    clerk = await person(caller, "operator")
    assert (await clerk.get("/v1/contacts")).status_code == 200
    id = jwt.decode(clerk.key, options={"verify_signature": False})["sub"]
    assert (await admin.post(f"/v1/people/{id}/suspend")).status_code == 200
    is_problem(await clerk.get("/v1/contacts"), 401, "unauthorized")


@pytest.mark.parametrize(
    "given",
    [
        {"client_secret": ""}, {"client_secret": "ech_nobody_000000000000_" + "0" * 64},
        {"client_secret": "x" * 1999}, {"client_secret": "\x00"}, {"client_secret": "' or 1=1 --"},
    ],
)  # fmt: skip
async def test_who_brings_no_good_key_gets_no_token(caller: Caller, given: dict[str, str]) -> None:
    answer = await caller.http.post(TOKEN, data={**FORM, **given})
    said = is_problem(answer, 401, "unauthorized")
    assert said["error"] == "invalid_client"
    assert said["error_description"] == said["detail"]


async def test_a_key_may_come_in_the_header_as_standard_libraries_send_it(caller: Caller) -> None:
    answer = await caller.http.post(TOKEN, data=FORM, auth=("client", caller.key))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.json()) == {"access_token", "token_type", "expires_in"}
    for header in ("Basic", "Basic !!!", "Basic " + b64(b"\xff\xfe"), f"Bearer {caller.key}"):
        refused = await caller.http.post(TOKEN, data=FORM, headers={"Authorization": header})
        is_problem(refused, 401, "unauthorized")


@pytest.mark.parametrize("grant", ["", "password", "implicit", "refresh_tokens", "\x00", "x" * 2000])
async def test_other_grants_are_named_as_not_taken(caller: Caller, grant: str) -> None:
    answer = await caller.http.post(TOKEN, data={"grant_type": grant})
    said = is_problem(answer, 400, "bad-request")
    assert said["error"] == "unsupported_grant_type"
    assert "client_credentials" in said["detail"]


async def test_what_is_published_leads_programs_to_it(caller: Caller) -> None:
    server = (await caller.http.get("/.well-known/oauth-authorization-server")).json()
    assert server["issuer"] == PUBLIC
    assert server["code_challenge_methods_supported"] == ["S256"]
    assert server["token_endpoint"] == f"{PUBLIC}{TOKEN}"
    assert server["jwks_uri"] == f"{PUBLIC}/.well-known/jwks.json"


async def test_a_token_shows_nothing_about_its_bearer_but_references(caller: Caller) -> None:
    clerk = await person(caller, "operator")
    said = jwt.decode(clerk.key, options={"verify_signature": False})
    assert "@" not in json.dumps(said)
    assert set(said) == {"iss", "aud", "sub", "tenant", "iat", "nbf", "exp", "jti", "sid", "auth_time"}
    again = JwtTokens(SigningKeys(caller.database, KEYRING.master), PUBLIC)
    claims = Claims(caller.tenant, said["sub"], "", caller.clock.at)
    ids = {
        jwt.decode(await again.issue(claims, caller.clock.at), options={"verify_signature": False})["jti"]
        for _ in range(5)
    }
    assert len(ids) == 5
    assert secrets.compare_digest(str(said["tenant"]), caller.tenant)
