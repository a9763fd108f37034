"""What signing in keeps between two requests: tickets, known browsers, failures."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.keys import Keyring
from database.shared.sign_in_tables import sign_in_failure, sign_in_ticket, trusted_device
from domain.sign_in import LIMITS, Bucket

LASTS: Mapping[str, timedelta] = {
    "invitation": timedelta(days=7),
    "magic_link": timedelta(minutes=10),
    "second_step": timedelta(minutes=10),
    "passkey": timedelta(minutes=5),
    "oidc": timedelta(minutes=10),
    "oauth_code": timedelta(minutes=1),
}
TRUSTED = timedelta(days=180)


@dataclass(frozen=True)
class Ticket:
    person: str
    kind: str
    data: Mapping[str, Any]


async def issue_ticket(
    tx: AsyncConnection, tenant: str, person_id: str, kind: str, now: datetime,
    data: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """Good once, for a while. Only its digest is kept."""
    secret = secrets.token_urlsafe(32)
    row = {
        "tenant_id": tenant, "digest": _digest(secret), "person_id": person_id, "kind": kind,
        "data": dict(data or {}), "created_at": now, "expires_at": now + LASTS[kind],
    }  # fmt: skip
    await tx.execute(insert(sign_in_ticket).values(row))
    return secret


async def see_ticket(
    tx: AsyncConnection, tenant: str, secret: str, kinds: tuple[str, ...], now: datetime
) -> Ticket | None:
    """A ticket that could still be taken; it stays."""
    good = _good(tenant, secret, kinds, now)
    row = (await tx.execute(select(sign_in_ticket).where(good))).first()
    return Ticket(row.person_id, row.kind, row.data) if row else None


async def take_ticket(
    tx: AsyncConnection, tenant: str, secret: str, kinds: tuple[str, ...], now: datetime
) -> Ticket | None:
    """Of two who take it at once, one gets it."""
    good = _good(tenant, secret, kinds, now)
    taken = update(sign_in_ticket).where(good).values(used_at=now).returning(sign_in_ticket)
    row = (await tx.execute(taken)).first()
    return Ticket(row.person_id, row.kind, row.data) if row else None


async def used_ticket(
    tx: AsyncConnection, tenant: str, secret: str, kinds: tuple[str, ...]
) -> Ticket | None:  # fmt: skip
    """One that was taken before: somebody has it a second time."""
    mine = (sign_in_ticket.c.tenant_id == tenant) & (sign_in_ticket.c.digest == _digest(secret))
    used = sign_in_ticket.c.used_at.is_not(None) & sign_in_ticket.c.kind.in_(kinds)
    row = (await tx.execute(select(sign_in_ticket).where(mine, used))).first()
    return Ticket(row.person_id, row.kind, row.data) if row else None


async def withdraw_tickets(
    tx: AsyncConnection, tenant: str, person_id: str, kinds: tuple[str, ...], now: datetime
) -> None:
    """A new link makes those before it worthless."""
    mine = (sign_in_ticket.c.tenant_id == tenant) & (sign_in_ticket.c.person_id == person_id)
    open_ones = sign_in_ticket.c.used_at.is_(None) & sign_in_ticket.c.kind.in_(kinds)
    await tx.execute(update(sign_in_ticket).where(mine, open_ones).values(used_at=now))


async def trust_device(tx: AsyncConnection, tenant: str, person_id: str, now: datetime) -> str:
    """What the browser keeps. It opens nothing: it only tells a known browser from a stranger's."""
    secret = secrets.token_urlsafe(32)
    row = {"tenant_id": tenant, "digest": _digest(secret), "person_id": person_id, "created_at": now}
    await tx.execute(insert(trusted_device).values(**row, expires_at=now + TRUSTED))
    return secret


async def is_trusted(tx: AsyncConnection, tenant: str, person_id: str, secret: str, now: datetime) -> bool:
    mine = (trusted_device.c.tenant_id == tenant) & (trusted_device.c.person_id == person_id)
    good = (trusted_device.c.digest == _digest(secret)) & (trusted_device.c.expires_at > now)
    return (await tx.execute(select(trusted_device.c.digest).where(mine, good))).first() is not None


@dataclass(frozen=True)
class Reserved:
    """An attempt that counts as failed; with ``until`` it was not taken at all."""

    until: datetime | None
    ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Failures:
    """Counts failures by bucket, under names that tell neither person nor network."""

    keyring: Keyring
    tenant: str

    def name(self, bucket: Bucket, of: str) -> str:
        secret = self.keyring.master.derived("failures").secret
        return hmac.new(secret, f"{self.tenant}\n{bucket}\n{of}".encode(), hashlib.sha256).hexdigest()

    async def until(self, tx: AsyncConnection, names: Mapping[Bucket, str], now: datetime) -> datetime | None:
        """When the next attempt is taken, if it is not at once."""
        found = [await self._until(tx, bucket, of, now) for bucket, of in names.items()]
        return max((at for at in found if at is not None), default=None)

    async def _until(self, tx: AsyncConnection, bucket: Bucket, of: str, now: datetime) -> datetime | None:
        limit = LIMITS[bucket]
        mine = (sign_in_failure.c.tenant_id == self.tenant) & (
            sign_in_failure.c.bucket == self.name(bucket, of)
        )
        recent = sign_in_failure.c.at > now - limit.within
        query = select(func.count(), func.min(sign_in_failure.c.at)).where(mine, recent)
        count, first = (await tx.execute(query)).one()
        return first + limit.within if count >= limit.failures else None

    async def reserve(self, tx: AsyncConnection, names: Mapping[Bucket, str], now: datetime) -> Reserved:
        """Counts an attempt before it is looked at, so that a thousand at once are counted like one by one.

        Who turns out to be right has it taken back by ``forgive``.
        """
        counted = sorted(self.name(bucket, of) for bucket, of in names.items())
        for bucket in counted:
            await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(bucket, 0))))
        until = await self.until(tx, names, now)
        if until is not None:
            return Reserved(until)
        rows = [{"tenant_id": self.tenant, "bucket": bucket, "at": now} for bucket in counted]
        made = await tx.execute(insert(sign_in_failure).values(rows).returning(sign_in_failure.c.id))
        return Reserved(None, tuple(made.scalars()))

    async def forgive(self, tx: AsyncConnection, reserved: Reserved) -> None:
        mine = (sign_in_failure.c.tenant_id == self.tenant) & sign_in_failure.c.id.in_(reserved.ids)
        await tx.execute(delete(sign_in_failure).where(mine))


def _good(tenant: str, secret: str, kinds: tuple[str, ...], now: datetime) -> Any:
    mine = (sign_in_ticket.c.tenant_id == tenant) & (sign_in_ticket.c.digest == _digest(secret))
    unused = sign_in_ticket.c.used_at.is_(None) & (sign_in_ticket.c.expires_at > now)
    return mine & unused & sign_in_ticket.c.kind.in_(kinds)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
