"""What the coming months should bring: the schedules, at the rate at which contracts like these have paid."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.portfolio import CLASS
from database.shared.contacts import tenant_of
from domain.calendar import add_months
from domain.decision import Bilingual
from domain.fleet.figures import collection_rate
from domain.fleet.investing import month_of
from domain.money import Money

LOOKED_BACK = 3
"""Months, over before the day, in which the rates are measured."""

METHOD = Bilingual(
    "Pour chaque mois à venir : les échéances des contrats en cours, moins ce qui est déjà payé d’avance, "
    "multipliées par le taux d’encaissement (100 % au plus) que les contrats de la même classe de retard ont "
    "eu ces trois derniers mois complets. Une classe sans échéance sur cette période prend le taux de toute "
    "la flotte. Les impayés d’aujourd’hui ne sont pas comptés comme recouvrés.",
    "For each month to come: what falls due on running contracts, less what is paid in advance, times the "
    "collection rate (100 % at most) that contracts of the same class of lateness had in the last three full "
    "months. A class in which nothing fell due takes the rate of the whole fleet. What is late today is not "
    "counted as recovered.",
)


@dataclass(frozen=True)
class Rate:
    """What contracts that are now in this class were due in the last full months, and paid."""

    bucket: str
    contracts: int
    fallen_due: Money
    collected: Money

    @property
    def rate(self) -> Decimal | None:
        return collection_rate(self.collected.minor, self.fallen_due.minor)


@dataclass(frozen=True)
class Expected:
    month_on: date
    falls_due: Money
    expected: Money


@dataclass(frozen=True)
class Forecast:
    on: date
    months: tuple[Expected, ...]
    rates: tuple[Rate, ...]
    method: Bilingual = METHOD


# Behind row-level security the planner reads each table once; the classes are those of `bucket_of`.
STANDING = f"""
with standing as (
    select p.contract_ref, p.bike_ref, p.paid_minor, {CLASS} as bucket
      from fleet_positions(:tenant, :day) p where p.state = 'active'
)
"""
RATES = f"""{STANDING}
select s.bucket, count(*) as contracts, cast(coalesce(sum(d.minor), 0) as bigint) as due,
       cast(coalesce(sum(c.minor), 0) as bigint) as paid
  from standing s
  left join (select contract_ref, sum(due_minor) as minor from due_month
              where tenant_id = :tenant and month_on >= :since and month_on < :this group by 1) d
    on d.contract_ref = s.contract_ref
  left join (select contract_ref, sum(collected_minor) as minor from collected_month
              where tenant_id = :tenant and month_on >= :since and month_on < :this group by 1) c
    on c.contract_ref = s.contract_ref
 group by 1 order by 1
"""
# What is paid in advance covers the dues that come first.
COMING = f"""{STANDING}, owed as (
    select m.contract_ref, m.month_on, m.due_minor,
           sum(m.due_minor) over (partition by m.contract_ref order by m.month_on) as by_then
      from due_month m where m.tenant_id = :tenant
)
select s.bucket, o.month_on, {{ref}} as ref,
       cast(sum(least(o.due_minor, greatest(o.by_then - s.paid_minor, 0)){{part}}) as bigint) as due
  from standing s join owed o on o.contract_ref = s.contract_ref {{of}}
 where o.month_on > :this and o.month_on < :until group by 1, 2, 3
"""
OF_SHARES = (
    "join financing_share f on f.tenant_id = :tenant and f.contract_ref = :ref and f.bike_ref = s.bike_ref "
    "and f.from_on <= o.month_on and (f.until_on is null or f.until_on >= o.month_on)"
)


async def forecast(tx: AsyncConnection, tenant: str, day: date, months: int = 6) -> Forecast:
    """The whole fleet, from the month after ``day``'s."""
    currency = (await tenant_of(tx, tenant)).currency
    rates = await rates_of(tx, tenant, day, currency)
    query = COMING.format(ref="''", part="", of="")
    rows = await tx.execute(text(query), _given(tenant, day, months))
    return Forecast(day, _by_month(rows, rates, currency), rates)


async def expected_shares(
    tx: AsyncConnection, tenant: str, ref: str, revenue_share_bp: int, day: date, months: int
) -> tuple[Expected, ...]:
    """The same of an investor's part: ``expected`` is what they would be owed."""
    currency = (await tenant_of(tx, tenant)).currency
    rates = await rates_of(tx, tenant, day, currency)
    query = COMING.format(ref="''", part=" * f.share_bp", of=OF_SHARES)
    rows = await tx.execute(text(query), {**_given(tenant, day, months), "ref": ref})
    found = _by_month(rows, rates, currency)
    part = Decimal(revenue_share_bp) / 10_000 / 10_000
    return tuple(
        Expected(one.month_on, _times(one.falls_due, part), _times(one.expected, part)) for one in found
    )


async def rates_of(tx: AsyncConnection, tenant: str, day: date, currency: str) -> tuple[Rate, ...]:
    this = month_of(day)
    given = {"tenant": tenant, "day": day, "this": this, "since": add_months(this, -LOOKED_BACK)}
    rows = await tx.execute(text(RATES), given)
    return tuple(
        Rate(row.bucket, row.contracts, Money(currency, row.due), Money(currency, row.paid)) for row in rows
    )


def _given(tenant: str, day: date, months: int) -> dict[str, Any]:
    this = month_of(day)
    return {"tenant": tenant, "day": day, "this": this, "until": add_months(this, months + 1)}


def _by_month(rows: Any, rates: Sequence[Rate], currency: str) -> tuple[Expected, ...]:
    due, expected = defaultdict[date, int](int), defaultdict[date, Decimal](Decimal)
    all_rates = applied(rates)
    for row in rows:
        due[row.month_on] += row.due
        expected[row.month_on] += row.due * all_rates[row.bucket]
    return tuple(
        Expected(month, Money(currency, due[month]), Money(currency, int(expected[month])))
        for month in sorted(due)
    )  # fmt: skip


def applied(rates: Sequence[Rate]) -> dict[str, Decimal]:
    """By class. Where nothing ever fell due, the schedule itself is all there is to go by."""
    due = sum(one.fallen_due.minor for one in rates)
    whole = collection_rate(sum(one.collected.minor for one in rates), due)
    return {
        one.bucket: min(Decimal(1), max(Decimal(0), _known(one.rate, whole))) for one in rates
    }  # fmt: skip


def _known(rate: Decimal | None, whole: Decimal | None) -> Decimal:
    if rate is not None:
        return rate
    return whole if whole is not None else Decimal(1)


def _times(amount: Money, part: Decimal) -> Money:
    return Money(amount.currency, int(amount.minor * part))
