"""What a report of profitability is made of: by month where months are whole, else by day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.behind import Of
from database.fleet.portfolio import portfolio
from database.fleet.revenue import Income, revenue, totals
from database.shared.contacts import tenant_of
from domain.calendar import DAY, add_months
from domain.errors import NotFound
from domain.fleet.investing import month_of
from domain.fleet.profit import Late, Month, Profit, Profitability, sum_of
from domain.fleet.report import Kind, Period
from domain.money import Money

EVERY = 1_000_000
"""More bikes than a fleet has."""
BEHIND = 12
"""Months that a report shows as its background, its own among them."""

NAMES = {
    Kind.FLEET: "select '' as ref, '' as name",
    Kind.AGENCY: "select ref, name from agency where tenant_id = :tenant",
    Kind.STATION: "select ref, name from station where tenant_id = :tenant",
    Kind.BIKE: "select ref, trim(model || ' ' || plate) as name from bike where tenant_id = :tenant",
    Kind.INVESTOR: "select distinct i.investor_ref as ref, c.full_name as name from investor_contract i "
    "join contact c on c.tenant_id = i.tenant_id and c.ref = i.investor_ref where i.tenant_id = :tenant",
}

# Of some days: what drivers paid, less what was reversed or given back on them. Days are the tenant's own.
PAID = """
select {{ref}} as ref, p.currency, {sign}p.amount_minor as collected, 0 as swaps, 0 as costs, 0 as shares
  from payment p join tenant h on h.id = p.tenant_id
  join fleet_contract c on c.tenant_id = p.tenant_id and c.ref = p.contract_ref
 where p.tenant_id = :tenant and p.{at} >= cast(:first as timestamp) at time zone h.zone
   and p.{at} < cast(:until as timestamp) at time zone h.zone
"""
GIVEN_BACK = PAID.replace("payment p", "(select *, paid_at as received_at from refund) p")
COLLECTED = " union all ".join((
    PAID.format(sign="", at="received_at"), PAID.format(sign="-", at="reversed_at"),
    GIVEN_BACK.format(sign="-", at="paid_at"),
))  # fmt: skip
BIKE = "fleet_bike_on(p.tenant_id, p.contract_ref, (p.received_at at time zone h.zone)::date)"
POSTED = """
select {ref} as ref, e.currency, 0 as collected,
       case when e.account = 'swap_revenue' then -e.amount_minor else 0 end as swaps,
       case when right(e.account, 5) = '_cost' then e.amount_minor else 0 end as costs,
       case when e.account = 'investor_share' then e.amount_minor else 0 end as shares
  from ledger_entry e join ledger_transaction t on t.tenant_id = e.tenant_id and t.id = e.transaction_id
  {join}
 where e.tenant_id = :tenant and e.account in ({accounts}) and t.posted_on >= :first and t.posted_on < :until
"""
BIKES = "join bike b on b.tenant_id = e.tenant_id and b.ref = e.subject"
STATIONS = "join station s on s.tenant_id = e.tenant_id and s.ref = e.subject"


def _posted(ref: str, *accounts: str, join: str = "") -> str:
    return POSTED.format(ref=ref, join=join, accounts=", ".join(f"'{one}'" for one in accounts))


BY_DAY: dict[Kind, tuple[str, ...]] = {
    Kind.FLEET: (
        COLLECTED.format(ref="''"),
        _posted("''", "swap_revenue", "bike_cost", "station_cost", "agency_cost", "fleet_cost",
                "investor_share"),
    ),
    Kind.AGENCY: (
        COLLECTED.format(ref="c.agency_ref"),
        _posted("s.agency_ref", "swap_revenue", "station_cost", join=STATIONS),
        _posted("b.agency_ref", "bike_cost", "investor_share", join=BIKES),
        _posted("e.subject", "agency_cost"),
    ),
    Kind.STATION: (_posted("e.subject", "swap_revenue", "station_cost"),),
    Kind.BIKE: (COLLECTED.format(ref=BIKE), _posted("e.subject", "bike_cost", "investor_share")),
}  # fmt: skip
SUMMED = """
select ref, currency, sum(collected)::bigint as collected, sum(swaps)::bigint as swaps,
       sum(costs)::bigint as costs, sum(shares)::bigint as shares
  from ({parts}) found where ref is not null and (:subject = '' or ref = :subject) group by ref, currency
