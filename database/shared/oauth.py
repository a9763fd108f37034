"""OAuth clients, and refresh tokens in families."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.tables import person as people
from database.shared.token_tables import oauth_client, refresh_token
from domain.errors import BadInput, Mistake, NotFound
from domain.network import host_problem

LASTS = timedelta(days=30)
LONGEST = timedelta(days=180)
"""After so long a person signs in to a program anew, however often it refreshed."""

TOKEN = re.compile(r"echr_(?P<tenant>[a-z0-9][a-z0-9-]{0,39})_(?P<secret>[A-Za-z0-9_-]{43})")
CLIENT = re.compile(r"(?P<tenant>[a-z0-9][a-z0-9-]{0,39})\.(?P<id>[0-9a-f]{16})")
PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")
"""Of a telephone's program: a domain name turned round (RFC 8252, 7.1)."""


@dataclass(frozen=True)
class Client:
    """``id`` is what the program calls itself: ``<tenant>.<16 hex digits>``."""

    id: str
    name: str
    redirect_uris: tuple[str, ...]
    scopes: frozenset[str]
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class Grant:
    """Who stands behind a refresh token, and since when."""

    family: str
    person: str
    client: str
    proved_at: datetime


def redirect_mistakes(uris: Sequence[str]) -> list[Mistake]:
    """https, a loopback address, or a scheme of the program's own (RFC 8252); matched letter by letter."""
    mend = "use https://…, http://127.0.0.1…, or a scheme of your own such as com.example.app:/signed-in"
    problem = "no address that a program may be called back at"
    return [Mistake("redirect_uris", problem, mend) for uri in uris if not _leads_back(uri)]


def _leads_back(uri: str) -> bool:
    if not uri.isascii() or not uri.isprintable() or " " in uri:
        return False
    try:
        split = urlsplit(uri)
        host, port = split.hostname or "", split.port
    except ValueError:
        return False
    named = f"[{host}]" if ":" in host else host
    place = split.netloc.lower() == (named if port is None else f"{named}:{port}") and not host_problem(host)
    web = split.scheme == "https" and place
    loopback = split.scheme == "http" and place and host in ("127.0.0.1", "::1")
    own = bool(PRIVATE_SCHEME.fullmatch(split.scheme)) and not split.netloc
    return not split.fragment and (web or loopback or own)


async def create_client(
    tx: AsyncConnection, tenant: str, name: str, uris: Sequence[str], scopes: Sequence[str] = ("*",)
) -> Client:
    """Raises BadInput. In a person's name it may what they may and ``scopes`` say, ``*`` being all."""
    if mistakes := redirect_mistakes(uris):
        raise BadInput(*mistakes)
    row = {
        "tenant_id": tenant,
        "id": secrets.token_hex(8),
        "name": name,
        "redirect_uris": list(uris),
        "scopes": sorted(set(scopes)),
    }
    made = (await tx.execute(insert(oauth_client).values(row).returning(oauth_client))).one()
    return _client(made)


async def client_of(tx: AsyncConnection, tenant: str, id: str) -> Client:
    """Raises NotFound, of a revoked one too."""
    match = CLIENT.fullmatch(id)
    own = match["id"] if match and match["tenant"] == tenant else ""
    mine = (oauth_client.c.tenant_id == tenant) & (oauth_client.c.id == own)
    row = (await tx.execute(select(oauth_client).where(mine, oauth_client.c.revoked_at.is_(None)))).first()
    if row is None:
        raise NotFound("client", id)
    return _client(row)


async def page_of_clients(tx: AsyncConnection, tenant: str, after: str, limit: int) -> list[Client]:
    own = after.partition(".")[2]
    query = select(oauth_client).where(oauth_client.c.tenant_id == tenant, oauth_client.c.id > own)
    return [_client(row) for row in await tx.execute(query.order_by(oauth_client.c.id).limit(limit))]


async def revoke_client(tx: AsyncConnection, tenant: str, id: str, now: datetime) -> Client:
    """With it every sign-in that it holds. Raises NotFound."""
    known = await client_of(tx, tenant, id)
    own = id.partition(".")[2]
    mine = (oauth_client.c.tenant_id == tenant) & (oauth_client.c.id == own)
    await tx.execute(update(oauth_client).where(mine).values(revoked_at=now))
    held = (refresh_token.c.tenant_id == tenant) & (refresh_token.c.client_id == own)
    await tx.execute(update(refresh_token).where(held).values(revoked_at=now))
    return known


