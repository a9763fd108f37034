"""Which processes watch visits and rounds, and how they are woken: in the transaction of the fact."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import outbox
from database.shared.contacts import tenant_of

PLAN = "maintenance.plan"
SCHEDULING = "maintenance.scheduling"
ROUND = "maintenance.round"


def round_ref(technician: str, day: date) -> str:
    """``T-1.20320429`` is the technician's round of that day."""
    return f"{technician}.{day:%Y%m%d}"


def read_round_ref(ref: str) -> tuple[str, date]:
    technician, _, day = ref.rpartition(".")
    return technician, date.fromisoformat(day)


async def watch_visits(
    tx: AsyncConnection, tenant: str, refs: Iterable[str], fact: str, at: datetime
) -> None:  # fmt: skip
    """After every change of visits that have a day by which they are due: their processes begin, or look
    again."""
    home = await tenant_of(tx, tenant)
    cases = {secrets.token_hex(8): home.case(SCHEDULING, ref) for ref in sorted(set(refs))}
    await outbox.owe_all(tx, outbox.START, cases, fact, at)


async def watch_rounds(
    tx: AsyncConnection, tenant: str, rounds: Iterable[tuple[str, date]], fact: str, at: datetime
) -> None:
    """Of these technicians and days, after every change of one of their visits or of their times in force."""
    home = await tenant_of(tx, tenant)
    cases = {
        secrets.token_hex(8): home.case(ROUND, round_ref(technician, day))
        for technician, day in sorted(set(rounds))
    }
    await outbox.owe_all(tx, outbox.START, cases, fact, at)


async def begin_planning(tx: AsyncConnection, tenant: str, id: str, at: datetime) -> None:
    """Of a plan that waits; asked twice it is one."""
    case = (await tenant_of(tx, tenant)).case(PLAN, id)
    await outbox.owe(tx, outbox.START, case, "plan.asked", at, "plan")
