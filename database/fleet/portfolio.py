"""Arrears, portfolio at risk and collection of the whole fleet, as of a local day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.behind import Behind, Measure, Of
from database.fleet.positions import Position, position_from
from database.shared.contacts import tenant_of
from domain.calendar import add_months
from domain.fleet.figures import AT_RISK, BUCKETS, CURRENT, Bucket, collection_rate, ratio
from domain.fleet.investing import month_of
from domain.money import Money

ON_TIME = Bucket(CURRENT, 0, 0)


@dataclass(frozen=True)
class Arrears:
    """Active contracts that are late by the bucket's days. ``outstanding`` is all that they still owe.

    `late_contracts` with the bucket's id lists them: that opens these numbers.
    """

    bucket: Bucket
    contracts: int
    arrears: Money
    outstanding: Money


@dataclass(frozen=True)
class Portfolio:
    """``at_risk``: by days, the share of the outstanding balance of contracts that are later than that."""

    on: date
    contracts: int
    outstanding: Money
    arrears: Money
    buckets: tuple[Arrears, ...]
    at_risk: dict[int, Decimal | None]


@dataclass(frozen=True)
class Collection:
    """A month: what fell due in it, on contracts that ran, and what came in."""

    month_on: date
    fallen_due: Money
    collected: Money

    @property
    def rate(self) -> Decimal | None:
        return collection_rate(self.collected.minor, self.fallen_due.minor)

    @property
    def behind(self) -> Behind:
        return Behind(Measure.COLLECTED, Of.FLEET, "", self.month_on, self.month_on)


CLASS = (
    "case "
    + " ".join(f"when p.days_late >= {one.first} then '{one.id}'" for one in reversed(BUCKETS))
    + f" else '{CURRENT}' end"
)
"""`bucket_of`, in SQL."""

# Late beyond a number of days is the sum of the buckets above it: AT_RISK are their bounds.
SUMS = """
count(*) as contracts, coalesce(sum(p.arrears_minor), 0)::bigint as arrears,
coalesce(sum(p.remaining_minor), 0)::bigint as outstanding,
""" + ", ".join(
    f"coalesce(sum(p.remaining_minor) filter (where p.days_late > {days}), 0)::bigint as risk_{days}"
    for days in AT_RISK
)
"""Of rows of positions, by bucket: what `portfolio_from` reads."""

ARREARS = f"""
select {CLASS} as bucket, {SUMS}
  from fleet_positions(:tenant, :day) p {{of}}
 where p.state = 'active' group by 1
"""
OF_AGENCY = (
    "join fleet_contract c on c.tenant_id = :tenant and c.ref = p.contract_ref and c.agency_ref = :agency"
)


async def portfolio(tx: AsyncConnection, tenant: str, day: date, *, agency: str = "") -> Portfolio:
    """As of the end of ``day``: today, for payments dated later than the day count already."""
    currency = (await tenant_of(tx, tenant)).currency
    query = text(ARREARS.format(of=OF_AGENCY if agency else ""))
    given = {"tenant": tenant, "day": day} | ({"agency": agency} if agency else {})
    return portfolio_from(day, currency, await tx.execute(query, given))


def portfolio_from(day: date, currency: str, found: Iterable[Any]) -> Portfolio:
    """``found`` are the sums of the buckets in which there are contracts."""
    rows = {row.bucket: row for row in found}
    buckets = tuple(_arrears(bucket, rows.get(bucket.id), currency) for bucket in (ON_TIME, *BUCKETS))
    outstanding = sum(one.outstanding.minor for one in buckets)
    return Portfolio(
        day, sum(one.contracts for one in buckets), Money(currency, outstanding),
        Money(currency, sum(one.arrears.minor for one in buckets)), buckets,
        {days: ratio(sum(getattr(row, f"risk_{days}") for row in rows.values()), outstanding)
         for days in AT_RISK},
    )  # fmt: skip


def _arrears(bucket: Bucket, row: Any, currency: str) -> Arrears:
    number, late, left = (row.contracts, row.arrears, row.outstanding) if row else (0, 0, 0)
    return Arrears(bucket, number, Money(currency, late), Money(currency, left))


LATE = f"""
select p.* from fleet_positions(:tenant, :day) p {{of}} where p.state = 'active' and {CLASS} = :bucket
   and (p.arrears_minor, p.contract_ref) < (:arrears, :ref)
 order by p.arrears_minor desc, p.contract_ref desc limit :limit
"""
MOST = 2**62


async def late_contracts(
    tx: AsyncConnection, tenant: str, day: date, bucket: str, *, agency: str = "",
    after: tuple[int, str] = (MOST, ""), limit: int = 50,
) -> list[Position]:  # fmt: skip
    """Behind a bucket's numbers, the greatest arrears first; ``after``: the last one's, and its ref."""
    given = {"tenant": tenant, "day": day, "bucket": bucket, "arrears": after[0], "ref": after[1]}
    query = text(LATE.format(of=OF_AGENCY if agency else ""))
    given |= {"limit": limit} | ({"agency": agency} if agency else {})
    return [position_from(row) for row in await tx.execute(query, given)]


# What a terminated contract would have owed after its end was not due any more.
IN_TIME = "m.tenant_id = :tenant and m.month_on >= :first and m.month_on < :until"
ITS_CONTRACT = "join fleet_contract c on c.tenant_id = m.tenant_id and c.ref = m.contract_ref"
# Each part is added up by itself: what is put together afterwards is a few rows.
COLLECTION = f"""
select month_on, cast(sum(due) as bigint) as due, cast(sum(paid) as bigint) as paid from (
    select m.month_on, sum(m.due_minor) as due, 0 as paid from due_month m {{join}} where {IN_TIME} {{of}}
     group by 1
    union all
    select m.month_on, -m.due_minor, 0 from due_month m {ITS_CONTRACT}
     where {IN_TIME} and c.state = 'terminated' and m.month_on > c.ended_at {{of}}
    union all
    select m.month_on, 0, sum(m.collected_minor) from collected_month m {{join}} where {IN_TIME} {{of}}
     group by 1
) months (month_on, due, paid) group by month_on order by month_on
"""


async def collection(
    tx: AsyncConnection, tenant: str, first: date, last: date, *, agency: str = ""
) -> list[Collection]:
    """By month, both included. The dues of a month that is not over yet count to its end."""
    currency = (await tenant_of(tx, tenant)).currency
    given = {"tenant": tenant, "first": month_of(first), "until": add_months(month_of(last), 1)}
    join, of = (ITS_CONTRACT, "and c.agency_ref = :agency") if agency else ("", "")
    query = COLLECTION.format(join=join, of=of)
    rows = await tx.execute(text(query), given | ({"agency": agency} if agency else {}))
    return [Collection(row.month_on, Money(currency, row.due), Money(currency, row.paid)) for row in rows]
