"""Keys of the API. A token is ``ech_<tenant>_<key id>_<secret>``; only the secret's SHA-256 is kept."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.contacts import tenant_of
from database.shared.tables import api_key
from domain.errors import BadInput, Mistake, NotFound

TOKEN = re.compile(r"ech_(?P<tenant>[a-z0-9][a-z0-9-]{0,39})_(?P<id>[0-9a-f]{12})_(?P<secret>[0-9a-f]{64})")
SCOPE = re.compile(r"[a-z]+(:[a-z]+)?|\*")


@dataclass(frozen=True)
class Token:
    tenant: str
    id: str
    secret: str

    def __str__(self) -> str:
        return f"ech_{self.tenant}_{self.id}_{self.secret}"

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.secret.encode()).hexdigest()


@dataclass(frozen=True)
class Key:
    """What a valid token may do: its tenant and scopes. ``*`` is every scope; ``owner`` is a person's id."""

    tenant: str
    id: str
    name: str
    scopes: frozenset[str]
    owner: str = ""

    def allows(self, scope: str) -> bool:
        return "*" in self.scopes or scope in self.scopes


@dataclass(frozen=True)
class KnownKey:
    """What is kept of a key; ``owner`` is the id of the person who made it, or empty."""

    id: str
    name: str
    scopes: frozenset[str]
    owner: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def read_token(text: str) -> Token | None:
    """Its tenant is what a transaction must be opened for before the key can be looked up."""
    match = TOKEN.fullmatch(text)
    return Token(**match.groupdict()) if match else None


async def create_key(
    tx: AsyncConnection,
    tenant_id: str,
    name: str,
    scopes: frozenset[str],
    expires_at: datetime | None = None,
    owner: str = "",
) -> str:
    """The token, which cannot be read again. Raises NotFound (tenant) and BadInput (scopes)."""
    wrong = sorted(scope for scope in scopes if not SCOPE.fullmatch(scope))
    if wrong or not scopes:
        mend = "give words such as contracts:write, or * for all"
        raise BadInput(Mistake("scopes", f"not a scope: {', '.join(wrong) or 'none given'}", mend))
    await tenant_of(tx, tenant_id)
    token = Token(tenant_id, secrets.token_hex(6), secrets.token_hex(32))
    row = {"tenant_id": tenant_id, "id": token.id, "name": name, "secret_sha256": token.digest}
    await tx.execute(insert(api_key).values(**row, scopes=sorted(scopes), expires_at=expires_at, owner=owner))
    return str(token)


async def key_of(tx: AsyncConnection, token: Token, at: datetime) -> Key | None:
    """The key of a token that is genuine, not revoked and not expired; else nothing, without saying why."""
    row = await _live_row(tx, token.tenant, token.id, at)
    if row is None or not hmac.compare_digest(row.secret_sha256, token.digest):
        return None
    return Key(token.tenant, row.id, row.name, frozenset(row.scopes), row.owner)


async def live_key(tx: AsyncConnection, tenant_id: str, key_id: str, at: datetime) -> Key | None:
    """The key with this id while it is neither revoked nor expired. The caller has proof of its secret."""
    row = await _live_row(tx, tenant_id, key_id, at)
    return Key(tenant_id, row.id, row.name, frozenset(row.scopes), row.owner) if row else None


async def known_key(tx: AsyncConnection, tenant_id: str, key_id: str) -> KnownKey:
    """Raises NotFound."""
    mine = (api_key.c.tenant_id == tenant_id) & (api_key.c.id == key_id)
    row = (await tx.execute(select(api_key).where(mine))).first()
    if row is None:
        raise NotFound("key", key_id)
    return _known(row)


async def page_of_keys(tx: AsyncConnection, tenant_id: str, after: str, limit: int) -> list[KnownKey]:
    query = select(api_key).where(api_key.c.tenant_id == tenant_id, api_key.c.id > after)
    return [_known(row) for row in await tx.execute(query.order_by(api_key.c.id).limit(limit))]


def _known(row: Row[Any]) -> KnownKey:
    return KnownKey(
        row.id, row.name, frozenset(row.scopes), row.owner, row.created_at, row.expires_at, row.revoked_at
    )


async def _live_row(tx: AsyncConnection, tenant_id: str, key_id: str, at: datetime) -> Row[Any] | None:
    mine = (api_key.c.tenant_id == tenant_id) & (api_key.c.id == key_id)
    row = (await tx.execute(select(api_key).where(mine))).first()
    if row is None or row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= at):
        return None
    return row


async def revoke_key(tx: AsyncConnection, tenant_id: str, key_id: str, at: datetime) -> None:
    """Raises NotFound when there is none, or it is revoked already."""
    mine = (api_key.c.tenant_id == tenant_id) & (api_key.c.id == key_id) & api_key.c.revoked_at.is_(None)
    done = await tx.execute(update(api_key).where(mine).values(revoked_at=at))
    if not done.rowcount:
        raise NotFound("key", key_id)
