"""Requests of persons: each is an obligation with a due date, watched by its own process."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.privacy.subject import Subject, hold
from database.privacy.tables import privacy_request
from database.shared import letters, outbox, people
from database.shared.contacts import tenant_of
from domain.case import Case
from domain.errors import Conflict, NotFound
from domain.platform.privacy_request import Kind, State, due_on

PROCESS = "platform.privacy_request"


@dataclass(frozen=True)
class Asked:
    """``by`` is who wrote it down."""

    kind: Kind
    received_on: date
    note: str
    by: str


async def record(tx: AsyncConnection, subject: Subject, asked: Asked, at: datetime) -> Row[Any]:
    """Write a request down; the watch over it starts."""
    row = {
        "tenant_id": subject.tenant, "id": f"r{secrets.token_hex(6)}", "kind": asked.kind,
        "contact_ref": next(iter(subject.contacts), None), "note": asked.note, "recorded_by": asked.by,
        "person_id": next(iter(subject.persons), None), "received_on": asked.received_on,
        "due_on": due_on(asked.received_on), "recorded_at": at,
    }  # fmt: skip
    made: Row[Any] = (await tx.execute(insert(privacy_request).values(row).returning(privacy_request))).one()
    case = await case_of(tx, subject.tenant, made.id)
    await outbox.owe(tx, outbox.START, case, f"privacy.{asked.kind}", at, "recorded")
    return made


async def case_of(tx: AsyncConnection, tenant: str, id: str) -> Case:
    return (await tenant_of(tx, tenant)).case(PROCESS, id)


async def request_of(tx: AsyncConnection, tenant: str, id: str, lock: bool = False) -> Row[Any]:
    """Raises NotFound."""
    mine = (privacy_request.c.tenant_id == tenant, privacy_request.c.id == id)
    query = select(privacy_request).where(*mine)
    row = (await tx.execute(query.with_for_update() if lock else query)).first()
    if row is None:
        raise NotFound("request", id)
    return row


async def page_of_requests(
    tx: AsyncConnection, tenant: str, after: str, limit: int, state: str = ""
) -> list[Row[Any]]:
    query = select(privacy_request).where(privacy_request.c.tenant_id == tenant, privacy_request.c.id > after)
    if state:
        query = query.where(privacy_request.c.state == state)
    return list(await tx.execute(query.order_by(privacy_request.c.id).limit(limit)))


async def coming_due(tx: AsyncConnection, tenant: str, limit: int = 200) -> list[Row[Any]]:
    """The open ones, the most pressing first; then those that were answered, the latest first."""
    mine = privacy_request.c
    query = select(privacy_request).where(mine.tenant_id == tenant)
    order = (mine.answered_at.desc().nulls_first(), mine.due_on, mine.id)
    return list(await tx.execute(query.order_by(*order).limit(limit)))


async def open_request(tx: AsyncConnection, tenant: str, id: str, *kinds: Kind) -> Row[Any]:
    """Held until the transaction ends, after whom it is about: an erasure takes all their requests.

    Raises NotFound and Conflict.
    """
    row = await request_of(tx, tenant, id)
    contacts, persons = ((one,) if one else () for one in (row.contact_ref, row.person_id))
    await hold(tx, Subject(tenant, contacts, persons))
    row = await request_of(tx, tenant, id, lock=True)
    if row.state != State.OPEN:
        raise Conflict(f"the request {id} is {row.state} already")
    if kinds and row.kind not in kinds:
        raise Conflict(f"the request {id} is about {row.kind}; write down one about {kinds[0]}")
    return row


async def settle(
    tx: AsyncConnection, row: Row[Any], state: State, by: str, at: datetime,
    answer: str = "", result: Mapping[str, Any] | None = None, file_id: str | None = None,
) -> Row[Any]:  # fmt: skip
    """Answered; its process is rung and closes."""
    mine = (privacy_request.c.tenant_id == row.tenant_id, privacy_request.c.id == row.id)
    values = {
        "state": state, "answered_by": by, "answered_at": at, "answer": answer,
        "result": result, "file_id": file_id,
    }  # fmt: skip
    changed = update(privacy_request).where(*mine).values(values).returning(privacy_request)
    settled: Row[Any] = (await tx.execute(changed)).one()
    case = await case_of(tx, row.tenant_id, row.id)
    await outbox.owe(tx, outbox.RING, case, f"privacy.{state}", at, state)
    await _tell(tx, settled, at)
    return settled


async def _tell(tx: AsyncConnection, settled: Row[Any], at: datetime) -> None:
    """A letter to who wrote the request down, once it is carried out: they answer the person."""
    done = "erasure_done" if settled.kind == Kind.ERASURE else "export_ready" if settled.file_id else ""
    kind, _, id = (await people.human_behind(tx, settled.tenant_id, settled.recorded_by)).partition(":")
    if not done or settled.state != State.DONE or kind != "person":
        return
    known = await people.person_or_none(tx, settled.tenant_id, id)
    if known is not None and known.is_active:
        await letters.owe_letter(tx, settled.tenant_id, id, done, at, {"request": settled.id})
