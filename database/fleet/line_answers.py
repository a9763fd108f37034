"""What a person answers to a line of a statement: whose money it is, what was told twice, what is nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.cash_tables import statement_line
from database.fleet.changes import hold_all
from database.fleet.kept_aside import SAME_THINGS, entered_elsewhere
from database.fleet.payments import is_reversed, payment_of, payments_named, record_payment, reverse_payment
from database.fleet.reconciling import StatementLine, line_from, statement_of
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.fleet.intake import PaidBy, PaymentEntry, Reversal
from domain.fleet.reconciliation import TO_ANSWER, LineState


async def line_of(
    tx: AsyncConnection, tenant: str, id: str, number: int, *, held: bool = False
) -> StatementLine:  # fmt: skip
    """``held`` until the transaction's end. Raises NotFound."""
    query = select(statement_line).where(*_mine(tenant, id, number))
    row = (await tx.execute(query.with_for_update() if held else query)).first()
    if row is None:
        raise NotFound("line of a statement", f"{id}:{number}")
    return line_from(row)


async def attach(
    tx: AsyncConnection, tenant: str, id: str, number: int, contract_ref: str, at: datetime, by: str
) -> StatementLine:
    """The money is this contract's: it becomes a payment under the operator's own id.

    Where ours says another amount, the operator's is right: ours is taken back, and the new one stands beside
    it. Raises NotFound, BadInput and Conflict: it was answered already, or we have that very payment.
    """
    known = await _to_answer(tx, tenant, id, number)
    entry, operator = known.entry, (await statement_of(tx, tenant, id)).operator
    ref = entry.transaction_id
    if known.state is LineState.DIFFERS and known.payment_ref:
        ours = await payment_of(tx, tenant, known.payment_ref)
        await hold_all(tx, tenant, {ours.entry.contract_ref, contract_ref})
        said = f"the statement says {entry.amount.decimal} {entry.amount.currency}"
        await reverse_payment(tx, tenant, known.payment_ref, said, at, Reversal.CORRECTED)
        ref = f"{ref[:60]}.{number % 1000}"
    elif known.payment_ref is not None:
        raise Conflict(f"the line stands for the payment {known.payment_ref} already")
    elif await is_reversed(tx, tenant, ref):
        # Ours was taken back, and the operator has the money after all: a reversal is not undone.
        ref = f"{ref[:60]}.{number % 1000}"
    given = PaymentEntry(ref, contract_ref, entry.occurred_at, entry.amount, PaidBy.MOBILE_MONEY, operator)
    if not await record_payment(tx, tenant, given, at) and await is_reversed(tx, tenant, ref):
        raise Conflict(f"the payment {ref} was taken back already")
    await entered_elsewhere(tx, tenant, SAME_THINGS["webhook"], [ref], at)
    return await _answer(tx, tenant, known, LineState.RESOLVED, at, by, payment_ref=ref)


async def strike_double(
    tx: AsyncConnection, tenant: str, id: str, number: int, struck: str, reason: str, at: datetime, by: str
) -> StatementLine:
    """The same money was told twice: ``struck``, the line's payment or its twin, is taken back.

    Raises NotFound, BadInput and Conflict: already answered, or the other of the two does not count.
    """
    known = await _to_answer(tx, tenant, id, number)
    pair = [ref for ref in (known.payment_ref, known.twin_ref) if ref]
    if known.state is not LineState.DOUBLE or not pair:
        raise Conflict("nothing suspects this line of telling of the same money twice")
    if struck not in pair:
        raise BadInput(Mistake("payment_ref", f"{struck} is not one of the two", f"give {' or '.join(pair)}"))
    await payment_of(tx, tenant, struck)
    await _check_one_stays(tx, tenant, pair, struck)
    await reverse_payment(tx, tenant, struck, reason, at, Reversal.DOUBLE)
    return await _answer(tx, tenant, known, LineState.RESOLVED, at, by, note=reason)


async def _check_one_stays(tx: AsyncConnection, tenant: str, pair: Sequence[str], struck: str) -> None:
    """Of two lines each may be suspected for the other's sake: whoever strikes both would lose the money."""
    others = [ref for ref in pair if ref != struck]
    held = {one.entry.contract_ref for one in (await payments_named(tx, tenant, pair)).values()}
    await hold_all(tx, tenant, held)
    known = await payments_named(tx, tenant, others)
    if not any(one.reversed_at is None for one in known.values()):
        raise Conflict(f"of this money only the payment {struck} counts: dismiss the line")


async def dismiss_line(
    tx: AsyncConnection, tenant: str, id: str, number: int, reason: str, at: datetime, by: str
) -> StatementLine:
    """It is right as it is, or no money of ours. Raises NotFound, BadInput and Conflict."""
    if not reason.strip():
        raise BadInput(Mistake("reason", "it is empty", "say why nothing is to be done"))
    known = await _to_answer(tx, tenant, id, number)
    return await _answer(tx, tenant, known, LineState.DISMISSED, at, by, note=reason.strip())


async def _to_answer(tx: AsyncConnection, tenant: str, id: str, number: int) -> StatementLine:
    known = await line_of(tx, tenant, id, number, held=True)
    if known.state not in TO_ANSWER:
        raise Conflict(f"the line is {known.state.value}")
    return known


async def _answer(
    tx: AsyncConnection, tenant: str, known: StatementLine, state: LineState, at: datetime, by: str,
    **values: Any,
) -> StatementLine:  # fmt: skip
    mine = _mine(tenant, known.statement_id, known.line)
    change = {"state": state.value, "at": at, "by": by, **values}
    await tx.execute(update(statement_line).where(*mine).values(change))
    return await line_of(tx, tenant, known.statement_id, known.line)


def _mine(tenant: str, id: str, number: int) -> tuple[Any, ...]:
    line = statement_line.c
    return line.tenant_id == tenant, line.statement_id == id, line.line == number
