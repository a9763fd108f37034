"""The cases of a tenant over all processes, as operations look at them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.audit_search import Openers
from database.shared.business import seen
from database.shared.keys import Keyring
from database.shared.tables import audit, message, outbox, process_case, standing_order
from database.shared.trail_words import State
from domain.case import Case
from domain.errors import NotFound


@dataclass(frozen=True)
class Filters:
    """``is_open`` None: both. ``due_before`` (a local date) and ``review_before`` are exclusive.

    ``hidden`` are businesses.
    """

    process: str = ""
    stage: str = ""
    is_open: bool | None = None
    due_before: date | None = None
    review_before: datetime | None = None
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Told:
    """A command about a case: ``at`` is real time (UTC)."""

    at: datetime
    who: str
    action: str
    after: State


HELD = and_(
    standing_order.c.tenant_id == process_case.c.tenant_id,
    standing_order.c.process == process_case.c.process,
    standing_order.c.ref == process_case.c.ref,
)
ORDER = (standing_order.c.state, standing_order.c.reason, standing_order.c.ordered_by)
CASES = select(process_case, *(column.label(f"order_{column.name}") for column in ORDER)).select_from(
    process_case.outerjoin(standing_order, HELD)
)


async def page_of_cases(
    tx: AsyncConnection, tenant: str, filters: Filters, after: tuple[str, str], limit: int
) -> list[Row[Any]]:
    """In the order of process and reference, beginning after the given pair."""
    mine = process_case.c
    query = CASES.where(mine.tenant_id == tenant, tuple_(mine.process, mine.ref) > tuple_(*after))
    query = query.where(seen(mine.process, filters.hidden))
    if filters.process:
        query = query.where(mine.process == filters.process)
    if filters.stage:
        query = query.where(mine.stage == filters.stage)
    if filters.is_open is not None:
        query = query.where(mine.closed_at.is_(None) if filters.is_open else mine.closed_at.is_not(None))
    if filters.due_before:
        query = query.where(mine.due_on < filters.due_before)
    if filters.review_before:
        query = query.where(mine.review_at < filters.review_before)
    return list(await tx.execute(query.order_by(mine.process, mine.ref).limit(limit)))


async def case_row(tx: AsyncConnection, case: Case) -> Row[Any]:
    """Raises NotFound."""
    mine = process_case.c
    query = CASES.where(
        mine.tenant_id == case.tenant, mine.process == case.process, mine.ref == case.ref
    )  # fmt: skip
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("case", f"{case.process}:{case.ref}")
    return row


async def told_about(tx: AsyncConnection, keyring: Keyring, tenant: str, thing: str) -> list[Told]:
    """The commands that concerned one thing, in their order."""
    opener = Openers(keyring)
    query = select(audit).where(audit.c.tenant_id == tenant, audit.c.object == thing).order_by(audit.c.id)
    rows = (await tx.execute(query)).all()
    states = [await opener.states(tx, tenant, row) for row in rows]
    return [
        Told(row.at, row.who, row.action, after) for row, (_, after) in zip(rows, states, strict=True)
    ]  # fmt: skip


async def owed(tx: AsyncConnection, tenant: str) -> tuple[int, datetime | None]:
    """How many starts and rings are not delivered, and since when the oldest waits."""
    query = select(func.count(), func.min(outbox.c.created_at)).where(
        outbox.c.tenant_id == tenant, outbox.c.delivered_at.is_(None)
    )
    row = (await tx.execute(query)).one()
    return row[0], row[1]


async def open_by_stage(
    tx: AsyncConnection, tenant: str, hidden: Collection[str] = ()
) -> dict[tuple[str, str], int]:
    mine = process_case.c
    query = select(mine.process, mine.stage, func.count()).where(
        mine.tenant_id == tenant, mine.closed_at.is_(None), seen(mine.process, hidden)
    )
    rows = await tx.execute(query.group_by(mine.process, mine.stage))
    return {(process, stage): count for process, stage, count in rows}


async def messages_by_state(tx: AsyncConnection, tenant: str) -> dict[tuple[str, str], int]:
    mine = message.c
    query = select(mine.channel, mine.state, func.count()).where(mine.tenant_id == tenant)
    rows = await tx.execute(query.group_by(mine.channel, mine.state))
    return {(channel, state): count for channel, state, count in rows}
