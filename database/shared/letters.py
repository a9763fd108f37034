"""Letters to people who sign in: owed with what they are about, written and sent by their own process."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import outbox
from database.shared.contacts import tenant_of
from database.shared.sign_in_tables import letter
from domain.case import Case
from domain.errors import NotFound

PROCESS = "platform.letter"
KINDS = (
    "invitation", "magic_link", "new_sign_in", "password_changed", "factor_changed", "key_made",
    "export_ready", "erasure_done", "webhook_disabled",
)  # fmt: skip
HOUR = timedelta(hours=1)
OWED, SENT, FAILED, WITHDRAWN = "owed", "sent", "failed", "withdrawn"


@dataclass(frozen=True)
class Letter:
    """``data`` holds no secret and no name: references, dates, numbers."""

    id: str
    person: str
    kind: str
    data: Mapping[str, Any]
    state: str
    attempts: int
    created_at: datetime


async def owe_letter(
    tx: AsyncConnection, tenant: str, person: str, kind: str, now: datetime,
    data: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """Promise a letter in the caller's transaction. Returns its id, which tells nobody's name."""
    if kind not in KINDS:
        raise ValueError(f"no letter is called {kind}")
    id = f"l{secrets.token_hex(8)}"
    row = {"tenant_id": tenant, "id": id, "person_id": person, "kind": kind, "created_at": now}
    await tx.execute(insert(letter).values(**row, data=dict(data or {})))
    case = (await tenant_of(tx, tenant)).case(PROCESS, id)
    await outbox.owe(tx, outbox.START, case, f"letter.{kind}", now, "letter")
    return id


async def letter_of(tx: AsyncConnection, case: Case) -> Letter:
    """Held until the transaction ends. Raises NotFound."""
    mine = (letter.c.tenant_id == case.tenant) & (letter.c.id == case.ref)
    row = (await tx.execute(select(letter).where(mine).with_for_update())).first()
    if row is None:
        raise NotFound("letter", case.ref)
    return _letter(row)


async def attempt(tx: AsyncConnection, case: Case) -> None:
    mine = (letter.c.tenant_id == case.tenant) & (letter.c.id == case.ref)
    await tx.execute(update(letter).where(mine).values(attempts=letter.c.attempts + 1))


async def settle(tx: AsyncConnection, case: Case, state: str, at: datetime, reason: str = "") -> None:
    mine = (letter.c.tenant_id == case.tenant) & (letter.c.id == case.ref)
    await tx.execute(update(letter).where(mine).values(state=state, settled_at=at, reason=reason[:200]))


def _letter(row: Row[Any]) -> Letter:
    return Letter(row.id, row.person_id, row.kind, row.data, row.state, row.attempts, row.created_at)


async def count_lately(
    tx: AsyncConnection, tenant: str, person: str, kinds: tuple[str, ...], now: datetime,
    data: Mapping[str, Any],
) -> int:  # fmt: skip
    """Letters of these kinds, with this in their data, that were owed to a person in the last hour.

    Who counts next waits until the transaction ends: many at once are counted like one by one.
    """
    await tx.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"{tenant} letters {person}", 0)))
    )
    mine = (letter.c.tenant_id == tenant) & (letter.c.person_id == person) & letter.c.kind.in_(kinds)
    lately = (letter.c.created_at > now - HOUR) & letter.c.data.contains(dict(data))
    query = select(func.count()).select_from(letter).where(mine, lately)
    return int((await tx.execute(query)).scalar_one())
