"""How stations did, month by month: takings and costs of the ledger, swaps, and what people told."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Text

from database.fleet.places import KnownStation, station_of, stations
from domain.calendar import add_months
from domain.fleet.station import StationFacts, StationMonth, station_facts
from domain.money import Money

JUDGED = 4
"""The months that the facts of one look at: three in a row, and the one before."""
ALL = 10_000


@dataclass(frozen=True)
class Kept:
    """What is kept of one month of one station."""

    revenue: int = 0
    costs: int = 0
    swaps: int = 0
    target: int | None = None
    refused: int = 0
    open_minutes: int | None = None


MONTHS = """
select station_ref, month_on, sum(revenue) as revenue, sum(costs) as costs, sum(swaps) as swaps,
       max(target) as target, sum(refused) as refused, max(open_minutes) as open_minutes
  from (
    select subject as station_ref, month_on,
           case account when 'swap_revenue' then credit_minor - debit_minor else 0 end as revenue,
           case account when 'station_cost' then debit_minor - credit_minor else 0 end as costs,
           0 as swaps, null::bigint as target, 0 as refused, null::int as open_minutes
      from ledger_month
     where tenant_id = :tenant and month_on >= :first and month_on <= :last and currency = :currency
       and account in ('swap_revenue', 'station_cost') and subject = any(:refs)
    union all
    select station_ref, month_on, 0, 0, swaps, null, 0, null from swap_month
     where tenant_id = :tenant and month_on >= :first and month_on <= :last and station_ref = any(:refs)
    union all
    select station_ref, month_on, 0, 0, 0, target_minor, refused, open_minutes from station_month
     where tenant_id = :tenant and month_on >= :first and month_on <= :last and station_ref = any(:refs)
  ) told group by station_ref, month_on
"""


async def months_of(
    tx: AsyncConnection, tenant: str, of: Sequence[KnownStation], last: date, count: int = JUDGED
) -> dict[str, list[StationMonth]]:
    """The last ``count`` months of each up to the month ``last``, those alone in which it was open."""
    if not of:
        return {}
    first = add_months(last.replace(day=1), 1 - count)
    kept = await _kept(tx, tenant, [one.station.ref for one in of], first, last, _currency(of))
    return {
        one.station.ref: [
            _month(one, month, kept.get((one.station.ref, month), Kept()))
            for month in open_months(one.station.opened_on, one.closed_on, first, last)
        ]
        for one in of
    }


async def facts_of(
    tx: AsyncConnection, tenant: str, known: KnownStation, last: date
) -> tuple[StationFacts, list[StationMonth]]:
    """About the month ``last``, one of those in which the station was open; with the months they look at."""
    months = (await months_of(tx, tenant, [known], last))[known.station.ref]
    closed = known.closed_on is not None and known.closed_on < add_months(last.replace(day=1), 1)
    return station_facts(months, opened_on=known.station.opened_on, closed=closed), months


async def months_of_station(
    tx: AsyncConnection, tenant: str, ref: str, last: date, count: int = 13
) -> list[StationMonth]:
    """The oldest first; the present month so far, if it is the last. Raises NotFound."""
    return (await months_of(tx, tenant, [await station_of(tx, tenant, ref)], last, count))[ref]


async def open_stations(tx: AsyncConnection, tenant: str, month: date) -> list[KnownStation]:
    """Those that were open on a day of the month."""
    known = await stations(tx, tenant, limit=ALL)
    return [one for one in known if open_months(one.station.opened_on, one.closed_on, month, month)]


def open_months(opened_on: date, closed_on: date | None, first: date, last: date) -> list[date]:
    """From ``first`` to ``last``, by their first days."""
    month, found = max(first, opened_on).replace(day=1), []
    end = last if closed_on is None else min(last, closed_on)
    while month <= end:
        found.append(month)
        month = add_months(month, 1)
    return found


def open_days(opened_on: date, closed_on: date | None, month: date) -> int:
    end = add_months(month, 1) - timedelta(days=1)
    begun, ended = max(month, opened_on), end if closed_on is None else min(end, closed_on)
    return (ended - begun).days + 1


def _month(known: KnownStation, month: date, kept: Kept) -> StationMonth:
    """A month that is cut short by the closing has no target; hours nobody measured were not planned."""
    one, currency = known.station, known.station.swap_price.currency
    days = open_days(one.opened_on, known.closed_on, month)
    cut = known.closed_on is not None and known.closed_on < add_months(month, 1) - timedelta(days=1)
    target = Money(currency, kept.target) if kept.target and not cut else None
    measured = kept.open_minutes is not None
    return StationMonth(
        month, Money(currency, kept.revenue), Money(currency, kept.costs), max(kept.swaps, 0), kept.refused,
        one.capacity_a_day * days, (kept.open_minutes or 0) // 60,
        one.open_minutes_a_day * days // 60 if measured else 0, target,
    )  # fmt: skip


def _currency(of: Sequence[KnownStation]) -> str:
    return of[0].station.swap_price.currency


async def _kept(
    tx: AsyncConnection, tenant: str, refs: Collection[str], first: date, last: date, currency: str
) -> dict[tuple[str, date], Kept]:
    query = text(
        MONTHS.format(of_subject="and subject = any(:refs)", of_station="and station_ref = any(:refs)")
    )
    given: dict[str, Any] = {
        "tenant": tenant, "first": first, "last": last, "currency": currency, "refs": list(refs),
    }  # fmt: skip
    found: dict[tuple[str, date], Kept] = defaultdict(Kept)
    for row in await tx.execute(query.bindparams(bindparam("refs", type_=ARRAY(Text))), given):
        found[(row.station_ref, row.month_on)] = Kept(
            int(row.revenue), int(row.costs), int(row.swaps), row.target, int(row.refused), row.open_minutes
        )
    return found
