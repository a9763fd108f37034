"""What a tenant publishes from which day: proposed, approved by a second person, rung, rolled back."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, literal, select, text, update
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as insert_new
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Text

from database.shared import audit, rules
from database.shared.audit import Actor
from database.shared.contacts import tenant_of
from database.shared.outbox import RING
from database.shared.people import human_behind
from database.shared.tables import outbox, process_case, rule_publication
from domain.calendar import local_date
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.publication import APPROVED, PROPOSED, REJECTED, Publication, standing

FACT = "rules.published"
ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:name, 0))")
"""A tenant's publications of one book get their numbers in the order in which they are committed."""


@dataclass(frozen=True)
class Proposal:
    """``revision`` empty: back to the shipped book. ``effective_on`` None: today."""

    book: str
    revision: str
    effective_on: date | None = None
    note: str = ""


async def propose(
    tx: AsyncConnection, tenant: str, actor: Actor, given: Proposal, at: datetime
) -> Publication:
    """Approved at once unless the tenant asks for a second person. Raises NotFound, BadInput."""
    firm = await tenant_of(tx, tenant)
    today = local_date(at, firm.zone)
    if given.revision:
        await rules.revision_of(tx, tenant, given.book, given.revision)
    if given.effective_on and given.effective_on < today:
        problem, mend = f"{given.effective_on} is past", f"give {today} or a later day, or leave it out"
        raise BadInput(Mistake("effective_on", problem, mend))
    row = {
        "book": given.book, "revision": given.revision or None, "note": given.note,
        "effective_on": given.effective_on or today, **_by(actor, at, approved=not firm.rules_need_approval),
    }  # fmt: skip
    made = await _write(tx, tenant, row)
    await _tell(tx, tenant, actor, "rule.proposed" if made.state == PROPOSED else "rule.published", made)
    return await come_into_force(tx, tenant, made, today, at)


async def approve(tx: AsyncConnection, tenant: str, actor: Actor, id: int, at: datetime) -> Publication:
    """By another person than who proposed it, where the tenant asks for that. What is approved after its day
    comes into force on the day of the approval. Raises NotFound, Conflict.
    """
    firm = await tenant_of(tx, tenant)
    today = local_date(at, firm.zone)
    waiting = await _waiting(tx, tenant, id)
    if firm.rules_need_approval:
        await _check_second(tx, tenant, waiting, actor)
    begins = max(waiting.effective_on, today)
    mine = rule_publication.c
    overtaken = select(mine.id).where(
        mine.tenant_id == tenant, mine.book == waiting.book, mine.state == APPROVED,
        mine.effective_on == begins, mine.id > id,
    )  # fmt: skip
    if later := (await tx.execute(overtaken)).scalar():
        raise Conflict(f"the publication {later} of the same day came after {id}: propose it anew")
    made = await _decide(tx, tenant, waiting, actor, APPROVED, "", at, begins)
    return await come_into_force(tx, tenant, made, today, at)


async def reject(
    tx: AsyncConnection, tenant: str, actor: Actor, id: int, reason: str, at: datetime
) -> Publication:
    """Who proposed it may reject it as well. Raises NotFound, Conflict."""
    waiting = await _waiting(tx, tenant, id)
    return await _decide(tx, tenant, waiting, actor, REJECTED, reason, at, waiting.effective_on)


async def roll_back(
    tx: AsyncConnection, tenant: str, actor: Actor, book: str, reason: str, at: datetime
) -> Publication:
    """To what was in force before the present publication, at once: it was approved when it was published.

    Raises Conflict when the shipped book is in force.
    """
    today = local_date(at, (await tenant_of(tx, tenant)).zone)
    await _lock(tx, tenant, book)
    stack = standing(await _approved(tx, tenant, book), today)
    if not stack:
        raise Conflict(f"nothing to roll back: the shipped book {book} is in force")
    below = stack[-2].revision if len(stack) > 1 else ""
    row = {
        "book": book, "revision": below or None, "note": reason, "effective_on": today,
        "undoes": stack[-1].id, **_by(actor, at, approved=True),
    }  # fmt: skip
    made = await _write(tx, tenant, row)
    await _tell(tx, tenant, actor, "rule.rolled_back", made)
    return await come_into_force(tx, tenant, made, today, at)


async def come_into_force(
    tx: AsyncConnection, tenant: str, made: Publication, today: date, at: datetime
) -> Publication:
    """Ring the cases that use the book, once, as soon as the publication is in force."""
    if made.rung_at or not made.in_force(today):
        return made
    await ring_users_of(tx, tenant, made.book, at, made.id)
    await tx.execute(_one(tenant, made.id).values(rung_at=at))
    return replace(made, rung_at=at)


async def ring_users_of(tx: AsyncConnection, tenant: str, book: str, at: datetime, publication: int) -> int:
    """Owe a ring to every open case whose last decision asked the book. Returns to how many."""
    mine = process_case.c
    name = literal(f"{RING}:") + mine.process + ":" + mine.ref + f":{FACT}:{publication}"
    users = select(
        mine.tenant_id, name, literal(RING), mine.process, mine.ref, literal(FACT),
        literal(at, rule_publication.c.proposed_at.type),
    ).where(mine.tenant_id == tenant, mine.closed_at.is_(None), _asks(book))  # fmt: skip
    columns = ["tenant_id", "key", "kind", "process", "ref", "fact", "at"]
    owed = insert_new(outbox).from_select(columns, users).on_conflict_do_nothing()
    return (await tx.execute(owed.execution_options(preserve_rowcount=True))).rowcount


