"""Statements of investors: what a month brought on each bike they financed, and what they are owed of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.behind import Behind, Measure, Of
from database.fleet.investor_tables import investor_statement, investor_statement_line
from database.fleet.investors import PAYABLE, SHARE, KnownInvestor, investor_contract_of
from database.shared import ledger
from database.shared.ledger import Entry, Posting
from domain.calendar import add_months
from domain.errors import NotFound
from domain.fleet.investing import Share, entitled, last_day, month_of, statement_on
from domain.money import Money


@dataclass(frozen=True)
class Line:
    """A bike in a month. ``earlier`` is the part of ``collected`` that belongs to months stated before."""

    bike_ref: str
    share_bp: int
    collected: Money
    earlier: Money
    share: Money


@dataclass(frozen=True)
class Statement:
    """``payable`` = ``before`` + ``share`` - ``paid``: what is owed once it is closed, until ``due_on``."""

    contract_ref: str
    month_on: date
    bikes: int
    collected: Money
    share: Money
    before: Money
    paid: Money
    payable: Money
    due_on: date
    closed_at: datetime
    document: str

    def behind(self, measure: Measure) -> Behind:
        return Behind(measure, Of.INVESTOR_CONTRACT, self.contract_ref, self.month_on, self.month_on)


# Whole months from what is kept by month; of a month that a share covers in part, its days. A reversal counts
# on its own day, as in the ledger.
PARTS = """
with mine as (
    select s.bike_ref, s.share_bp, s.from_on,
           least(coalesce(s.until_on, :last), cast(:last as date)) as until_on
      from financing_share s
     where s.tenant_id = :tenant and s.contract_ref = :ref and s.from_on <= :last
), months as (
    select s.bike_ref, s.share_bp, s.from_on, s.until_on, m.contract_ref, m.month_on, m.collected_minor,
           m.month_on >= s.from_on
           and (m.month_on + interval '1 month')::date - 1 <= s.until_on as whole
      from mine s join collected_month m on m.tenant_id = :tenant and m.bike_ref = s.bike_ref
       and m.month_on <= s.until_on and (m.month_on + interval '1 month')::date > s.from_on
), edges as (
    select s.bike_ref, s.share_bp, s.month_on, s.contract_ref, h.zone,
           greatest(s.from_on, s.month_on) as first,
           least(s.until_on, (s.month_on + interval '1 month')::date - 1) as last
      from months s join tenant h on h.id = :tenant where not s.whole
), moved as (
    select e.bike_ref, e.share_bp, e.month_on, p.amount_minor * way as minor,
           fleet_bike_on(p.tenant_id, p.contract_ref, (p.received_at at time zone e.zone)::date) as ridden
      from edges e cross join (values (1), (-1)) ways(way)
      join payment p on p.tenant_id = :tenant and p.contract_ref = e.contract_ref
       and ((case way when 1 then p.received_at else p.reversed_at end) at time zone e.zone)::date
           between e.first and e.last
    union all
    select e.bike_ref, e.share_bp, e.month_on, -r.amount_minor,
           fleet_bike_on(r.tenant_id, r.contract_ref, (r.paid_at at time zone e.zone)::date)
      from edges e join refund r on r.tenant_id = :tenant and r.contract_ref = e.contract_ref
       and (r.paid_at at time zone e.zone)::date between e.first and e.last
)
select bike_ref, share_bp, month_on, cast(sum(minor) as bigint) as minor from (
    select bike_ref, share_bp, month_on, collected_minor as minor from months where whole
    union all
    select bike_ref, share_bp, month_on, minor from moved where ridden = bike_ref
) parts group by 1, 2, 3
"""

STATED = """
select bike_ref, cast(sum(collected_minor) as bigint) as collected, cast(sum(share_minor) as bigint) as share
  from investor_statement_line where tenant_id = :tenant and contract_ref = :ref group by 1
"""


async def lines_of_month(
    tx: AsyncConnection, tenant: str, known: KnownInvestor, month_on: date, shares: Iterable[Share]
) -> list[Line]:
    """What the month would state now: what all months brought, less what was stated before."""
    contract, last = known.contract, last_day(month_on)
    until = min(last, known.last_on or last)
    given = {"tenant": tenant, "ref": contract.ref}
    parts: dict[str, list[tuple[int, int]]] = defaultdict(list)
    inside: dict[str, int] = defaultdict(int)
    for row in await tx.execute(text(PARTS), {**given, "last": until}):
        parts[row.bike_ref].append((row.minor, row.share_bp))
        inside[row.bike_ref] += row.minor if row.month_on == month_on else 0
    stated = {row.bike_ref: row for row in await tx.execute(text(STATED), given)}
    running = {one.bike_ref: one.share_bp for one in shares if _runs(one, month_on, until)}
    currency, lines = contract.amount.currency, []
    for bike in sorted({*parts, *stated, *running}):
        before = stated.get(bike)
        collected = sum(minor for minor, _ in parts[bike]) - (before.collected if before else 0)
        share = entitled(parts[bike], contract.revenue_share_bp) - (before.share if before else 0)
        if bike in running or collected or share:
            amounts = (Money(currency, one) for one in (collected, collected - inside[bike], share))
            lines.append(Line(bike, running.get(bike, 0), *amounts))
    return lines


def _runs(share: Share, first: date, last: date) -> bool:
    return share.from_on <= last and (share.until_on is None or share.until_on >= first)


def next_month(known: KnownInvestor, stated: date | None) -> date | None:
    """The month to state next; None when the contract's last one is stated."""
    month = add_months(stated, 1) if stated else month_of(known.contract.signed_on)
    last = known.last_on
    return None if last and month > month_of(last) else month


