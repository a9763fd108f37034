"""What scoring reads of many drivers at once: few statements, and columns packed into bytes."""

import sys
from array import array
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.fleet.course import Around, Course, Word, settle

FAR = 120
"""Days ahead for which dues are read: levers look so far."""

COUNT = text("select count(distinct driver_ref) from fleet_contract where tenant_id = :tenant "
             "and state = 'active' and signed_on <= :day")  # fmt: skip

DRIVERS = text("select distinct driver_ref from fleet_contract where tenant_id = :tenant "
               "and state = 'active' and signed_on <= :day and driver_ref > :after "
               "order by driver_ref limit :limit")  # fmt: skip

# Days as `date.toordinal` counts them. Packed into bytes, a thousand numbers cost as much as one.
CONTRACTS = text("""
select c.ref, c.driver_ref, coalesce(taken.over_on, c.signed_on) as signed_on,
       c.grace_days, c.currency, c.total_minor, dues.days, dues.owed,
       come.days as came, come.amounts, come.reversed, back.minor as refunded, swaps.days as swap_days,
       last.on as swapped_on
  from fleet_contract c
  left join fleet_purse u on u.tenant_id = c.tenant_id and u.contract_ref = c.ref
  left join lateral (
      select max(h.changed_on) as over_on from contract_change h
       where h.tenant_id = c.tenant_id and h.contract_ref = c.ref and h.kind = 'driver_changed'
         and h.changed_on <= :day) taken on true
  left join lateral (
      select string_agg(int4send(d.due_on - date '0001-01-01' + 1), '' order by d.due_on, d.number) as days,
             string_agg(int8send(d.cumulative_minor), '' order by d.due_on, d.number) as owed
        from due d where d.tenant_id = c.tenant_id and d.contract_ref = c.ref
         and (d.due_on <= :day + :far or d.cumulative_minor - d.amount_minor <= u.paid_minor)) dues on true
  left join lateral (
      select string_agg(int4send((p.received_at at time zone :zone)::date - date '0001-01-01' + 1), ''
                        order by p.received_at, p.ref) filter (where p.reversed_at is null) as days,
             string_agg(int8send(p.amount_minor), '' order by p.received_at, p.ref)
                        filter (where p.reversed_at is null) as amounts,
             array_agg((p.reversed_at at time zone :zone)::date)
                        filter (where p.reversed_for = 'refused') as reversed
        from payment p where p.tenant_id = c.tenant_id and p.contract_ref = c.ref) come on true
  left join lateral (
      select sum(r.amount_minor)::bigint as minor from refund r
       where r.tenant_id = c.tenant_id and r.contract_ref = c.ref) back on true
  left join lateral (
      select count(distinct (s.swapped_at at time zone :zone)::date)::int as days from swap s
       where s.tenant_id = c.tenant_id and s.bike_ref = c.bike_ref and s.voided_at is null
         and s.swapped_at >= (cast(:day - 29 as timestamp) at time zone :zone)
         and s.swapped_at < (cast(:day + 1 as timestamp) at time zone :zone)) swaps on true
  left join lateral (
      select (s.swapped_at at time zone :zone)::date as on from swap s
       where s.tenant_id = c.tenant_id and s.bike_ref = c.bike_ref and s.voided_at is null
         and s.swapped_at < (cast(:day + 1 as timestamp) at time zone :zone)
       order by s.swapped_at desc limit 1) last on true
 where c.tenant_id = :tenant and c.state = 'active' and c.signed_on <= :day
   and c.driver_ref = any(:drivers)
 order by c.driver_ref, c.signed_on, c.ref
""")

PROMISES = text("select contract_ref, promised_on, until_on, amount_minor from promise "
                "where tenant_id = :tenant and contract_ref = any(:contracts) "
                "and until_on > :day - 366 order by recorded_at")  # fmt: skip

# Rows hold until the next: the last before a day is what was said on it.
PAST = text("""
select w.driver_ref, last.points, last.band, last.outcome, last.contract_ref, last.revision, last.rule,
       coalesce(quarter.points, first.points) as quarter_points,
       coalesce(quarter.band, first.band) as quarter_band,
       week.points as week_points, week.band as week_band, week.outcome as week_outcome,
       (select min(s.scored_on) from driver_score s where s.tenant_id = :tenant
           and s.driver_ref = w.driver_ref and s.scored_on < :day and s.scored_on > coalesce((
               select max(o.scored_on) from driver_score o where o.tenant_id = :tenant
                  and o.driver_ref = w.driver_ref and o.scored_on < :day and o.band <> last.band),
               date '0001-01-01')) as band_since,
       (select min(s.scored_on) from driver_score s where s.tenant_id = :tenant
           and s.driver_ref = w.driver_ref and s.scored_on < :day and s.scored_on > coalesce((
               select max(o.scored_on) from driver_score o where o.tenant_id = :tenant
                  and o.driver_ref = w.driver_ref and o.scored_on < :day and o.outcome <> last.outcome),
               date '0001-01-01')) as outcome_since
  from unnest(cast(:drivers as text[])) w(driver_ref)
  left join lateral (select s.* from driver_score s where s.tenant_id = :tenant
      and s.driver_ref = w.driver_ref and s.scored_on < :day order by s.scored_on desc limit 1) last on true
  left join lateral (select s.* from driver_score s where s.tenant_id = :tenant
      and s.driver_ref = w.driver_ref and s.scored_on <= :day - 90
      order by s.scored_on desc limit 1) quarter on true
  left join lateral (select s.* from driver_score s where s.tenant_id = :tenant
      and s.driver_ref = w.driver_ref and s.scored_on < :day order by s.scored_on limit 1) first on true
  left join lateral (select s.* from driver_score s where s.tenant_id = :tenant
      and s.driver_ref = w.driver_ref and s.scored_on <= :day - 7
      order by s.scored_on desc limit 1) week on true
""")


