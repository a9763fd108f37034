"""Taking a person out: what stands against it, what a law keeps, and the rest made unreadable for ever."""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.privacy.holds import holds_on
from database.privacy.registry import GROUNDS, HOLDINGS
from database.privacy.subject import Subject, hold
from database.shared import letters, people
from database.shared.files import FileStore, files_of
from database.shared.holding import Act, Holding
from database.shared.keys import Keyring
from database.shared.sealing import Unopenable
from database.shared.sign_in_tables import letter
from database.shared.tables import api_key, contact, message, person, process_case
from domain.errors import Conflict
from domain.message import MessageState
from domain.platform.retention import LAWS, Category, kept_until

WHY = "erasure"
LAWFUL_FILES = frozenset({Category.DOCUMENT})
"""Files that stay for a law: sealed under the tenant's key from then on."""


@dataclass(frozen=True)
class Kept:
    """Rows that a law keeps, without a name in them, and until when."""

    table: str
    rows: int
    law: str
    until: date


@dataclass(frozen=True)
class Erased:
    """``rows`` are numbers by table."""

    rows: Mapping[str, int]
    kept: tuple[Kept, ...]
    keys: int
    files: int = field(default=0)


async def obstacles(tx: AsyncConnection, subject: Subject, today: date) -> list[str]:
    """What has to be over first, each with what to do. Empty: the person can be erased."""
    said = [f"a legal hold is set ({row.id}); it is lifted first" for row in await holds_on(tx, subject)]
    given = {**subject.given, "today": today}
    for ground in GROUNDS.values():
        rows = (await tx.execute(text(ground.open), given)).all()
        said += [f"the {kind} {ref} is not over; end it first" for kind, ref in rows]
    said += await _open_cases(tx, subject)
    under_way = (MessageState.SENDING, MessageState.UNKNOWN)
    mine = (message.c.tenant_id == subject.tenant, message.c.contact_ref.in_(subject.contacts))
    sending = select(func.count()).select_from(message).where(*mine, message.c.state.in_(under_way))
    if (await tx.execute(sending)).scalar_one():
        said.append("a message is on its way to the provider; try again in some minutes")
    return said + await _last_administrator(tx, subject)


async def _open_cases(tx: AsyncConnection, subject: Subject) -> list[str]:
    query = select(process_case.c.process, process_case.c.ref).where(
        process_case.c.tenant_id == subject.tenant, process_case.c.closed_at.is_(None),
        process_case.c.ref.in_({ref for _, ref in subject.cases}),
    )  # fmt: skip
    found = {(row.process, row.ref) for row in await tx.execute(query)} & set(subject.cases)
    return [
        f"the case {process}:{ref} is open; it closes by itself, or is stopped"
        for process, ref in sorted(found)
    ]


async def _last_administrator(tx: AsyncConnection, subject: Subject) -> list[str]:
    query = select(person.c.id).where(
        person.c.tenant_id == subject.tenant, person.c.roles.contains(["administrator"]),
        person.c.state == people.ACTIVE,
    )  # fmt: skip
    left = set((await tx.execute(query)).scalars())
    if left and left <= set(subject.persons):
        return ["the tenant would be left without an administrator; make another one first"]
    return []


async def erasures(tx: AsyncConnection, tenant: str, since: datetime) -> list[dict[str, str]]:
    """Who was erased, by references alone, so that it can be done again on a restored database."""
    contacts = select(contact.c.ref, contact.c.erased_at).where(
        contact.c.tenant_id == tenant, contact.c.erased_at >= since
    )
    found = [
        {"contact": row.ref, "erased_at": row.erased_at.isoformat()}
        for row in await tx.execute(contacts.order_by(contact.c.erased_at))
    ]
    alone = (person.c.contact_ref.is_(None), person.c.state == people.ERASED)
    query = select(person.c.id).where(person.c.tenant_id == tenant, *alone).order_by(person.c.id)
    return found + [{"person": id} for id in (await tx.execute(query)).scalars()]


