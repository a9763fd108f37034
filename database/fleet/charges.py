"""Fees and interest in the ledger: deferred at the signature, earned as the dues that hold them fall due."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.rows import DEFERRED_CHARGES, due_from
from database.fleet.tables import due, fleet_contract
from database.shared import ledger
from database.shared.ledger import Entry, Posting
from database.shared.tables import ledger_month
from domain.case import Case
from domain.fleet.change import charges
from domain.fleet.contract import ACTIVE
from domain.fleet.earning import earned_until, earnings
from domain.fleet.schedule import Due
from domain.money import Money

CHARGES_EARNED = "charges_earned"
OPENING = "fleet.opening:"


async def earned_of(tx: AsyncConnection, tenant: str, ref: str, before: date | None = None) -> int:
    """What of a contract's charges is posted as earned, in minor units: all, or in months over ``before``."""
    mine = ledger_month.c
    query = select(func.coalesce(func.sum(mine.credit_minor - mine.debit_minor), 0)).where(
        mine.tenant_id == tenant, mine.account == CHARGES_EARNED, mine.subject == ref
    )
    if before:
        query = query.where(mine.month_on < before.replace(day=1))
    return int((await tx.execute(query)).scalar_one())


async def earn_months(
    tx: AsyncConnection, tenant: str, ref: str, dues: Sequence[Due], day: date
) -> None:  # fmt: skip
    """Post each month that is over and is not posted yet, under the month's last day."""
    if not charges(dues):
        return
    earned = await earned_of(tx, tenant, ref)
    currency = dues[0].amount.currency
    await ledger.post_all(
        tx, tenant,
        [
            _posting(ref, f"fleet.charges:{ref}:{end}", end, Money(currency, minor))
            for end, minor in earnings(dues, earned, day)
        ],
    )  # fmt: skip


async def earn_case(tx: AsyncConnection, case: Case, day: date) -> None:
    """The months that are over, of a contract that is active."""
    of, held = due.c, fleet_contract.c
    rows = await tx.execute(
        select(due, held.currency)
        .join(fleet_contract, (held.tenant_id == of.tenant_id) & (held.ref == of.contract_ref))
        .where(of.tenant_id == case.tenant, of.contract_ref == case.ref, of.charge_minor != 0)
        .where(held.state == ACTIVE)
    )
    await earn_months(tx, case.tenant, case.ref, [due_from(row, row.currency) for row in rows], day)


async def earn_until(
    tx: AsyncConnection, tenant: str, ref: str, dues: Sequence[Due], day: date, key: str
) -> int:
    """Before the schedule changes: what has fallen due until ``day`` is earned. How much is now."""
    if not charges(dues):
        return 0
    await earn_months(tx, tenant, ref, dues, day)
    earned = await earned_of(tx, tenant, ref)
    more = earned_until(dues, day) - earned
    if more > 0:
        amount = Money(dues[0].amount.currency, more)
        await ledger.post_all(tx, tenant, [_posting(ref, f"fleet.charges:{ref}:{key}", day, amount)])
    return earned + max(more, 0)


async def earn_all(tx: AsyncConnection, tenant: str, ref: str, dues: Sequence[Due], day: date) -> None:
    """At the end of a contract that is paid nothing stays deferred."""
    if charges(dues):
        await earn_months(tx, tenant, ref, dues, day)
        await close(tx, tenant, ref, Money(dues[0].amount.currency, charges(dues)), day)


async def close(tx: AsyncConnection, tenant: str, ref: str, whole: Money, day: date) -> None:
    """Exactly ``whole`` is earned in the end: what dues of a later date had been earned for, and is given
    back, is taken back too.
    """
    earned = await earned_of(tx, tenant, ref)
    if whole.minor != earned:
        rest = Money(whole.currency, whole.minor - earned)
        await ledger.post_all(
            tx, tenant, [_posting(ref, f"fleet.charges:{ref}:end:{day}:{earned}", day, rest)]
        )


async def open_earned(tx: AsyncConnection, tenant: str, ref: str, on: date, earned: Money) -> None:
    """What was earned elsewhere, in one posting under a key of its own."""
    if earned.minor:
        await ledger.post_all(tx, tenant, [_posting(ref, f"{OPENING}{ref}", on, earned)])


def _posting(ref: str, key: str, on: date, amount: Money) -> Posting:
    entries = (Entry(DEFERRED_CHARGES, ref, amount), Entry(CHARGES_EARNED, ref, -amount))
    return Posting(key, on, f"charges of contract {ref} earned", entries)