async def close_month(
    tx: AsyncConnection, tenant: str, ref: str, month_on: date, at: datetime, shares: Iterable[Share]
) -> bool:
    """State a month and post what is owed. False if it is stated."""
    known = await investor_contract_of(tx, tenant, ref, held=True)
    latest = await latest_statement(tx, tenant, ref)
    if latest and latest.month_on >= month_on:
        return False
    lines = await lines_of_month(tx, tenant, known, month_on, shares)
    await ledger.post_all(tx, tenant, [_posting(ref, month_on, line) for line in lines if line.share.minor])
    contract, currency = known.contract, known.contract.amount.currency
    payable = -(await ledger.balance(tx, tenant, PAYABLE, ref, currency)).minor
    share = sum(line.share.minor for line in lines)
    before = latest.payable.minor if latest else 0
    due_on = statement_on(month_on, contract.statement_day) + timedelta(days=contract.payout_days)
    mine = {"tenant_id": tenant, "contract_ref": ref, "month_on": month_on}
    collected = sum(line.collected.minor for line in lines)
    await tx.execute(insert(investor_statement).values(
        **mine, currency=currency, bikes=len(lines), collected_minor=collected, share_minor=share,
        before_minor=before, paid_minor=before + share - payable, payable_minor=payable,
        due_on=due_on, closed_at=at, document=document_key(ref, month_on),
    ))  # fmt: skip
    if lines:
        await tx.execute(insert(investor_statement_line), [{**mine, **_line_row(one)} for one in lines])
    return True


def document_key(ref: str, month_on: date) -> str:
    return f"fleet.statement:{ref}:statement:{month_on}"


def _posting(ref: str, month_on: date, line: Line) -> Posting:
    """Dated in the month that it is about."""
    return Posting(
        f"fleet.statement:{ref}:{month_on}:{line.bike_ref}", last_day(month_on),
        f"share of {ref} in {line.bike_ref}, {month_on:%Y-%m}",
        (Entry(SHARE, line.bike_ref, line.share), Entry(PAYABLE, ref, -line.share)),
    )  # fmt: skip


def _line_row(line: Line) -> dict[str, Any]:
    return {
        "bike_ref": line.bike_ref, "share_bp": line.share_bp, "collected_minor": line.collected.minor,
        "earlier_minor": line.earlier.minor, "share_minor": line.share.minor,
    }  # fmt: skip


async def latest_statement(tx: AsyncConnection, tenant: str, ref: str) -> Statement | None:
    found = await statements_of(tx, tenant, ref, limit=1)
    return found[0] if found else None


async def statements_of(
    tx: AsyncConnection, tenant: str, ref: str, *, before: date = date.max, limit: int | None = 50
) -> Sequence[Statement]:
    """The latest first, of months before ``before``."""
    mine = investor_statement.c
    query = select(investor_statement).where(
        mine.tenant_id == tenant, mine.contract_ref == ref, mine.month_on < before
    )
    rows = await tx.execute(query.order_by(mine.month_on.desc()).limit(limit))
    return [_statement(row) for row in rows]


async def statement_of(
    tx: AsyncConnection, tenant: str, ref: str, month_on: date
) -> tuple[Statement, list[Line]]:
    """Raises NotFound."""
    mine = (investor_statement.c.tenant_id == tenant, investor_statement.c.contract_ref == ref)
    query = select(investor_statement).where(*mine, investor_statement.c.month_on == month_on)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("statement", f"{ref} {month_on:%Y-%m}")
    line = investor_statement_line.c
    rows = await tx.execute(
        select(investor_statement_line)
        .where(line.tenant_id == tenant, line.contract_ref == ref, line.month_on == month_on)
        .order_by(line.bike_ref)
    )
    return _statement(row), [_line(one, row.currency) for one in rows]


def _statement(row: Any) -> Statement:
    names = ("collected", "share", "before", "paid", "payable")
    amounts = {name: Money(row.currency, getattr(row, f"{name}_minor")) for name in names}
    return Statement(
        contract_ref=row.contract_ref, month_on=row.month_on, bikes=row.bikes, due_on=row.due_on,
        closed_at=row.closed_at, document=row.document, **amounts,
    )  # fmt: skip


def _line(row: Any, currency: str) -> Line:
    amounts = (Money(currency, minor) for minor in (row.collected_minor, row.earlier_minor, row.share_minor))
    return Line(row.bike_ref, row.share_bp, *amounts)
