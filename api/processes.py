"""Cases of processes: held, taken up again and ended by operations. The process hears of it by a ring."""

import re

from sqlalchemy.ext.asyncio import AsyncConnection

from api.commands import Reading
from database.shared import cases, outbox
from database.shared.cases import StandingOrder
from database.shared.contacts import tenant_of
from database.shared.worklist import case_row
from domain.access import hidden_from, is_hidden
from domain.case import REFERENCE, Case
from domain.errors import Conflict, NotFound

PAUSED, STOPPED = "paused", "stopped"
PROCESS = re.compile(r"[a-z]+\.[a-z_]+")


async def case_of(here: Reading, id: str) -> Case:
    """``fleet.dunning:C-0001`` is a case's address. Raises NotFound, also for a business of others."""
    process, _, ref = id.partition(":")
    wrong = not PROCESS.fullmatch(process) or not REFERENCE.fullmatch(ref)
    if wrong or is_hidden(process, hidden_from(here.who)):
        raise NotFound("case", id[:100])
    return (await tenant_of(here.tx, here.tenant)).case(process, ref)


async def pause(here: Reading, case: Case, reason: str) -> None:
    await _refuse_finished(here.tx, case)
    await _give(here, case, PAUSED, reason)


async def stop(here: Reading, case: Case, reason: str) -> None:
    await _refuse_finished(here.tx, case)
    await _give(here, case, STOPPED, reason)


async def resume(here: Reading, case: Case) -> None:
    """Lift what operations ordered; a stopped process begins anew. Raises NotFound, Conflict."""
    row = await case_row(here.tx, case)
    if not await cases.lift_order(here.tx, case):
        if row.closed_at:
            await _refuse_finished(here.tx, case)
        raise Conflict(f"the case {name_of(case)} is not held: it is {row.stage}")
    await outbox.owe(here.tx, outbox.START, case, "operations.resumed", here.now, _moment(here))


async def _give(here: Reading, case: Case, state: str, reason: str) -> None:
    order = StandingOrder(state, reason, here.actor.who)
    known = await cases.standing_order_of(here.tx, case)
    if known and (known.state, known.reason) == (state, reason):
        return
    await cases.give_order(here.tx, case, order)
    await outbox.owe(here.tx, outbox.RING, case, f"operations.{state}", here.now, _moment(here))


async def _refuse_finished(tx: AsyncConnection, case: Case) -> None:
    row = await case_row(tx, case)
    if row.closed_at:
        when = row.closed_at.date()
        raise Conflict(f"the case {name_of(case)} is finished since {when}: {row.outcome}")


def name_of(case: Case) -> str:
    return f"{case.process}:{case.ref}"


def _moment(here: Reading) -> str:
    return f"order:{here.now.isoformat()}"
