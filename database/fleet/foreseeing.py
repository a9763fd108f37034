"""What may be foreseen, checked before it is begun."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.queries import contract_of
from database.fleet.tables import due
from database.shared import foresights
from database.shared.contacts import tenant_of
from database.shared.foresights import Wish
from domain.calendar import local_date
from domain.errors import BadInput, Conflict, Mistake
from domain.fleet.contract import ACTIVE
from domain.fleet.foresight import Assumption

AFTER_LAST_DUE = timedelta(days=45)
FARTHEST = timedelta(days=1100)
QUARTER = timedelta(days=91)
YEAR = timedelta(days=364)
LARGEST_SAMPLE = 200


@dataclass(frozen=True)
class Books:
    """Drafts that were checked: texts by the names of their books."""

    texts: Mapping[str, str]


async def of_contract(
    tx: AsyncConnection, tenant: str, ref: str, assumption: Assumption, books: Books, now: datetime,
    until: date | None = None,
) -> Wish:  # fmt: skip
    """Until some weeks after the last due when no day is given. Raises NotFound, Conflict, BadInput."""
    known = await contract_of(tx, tenant, ref)
    if known.state != ACTIVE:
        raise Conflict(f"the contract {ref} is {known.state}: nothing of it is to come")
    today = local_date(now, (await tenant_of(tx, tenant)).zone)
    last = select(func.max(due.c.due_on)).where(due.c.tenant_id == tenant, due.c.contract_ref == ref)
    ends: date = (await tx.execute(last)).scalar() or today
    until = until or min(max(ends, today) + AFTER_LAST_DUE, today + FARTHEST)
    if not today < until <= today + FARTHEST:
        mend = f"give a day after {today} and up to {today + FARTHEST}"
        raise BadInput(Mistake("until_on", f"{until} cannot be foreseen", mend))
    if late := [day for day, _ in assumption.payments if not today <= day <= until]:
        raise BadInput(
            Mistake("payments", f"{late[0]} is not foreseen", f"give days from {today} to {until}")
        )
    return Wish(foresights.CONTRACT, ref, kept(assumption), books.texts, today, until)


async def of_portfolio(
    tx: AsyncConnection, tenant: str, books: Books, now: datetime, begins: date | None, until: date | None,
    sample: int, seed: int,
) -> Wish:  # fmt: skip
    """The last ninety-one days when none are given. Raises BadInput."""
    today = local_date(now, (await tenant_of(tx, tenant)).zone)
    until = until or today - timedelta(days=1)
    begins = begins or until - QUARTER
    if not today - YEAR < begins < until < today:
        mend = f"give days after {today - YEAR} and before {today}"
        raise BadInput(Mistake("begins_on", f"{begins} to {until} cannot be lived again", mend))
    if not books.texts:
        raise BadInput(Mistake("drafts", "there is no draft to put beside what is in force", "give one"))
    return Wish(
        foresights.PORTFOLIO, "", {"kind": "as_it_was", "seed": seed}, books.texts, begins, until, sample
    )


def kept(assumption: Assumption) -> dict[str, Any]:
    """As it is read again by whoever lives it."""
    payments = [[str(day), minor] for day, minor in assumption.payments]
    return {"kind": assumption.kind.value, "seed": assumption.seed, "payments": payments}
