"""What was known when books were asked: of every open case its last time, or every time of some days.

Batch after batch in the order of the subjects, so that memory stays flat and a run can be taken up again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Table,
    func,
    literal,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import DateTime, Text

from database.shared.effects import DONE, sorted_out
from database.shared.tables import alert, decision, document, message, process_case
from database.shared.trials import DRY_RUN, Trial
from domain.calendar import at_local
from domain.look import Look

Position = tuple[Any, ...]
"""What a batch goes on after, as JSON values."""

Done = dict[tuple[str, str], frozenset[str]]
"""Keys by process and reference."""


@dataclass(frozen=True)
class Batch:
    """``position`` is that of the last look."""

    looks: tuple[Look, ...]
    position: Position


async def batch(
    tx: AsyncConnection, tenant: str, trial: Trial, zone: str, after: Sequence[Any], limit: int
) -> Batch:
    """The next looks after a position; empty at the end. ``after`` is empty at the beginning."""
    if trial.kind == DRY_RUN:
        query = _open_cases(tenant, trial.book)
        keys: tuple[Any, ...] = (process_case.c.process, process_case.c.ref)
    else:
        query = _decisions(tenant, trial, zone)
        mine = decision.c
        keys = (mine.process, mine.ref, mine.decided_at, mine.id)
    if after:
        query = query.where(tuple_(*keys) > _position(after))
    rows = list(await tx.execute(query.order_by(*keys).limit(limit)))
    done: Done = {}
    if rows and (trial.kind == DRY_RUN or trial.begins_on):
        done = await _done(tx, tenant, {(row.process, row.ref) for row in rows}, _from(trial, zone))
    return Batch(tuple(_look(row, trial, done) for row in rows), _after(rows, trial))


async def count(tx: AsyncConnection, tenant: str, trial: Trial, zone: str) -> int:
    query = _open_cases(tenant, trial.book) if trial.kind == DRY_RUN else _decisions(tenant, trial, zone)
    found = (await tx.execute(select(func.count()).select_from(query.subquery()))).scalar()
    return int(found or 0)


def _open_cases(tenant: str, book: str) -> Select[Any]:
    mine, theirs = process_case.c, decision.c
    last = (
        select(theirs.facts)
        .where(theirs.tenant_id == mine.tenant_id, theirs.process == mine.process, theirs.ref == mine.ref)
        .where(_asked(theirs.book, book))
        .order_by(theirs.decided_at.desc(), theirs.id.desc())
        .limit(1)
        .lateral()
    )
    query = select(mine.process, mine.ref, last.c.facts).select_from(process_case.join(last, true()))
    return query.where(mine.tenant_id == tenant, mine.closed_at.is_(None), _asked(mine.book, book))


def _decisions(tenant: str, trial: Trial, zone: str) -> Select[Any]:
    mine = decision.c
    query = select(mine.process, mine.ref, mine.decided_at, mine.id, mine.facts)
    query = query.where(mine.tenant_id == tenant, _asked(mine.book, trial.book))
    if begin := _from(trial, zone):
        query = query.where(mine.decided_at >= begin)
    if trial.ends_on:
        query = query.where(mine.decided_at < at_local(trial.ends_on + timedelta(days=1), time(0), zone))
    return query


def _from(trial: Trial, zone: str) -> datetime | None:
    return at_local(trial.begins_on, time(0), zone) if trial.begins_on else None


def _asked(column: ColumnElement[str], book: str) -> ColumnElement[bool]:
    """The books of a decision are joined by +."""
    return literal(book) == func.any(as_type(func.string_to_array(column, "+"), ARRAY(Text)))


def _position(after: Sequence[Any]) -> Any:
    if len(after) == 2:
        return tuple_(literal(after[0]), literal(after[1]))
    process, ref, at, id = after
    moment = literal(datetime.fromisoformat(at), DateTime(timezone=True))
    return tuple_(literal(process), literal(ref), moment, literal(id))


def _after(rows: Sequence[Row[Any]], trial: Trial) -> Position:
    if not rows:
        return ()
    last = rows[-1]
    where: Position = (last.process, last.ref)
    return where if trial.kind == DRY_RUN else (*where, last.decided_at.isoformat(), last.id)


def _look(row: Row[Any], trial: Trial, done: Done) -> Look:
    at = trial.at if trial.kind == DRY_RUN else row.decided_at
    return Look(f"{row.process}:{row.ref}", at, row.facts, done.get((row.process, row.ref), frozenset()))


async def _done(
    tx: AsyncConnection, tenant: str, cases: set[tuple[str, str]], before: datetime | None
) -> Done:
    """What was said, raised and issued for cases, up to an instant if one is given."""
    said = [
        _said(message, message.c.step_key, message.c.contact_ref, message.c.state, message.c.wrote_at),
        _said(alert, alert.c.key, literal(""), literal(DONE), alert.c.raised_at),
        _said(document, document.c.key, literal(""), literal(DONE), document.c.issued_at),
    ]
    found = union_all(*said).subquery()
    query = select(found).where(found.c.tenant_id == tenant)
    for column, wanted in (
        (found.c.process, {one for one, _ in cases}),
        (found.c.ref, {one for _, one in cases}),
    ):
        query = query.where(column == func.any(literal(sorted(wanted), ARRAY(Text))))
    if before:
        query = query.where(found.c.at < before)
    rows: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for row in await tx.execute(query):
        rows.setdefault((row.process, row.ref), []).append((row.key, row.who, row.state))
    return {case: sorted_out(mine).done for case, mine in rows.items()}


def _said(table: Table, key: ColumnElement[str], who: Any, state: Any, at: ColumnElement[Any]) -> Select[Any]:
    return select(
        table.c.tenant_id, table.c.process, table.c.ref, key.label("key"), who.label("who"),
        state.label("state"), at.label("at"),
    )  # fmt: skip
