"""How agencies did, month by month: what fell due and came in, who was late, who signed and who left."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.places import KnownAgency, agency_of
from database.fleet.station import JUDGED, open_months
from database.shared.contacts import tenant_of
from domain.calendar import add_months
from domain.fleet.agency import AgencyFacts, AgencyMonth, agency_facts
from domain.money import Money

# Who was late at the end of a month is told by what had fallen due by then, past its grace, beside what had
# been collected by then: so a month that is over stays what it was, whatever is paid later.
MONTH = """
with mine as (
    select c.ref, c.signed_on, c.grace_days, c.state,
           cast(c.ended_at at time zone :zone as date) as ended_on
      from fleet_contract c
     where c.tenant_id = :tenant and c.agency_ref = :ref and c.currency = :currency and c.state <> 'draft'
), running as (
    select * from mine where signed_on <= :last and (ended_on is null or ended_on > :last)
), late as (
    select count(*) as many from running r
      join lateral (
          select d.cumulative_minor from due d
           where d.tenant_id = :tenant and d.contract_ref = r.ref and d.due_on < :last - r.grace_days
           order by d.due_on desc, d.number desc limit 1) fallen on true
      join lateral (
          select coalesce(sum(m.collected_minor), 0) as minor from collected_month m
           where m.tenant_id = :tenant and m.contract_ref = r.ref and m.month_on <= :first) paid on true
     where fallen.cumulative_minor > paid.minor
)
select (select coalesce(sum(d.due_minor), 0) from due_month d join mine on mine.ref = d.contract_ref
         where d.tenant_id = :tenant and d.month_on = :first) as due,
       (select coalesce(sum(m.collected_minor), 0) from collected_month m
          join mine on mine.ref = m.contract_ref
         where m.tenant_id = :tenant and m.month_on = :first) as collected,
       (select count(*) from running) as contracts, (select many from late) as late,
       (select count(*) from mine where state = 'terminated' and ended_on between :first and :last) as ended,
       (select count(*) from mine where signed_on between :first and :last) as new
"""


async def months_of(
    tx: AsyncConnection, tenant: str, known: KnownAgency, last: date, count: int = JUDGED
) -> list[AgencyMonth]:
    """The last ``count`` months up to the month ``last``, those alone in which it was open, in order."""
    home, one = await tenant_of(tx, tenant), known.agency
    first = add_months(last.replace(day=1), 1 - count)
    return [
        await _month(tx, tenant, known, month, home.zone, home.currency)
        for month in open_months(one.opened_on, known.closed_on, first, last)
    ]


async def facts_of(
    tx: AsyncConnection, tenant: str, known: KnownAgency, last: date
) -> tuple[AgencyFacts, Sequence[AgencyMonth]]:
    """About the month ``last``, one of those in which the agency was open; with the months they look at."""
    months = await months_of(tx, tenant, known, last)
    closed = known.closed_on is not None and known.closed_on < add_months(last.replace(day=1), 1)
    return agency_facts(months, opened_on=known.agency.opened_on, closed=closed), months


async def months_of_agency(
    tx: AsyncConnection, tenant: str, ref: str, last: date, count: int = 13
) -> list[AgencyMonth]:
    """The oldest first; the present month so far, if it is the last. Raises NotFound."""
    return await months_of(tx, tenant, await agency_of(tx, tenant, ref), last, count)


async def _month(
    tx: AsyncConnection, tenant: str, known: KnownAgency, month: date, zone: str, currency: str
) -> AgencyMonth:
    end = add_months(month, 1) - timedelta(days=1)
    given: dict[str, Any] = {
        "tenant": tenant, "ref": known.agency.ref, "zone": zone, "currency": currency, "first": month,
        "last": end,
    }  # fmt: skip
    row = (await tx.execute(text(MONTH), given)).one()
    return AgencyMonth(
        month, Money(currency, int(row.due)), Money(currency, int(row.collected)), row.contracts, row.late,
        row.ended, row.new, known.agency.new_target,
    )  # fmt: skip
