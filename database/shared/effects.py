"""Alerts to people and documents: each written once under its key."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, bindparam, literal, select, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import messages
from database.shared.tables import alert, document, message
from domain.case import Case
from domain.decision import Step
from domain.message import MessageState

DONE = "done"


@dataclass(frozen=True)
class Issued:
    """A document as issued: its content is the file. ``sha256`` is of the content."""

    name: str
    media_type: str
    sha256: str
    file_id: str
    locale: str


async def raise_alert(tx: AsyncConnection, case: Case, step: Step, at: datetime) -> bool:
    """True if it is new."""
    row = {
        "tenant_id": case.tenant, "key": step.key, "process": case.process, "ref": case.ref,
        "team": step.to, "title": asdict(step.title), "due_on": step.due_on, "raised_at": at,
    }  # fmt: skip
    made = await tx.execute(insert(alert).values(row).on_conflict_do_nothing().returning(alert.c.id))
    return made.first() is not None


async def keep_document(tx: AsyncConnection, case: Case, step: Step, at: datetime, issued: Issued) -> bool:
    """False if it was issued before."""
    row = {
        "tenant_id": case.tenant, "key": step.key, "process": case.process, "ref": case.ref,
        "template": step.template, "issued_at": at, **asdict(issued),
    }  # fmt: skip
    made = await tx.execute(insert(document).values(row).on_conflict_do_nothing().returning(document.c.id))
    return made.first() is not None


async def document_of(tx: AsyncConnection, tenant: str, key: str) -> Row[Any] | None:
    query = select(document).where(document.c.tenant_id == tenant, document.c.key == key)
    return (await tx.execute(query)).first()


@dataclass(frozen=True)
class Effects:
    """``done``: keys of the steps that need nothing more. ``waiting``: keys with a message not yet sent."""

    done: frozenset[str]
    waiting: frozenset[str]


def _said(table: Table, key: ColumnElement[str], who: Any, state: Any) -> Select[Any]:
    return select(key.label("key"), who.label("who"), state.label("state")).where(
        table.c.tenant_id == bindparam("tenant"),
        table.c.process == bindparam("process"),
        table.c.ref == bindparam("ref"),
    )


_EFFECTS = union_all(
    _said(message, message.c.step_key, message.c.contact_ref, message.c.state),
    *(_said(table, table.c.key, literal(""), literal(DONE)) for table in (alert, document)),
)


async def effects_of(tx: AsyncConnection, case: Case) -> Effects:
    """All that was said, raised and issued for a case, in one query."""
    given = {"tenant": case.tenant, "process": case.process, "ref": case.ref}
    return sorted_out([(row.key, row.who, row.state) for row in await tx.execute(_EFFECTS, given)])


def sorted_out(rows: list[tuple[str, str, str]]) -> Effects:
    """A step is done when each of its people is served on one channel, or cannot be."""
    served = {(key, who) for key, who, state in rows if state == DONE or state in messages.SERVED}
    unserved = {key for key, who, _ in rows if (key, who) not in served}
    waiting = frozenset(key for key, _, state in rows if state == MessageState.PENDING)
    return Effects(frozenset(key for key, _ in served) - unserved, waiting)
