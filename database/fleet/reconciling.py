"""Statements of mobile-money operators, compared with our payments line by line; what a person answers."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, BinaryIO

from sqlalchemy import func, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.cash_tables import operator_statement, statement_line
from database.fleet.imports import fingerprint
from database.fleet.tables import payment
from database.shared.contacts import Tenant, tenant_of
from domain.calendar import at_local, local_date
from domain.errors import BadInput, Mistake, NotFound
from domain.fleet.intake import Line, PaidBy
from domain.fleet.reconciliation import (
    TO_ANSWER,
    Compared,
    LineState,
    StatementEntry,
    StatementFiles,
    Taken,
    compare,
)
from domain.money import Money

MOST_LINES = 50_000
BATCH = 2_000
DAY = timedelta(days=1)
WAITING = tuple(state.value for state in TO_ANSWER)


@dataclass(frozen=True)
class Statement:
    """``counts`` of its lines by state; ``refused`` rows could not be read: line, reference, mistakes."""

    id: str
    operator: str
    from_on: date
    until_on: date
    lines: int
    refused: tuple[dict[str, Any], ...]
    currency: str
    by: str
    recorded_at: datetime
    counts: dict[str, int]


@dataclass(frozen=True)
class StatementLine:
    statement_id: str
    line: int
    entry: StatementEntry
    state: LineState
    payment_ref: str | None
    twin_ref: str | None
    note: str
    by: str
    at: datetime | None


async def take_statement(
    tx: AsyncConnection, files: StatementFiles, tenant: str, operator: str, source: BinaryIO, at: datetime,
    by: str = "",
) -> tuple[Statement, bool]:  # fmt: skip
    """Write an operator's statement and compare it. False with the known one when the same file came before.

    A line that another statement had is left out: it was compared there. Raises BadInput for the file as a
    whole.
    """
    digest = await asyncio.to_thread(fingerprint, source)
    id = f"S-{digest[:16]}"
    home = await tenant_of(tx, tenant)
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"statement:{tenant}", 0))))
    if await _exists(tx, tenant, id):
        return await statement_of(tx, tenant, id), False
    rows = await asyncio.to_thread(_read, files, source, home)
    sound = {row.entry.transaction_id: row for row in reversed(rows) if row.entry}
    if not sound:
        wrong = [row.mistakes[0] for row in rows[:10] if row.mistakes]
        raise BadInput(*(wrong or [Mistake("file", "it has no line", "send the statement with its lines")]))
    days = [local_date(row.entry.occurred_at, home.zone) for row in sound.values() if row.entry]
    refused = [
        {"line": row.number, "ref": row.ref[:64], "mistakes": [asdict(one) for one in row.mistakes]}
        for row in rows if row.mistakes
    ]  # fmt: skip
    head = {
        "tenant_id": tenant, "id": id, "operator": operator, "from_on": min(days), "until_on": max(days),
        "sha256": digest, "lines": len(sound), "refused": refused[:200], "currency": home.currency, "by": by,
        "recorded_at": at,
    }  # fmt: skip
    await tx.execute(insert(operator_statement).values(head))
    await _write(tx, home, id, sorted(sound.values(), key=lambda row: row.number))
    return await statement_of(tx, tenant, id), True


def _read(files: StatementFiles, source: BinaryIO, home: Tenant) -> list[Line[StatementEntry]]:
    rows = list(islice(files.statement(source, home.currency, home.zone), MOST_LINES + 1))
    if len(rows) > MOST_LINES:
        raise BadInput(Mistake("file", f"it has more than {MOST_LINES} lines", "split it by month or by day"))
    return rows


async def _write(tx: AsyncConnection, home: Tenant, id: str, rows: Sequence[Line[StatementEntry]]) -> None:
    by_ref = {row.entry.transaction_id: row for row in rows if row.entry}
    before: set[str] = set()
    line = statement_line.c
    for refs in _some(list(by_ref)):
        seen = select(line.transaction_id).where(line.tenant_id == home.id, line.transaction_id.in_(refs))
        before |= set((await tx.execute(seen)).scalars())
    entries = [row.entry for ref, row in by_ref.items() if row.entry and ref not in before]
    made = await _compared(tx, home, entries)
    values = [
        {"tenant_id": home.id, "statement_id": id, "line": by_ref[one.entry.transaction_id].number,
         "transaction_id": one.entry.transaction_id, "occurred_at": one.entry.occurred_at,
         "amount_minor": one.entry.amount.minor, "currency": one.entry.amount.currency,
         "contract_hint": one.entry.contract_hint, "payment_ref": one.payment_ref, "twin_ref": one.twin_ref,
         "state": one.state.value}
        for one in made
    ]  # fmt: skip
    if values:
        await tx.execute(insert(statement_line), values)


async def _compared(
    tx: AsyncConnection, home: Tenant, entries: Sequence[StatementEntry]
) -> list[Compared]:  # fmt: skip
    """Against the payments of the same ids, and against all that came in for the same contracts then."""
    if not entries:
        return []
    live = (payment.c.tenant_id == home.id, payment.c.reversed_at.is_(None))
    ours: dict[str, Taken] = {}
    for refs in _some([entry.transaction_id for entry in entries]):
        found = await tx.execute(select(payment).where(*live, payment.c.ref.in_(refs)))
        ours |= {row.ref: _taken(row) for row in found}
    contracts = {one.contract_ref for one in ours.values()} | {one.contract_hint for one in entries} - {""}
    first = min(entry.occurred_at for entry in entries) - DAY
    last = max(entry.occurred_at for entry in entries) + DAY
    near = [one for refs in _some(sorted(contracts)) for one in await _near(tx, home.id, refs, first, last)]
    return compare(entries, ours, near, home.zone)


async def _near(
    tx: AsyncConnection, tenant: str, contracts: Sequence[str], first: datetime, last: datetime
) -> list[Taken]:
    """Live payments, and lines that nobody has placed yet."""
    paid = await tx.execute(
        select(payment).where(
            payment.c.tenant_id == tenant, payment.c.reversed_at.is_(None),
            payment.c.contract_ref.in_(contracts), payment.c.received_at.between(first, last),
        )
    )  # fmt: skip
    line = statement_line.c
    told = await tx.execute(
        select(statement_line).where(
            line.tenant_id == tenant, line.contract_hint.in_(contracts), line.payment_ref.is_(None),
            line.occurred_at.between(first, last), line.state.in_(WAITING),
        )
    )  # fmt: skip
    lines = [
        Taken(row.transaction_id, row.contract_hint, Money(row.currency, row.amount_minor), row.occurred_at)
        for row in told
    ]
    return [*lines, *(_taken(row) for row in paid)]


def _some(refs: Sequence[str]) -> Iterator[Sequence[str]]:
    return (refs[begin : begin + BATCH] for begin in range(0, len(refs), BATCH))


def _taken(row: Any) -> Taken:
    return Taken(row.ref, row.contract_ref, Money(row.currency, row.amount_minor), row.received_at)


async def statement_of(tx: AsyncConnection, tenant: str, id: str) -> Statement:
    """Raises NotFound."""
    mine = (operator_statement.c.tenant_id == tenant, operator_statement.c.id == id)
    row = (await tx.execute(select(operator_statement).where(*mine))).first()
    if row is None:
        raise NotFound("statement", id)
    return _statement(row, (await _counts(tx, tenant, [id])).get(id, {}))


async def statements(
    tx: AsyncConnection, tenant: str, *, before: tuple[date, str] | None = None, limit: int = 50
) -> list[Statement]:
    """A page, the latest first, beginning before the last day and the id ``before``."""
    known = operator_statement.c
    query = select(operator_statement).where(known.tenant_id == tenant)
    if before:
        query = query.where(tuple_(known.until_on, known.id) < before)
    rows = list(await tx.execute(query.order_by(known.until_on.desc(), known.id.desc()).limit(limit)))
    counts = await _counts(tx, tenant, [row.id for row in rows])
    return [_statement(row, counts.get(row.id, {})) for row in rows]


async def _counts(tx: AsyncConnection, tenant: str, ids: Sequence[str]) -> dict[str, dict[str, int]]:
    line, many = statement_line.c, func.count().label("many")
    mine = (line.tenant_id == tenant, line.statement_id.in_(ids))
    found: dict[str, dict[str, int]] = {}
    query = select(line.statement_id, line.state, many).where(*mine).group_by(line.statement_id, line.state)
    for row in await tx.execute(query):
        found.setdefault(row.statement_id, {})[row.state] = row.many
    return found


async def lines_of(
    tx: AsyncConnection, tenant: str, id: str, *, state: str = "", after: int = 0, limit: int | None = 50
) -> list[StatementLine]:
    """A page in the order of the file, beginning after the line ``after``."""
    line = statement_line.c
    query = select(statement_line).where(line.tenant_id == tenant, line.statement_id == id, line.line > after)
    if state:
        query = query.where(line.state == state)
    return [line_from(row) for row in await tx.execute(query.order_by(line.line).limit(limit))]


async def lines_to_answer(tx: AsyncConnection, tenant: str, *, limit: int = 50) -> list[StatementLine]:
    """Of every statement, the oldest money first."""
    line = statement_line.c
    query = select(statement_line).where(line.tenant_id == tenant, line.state.in_(WAITING))
    order = (line.occurred_at, line.statement_id, line.line)
    return [line_from(row) for row in await tx.execute(query.order_by(*order).limit(limit))]


async def missing_of(
    tx: AsyncConnection, tenant: str, id: str, *, after: str = "", limit: int = 50
) -> list[Taken]:
    """Mobile money of ours, in the days of the statement, that no statement knows of."""
    known, home = await statement_of(tx, tenant, id), await tenant_of(tx, tenant)
    mine = select(statement_line.c.line).where(statement_line.c.tenant_id == tenant)
    told = mine.where(statement_line.c.transaction_id == payment.c.ref)
    # One that a line became stands under another reference where that of the line was taken.
    became = mine.where(statement_line.c.payment_ref == payment.c.ref)
    first, end = (at_local(day, time(), home.zone) for day in (known.from_on, known.until_on + DAY))
    query = select(payment).where(
        payment.c.tenant_id == tenant, payment.c.channel == PaidBy.MOBILE_MONEY.value,
        payment.c.reversed_at.is_(None), payment.c.ref > after, payment.c.received_at >= first,
        payment.c.received_at < end, ~told.exists(), ~became.exists(),
    )  # fmt: skip
    return [_taken(row) for row in await tx.execute(query.order_by(payment.c.ref).limit(limit))]


async def _exists(tx: AsyncConnection, tenant: str, id: str) -> bool:
    mine = (operator_statement.c.tenant_id == tenant, operator_statement.c.id == id)
    return (await tx.execute(select(operator_statement.c.id).where(*mine))).first() is not None


def _statement(row: Any, counts: dict[str, int]) -> Statement:
    return Statement(
        row.id, row.operator, row.from_on, row.until_on, row.lines, tuple(row.refused), row.currency, row.by,
        row.recorded_at, counts,
    )  # fmt: skip


def line_from(row: Any) -> StatementLine:
    entry = StatementEntry(
        row.transaction_id, row.occurred_at, Money(row.currency, row.amount_minor), row.contract_hint
    )  # fmt: skip
    return StatementLine(
        row.statement_id, row.line, entry, LineState(row.state), row.payment_ref, row.twin_ref, row.note,
        row.by, row.at,
    )  # fmt: skip
