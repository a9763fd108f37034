"""Who calls: a program with an API key, or a person with an access token; and what they may do."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from fastapi.security import HTTPBearer
from sqlalchemy.ext.asyncio import AsyncConnection

from api.parts import Parts
from api.problems import Refused
from api.refusals import Attempt
from database.shared import oauth, ownership
from database.shared.api_keys import Key, Token, key_of, live_key, read_token
from database.shared.people import person_or_none
from domain.access import PERMISSIONS as SCOPES
from domain.access import SELF, grants_of
from domain.errors import NotFound
from domain.principal import Claims, Extent, Principal

__all__ = ["SCHEME", "SCOPES", "Credentials", "Denied", "admitted", "credentials_of"]

SCHEME = HTTPBearer(
    auto_error=False, scheme_name="API key",
    description="`Authorization: Bearer ech_<tenant>_<id>_<secret>`, or an access token of `/oauth/token`",
)  # fmt: skip
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="echeance"'}
PROOF = {"WWW-Authenticate": 'Bearer error="insufficient_user_authentication", max_age="300"'}
"""RFC 9470, step-up authentication."""
STALE = "Show your second factor, or your password, once more; then send the same request again."

Credentials = Token | Claims
ALL = frozenset("*")


@dataclass(frozen=True)
class Rule:
    """What a route asks of its caller; ``own`` names the kind of thing that a person may have."""

    permission: str
    own: str = ""
    fresh: bool = False


class Denied(Exception):
    """Somebody of the tenant was refused: ``answer`` is all that they are told, the rest is for the trail.

    ``who`` is `stranger` for a key whose secret is wrong; ``person`` whose key seals where it came from.
    """

    def __init__(self, answer: Refused | NotFound, who: str, person: str, attempt: Attempt) -> None:
        super().__init__(str(answer))
        self.answer, self.who, self.person, self.attempt = answer, who, person, attempt


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
    """Who may do what the rule asks. Raises Refused when a proof is needed, and Denied: the same way whatever
    is wrong with a key or token, and for a thing that is not theirs as for one that is not there.

    Of a person whose reach is their own, the transaction sees own rows only from here on, and the thing that
    the address names must be one of them.
    """
    who = await _known(tx, given, now)
    extent = Extent.ALL if rule.permission == SELF else who.extent(rule.permission)
    if extent is None or (extent is Extent.OWN and not (rule.own and who.contact)):
        answer = Refused("forbidden", _needed(who, rule.permission))
        raise _denied(answer, who, Attempt("permission", rule.permission))
    if rule.fresh and not who.proved_lately(now):
        raise Refused("proof-needed", STALE, PROOF)
    if extent is Extent.OWN:
        await ownership.narrow(tx, who.contact)
        ref = request.path_params.get("ref")
        if ref is not None and not await ownership.owns(tx, who.tenant, who.contact, rule.own, str(ref)):
            attempt = Attempt("not theirs", rule.permission, rule.own, str(ref))
            raise _denied(NotFound(rule.own, str(ref)), who, attempt)
    return who


def _denied(answer: Refused | NotFound, who: Principal, attempt: Attempt) -> Denied:
    return Denied(answer, who.who, who.contact or who.person, attempt)


async def _known(tx: AsyncConnection, given: Credentials, now: datetime) -> Principal:
    """Raises Denied."""
    try:
        return await principal_of(tx, given, now)
    except Refused as answer:
        if isinstance(given, Token):
            raise Denied(answer, "stranger", "", Attempt("key", kind="key", ref=given.id)) from None
        who = f"key:{given.key}" if given.key else f"person:{given.person}"
        raise Denied(answer, who, "" if given.key else given.person, Attempt("ended")) from None


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
    roles = owner.roles if owner else frozenset[str]()
    return Principal(key.tenant, f"key:{key.id}", grants, person=key.owner, roles=roles)


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