async def issue(tx: AsyncConnection, tenant: str, grant: Grant, now: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    row = {
        "tenant_id": tenant, "digest": _digest(secret), "family": grant.family, "person_id": grant.person,
        "client_id": grant.client.partition(".")[2], "proved_at": grant.proved_at, "created_at": now,
        "expires_at": min(now + LASTS, grant.proved_at + LONGEST),
    }  # fmt: skip
    await tx.execute(insert(refresh_token).values(row))
    return f"echr_{tenant}_{secret}"


@dataclass(frozen=True)
class Reused:
    """A token came a second time: one of the two who hold it is a thief, and nobody knows which."""

    person: str
    client: str


async def exchange(
    tx: AsyncConnection, tenant: str, secret: str, now: datetime
) -> Grant | Reused | None:  # fmt: skip
    """What the next token is made of. One that was used before ends its whole family."""
    mine = (refresh_token.c.tenant_id == tenant) & (refresh_token.c.digest == _digest(secret))
    await _hold(tx, tenant, refresh_token.c.digest == _digest(secret))
    row = (await tx.execute(select(refresh_token).where(mine))).first()
    if row is None:
        return None
    if row.used_at is not None:
        known = row.revoked_at is not None
        await end_family(tx, tenant, row.family, now)
        return None if known else Reused(row.person_id, f"{tenant}.{row.client_id}")
    if row.revoked_at is not None or row.expires_at <= now:
        return None
    await tx.execute(update(refresh_token).where(mine).values(used_at=now))
    return Grant(row.family, row.person_id, f"{tenant}.{row.client_id}", row.proved_at)


async def end_family(tx: AsyncConnection, tenant: str, family: str, now: datetime) -> None:
    mine = (refresh_token.c.tenant_id == tenant) & (refresh_token.c.family == family)
    await _hold(tx, tenant, refresh_token.c.family == family)
    await tx.execute(update(refresh_token).where(mine).values(revoked_at=now))


async def _hold(tx: AsyncConnection, tenant: str, of: ColumnElement[bool]) -> None:
    """Of the person behind a token one thing is done at a time: what ends a sign-in sees its last token."""
    whose = select(refresh_token.c.person_id).where(refresh_token.c.tenant_id == tenant, of)
    mine = (people.c.tenant_id == tenant) & people.c.id.in_(whose)
    await tx.execute(select(people.c.id).where(mine).order_by(people.c.id).with_for_update(key_share=True))


async def family_of(tx: AsyncConnection, tenant: str, secret: str) -> str:
    mine = (refresh_token.c.tenant_id == tenant) & (refresh_token.c.digest == _digest(secret))
    return (await tx.execute(select(refresh_token.c.family).where(mine))).scalar_one_or_none() or ""


async def end_all(tx: AsyncConnection, tenant: str, person: str, now: datetime) -> None:
    """Sign a person out of every program."""
    await _hold(tx, tenant, refresh_token.c.person_id == person)
    mine = (refresh_token.c.tenant_id == tenant) & (refresh_token.c.person_id == person)
    await tx.execute(update(refresh_token).where(mine).values(revoked_at=now))


async def reach_of(tx: AsyncConnection, tenant: str, family: str, now: datetime) -> frozenset[str] | None:
    """What a sign-in by a program may at most; None when it does not hold any more."""
    if not await is_live(tx, tenant, family, now):
        return None
    whose = select(refresh_token.c.client_id).where(
        refresh_token.c.tenant_id == tenant, refresh_token.c.family == family
    )
    mine = (oauth_client.c.tenant_id == tenant) & oauth_client.c.id.in_(whose)
    return frozenset((await tx.execute(select(oauth_client.c.scopes).where(mine))).scalar_one())


async def is_live(tx: AsyncConnection, tenant: str, family: str, now: datetime) -> bool:
    """Whether a sign-in by a program still holds: an access token is worth no more than it."""
    mine = (refresh_token.c.tenant_id == tenant) & (refresh_token.c.family == family)
    good = refresh_token.c.revoked_at.is_(None) & (refresh_token.c.expires_at > now)
    return (await tx.execute(select(refresh_token.c.digest).where(mine, good).limit(1))).first() is not None


@dataclass(frozen=True)
class SignIn:
    """Of a person, in a program that has not been signed out."""

    family: str
    program: str
    begun_at: datetime
    used_at: datetime


async def sign_ins_of(tx: AsyncConnection, tenant: str, person: str, now: datetime) -> list[SignIn]:
    """Those that still hold, the latest first."""
    mine = (refresh_token.c.tenant_id == tenant) & (refresh_token.c.person_id == person)
    same = (oauth_client.c.tenant_id == tenant) & (oauth_client.c.id == refresh_token.c.client_id)
    ends = func.max(refresh_token.c.expires_at)
    begun, used = func.min(refresh_token.c.created_at), func.max(refresh_token.c.created_at)
    query = (
        select(refresh_token.c.family, oauth_client.c.name, begun, used)
        .join(oauth_client, same)
        .where(mine, refresh_token.c.revoked_at.is_(None))
        .group_by(refresh_token.c.family, oauth_client.c.name)
        .having(ends > now)
        .order_by(used.desc())
    )
    return [SignIn(*row) for row in await tx.execute(query)]


async def end_own(tx: AsyncConnection, tenant: str, person: str, family: str, now: datetime) -> bool:
    """False when the person has no such sign-in."""
    mine = (refresh_token.c.tenant_id == tenant) & (refresh_token.c.person_id == person)
    own = (refresh_token.c.family == family) & refresh_token.c.revoked_at.is_(None)
    await _hold(tx, tenant, refresh_token.c.family == family)
    return (await tx.execute(update(refresh_token).where(mine, own).values(revoked_at=now))).rowcount > 0


def _client(row: Row[Any]) -> Client:
    return Client(
        f"{row.tenant_id}.{row.id}",
        row.name,
        tuple(row.redirect_uris),
        frozenset(row.scopes),
        row.created_at,
        row.revoked_at,
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