def _asks(book: str) -> ColumnElement[bool]:
    return literal(book) == func.any(as_type(func.string_to_array(process_case.c.book, "+"), ARRAY(Text)))


async def begun(tx: AsyncConnection, tenant: str, today: date, limit: int = 50) -> list[Publication]:
    """What came into force since and has not been rung yet, locked; another transaction's is left to it."""
    mine = rule_publication.c
    query = select(rule_publication).where(
        mine.tenant_id == tenant, mine.state == APPROVED, mine.rung_at.is_(None), mine.effective_on <= today
    )
    ordered = query.order_by(mine.effective_on, mine.id).limit(limit).with_for_update(skip_locked=True)
    return [_publication(row) for row in await tx.execute(ordered)]


async def publications_of(
    tx: AsyncConnection, tenant: str, book: str = "", before: int = 0, limit: int = 50
) -> list[Publication]:
    """The latest first, of one book or of all, beginning below the number ``before``."""
    mine = rule_publication.c
    query = select(rule_publication).where(mine.tenant_id == tenant)
    if book:
        query = query.where(mine.book == book)
    if before:
        query = query.where(mine.id < before)
    return [_publication(row) for row in await tx.execute(query.order_by(mine.id.desc()).limit(limit))]


async def pending(tx: AsyncConnection, tenant: str, today: date) -> list[Publication]:
    """What waits for an approval or for its day, of all books."""
    mine = rule_publication.c
    waits = (mine.state == PROPOSED) | ((mine.state == APPROVED) & (mine.effective_on > today))
    query = select(rule_publication).where(mine.tenant_id == tenant, waits)
    return [_publication(row) for row in await tx.execute(query.order_by(mine.effective_on, mine.id))]


async def publication_of(tx: AsyncConnection, tenant: str, id: int) -> Publication:
    """Raises NotFound."""
    mine = rule_publication.c
    query = select(rule_publication).where(mine.tenant_id == tenant, mine.id == id)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("publication", str(id))
    return _publication(row)


async def _approved(tx: AsyncConnection, tenant: str, book: str) -> list[Publication]:
    mine = rule_publication.c
    query = select(rule_publication).where(
        mine.tenant_id == tenant, mine.book == book, mine.state == APPROVED
    )  # fmt: skip
    return [_publication(row) for row in await tx.execute(query)]


async def _waiting(tx: AsyncConnection, tenant: str, id: int) -> Publication:
    await _lock(tx, tenant, (await publication_of(tx, tenant, id)).book)
    found = await publication_of(tx, tenant, id)
    if found.state != PROPOSED:
        raise Conflict(f"the publication {id} is {found.state} already, by {found.decided_by}")
    return found


async def _check_second(tx: AsyncConnection, tenant: str, waiting: Publication, actor: Actor) -> None:
    """Keys that nobody made for themselves may all be one person's: two of them are no second person.

    Raises Conflict.
    """
    proposer, approver = [await human_behind(tx, tenant, who) for who in (waiting.proposed_by, actor.who)]
    said = f"the publication {waiting.id} was proposed by {waiting.proposed_by}"
    if proposer == approver:
        raise Conflict(f"{said}: another person approves it")
    if proposer.startswith("key:") and approver.startswith("key:"):
        raise Conflict(
            f"{said}, which belongs to nobody, as your key does: a person who signs in approves it"
        )


async def _lock(tx: AsyncConnection, tenant: str, book: str) -> None:
    await tx.execute(ONE_AT_A_TIME, {"name": f"rules:{tenant}:{book}"})


async def _write(tx: AsyncConnection, tenant: str, row: dict[str, Any]) -> Publication:
    await _lock(tx, tenant, row["book"])
    new = insert(rule_publication).values(tenant_id=tenant, **row).returning(rule_publication)
    return _publication((await tx.execute(new)).one())


async def _decide(
    tx: AsyncConnection, tenant: str, waiting: Publication, actor: Actor, state: str, answer: str,
    at: datetime, begins: date,
) -> Publication:  # fmt: skip
    values = {
        "state": state, "answer": answer, "effective_on": begins, "decided_by": actor.who, "decided_at": at,
    }  # fmt: skip
    decided = _one(tenant, waiting.id).values(values).returning(rule_publication)
    made = _publication((await tx.execute(decided)).one())
    await _tell(tx, tenant, actor, f"rule.{state}", made, {"state": waiting.state})
    return made


def _one(tenant: str, id: int) -> Any:
    return update(rule_publication).where(rule_publication.c.tenant_id == tenant, rule_publication.c.id == id)


def _by(actor: Actor, at: datetime, *, approved: bool) -> dict[str, Any]:
    proposed = {"proposed_by": actor.who, "proposed_at": at, "state": APPROVED if approved else PROPOSED}
    return {**proposed, "decided_by": actor.who, "decided_at": at} if approved else proposed


async def _tell(
    tx: AsyncConnection, tenant: str, actor: Actor, action: str, made: Publication,
    before: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    after = {
        "publication": made.id, "revision": made.revision or None, "effective_on": made.effective_on,
        "state": made.state, "note": made.note, "answer": made.answer, "undoes": made.undoes,
    }  # fmt: skip
    await audit.write(tx, tenant, actor, action, rules.thing(made.book), before, after)


def _publication(row: Row[Any]) -> Publication:
    return Publication(
        row.id, row.book, row.revision or "", row.effective_on, row.state, row.note, row.proposed_by,
        row.proposed_at, row.decided_by or "", row.decided_at, row.answer, row.undoes, row.rung_at,
    )  # fmt: skip
