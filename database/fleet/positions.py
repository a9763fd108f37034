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
    column,
    func,
    select,
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


async def count_dues(tx: AsyncConnection, day: date) -> None:
    """Ahead of a day on which many will ask: positions on it are read from one row for each contract."""
    await tx.execute(select(func.count_dues(day)))


def position_from(row: Any) -> Position:
    return Position(**{one.name: getattr(row, one.name) for one in COLUMNS})


async def position_of(tx: AsyncConnection, tenant: str, contract_ref: str, day: date) -> Position:
    """Raises NotFound, for a draft too."""
    table = positions(tenant, day)
    row = (await tx.execute(select(*table.c).where(table.c.contract_ref == contract_ref))).first()
    if row is None:
        raise NotFound("contract", contract_ref)
    return position_from(row)
