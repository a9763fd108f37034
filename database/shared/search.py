"""Lists of cases and messages, one page at a time.

A cursor is opaque to its holder: the sort values of the last row of the page before.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.business import seen
from database.shared.tables import decision, document, message, process_case
from database.shared.worklist import CASES
from domain.case import Case
from domain.errors import BadInput, Mistake, NotFound

FOREVER = date(9999, 12, 31)
"""Sorts after every due date: cases without one come last."""


@dataclass(frozen=True)
class Page:
    """``after`` leads to the next page; empty on the last one."""

    rows: list[Row[Any]]
    after: str = ""


@dataclass(frozen=True)
class Wanted:
    """Which cases. Empty fields do not filter; ``is_open`` None means open and closed."""

    process: str = ""
    stage: str = ""
    is_open: bool | None = True
    text: str = ""
    hidden: frozenset[str] = frozenset()


async def find_cases(
    tx: AsyncConnection, tenant: str, wanted: Wanted, after: str = "", limit: int = 50
) -> Page:
    """By due date, the earliest first, with what operations ordered (``order_state``).

    Raises BadInput for a cursor that we did not make.
    """
    due = func.coalesce(process_case.c.due_on, literal(FOREVER))
    order = (due, process_case.c.process, process_case.c.ref)
    query = CASES.where(process_case.c.tenant_id == tenant, seen(process_case.c.process, wanted.hidden))
    if wanted.process:
        query = query.where(process_case.c.process == wanted.process)
    if wanted.stage:
        query = query.where(process_case.c.stage == wanted.stage)
    if wanted.is_open is not None:
        is_open = process_case.c.closed_at.is_(None)
        query = query.where(is_open if wanted.is_open else ~is_open)
    if wanted.text:
        query = query.where(process_case.c.ref.icontains(wanted.text, autoescape=True))
    if after:
        due_on, process, ref = _opened(after, 3)
        query = query.where(tuple_(*order) > tuple_(literal(_day(due_on)), literal(process), literal(ref)))
    rows = await _rows(tx, query.order_by(*order), limit)
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], _sealed(last.due_on or FOREVER, last.process, last.ref) if last else "")


async def find_messages(
    tx: AsyncConnection, tenant: str, state: str = "", after: str = "", limit: int = 50, *,
    contact: str = "", case_ref: str = "", template: str = "", hidden: Collection[str] = (),
) -> Page:  # fmt: skip
    """The latest first. Raises BadInput for a cursor that we did not make."""
    query = select(message).where(message.c.tenant_id == tenant, seen(message.c.process, hidden))
    for column, asked in (
        (message.c.state, state), (message.c.contact_ref, contact), (message.c.ref, case_ref),
        (message.c.template, template),
    ):  # fmt: skip
        if asked:
            query = query.where(column == asked)
    if after:
        wrote_at, id = _opened(after, 2)
        query = query.where(
            tuple_(message.c.wrote_at, message.c.id) < tuple_(literal(_instant(wrote_at)), literal(id))
        )
    rows = await _rows(tx, query.order_by(message.c.wrote_at.desc(), message.c.id.desc()), limit)
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], _sealed(last.wrote_at, last.id) if last else "")


async def stages_in_use(
    tx: AsyncConnection, tenant: str, hidden: Collection[str] = ()
) -> list[tuple[str, str]]:
    """Every process and stage that some case is in, for the filters of a list."""
    columns = (process_case.c.process, process_case.c.stage)
    mine = (process_case.c.tenant_id == tenant, seen(process_case.c.process, hidden))
    query = select(*columns).where(*mine).distinct().order_by(*columns)
    return [(row.process, row.stage) for row in await tx.execute(query)]


async def latest_decision(tx: AsyncConnection, case: Case) -> Row[Any] | None:
    """What the last review concluded, whether it did something or not."""
    query = select(decision).where(
        decision.c.tenant_id == case.tenant, decision.c.process == case.process, decision.c.ref == case.ref
    )
    return (
        await tx.execute(query.order_by(decision.c.decided_at.desc(), decision.c.id.desc()).limit(1))
    ).first()


async def document_by_id(tx: AsyncConnection, tenant: str, document_id: int) -> Row[Any]:
    """Raises NotFound."""
    query = select(document).where(document.c.tenant_id == tenant, document.c.id == document_id)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("document", str(document_id))
    return row


async def _rows(tx: AsyncConnection, query: Select[Any], limit: int) -> list[Row[Any]]:
    """One row more than the page holds tells whether another page follows."""
    return list(await tx.execute(query.limit(limit + 1)))


def _sealed(*values: object) -> str:
    return urlsafe_b64encode(json.dumps([str(value) for value in values]).encode()).decode().rstrip("=")


def _opened(cursor: str, length: int) -> list[str]:
    try:
        values = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        raise _wrong() from None
    if not isinstance(values, list) or [type(value) for value in values] != [str] * length:
        raise _wrong()
    if not all(value.isprintable() for value in values):  # NUL and half characters, which no column holds
        raise _wrong()
    return values


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _wrong() from None


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise _wrong() from None
    if at.tzinfo is None:
        raise _wrong()
    return at


def _wrong() -> BadInput:
    return BadInput(Mistake("after", "not a cursor of this list", "start again without it"))
