"""Money given back to a driver: what was paid too much, and no more."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.change_tables import refund
from database.fleet.changes import check_reason, opened
from database.fleet.queries import contract_of
from database.fleet.rows import CASH, RECEIVABLE
from database.shared import ledger
from database.shared.ledger import Entry
from domain.calendar import DAY, local_date
from domain.case import reference_mistakes
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.fleet.contract import ACTIVE, COMPLETED, TERMINATED
from domain.fleet.intake import PaidBy
from domain.money import Money


@dataclass(frozen=True)
class Refund:
    ref: str
    contract_ref: str
    amount: Money
    channel: PaidBy
    paid_at: datetime
    reason: str


async def give_back(tx: AsyncConnection, tenant: str, given: Refund, at: datetime, by: str) -> bool:
    """False if the same one is known. Raises NotFound, Conflict and BadInput."""
    mistakes = [*reference_mistakes(ref=given.ref)]
    if mistakes:
        raise BadInput(*mistakes)
    check_reason(given.reason)
    here = await opened(tx, tenant, given.contract_ref, at, ACTIVE, COMPLETED, TERMINATED)
    known = await _find(tx, tenant, given.ref)
    if known is not None:
        return _same(known, given)
    too_much = here.standing.overpayment
    if given.amount.currency != here.currency:
        raise BadInput(Mistake("amount", f"{given.amount.currency} is not its contract's",
                               f"use {here.currency}"))  # fmt: skip
    if not 0 < given.amount.minor <= too_much.minor:
        said = f"{too_much.decimal} was paid too much"
        raise BadInput(Mistake("amount", said, f"give an amount above 0, up to {too_much.decimal}"))
    if given.paid_at > at + DAY:
        raise BadInput(Mistake("paid_at", "it lies in the future", "give the moment it was paid"))
    row = _row(given) | {"tenant_id": tenant, "recorded_at": at, "by": by}
    made = await tx.execute(insert(refund).values(row).on_conflict_do_nothing().returning(refund.c.ref))
    if made.first() is None:  # written at this moment for another contract
        return _same(await refund_of(tx, tenant, given.ref), given)
    await ledger.post(
        tx, tenant, f"fleet.refund:{given.ref}", local_date(given.paid_at, here.home.zone),
        f"refund {given.ref}", Entry(RECEIVABLE, given.contract_ref, given.amount),
        Entry(CASH.format(given.channel.value), given.contract_ref, -given.amount),
    )  # fmt: skip
    return True


async def refunds_of(tx: AsyncConnection, tenant: str, contract_ref: str) -> list[Refund]:
    """In the order in which they were paid. Raises NotFound (contract)."""
    await contract_of(tx, tenant, contract_ref)
    mine = (refund.c.tenant_id == tenant) & (refund.c.contract_ref == contract_ref)
    rows = await tx.execute(select(refund).where(mine).order_by(refund.c.paid_at, refund.c.ref))
    return [_refund(row) for row in rows]


async def refund_of(tx: AsyncConnection, tenant: str, ref: str) -> Refund:
    """Raises NotFound."""
    known = await _find(tx, tenant, ref)
    if known is None:
        raise NotFound("refund", ref)
    return known


async def _find(tx: AsyncConnection, tenant: str, ref: str) -> Refund | None:
    mine = (refund.c.tenant_id == tenant) & (refund.c.ref == ref)
    row = (await tx.execute(select(refund).where(mine))).first()
    return _refund(row) if row else None


def _same(known: Refund, given: Refund) -> bool:
    other = [name for name, value in vars(given).items() if getattr(known, name) != value]
    if other:
        raise Conflict(f"the refund {given.ref} exists already with another {', '.join(other)}")
    return False


def _row(given: Refund) -> dict[str, Any]:
    return {
        "ref": given.ref, "contract_ref": given.contract_ref, "amount_minor": given.amount.minor,
        "currency": given.amount.currency, "channel": given.channel.value, "paid_at": given.paid_at,
        "reason": given.reason,
    }  # fmt: skip


def _refund(row: Row[Any]) -> Refund:
    amount = Money(row.currency, row.amount_minor)
    return Refund(row.ref, row.contract_ref, amount, PaidBy(row.channel), row.paid_at, row.reason)
