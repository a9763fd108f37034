"""The audit trail read by people: searched, page by page, with addresses as long as their keys are there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Row, Select, Text, cast, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.audit import Origin, origin_in
from database.shared.keys import Keyring
from database.shared.sealing import DataKey, key_id_of
from database.shared.tables import api_key, audit, audit_seal, person
from database.shared.trail_words import State, open_words

LARGEST_ID = 2**63 - 1


PLACES = (
    audit.c.who, audit.c.action, audit.c.object, cast(audit.c.before, Text), cast(audit.c.after, Text),
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """Empty fields do not filter. ``since`` is in, ``until`` is out.

    ``action`` may end in a dot: all of its kind.
    ``text`` stands anywhere in what was done, to what, and in the states before and after.
    """

    who: str = ""
    action: str = ""
    object: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass
class Openers:
    """Opens origins; each key is fetched once. For one request: an erasure must not be outlived for long."""

    keyring: Keyring
    _keys: dict[str, DataKey | None] = field(default_factory=dict)

    async def origin(self, tx: AsyncConnection, tenant: str, row: Row[Any]) -> Origin:
        if row.origin is None:
            return Origin(row.ip, row.agent)
        name = key_id_of(bytes(row.origin))
        if name not in self._keys:
            self._keys[name] = await self.keyring.by_id(tx, tenant, name)
        return origin_in(self._keys[name], tenant, row)

    async def states(self, tx: AsyncConnection, tenant: str, row: Row[Any]) -> tuple[State, State]:
        """Before and after, with the words that still open."""
        both = (row.before, row.after)
        before, after = await open_words(tx, self.keyring, tenant, row.object, both, self._keys)
        return before, after


async def find(
    tx: AsyncConnection, tenant: str, wanted: Wanted, before: int = LARGEST_ID, limit: int = 50
) -> list[Row[Any]]:
    """The latest first, before the row ``before``; each with the number of its seal."""
    same = (audit.c.tenant_id == audit_seal.c.tenant_id) & (audit.c.id == audit_seal.c.audit_id)
    query = select(audit, audit_seal.c.seq).select_from(audit.outerjoin(audit_seal, same))
    query = query.where(audit.c.tenant_id == tenant, audit.c.id < before, *_conditions(wanted))
    return list(await tx.execute(query.order_by(audit.c.id.desc()).limit(limit)))


def _conditions(wanted: Wanted) -> list[Any]:
    found: list[Any] = []
    if wanted.who:
        found.append(audit.c.who == wanted.who)
    if wanted.action:
        kind = wanted.action.endswith(".")
        found.append(
            audit.c.action.startswith(wanted.action, autoescape=True) if kind
            else audit.c.action == wanted.action
        )  # fmt: skip
    if wanted.object:
        found.append(audit.c.object == wanted.object)
    if wanted.since:
        found.append(audit.c.at >= wanted.since)
    if wanted.until:
        found.append(audit.c.at < wanted.until)
    if wanted.text:
        found.append(or_(*(place.icontains(wanted.text, autoescape=True) for place in PLACES)))
    return found


async def names_of(tx: AsyncConnection, tenant: str, whos: Sequence[str]) -> dict[str, str]:
    """What people and keys are called, by ``who``; those that are gone are left out."""
    people = _named("person", person.c.id, person.c.full_name, whos).where(person.c.tenant_id == tenant)
    keys = _named("key", api_key.c.id, api_key.c.name, whos).where(api_key.c.tenant_id == tenant)
    rows = await tx.execute(people.union_all(keys))
    return {f"{row.kind}:{row.id}": row.name for row in rows if row.name}


def _named(kind: str, id: Column[str], name: Column[str], whos: Sequence[str]) -> Select[str, str, str]:
    ids = [who.partition(":")[2] for who in whos if who.startswith(f"{kind}:")]
    return select(literal(kind).label("kind"), id.label("id"), name.label("name")).where(id.in_(ids))
