"""Alerts to people and documents: each written once under its key."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import messages
from database.shared.tables import alert, document
from domain.case import Case
from domain.decision import Step


@dataclass(frozen=True)
class Issued:
    """A document as issued. ``sha256`` is of ``content``."""

    name: str
    media_type: str
    sha256: str
    content: bytes
    locale: str


async def raise_alert(tx: AsyncConnection, case: Case, step: Step, at: datetime) -> bool:
    """True if it is new."""
    row = {
        "tenant_id": case.tenant, "key": step.key, "process": case.process, "ref": case.ref,
        "team": step.to, "title": asdict(step.title), "due_on": step.due_on, "raised_at": at,
    }  # fmt: skip
    made = await tx.execute(insert(alert).values(row).on_conflict_do_nothing().returning(alert.c.id))
    return made.first() is not None


async def keep_document(tx: AsyncConnection, case: Case, step: Step, at: datetime, issued: Issued) -> None:
    row = {
        "tenant_id": case.tenant, "key": step.key, "process": case.process, "ref": case.ref,
        "template": step.template, "issued_at": at, **asdict(issued),
    }  # fmt: skip
    await tx.execute(insert(document).values(row).on_conflict_do_nothing())


async def document_of(tx: AsyncConnection, tenant: str, key: str) -> Row[Any] | None:
    query = select(document).where(document.c.tenant_id == tenant, document.c.key == key)
    return (await tx.execute(query)).first()


async def done_steps(tx: AsyncConnection, case: Case) -> frozenset[str]:
    """Keys of all that was said, raised and issued for a case."""
    done = await messages.done_steps(tx, case)
    for table in (alert, document):
        query = select(table.c.key).where(
            table.c.tenant_id == case.tenant, table.c.process == case.process, table.c.ref == case.ref
        )
        done.update((await tx.execute(query)).scalars())
    return frozenset(done)
