"""Access tokens: JWT (RFC 7519, profile RFC 9068), ES256, ten minutes. Nothing but our own key decides.

The header's ``kid`` is looked up among our keys and nowhere else; ``alg``, ``jwk``, ``jku`` and ``x5u`` of a
token are never believed. Whether the person, the key and the sign-in still hold is read at every request.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from api.problems import Refused
from database.shared.signing_keys import SigningKeys
from domain.principal import Claims

ALGORITHM = "ES256"
TYPE = "at+jwt"
AUDIENCE = "echeance"
LASTS = timedelta(minutes=10)
LEEWAY = timedelta(seconds=5)
KID = re.compile(r"[0-9a-f]{16}")
LONGEST = 4096
NEEDED = ("iss", "aud", "sub", "iat", "nbf", "exp", "jti", "tenant")
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="echeance", error="invalid_token"'}


@dataclass(frozen=True)
class JwtTokens:
    """Implements the port AccessTokens; ``issuer`` is the public address."""

    keys: SigningKeys
    issuer: str

    async def published(self, now: datetime) -> list[Mapping[str, Any]]:
        return await self.keys.published(now)

    async def issue(self, claims: Claims, now: datetime) -> str:
        key = await self.keys.current(now)
        at = int(now.timestamp())
        said: dict[str, Any] = {
            "iss": self.issuer, "aud": AUDIENCE, "sub": f"key:{claims.key}" if claims.key else claims.person,
            "tenant": claims.tenant, "iat": at, "nbf": at, "exp": at + int(LASTS.total_seconds()),
            "jti": secrets.token_hex(8), "sid": claims.session,
        }  # fmt: skip
        if claims.proved_at is not None:
            said["auth_time"] = int(claims.proved_at.timestamp())
        return jwt.encode(said, key.private, ALGORITHM, headers={"kid": key.kid, "typ": TYPE})

    async def read(self, text: str, now: datetime) -> Claims:
        """Raises Refused, in one way whatever is wrong."""
        try:
            return await self._read(text, now)
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError):
            detail = "The access token is not valid, or has expired; get a new one from /oauth/token."
            raise Refused("unauthorized", detail, CHALLENGE) from None

    async def _read(self, text: str, now: datetime) -> Claims:
        if len(text) > LONGEST:
            raise ValueError("too long")
        header = jwt.get_unverified_header(text)
        kid = header.get("kid")
        if not isinstance(kid, str) or not KID.fullmatch(kid) or header.get("typ") != TYPE:
            raise ValueError("not ours")
        key = await self.keys.named(kid, now)
        if key is None:
            raise ValueError("no such key")
        said = jwt.decode(
            text, jwt.PyJWK(dict(key.public)), algorithms=[ALGORITHM], audience=AUDIENCE, issuer=self.issuer,
            options={"require": list(NEEDED), "verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )  # fmt: skip
        begins, ends = (datetime.fromtimestamp(said[name], UTC) for name in ("nbf", "exp"))
        if not begins - LEEWAY <= now < ends + LEEWAY:
            raise ValueError("not now")
        return _claims(said)


def _claims(said: dict[str, Any]) -> Claims:
    subject, proved = str(said["sub"]), said.get("auth_time")
    key = subject.removeprefix("key:") if subject.startswith("key:") else ""
    return Claims(
        str(said["tenant"]), "" if key else subject, str(said.get("sid", "")),
        datetime.fromtimestamp(proved, UTC) if proved is not None else None, key,
    )  # fmt: skip
