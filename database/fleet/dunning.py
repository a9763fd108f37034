"""Facts about dunning: promises to pay, and whether a contract's arrears are followed."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.queries import DUNNING, case_of, contract_of
from database.fleet.tables import promise as promises
from database.shared import cases, outbox
from database.shared.tables import message
from domain.calendar import local_date
from domain.case import Case
from domain.errors import BadInput, Conflict, Mistake
from domain.fleet.contract import ACTIVE
from domain.fleet.dunning import Promise
from domain.fleet.escalation import Reminder
from domain.message import MessageState
from domain.money import Money

FIRM = "fleet/dunning/firm"
LONGEST_PROMISE = timedelta(days=31)


async def promise(
    tx: AsyncConnection, tenant: str, contract_ref: str, until_on: date, amount: Money, at: datetime,
    by: str = "",
) -> bool:  # fmt: skip
    """The driver promises an amount by a date. False if the same promise is known.

    Raises NotFound, Conflict (the contract is not active) and BadInput.
    """
    known = await contract_of(tx, tenant, contract_ref)
    if known.state != ACTIVE:
        raise Conflict(f"the contract {contract_ref} is {known.state}: nothing is to be promised")
    case = await case_of(tx, tenant, DUNNING, contract_ref)
    given = Promise(local_date(at, case.zone), until_on, amount)
    _check(given, known.contract.terms.price.currency)
    row = {
        "tenant_id": tenant, "contract_ref": contract_ref, "promised_on": given.promised_on,
        "until_on": until_on, "amount_minor": amount.minor, "by": by, "recorded_at": at,
    }  # fmt: skip
    made = await tx.execute(
        insert(promises).values(row).on_conflict_do_nothing().returning(promises.c.until_on)
    )
    if made.first() is None:
        return False
    await outbox.owe(tx, outbox.RING, case, "payment.promised", at, f"promise:{at.isoformat()}")
    return True


def _check(given: Promise, currency: str) -> None:
    if given.amount.currency != currency:
        raise BadInput(Mistake("amount", f"{given.amount.currency} is not the contract's", f"use {currency}"))
    if given.until - given.promised_on > LONGEST_PROMISE:
        last = given.promised_on + LONGEST_PROMISE
        raise BadInput(Mistake("until_on", "too far away", f"give a day up to {last}"))


async def promises_of(tx: AsyncConnection, tenant: str, contract_ref: str, currency: str) -> list[Promise]:
    mine = (promises.c.tenant_id == tenant) & (promises.c.contract_ref == contract_ref)
    rows = await tx.execute(select(promises).where(mine).order_by(promises.c.recorded_at))
    return [Promise(row.promised_on, row.until_on, Money(currency, row.amount_minor)) for row in rows]


async def firm_reminders_of(tx: AsyncConnection, case: Case) -> list[Reminder]:
    """Those that a provider took, each once, with the local date on which it was written."""
    mine = message.c
    query = select(mine.step_key, func.min(mine.wrote_at).label("at")).where(
        mine.tenant_id == case.tenant, mine.process == case.process, mine.ref == case.ref,
        mine.template == FIRM, mine.state.in_((MessageState.ACCEPTED, MessageState.DELIVERED)),
    )  # fmt: skip
    rows = await tx.execute(query.group_by(mine.step_key).order_by("at"))
    return [Reminder(row.step_key, local_date(row.at, case.zone)) for row in rows]


async def is_followed(tx: AsyncConnection, contract: Case) -> bool:
    """A dunning case is open, or operations have stopped dunning this contract."""
    case = Case(contract.tenant, DUNNING, contract.ref, contract.zone)
    return await cases.is_followed(tx, case)


async def owe_start(tx: AsyncConnection, contract: Case, at: datetime) -> None:
    case = Case(contract.tenant, DUNNING, contract.ref, contract.zone)
    await outbox.owe(tx, outbox.START, case, "contract.in_arrears", at, at.isoformat())