"""


async def profitability(
    tx: AsyncConnection, tenant: str, kind: Kind, subject: str, period: Period, today: date
) -> Profitability:
    """``subject`` is one bike, station…, or empty for all of them. Raises NotFound."""
    firm = await tenant_of(tx, tenant)
    names = {row.ref: row.name for row in await tx.execute(text(NAMES[kind]), _only(kind, tenant))}
    if subject and subject not in names:
        raise NotFound(kind.value, subject)
    profits = await profits_of(tx, tenant, kind, subject, period, firm.currency, names)
    if kind is Kind.FLEET:
        profits = await _by_agency(tx, tenant, period, firm.currency, sum_of(profits, firm.currency))
    before = await profits_of(tx, tenant, kind, subject, period.before, firm.currency, names)
    found = Profitability(
        kind, subject, period, firm.currency, tuple(sorted(profits, key=_best_first)),
        sum_of(before, firm.currency), await _months(tx, tenant, kind, subject, period, firm.currency),
    )  # fmt: skip
    return await _with_risk(tx, tenant, found, today) if kind is Kind.FLEET else found


async def profits_of(
    tx: AsyncConnection, tenant: str, kind: Kind, subject: str, period: Period, currency: str,
    names: dict[str, str],
) -> list[Profit]:  # fmt: skip
    """Whatever is in the tenant's currency; everything that has a name is told, with nothing if need be."""
    if period.whole_months:
        refs = [subject] if subject else None
        rows: Sequence[Any] = await totals(
            tx, tenant, Of(kind.value), period.begins_on, period.ends_on, refs=refs, limit=EVERY
        )
        found = {one.ref: _from_income(one, names) for one in rows if one.collected.currency == currency}
    else:
        found = {
            row.ref: _from_row(row, names)
            for row in await by_day(tx, tenant, kind, subject, period)
            if row.currency == currency
        }
    known = [subject] if subject else names
    nothing = Money(currency, 0)
    return list(found.values()) + [
        Profit(ref, names[ref], nothing, nothing, nothing, nothing) for ref in known if ref not in found
    ]


async def by_day(tx: AsyncConnection, tenant: str, kind: Kind, subject: str, period: Period) -> Sequence[Any]:
    given = {"tenant": tenant, "subject": subject, "first": period.begins_on, "until": period.ends_on + DAY}
    query = SUMMED.format(parts=" union all ".join(BY_DAY[kind]))
    return (await tx.execute(text(query), given)).all()


async def _by_agency(
    tx: AsyncConnection, tenant: str, period: Period, currency: str, whole: Profit
) -> list[Profit]:
    """The fleet in its agencies, and in one line what belongs to none."""
    rows = await tx.execute(text(NAMES[Kind.AGENCY]), {"tenant": tenant})
    names = {row.ref: row.name for row in rows}
    agencies = await profits_of(tx, tenant, Kind.AGENCY, "", period, currency, names)
    if not agencies:
        return [whole]
    known = sum_of(agencies, currency)
    rest = Profit(
        "", "", whole.collected - known.collected, whole.swaps - known.swaps, whole.costs - known.costs,
        whole.shares - known.shares,
    )  # fmt: skip
    return [*agencies, rest] if any((rest.revenue.minor, rest.costs.minor, rest.shares.minor)) else agencies


async def _months(
    tx: AsyncConnection, tenant: str, kind: Kind, subject: str, period: Period, currency: str
) -> tuple[Month, ...]:
    """Up to the last whole month of the period; months without anything are zeros, as they were."""
    last = month_of(period.ends_on) if (period.ends_on + DAY).day == 1 else add_months(
        month_of(period.ends_on), -1
    )  # fmt: skip
    first = min(add_months(last, 1 - BEHIND), month_of(period.begins_on))
    refs = [subject] if subject else None
    rows = await revenue(tx, tenant, Of(kind.value), first, last, refs=refs)
    months = []
    while first <= last:
        here = [one for one in rows if one.first_on == first and one.collected.currency == currency]
        months.append(Month(first, sum_of([_from_income(one, {}) for one in here], currency)))
        first = add_months(first, 1)
    begun = next((place for place, one in enumerate(months) if _happened(one.profit)), len(months) - 1)
    return tuple(months[begun:])


async def _with_risk(tx: AsyncConnection, tenant: str, found: Profitability, today: date) -> Profitability:
    """Where contracts stand today: the past cannot be asked, and the page says which day it is."""
    now = await portfolio(tx, tenant, today)
    late = tuple(
        Late(one.bucket.label, one.contracts, one.arrears) for one in now.buckets if one.bucket.first
    )
    return Profitability(
        found.kind, found.subject, found.period, found.currency, found.profits, found.before, found.months,
        late, now.at_risk[30], today,
    )  # fmt: skip


def _only(kind: Kind, tenant: str) -> dict[str, str]:
    return {} if kind is Kind.FLEET else {"tenant": tenant}


def _happened(one: Profit) -> bool:
    return any((one.revenue.minor, one.costs.minor, one.shares.minor))


def _best_first(one: Profit) -> tuple[int, str]:
    return -one.margin.minor, one.ref


def _from_income(one: Income, names: dict[str, str]) -> Profit:
    return Profit(one.ref, names.get(one.ref, ""), one.collected, one.swaps, one.costs, one.shares)


def _from_row(row: Any, names: dict[str, str]) -> Profit:
    amounts = (Money(row.currency, getattr(row, name)) for name in ("collected", "swaps", "costs", "shares"))
    return Profit(row.ref, names.get(row.ref, ""), *amounts)