async def erased_people(tx: AsyncConnection, tenant: str) -> list[str]:
    """All of them, ``contact:<reference>`` or ``person:<id>``."""
    found = await erasures(tx, tenant, datetime(1970, 1, 1, tzinfo=UTC))
    return [f"{kind}:{one[kind]}" for one in found for kind in ("contact", "person") if kind in one]


async def kept_by_law(tx: AsyncConnection, subject: Subject) -> list[Kept]:
    found = []
    for one in HOLDINGS:
        if one.law:
            query = f"select count(*), max(({one.dated})::date) from {one.table} where {_reached(one)}"
            rows, last = (await tx.execute(text(query), subject.given)).one()
            if rows:
                found.append(Kept(one.table, rows, LAWS[one.law].en, kept_until(last)))
    return found


async def erase(
    tx: AsyncConnection, keyring: Keyring, store: FileStore, subject: Subject, at: datetime, today: date
) -> Erased:
    """All at once or not at all. Raises Conflict that names every obstacle."""
    await hold(tx, subject)
    if found := await obstacles(tx, subject, today):
        raise Conflict("nothing was erased: " + "; ".join(found))
    kept = tuple(await kept_by_law(tx, subject))
    files = await _erase_files(tx, store, subject, at)
    await _turn_away(tx, subject, at)
    rows: Counter[str] = Counter()
    for one in HOLDINGS:
        if one.reach and one.act is not Act.STAY:
            rows[one.table] = (await tx.execute(text(_statement(one)), subject.given)).rowcount
    keys = [await keyring.destroy(tx, subject.tenant, owner, at, WHY) for owner in subject.owners]
    return Erased({table: count for table, count in rows.items() if count}, kept, sum(keys), files)


async def _turn_away(tx: AsyncConnection, subject: Subject, at: datetime) -> None:
    """Nobody signs in, is written to, or is written down anew under these references."""
    tenant = subject.tenant
    mine = (contact.c.tenant_id == tenant, contact.c.ref.in_(subject.contacts))
    await tx.execute(update(contact).where(*mine).values(erased_at=func.coalesce(contact.c.erased_at, at)))
    them = (person.c.tenant_id == tenant, person.c.id.in_(subject.persons))
    await tx.execute(update(person).where(*them).values(state=people.ERASED))
    keys = (api_key.c.tenant_id == tenant, api_key.c.owner.in_(subject.persons))
    await tx.execute(update(api_key).where(*keys, api_key.c.revoked_at.is_(None)).values(revoked_at=at))
    owed = (letter.c.tenant_id == tenant, letter.c.person_id.in_(subject.persons))
    waiting = update(letter).where(*owed, letter.c.state == letters.OWED)
    await tx.execute(waiting.values(state=letters.WITHDRAWN, settled_at=at))
    pending = (message.c.tenant_id == tenant, message.c.contact_ref.in_(subject.contacts))
    kept = update(message).where(*pending, message.c.state == MessageState.PENDING)
    await tx.execute(kept.values(state=MessageState.WITHHELD, settled_at=at))


async def _erase_files(tx: AsyncConnection, store: FileStore, subject: Subject, at: datetime) -> int:
    gone = 0
    for owner in (*subject.contacts, *subject.persons):
        for one in await files_of(tx, subject.tenant, contact=owner):
            if one.removed_at is None and one.retention in LAWFUL_FILES:
                with suppress(Unopenable):  # erased before, and brought back by a restore
                    await store.entrust(tx, subject.tenant, one.id)
                    continue
            gone += await store.remove(tx, subject.tenant, one.id, WHY, at)
    return gone


def _reached(one: Holding) -> str:
    return f"tenant_id = :tenant and ({one.reach})"


def _statement(one: Holding) -> str:
    reached = f"tenant_id = :tenant and ({one.sweep or one.reach})"
    if one.act is Act.DELETE:
        return f"delete from {one.table} where {reached}"
    values = ", ".join(f'"{column}" = {wiped.value}' for column, wiped in one.wiped.items())
    return f"update {one.table} set {values} where {reached}"