@dataclass(frozen=True)
class Ridden:
    """One running contract, and how it was paid. ``signed_on``: since when the driver answers for it."""

    ref: str
    signed_on: date
    course: Course


@dataclass(frozen=True)
class Past:
    """What was said of a driver before; the fields of a time of which nothing is known are None.

    ``quarter`` is three months ago, or the first night of a younger driver.
    """

    points: int | None
    band: str | None
    outcome: str | None
    rule: str | None
    contract_ref: str | None
    revision: str | None
    quarter_points: int | None
    quarter_band: str | None
    week_points: int | None
    week_band: str | None
    week_outcome: str | None
    band_since: date | None
    outcome_since: date | None


@dataclass(frozen=True)
class Driver:
    """The contracts are in the order of their signatures."""

    ref: str
    contracts: tuple[Ridden, ...]
    past: Past


async def how_many(tx: AsyncConnection, tenant: str, day: date) -> int:
    """Drivers with a running contract."""
    return int((await tx.execute(COUNT, {"tenant": tenant, "day": day})).scalar_one())


async def drivers_after(
    tx: AsyncConnection, tenant: str, zone: str, day: date, after: str, limit: int
) -> list[Driver]:
    """The next ones in the order of their references, with all that a score is made of."""
    given = {"tenant": tenant, "day": day, "zone": zone, "far": FAR}
    named = await tx.execute(DRIVERS, {**given, "after": after, "limit": limit})
    drivers = list(named.scalars())
    if not drivers:
        return []
    rows = (await tx.execute(CONTRACTS, {**given, "drivers": drivers})).all()
    words = await _promises(tx, {**given, "contracts": [row.ref for row in rows]})
    ridden: dict[str, list[Ridden]] = defaultdict(list)
    for row in rows:
        ridden[row.driver_ref].append(
            Ridden(row.ref, row.signed_on, course_from(row, day, words.get(row.ref, ())))
        )
    past = await tx.execute(PAST, {**given, "drivers": drivers})
    return [Driver(row.driver_ref, tuple(ridden[row.driver_ref]), past_from(row)) for row in past]


def past_from(row: Any) -> Past:
    return Past(**{name: getattr(row, name) for name in Past.__dataclass_fields__})


async def _promises(tx: AsyncConnection, given: dict[str, Any]) -> dict[str, tuple[Word, ...]]:
    found: dict[str, tuple[Word, ...]] = {}
    for row in await tx.execute(PROMISES, given):
        word = Word(row.promised_on.toordinal(), row.until_on.toordinal(), row.amount_minor)
        found[row.contract_ref] = (*found.get(row.contract_ref, ()), word)
    return found


def course_from(row: Any, day: date, words: tuple[Word, ...]) -> Course:
    dues_on, owed = _numbers("i", row.days), _numbers("q", row.owed)
    came_on, got = _kept(_numbers("i", row.came), _numbers("q", row.amounts), row.refunded or 0)
    around = Around(
        row.signed_on.toordinal(), row.grace_days, row.currency, row.total_minor, words,
        tuple(on.toordinal() for on in row.reversed or ()), row.swap_days,
        (day - row.swapped_on).days if row.swapped_on else None,
    )  # fmt: skip
    return Course(dues_on, owed, came_on, got, settle(owed, came_on, got), around)


def _kept(came_on: list[int], amounts: list[int], refunded: int) -> tuple[list[int], list[int]]:
    """Running totals. What was given back leaves the latest receipts: only what is too much is given back."""
    while refunded and amounts:
        taken = min(refunded, amounts[-1])
        amounts[-1] -= taken
        refunded -= taken
        if not amounts[-1]:
            amounts.pop()
            came_on = came_on[:-1]
    return came_on, list(accumulate(amounts))


def _numbers(kind: str, packed: bytes | None) -> list[int]:
    """As PostgreSQL sends them: the highest byte first."""
    numbers = array(kind, packed or b"")
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers.tolist()
