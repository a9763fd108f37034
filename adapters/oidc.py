"""OpenID Connect with an organisation's own provider: the code flow with PKCE, state and nonce.

Whatever the provider answers is a stranger's text until its signature is verified with a key of the issuer's
own set. Nothing is remembered between two sign-ins: a key that was taken away is gone at once.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
import jwt

from domain.identity import Begun, Identity, NotIdentified, Provider

WELL_KNOWN = "/.well-known/openid-configuration"
SCOPE = "openid email profile"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a private key: what is shared signs nothing here."""
LEEWAY = timedelta(minutes=1)
OLDEST = timedelta(minutes=10)
LONGEST = 16_384
LONGEST_SUBJECT = 255
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
NEEDED = ["iss", "sub", "aud", "exp", "iat", "nonce"]


@dataclass(frozen=True)
class OpenId:
    """``client`` calls addresses that somebody else chose; ``plain`` allows http, in one's own house only."""

    client: Callable[[], httpx.AsyncClient]
    plain: bool = False

    async def address(self, provider: Provider, begun: Begun, back: str) -> str:
        """Where the person goes to say who they are. Raises NotIdentified."""
        async with self.client() as http:
            there = await self._described(http, provider)
        digest = hashlib.sha256(begun.verifier.encode()).digest()
        asked = {
            "response_type": "code", "client_id": provider.client_id, "redirect_uri": back, "scope": SCOPE,
            "state": begun.state, "nonce": begun.nonce, "code_challenge_method": "S256",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        }  # fmt: skip
        address = self._safe(there, "authorization_endpoint")
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"

    async def identify(
        self, provider: Provider, begun: Begun, code: str, back: str, now: datetime
    ) -> Identity:  # fmt: skip
        """Raises NotIdentified."""
        async with self.client() as http:
            there = await self._described(http, provider)
            token = await self._exchanged(http, there, provider, begun, code, back)
            keys = await _json(http, "GET", self._safe(there, "jwks_uri"))
        try:
            said = _verified(token, keys, provider, now)
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError) as wrong:
            raise NotIdentified(f"the identity token does not hold: {type(wrong).__name__}") from None
        if not hmac.compare_digest(str(said["nonce"]).encode(), begun.nonce.encode()):
            raise NotIdentified("the identity token belongs to another sign-in")
        return _identity(said)

    async def _described(self, http: httpx.AsyncClient, provider: Provider) -> Mapping[str, Any]:
        self._safe({"issuer": provider.issuer}, "issuer")
        there = await _json(http, "GET", provider.issuer.rstrip("/") + WELL_KNOWN)
        if there.get("issuer") != provider.issuer:
            raise NotIdentified("the provider calls itself by another name than was set")
        return there

    async def _exchanged(
        self, http: httpx.AsyncClient, there: Mapping[str, Any], provider: Provider, begun: Begun, code: str,
        back: str,
    ) -> str:  # fmt: skip
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": back,
            "code_verifier": begun.verifier,
        }  # fmt: skip
        headers = {}
        ways = there.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if "client_secret_basic" in ways:
            pair = f"{quote(provider.client_id, safe='')}:{quote(provider.secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": provider.client_id, "client_secret": provider.secret}
        address = self._safe(there, "token_endpoint")
        answer = await _json(http, "POST", address, data=form, headers=headers)
        token = answer.get("id_token")
        if not isinstance(token, str) or len(token) > LONGEST:
            raise NotIdentified("the provider gave no identity token")
        return token

    def _safe(self, there: Mapping[str, Any], name: str) -> str:
        """An address under TLS. Raises NotIdentified."""
        address = there.get(name)
        schemes = ("https", "http") if self.plain else ("https",)
        if not isinstance(address, str) or not address.isprintable() or " " in address:
            raise NotIdentified(f"the provider names no {name}")
        try:
            split = urlsplit(address)
        except ValueError:
            raise NotIdentified(f"the provider's {name} cannot be read") from None
        if split.scheme not in schemes or not split.hostname or "@" in split.netloc or split.fragment:
            raise NotIdentified(f"the provider's {name} is no address under TLS")
        return address


async def _json(http: httpx.AsyncClient, method: str, address: str, **given: Any) -> Mapping[str, Any]:
    """Raises NotIdentified; what the provider wrote into its refusal stays where it is."""
    try:
        answer = await http.request(method, address, **given)
    except (httpx.HTTPError, httpx.InvalidURL) as lost:
        raise NotIdentified(f"the provider does not answer: {type(lost).__name__}") from None
    try:
        read = answer.json() if answer.status_code == 200 else None
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise NotIdentified(f"the provider answers {answer.status_code} and no JSON object")
    return read


def _verified(token: str, keys: Mapping[str, Any], provider: Provider, now: datetime) -> dict[str, Any]:
    header = jwt.get_unverified_header(token)
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise ValueError("algorithm")
    said: dict[str, Any] = jwt.decode(
        token, _key(keys, header, algorithm), algorithms=[algorithm], audience=provider.client_id,
        issuer=provider.issuer,
        options={"require": NEEDED, "verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )  # fmt: skip
    at = now.timestamp()
    if not float(said["iat"]) - LEEWAY.total_seconds() <= at < float(said["exp"]) + LEEWAY.total_seconds():
        raise ValueError("not now")
    if at - float(said["iat"]) > OLDEST.total_seconds():
        raise ValueError("issued long ago")
    if "azp" in said and said["azp"] != provider.client_id:
        raise ValueError("for another program")
    if isinstance(said["aud"], list) and len(said["aud"]) > 1 and "azp" not in said:
        raise ValueError("for several programs")
    return said


def _key(keys: Mapping[str, Any], header: Mapping[str, Any], algorithm: str) -> jwt.PyJWK:
    """The issuer's own, of the kind that the algorithm needs; one without a name only when it is alone."""
    found = [key for key in keys["keys"] if isinstance(key, dict) and key.get("use", "sig") == "sig"]
    if "kid" in header:
        found = [key for key in found if key.get("kid") == header["kid"]]
    [only] = [key for key in found if key.get("kty") in ("RSA", "EC", "OKP")]
    return jwt.PyJWK({name: value for name, value in only.items() if name != "alg"}, algorithm)


def _identity(said: Mapping[str, Any]) -> Identity:
    subject, email = said["sub"], said.get("email", "")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise NotIdentified("the identity token names nobody")
    email = email if isinstance(email, str) and len(email) <= 254 and EMAIL.fullmatch(email) else ""
    name = said.get("name")
    shown = name.strip()[:100] if isinstance(name, str) and name.isprintable() else ""
    verified = said.get("email_verified") in (True, "true")
    return Identity(str(said["iss"]), subject, email, verified, shown)
