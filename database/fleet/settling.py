"""A contract settled early: quoted until a day, settled by the payment that reaches what was quoted."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet import notice
from database.fleet.change_tables import contract_change, settlement_quote
from database.fleet.changes import (
    Act,
    Opened,
    Rewrite,
    claim,
    keep,
    keep_dues,
    ledger_key,
    opened,
    replace_dues,
    rewrite,
    schedule_before,
    shape,
    withdraw_quotes,
)
from database.fleet.queries import contract_of
from database.shared import ledger
from database.shared.bulk import among
from domain.errors import BadInput, Mistake, NotFound
from domain.fleet.contract import ACTIVE, COMPLETED
from domain.fleet.ending import Quote, paid_on, quote, settled
from domain.fleet.notice import About, Subject
from domain.money import Money

SETTLED, UNDONE = "settled", "settlement_undone"
BESIDE_SCHEDULES = ("bike_swapped", "driver_changed")
QUOTED = (
    "quoted_on", "last_on", "currency", "arrears_minor", "principal_minor", "charge_minor", "fees_minor",
    "fee_minor", "credit_minor", "given_back_minor", "total_minor",
)  # fmt: skip


async def quote_settlement(
    tx: AsyncConnection, tenant: str, ref: str, last_on: date, fee: Money, at: datetime, by: str
) -> tuple[int, Quote]:
    """What the contract would cost if it were paid by ``last_on``; an earlier quote holds no more.

    Raises NotFound, Conflict and BadInput.
    """
    here = await opened(tx, tenant, ref, at)
    if fee.currency != here.currency or fee.minor < 0:
        raise BadInput(Mistake("fee", "not an amount of the contract's currency", f"use {here.currency}"))
    made = quote(here.standing, here.today, last_on, fee)
    await withdraw_quotes(tx, tenant, ref)
    mine = settlement_quote.c
    of_it = (mine.tenant_id == tenant, mine.contract_ref == ref)
    last = await tx.execute(select(func.coalesce(func.max(mine.number), 0)).where(*of_it))
    number = int(last.scalar_one()) + 1
    row = {"tenant_id": tenant, "contract_ref": ref, "number": number, "at": at, "by": by}
    await tx.execute(insert(settlement_quote).values({**row, **_row(made)}))
    await notice.owe(tx, here.home, [Subject(ref, About.QUOTE, number)], at)
    return number, made


async def quote_of(tx: AsyncConnection, tenant: str, ref: str, number: int) -> tuple[str, Quote]:
    """State and quote. Raises NotFound."""
    mine = settlement_quote.c
    of_it = (mine.tenant_id == tenant, mine.contract_ref == ref, mine.number == number)
    if row := (await tx.execute(select(settlement_quote).where(*of_it))).first():
        return row.state, _quote(row)
    raise NotFound("quote", f"{ref}:{number}")


async def quotes_of(tx: AsyncConnection, tenant: str, ref: str) -> list[tuple[int, str, Quote]]:
    """Number, state and quote, the latest first. Raises NotFound (contract)."""
    await contract_of(tx, tenant, ref)
    mine = settlement_quote.c
    rows = await tx.execute(
        select(settlement_quote)
        .where(mine.tenant_id == tenant, mine.contract_ref == ref)
        .order_by(mine.number.desc())
    )
    return [(row.number, row.state, _quote(row)) for row in rows]


async def accept_paid(tx: AsyncConnection, tenant: str, refs: Iterable[str], at: datetime) -> None:
    """Settle the contracts among ``refs`` whose quote is paid now: after every payment."""
    mine = settlement_quote.c
    rows = await tx.execute(
        select(mine.contract_ref)
        .where(mine.tenant_id == tenant, among(mine.contract_ref, sorted(refs)), mine.state == "open")
        .order_by(mine.contract_ref)
    )
    for ref in rows.scalars().all():
        await _accept(tx, tenant, ref, at)


async def _accept(tx: AsyncConnection, tenant: str, ref: str, at: datetime) -> None:
    if (await contract_of(tx, tenant, ref)).state != ACTIVE:
        return
    here = await opened(tx, tenant, ref, at)
    mine = settlement_quote.c
    of_it = (mine.tenant_id == tenant, mine.contract_ref == ref, mine.state == "open")
    row = (await tx.execute(select(settlement_quote).where(*of_it))).first()
    on = paid_on(here.standing, row.last_on, row.total_minor) if row else None
    if row is None or on is None:
        return
    on = max(on, row.quoted_on)
    plan = settled(here.file.dues, row.total_minor, on)
    await tx.execute(update(settlement_quote).where(*of_it).values(state="accepted"))
    act = Act(at, row.by or "platform", f"quote {row.number} of {row.quoted_on} is paid", on)
    more = row.fee_minor - row.given_back_minor
    told = {
        "quote": row.number, "fee_minor": row.fee_minor, "given_back_minor": row.given_back_minor
    }  # fmt: skip
    await rewrite(tx, here, SETTLED, act, Rewrite(plan, claim(here, more), told))


async def undo_unpaid(tx: AsyncConnection, tenant: str, ref: str, at: datetime) -> None:
    """The payment that settled a contract was taken back: the schedule is the one before."""
    mine = contract_change.c
    # Another bike or driver leaves the schedule as it is.
    of_it = (mine.tenant_id == tenant, mine.contract_ref == ref, mine.kind.not_in(BESIDE_SCHEDULES))
    last = (
        await tx.execute(select(mine.number, mine.kind).where(*of_it).order_by(mine.number.desc()).limit(1))
    ).first()
    if last is None or last.kind != SETTLED:
        return
    here = await opened(tx, tenant, ref, at, ACTIVE, COMPLETED)
    if here.standing.remaining.minor:
        await _undo(tx, here, last.number, at)


async def _undo(tx: AsyncConnection, here: Opened, settled_by: int, at: datetime) -> None:
    tenant, ref = here.home.id, here.ref
    plan = await schedule_before(tx, tenant, ref, settled_by)
    act = Act(at, "platform", "the payment that settled it was taken back")
    await keep(tx, here, UNDONE, act, shape(here.file.dues), {**shape(plan), "undone": settled_by})
    await keep_dues(tx, here)
    await replace_dues(tx, here, plan)
    mine = settlement_quote.c
    accepted = (mine.tenant_id == tenant, mine.contract_ref == ref, mine.state == "accepted")
    await tx.execute(update(settlement_quote).where(*accepted).values(state="withdrawn"))
    said = f"contract {ref}: settlement undone"
    await ledger.reverse(tx, tenant, ledger_key(ref, settled_by), here.today, said)


def _row(made: Quote) -> dict[str, Any]:
    kept = {name: getattr(made, name.removesuffix("_minor")) for name in QUOTED}
    return {**kept, "amount_minor": made.amount}


def _quote(row: Row[Any]) -> Quote:
    return Quote(*(getattr(row, name) for name in QUOTED))
