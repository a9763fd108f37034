"""Double-entry bookkeeping. Amounts are signed: debit positive, credit negative; a transaction sums to zero.

The database refuses unbalanced transactions and every change; a correction is a reversal. The entries of a
transaction are written by one statement, for each statement has to balance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.bulk import insert_all
from database.shared.tables import ledger_entry, ledger_transaction
from domain.money import Money


@dataclass(frozen=True)
class Entry:
    """``account`` is a name of the chart (``driver_receivable``), ``subject`` the reference it is about."""

    account: str
    subject: str
    amount: Money


@dataclass(frozen=True)
class Posting:
    key: str
    on: date
    description: str
    entries: tuple[Entry, ...]


async def post(
    tx: AsyncConnection, tenant: str, key: str, on: date, description: str, *entries: Entry
) -> int | None:
    """Post a transaction once. None if the key is posted already."""
    return await _post(tx, tenant, key, on, description, None, entries)


async def post_all(tx: AsyncConnection, tenant: str, postings: Sequence[Posting]) -> None:
    """Post many transactions, each once, in two statements."""
    heads = [
        {"tenant_id": tenant, "key": one.key, "posted_on": one.on, "description": one.description}
        for one in postings
    ]
    if not heads:
        return
    made = await tx.execute(
        insert_all(ledger_transaction, heads)
        .on_conflict_do_nothing()
        .returning(ledger_transaction.c.key, ledger_transaction.c.id)
    )
    ids = {row.key: row.id for row in made}
    lines = [row for one in postings if one.key in ids for row in _lines(tenant, ids[one.key], one.entries)]
    if lines:
        await tx.execute(insert_all(ledger_entry, lines))


async def reverse(tx: AsyncConnection, tenant: str, key: str, on: date, reason: str) -> int | None:
    """Post the opposite of the transaction ``key``. None if it is unknown or reversed already."""
    found = await tx.execute(
        select(ledger_transaction.c.id).where(
            ledger_transaction.c.tenant_id == tenant, ledger_transaction.c.key == key
        )
    )
    original = found.scalar()
    if original is None:
        return None
    rows = await tx.execute(
        select(ledger_entry)
        .where(ledger_entry.c.tenant_id == tenant, ledger_entry.c.transaction_id == original)
        .order_by(ledger_entry.c.line)
    )
    opposite = tuple(Entry(r.account, r.subject, Money(r.currency, -r.amount_minor)) for r in rows)
    return await _post(tx, tenant, f"reversal:{key}", on, reason, original, opposite)


async def _post(
    tx: AsyncConnection, tenant: str, key: str, on: date, description: str,
    reverses: int | None, entries: tuple[Entry, ...],
) -> int | None:  # fmt: skip
    head = {
        "tenant_id": tenant, "key": key, "posted_on": on, "description": description, "reverses_id": reverses,
    }  # fmt: skip
    made = await tx.execute(
        upsert(ledger_transaction).values(head).on_conflict_do_nothing().returning(ledger_transaction.c.id)
    )
    posted: int | None = made.scalar()
    if posted is None:
        return None
    if lines := _lines(tenant, posted, entries):
        await tx.execute(insert_all(ledger_entry, lines))
    return posted


def _lines(tenant: str, transaction: int, entries: tuple[Entry, ...]) -> list[dict[str, Any]]:
    return [
        {"tenant_id": tenant, "transaction_id": transaction, "line": line, "account": entry.account,
         "subject": entry.subject, "amount_minor": entry.amount.minor, "currency": entry.amount.currency}
        for line, entry in enumerate(entries, 1) if entry.amount.minor
    ]  # fmt: skip


async def balance(tx: AsyncConnection, tenant: str, account: str, subject: str, currency: str) -> Money:
    total = await tx.execute(
        select(func.coalesce(func.sum(ledger_entry.c.amount_minor), 0)).where(
            ledger_entry.c.tenant_id == tenant,
            ledger_entry.c.account == account,
            ledger_entry.c.subject == subject,
            ledger_entry.c.currency == currency,
        )
    )
    return Money(currency, int(total.scalar_one()))
