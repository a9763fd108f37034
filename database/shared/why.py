"""What is known of a case for whoever asks why: its decisions, messages and alerts."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.contacts import Tenant
from database.shared.tables import alert, decision, message
from database.shared.worklist import case_row
from domain.case import Case
from domain.delivery import Written
from domain.explanation import Decided, Past, Raised, words


async def past_of(tx: AsyncConnection, case: Case, firm: Tenant) -> Past:
    """Raises NotFound."""
    row = await case_row(tx, case)
    return Past(
        case.zone, row.opened_at, row.closed_at,
        [_decided(one) for one in await _rows(tx, case, decision, decision.c.decided_at)],
        [_written(one) for one in await _rows(tx, case, message, message.c.wrote_at)],
        [
            Raised(one.raised_at, one.team, words(one.title), one.key)
            for one in await _rows(tx, case, alert, alert.c.raised_at)
        ],
        (firm.quiet_from, firm.quiet_until),
    )  # fmt: skip


async def _rows(tx: AsyncConnection, case: Case, table: Any, at: Any) -> Sequence[Row[Any]]:
    mine = table.c
    query = select(table).where(
        mine.tenant_id == case.tenant, mine.process == case.process, mine.ref == case.ref
    )  # fmt: skip
    return (await tx.execute(query.order_by(at, mine.id))).all()


def _decided(row: Row[Any]) -> Decided:
    names, revisions = row.book.split("+"), row.revision.split("+")
    books = tuple(zip(names, revisions, strict=True)) if row.book else ()
    return Decided(
        row.decided_at, row.stage, row.closes, books, row.facts, row.reasons, row.near, row.steps,
        row.waiting, row.review_at,
    )  # fmt: skip


def _written(row: Row[Any]) -> Written:
    return Written(
        row.wrote_at, row.template, row.step_key, row.channel, row.state, row.reason, row.attempts > 0,
        row.deferred_at, row.deferred_until, row.deferred_for,
    )  # fmt: skip
