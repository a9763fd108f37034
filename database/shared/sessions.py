"""Browser sessions: kept here, named in the cookie by a secret of which only the digest is kept."""

import hashlib
import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import oauth
from database.shared.keys import Keyring, of_person
from database.shared.sealing import Unopenable
from database.shared.sign_in import withdraw_tickets
from database.shared.sign_in_tables import web_session

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
MOST = 10
"""At once, of one person. One more ends the one that rested longest."""
TOUCHED = timedelta(seconds=30)
"""A session that was seen so lately is not written again at every request."""

BEGUN = ("second_step", "magic_link", "oauth_code")
"""Tickets that lead to a session; an invitation stays until its person has come in."""

TOKEN = re.compile(r"(?P<tenant>[a-z0-9][a-z0-9-]{0,39})\.(?P<secret>[A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class Session:
    """``proof`` is how it was opened (``password+totp``); ``proved_at`` when a factor was last shown."""

    tenant: str
    digest: str
    person: str
    proof: str
    opened_at: datetime
    seen_at: datetime
    ends_at: datetime
    proved_at: datetime


@dataclass(frozen=True)
class Origin:
    ip: str = ""
    agent: str = ""


def tenant_of_token(token: str) -> str:
    """What a transaction must be opened for before a session can be looked up; empty for nonsense."""
    match = TOKEN.fullmatch(token)
    return match["tenant"] if match else ""


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def open_session(
    tx: AsyncConnection, tenant: str, person: str, proof: str, now: datetime,
    origin: Origin = Origin(), keyring: Keyring | None = None,
) -> str:  # fmt: skip
    """The cookie's value, which cannot be read again. Always a new one: none is carried over a sign-in."""
    token = f"{tenant}.{secrets.token_urlsafe(32)}"
    digest = digest_of(token)
    row = {
        "tenant_id": tenant, "digest": digest, "person_id": person, "proof": proof, "opened_at": now,
        "seen_at": now, "ends_at": now + LONGEST, "proved_at": now, "origin": None,
    }  # fmt: skip
    if keyring is not None:
        plain = json.dumps([origin.ip, origin.agent[:200]], ensure_ascii=False).encode()
        row["origin"] = await keyring.seal(tx, tenant, of_person(person), plain, f"session:{digest}")
    await tx.execute(insert(web_session).values(row))
    await _end_the_most_rested(tx, tenant, person, digest, now)
    return token


async def _end_the_most_rested(
    tx: AsyncConnection, tenant: str, person: str, newest: str, now: datetime
) -> None:
    mine = (web_session.c.tenant_id == tenant) & (web_session.c.person_id == person)
    good = web_session.c.revoked_at.is_(None) & (web_session.c.ends_at > now)
    others = select(web_session.c.digest).where(mine, good, web_session.c.digest != newest)
    too_many = others.order_by(web_session.c.seen_at.desc()).offset(MOST - 1)
    await tx.execute(
        update(web_session).where(mine, web_session.c.digest.in_(too_many)).values(revoked_at=now)
    )


async def session_of(tx: AsyncConnection, token: str, now: datetime) -> Session | None:
    """The session that a cookie names, if it is still good; it is good for another half hour then."""
    tenant, digest = tenant_of_token(token), digest_of(token)
    mine = (web_session.c.tenant_id == tenant) & (web_session.c.digest == digest)
    row = (await tx.execute(select(web_session).where(mine))).first()
    if row is None or not _is_good(row, now):
        return None
    if now - row.seen_at > TOUCHED:
        await tx.execute(update(web_session).where(mine).values(seen_at=now))
    return _session(row)


async def prove(tx: AsyncConnection, session: Session, now: datetime) -> None:
    """A factor was shown once more."""
    mine = (web_session.c.tenant_id == session.tenant) & (web_session.c.digest == session.digest)
    await tx.execute(update(web_session).where(mine).values(proved_at=now))


async def revoke(tx: AsyncConnection, tenant: str, person: str, digest: str, now: datetime) -> bool:
    """False when the person has no such session."""
    mine = (web_session.c.tenant_id == tenant) & (web_session.c.person_id == person)
    done = update(web_session).where(mine, web_session.c.digest == digest).values(revoked_at=now)
    return (await tx.execute(done)).rowcount > 0


async def revoke_all(
    tx: AsyncConnection, tenant: str, person: str, now: datetime, but: str = ""
) -> None:  # fmt: skip
    """Sign out everywhere, of programs and of what was begun too; ``but`` names the session that stays."""
    mine = (web_session.c.tenant_id == tenant) & (web_session.c.person_id == person)
    live = web_session.c.revoked_at.is_(None) & (web_session.c.digest != but)
    await tx.execute(update(web_session).where(mine, live).values(revoked_at=now))
    await oauth.end_all(tx, tenant, person, now)
    await withdraw_tickets(tx, tenant, person, BEGUN, now)


async def sessions_of(
    tx: AsyncConnection, tenant: str, person: str, now: datetime, keyring: Keyring
) -> list[tuple[Session, Origin]]:
    """Those that are still good, the latest first, each with where it was opened."""
    mine = (web_session.c.tenant_id == tenant) & (web_session.c.person_id == person)
    rows = await tx.execute(select(web_session).where(mine).order_by(web_session.c.seen_at.desc()))
    good = [row for row in rows if _is_good(row, now)]
    return [(_session(row), await _origin(tx, row, keyring)) for row in good]


async def _origin(tx: AsyncConnection, row: Row[Any], keyring: Keyring) -> Origin:
    if row.origin is None:
        return Origin()
    try:
        plain = await keyring.open(tx, row.tenant_id, bytes(row.origin), f"session:{row.digest}")
    except Unopenable:
        return Origin()
    return Origin(*json.loads(plain))


def _is_good(row: Row[Any], now: datetime) -> bool:
    return row.revoked_at is None and now < row.ends_at and now - row.seen_at < IDLE


def _session(row: Row[Any]) -> Session:
    return Session(
        row.tenant_id, row.digest, row.person_id, row.proof, row.opened_at, row.seen_at, row.ends_at,
        row.proved_at,
    )  # fmt: skip
