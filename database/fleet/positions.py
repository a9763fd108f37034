"""Where contracts stand at the end of a day, many at once: what the pages and figures of the fleet read."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Integer,
    TableValuedAlias,
    Text,
    bindparam,
    column,
    func,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound

COLUMNS = (
    column("contract_ref", Text), column("driver_ref", Text), column("bike_ref", Text),
    column("state", Text), column("currency", Text), column("signed_on", Date),
    column("total_minor", BigInteger), column("paid_minor", BigInteger), column("payments", Integer),
    column("last_paid_at", DateTime(timezone=True)),
    column("arrears_minor", BigInteger), column("oldest_unpaid_on", Date), column("days_late", Integer),
    column("next_unpaid_on", Date), column("remaining_minor", BigInteger),
    column("overpaid_minor", BigInteger),
)  # fmt: skip


@dataclass(frozen=True)
class Position:
    """Amounts in minor units of ``currency``. ``oldest_unpaid_on`` is None when nothing is late beyond its
    days of grace; ``next_unpaid_on`` is the first due that is not paid in full, late or not.
    """

    contract_ref: str
    driver_ref: str
    bike_ref: str
    state: str
    currency: str
    signed_on: date
    total_minor: int
    paid_minor: int
    payments: int
    last_paid_at: datetime | None
    arrears_minor: int
    oldest_unpaid_on: date | None
    days_late: int
    next_unpaid_on: date | None
    remaining_minor: int
    overpaid_minor: int


def positions(tenant: str, day: date) -> TableValuedAlias:
    """The rows of `Position` as a table to select from, join and filter."""
    return func.fleet_positions(tenant, day).table_valued(*COLUMNS, name="position")


# Late ones alone, of whom the schedule would be asked; in the order in which payments take the purses.
COUNT = text("""
with late as (
    select p.contract_ref, :day - c.grace_days as until
      from fleet_purse p join fleet_contract c on c.tenant_id = p.tenant_id and c.ref = p.contract_ref
     where p.tenant_id = :tenant and c.state <> 'draft' and p.unpaid_on < :day - c.grace_days
       and p.counted_until is distinct from :day - c.grace_days
     order by p.contract_ref for update of p
)
update fleet_purse p set counted_until = late.until from late
 where p.tenant_id = :tenant and p.contract_ref = late.contract_ref
""").bindparams(bindparam("day", type_=Date))


async def count_dues(tx: AsyncConnection, tenant: str, day: date) -> None:
    """Ahead of a day on which many will ask: positions on it are read from one row for each contract."""
    await tx.execute(COUNT, {"tenant": tenant, "day": day})


def position_from(row: Any) -> Position:
    return Position(**{one.name: getattr(row, one.name) for one in COLUMNS})


async def position_of(tx: AsyncConnection, tenant: str, contract_ref: str, day: date) -> Position:
    """Raises NotFound, for a draft too."""
    table = positions(tenant, day)
    row = (await tx.execute(select(*table.c).where(table.c.contract_ref == contract_ref))).first()
    if row is None:
        raise NotFound("contract", contract_ref)
    return position_from(row)
