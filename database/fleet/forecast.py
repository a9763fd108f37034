"""What the coming months should bring: the schedules, at the rate at which contracts like these have paid."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.portfolio import CLASS, SUMS, Portfolio, portfolio_from
from database.shared.contacts import tenant_of
from domain.calendar import add_months
from domain.decision import Bilingual
from domain.fleet.figures import AT_RISK, collection_rate
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
    portfolio: Portfolio
    """Where the fleet stands on the day from which it is foreseen: the same reading gives both."""
    method: Bilingual = METHOD


# Each part is read once, by an index: the classes by a row for each contract, the months of all of them by
# one range. What is paid in advance covers the dues that come first: for who has paid beyond this month, and
# for nobody else, the rest of the schedule is added up.
STANDING = f"""
with standing as materialized (
    select p.contract_ref, p.bike_ref, p.total_minor - p.paid_minor as left_minor, {CLASS} as bucket,
           p.arrears_minor, p.remaining_minor, p.days_late,
           p.next_unpaid_on is null or p.next_unpaid_on >= :next as ahead
      from fleet_positions(:tenant, :day) p where p.state = 'active'
), fell as (
    select contract_ref, sum(due_minor) as minor from due_month
     where tenant_id = :tenant and month_on >= :since and month_on < :this group by 1
), came as (
    select contract_ref, sum(collected_minor) as minor from collected_month
     where tenant_id = :tenant and month_on >= :since and month_on < :this group by 1
), coming as (
    select contract_ref, month_on, due_minor from due_month
     where tenant_id = :tenant and month_on >= :next and month_on < :until
), covered as (
    select m.contract_ref, m.month_on, m.due_minor,
           coalesce(sum(m.due_minor) over (partition by m.contract_ref order by m.month_on rows between
                                           1 following and unbounded following), 0) as later_minor
      from due_month m join standing s on s.contract_ref = m.contract_ref and s.ahead
     where m.tenant_id = :tenant and m.month_on >= :next
)
"""
RATES = f"""
select p.bucket, cast(null as date) as month_on, {SUMS},
       cast(coalesce(sum(fell.minor), 0) as bigint) as due,
       cast(coalesce(sum(came.minor), 0) as bigint) as paid
  from standing p left join fell on fell.contract_ref = p.contract_ref
  left join came on came.contract_ref = p.contract_ref group by 1
"""
# Of what a month asks for, the part that is still to be paid once all that comes later is taken off.
NO_RISKS = ", ".join("0" for _ in AT_RISK)
COMING = """
select s.bucket, c.month_on, count(*), 0, 0, {NO_RISKS}, cast(sum(c.due_minor{part}) as bigint), 0
  from standing s join coming c on c.contract_ref = s.contract_ref and not s.ahead {of}
 group by 1, 2
union all
select s.bucket, c.month_on, count(*), 0, 0, {NO_RISKS},
       cast(sum(greatest(least(c.due_minor, s.left_minor - c.later_minor), 0){part}) as bigint), 0
  from standing s join covered c on c.contract_ref = s.contract_ref {of}
 where c.month_on < :until group by 1, 2
"""
OF_SHARES = (
    "join financing_share f on f.tenant_id = :tenant and f.contract_ref = :ref and f.bike_ref = s.bike_ref "
    "and f.from_on <= c.month_on and (f.until_on is null or f.until_on >= c.month_on)"
)


async def forecast(tx: AsyncConnection, tenant: str, day: date, months: int = 6) -> Forecast:
    """The whole fleet, from the month after ``day``'s."""
    currency = (await tenant_of(tx, tenant)).currency
    query = COMING.format(NO_RISKS=NO_RISKS, part="", of="")
    rows = await _read(tx, query, _given(tenant, day, months))
    rates = _rates(rows, currency)
    now = portfolio_from(day, currency, (row for row in rows if row.month_on is None))
    return Forecast(day, _by_month(rows, rates, currency), rates, now)


async def expected_shares(
    tx: AsyncConnection, tenant: str, ref: str, revenue_share_bp: int, day: date, months: int
) -> tuple[Expected, ...]:
    """The same of an investor's part: ``expected`` is what they would be owed."""
    currency = (await tenant_of(tx, tenant)).currency
    query = COMING.format(NO_RISKS=NO_RISKS, part=" * f.share_bp", of=OF_SHARES)
    rows = await _read(tx, query, {**_given(tenant, day, months), "ref": ref})
    part = Decimal(revenue_share_bp) / 10_000 / 10_000
    return tuple(
        Expected(one.month_on, _times(one.falls_due, part), _times(one.expected, part))
        for one in _by_month(rows, _rates(rows, currency), currency)
    )


async def _read(tx: AsyncConnection, query: str, given: dict[str, Any]) -> list[Any]:
    """What comes by class and month; rows without a month are of the classes themselves."""
    return list(await tx.execute(text(f"{STANDING} {RATES} union all {query}"), given))


def _rates(rows: Sequence[Any], currency: str) -> tuple[Rate, ...]:
    classes = sorted((row for row in rows if row.month_on is None), key=lambda row: str(row.bucket))
    return tuple(
        Rate(row.bucket, row.contracts, Money(currency, row.due), Money(currency, row.paid))
        for row in classes
    )  # fmt: skip


def _given(tenant: str, day: date, months: int) -> dict[str, Any]:
    this = month_of(day)
    return {
        "tenant": tenant, "day": day, "this": this, "next": add_months(this, 1),
        "until": add_months(this, months + 1), "since": add_months(this, -LOOKED_BACK),
    }  # fmt: skip


def _by_month(rows: Sequence[Any], rates: Sequence[Rate], currency: str) -> tuple[Expected, ...]:
    due, expected = defaultdict[date, int](int), defaultdict[date, Decimal](Decimal)
    all_rates = applied(rates)
    for row in rows:
        if row.month_on is None:
            continue
        due[row.month_on] += row.due
        expected[row.month_on] += row.due * all_rates[row.bucket]
    return tuple(
        Expected(month, Money(currency, due[month]), Money(currency, int(expected[month])))
        for month in sorted(due)
    )


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
