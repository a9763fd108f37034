"""Who calls: a program with an API key, or a person with an access token; and what they may do."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from fastapi.security import HTTPBearer
from sqlalchemy.ext.asyncio import AsyncConnection

from api.parts import Parts
from api.problems import Refused
from database.shared import oauth, ownership
from database.shared.api_keys import Key, Token, key_of, live_key, read_token
from database.shared.people import person_or_none
from domain.access import PERMISSIONS as SCOPES
from domain.access import SELF, grants_of
from domain.errors import NotFound
from domain.principal import Claims, Extent, Principal

__all__ = ["SCHEME", "SCOPES", "Credentials", "admitted", "credentials_of"]

SCHEME = HTTPBearer(
    auto_error=False, scheme_name="API key",
    description="`Authorization: Bearer ech_<tenant>_<id>_<secret>`, or an access token of `/oauth/token`",
)  # fmt: skip
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="echeance"'}
PROOF = {"WWW-Authenticate": 'Bearer error="insufficient_user_authentication", max_age="300"'}
"""RFC 9470, step-up authentication."""

Credentials = Token | Claims
ALL = frozenset("*")


@dataclass(frozen=True)
class Rule:
    """What a route asks of its caller; ``own`` names the kind of thing that a person may have."""

    permission: str
    own: str = ""
    fresh: bool = False


async def credentials_of(request: Request, parts: Parts, now: datetime) -> Credentials:
    """Their tenant is what a transaction is opened for. Raises Refused."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    text = given.strip() if scheme.lower() == "bearer" else ""
    token = read_token(text)
    if token is not None:
        return token
    if text.count(".") == 2:
        return await parts.tokens.read(text, now)
    detail = "Send “Authorization: Bearer <key>”; an operator makes a key with `echeance key create`."
    raise Refused("unauthorized", detail, CHALLENGE)


async def admitted(
    tx: AsyncConnection, request: Request, given: Credentials, rule: Rule, now: datetime
) -> Principal:
    """Who may do what the rule asks. Raises Refused, the same way whatever is wrong with a key or token.

    Of a person whose reach is their own, the transaction sees own rows only from here on, and the thing that
    the address names must be one of them. Raises NotFound.
    """
    who = await principal_of(tx, given, now)
    extent = Extent.ALL if rule.permission == SELF else who.extent(rule.permission)
    if extent is None or (extent is Extent.OWN and not (rule.own and who.contact)):
        raise Refused("forbidden", _needed(who, rule.permission))
    if rule.fresh and not who.proved_lately(now):
        detail = "Show your second factor, or your password, once more; then send the same request again."
        raise Refused("proof-needed", detail, PROOF)
    if extent is Extent.OWN:
        await ownership.narrow(tx, who.contact)
        ref = request.path_params.get("ref")
        if ref is not None and not await ownership.owns(tx, who.tenant, who.contact, rule.own, str(ref)):
            raise NotFound(rule.own, str(ref))
    return who


async def principal_of(tx: AsyncConnection, given: Credentials, now: datetime) -> Principal:
    if isinstance(given, Token):
        return await _of_key(tx, await key_of(tx, given, now))
    if given.key:
        return await _of_key(tx, await live_key(tx, given.tenant, given.key, now))
    return await _of_person(tx, given, now)


async def _of_key(tx: AsyncConnection, key: Key | None) -> Principal:
    """A person's key does what its scopes say as long as that person may do it, and ends with them."""
    owner = await person_or_none(tx, key.tenant, key.owner) if key and key.owner else None
    if key is None or (key.owner and not (owner and owner.is_active)):
        detail = "The key is unknown, revoked or expired; ask an operator for a new one."
        raise Refused("unauthorized", detail, CHALLENGE)
    grants = dict.fromkeys(key.scopes, Extent.ALL)
    if owner is not None:
        whole = [name for name, extent in grants_of(owner.roles).items() if extent is Extent.ALL]
        grants = {name: Extent.ALL for name in whole if key.allows(name)}
    return Principal(key.tenant, f"key:{key.id}", grants, person=key.owner)


async def _of_person(tx: AsyncConnection, claims: Claims, now: datetime) -> Principal:
    """Roles and sign-in are read anew at every request: what was taken away is gone at once."""
    person = await person_or_none(tx, claims.tenant, claims.person)
    reach = await oauth.reach_of(tx, claims.tenant, claims.session, now) if claims.session else ALL
    if person is None or not person.is_active or reach is None:
        detail = "The access token is not valid here any more; sign in again."
        raise Refused("unauthorized", detail, CHALLENGE)
    granted = grants_of(person.roles).items()
    grants = {name: extent for name, extent in granted if "*" in reach or name in reach}
    return Principal(
        claims.tenant, f"person:{person.id}", grants, person.id, person.contact_ref,
        person.roles, claims.proved_at,
    )  # fmt: skip


def _needed(who: Principal, permission: str) -> str:
    if who.is_key:
        return f"It needs the scope {permission}; ask an operator for a key that has it."
    return f"It needs the permission {permission}; ask an administrator for a role that has it."
