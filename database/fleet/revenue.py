"""What bikes, stations, agencies and investors bring by month, read from what is kept by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Text

from database.fleet.behind import Behind, Measure, Of
from domain.calendar import add_months
from domain.fleet.investing import month_of
from domain.money import Money

MEASURES = ("collected", "swaps", "costs", "shares")


@dataclass(frozen=True)
class Income:
    """From the month ``first_on`` to the month ``last_on``, both included; ``ref`` is empty for the fleet.

    ``costs`` are expenses and not purchases of bikes, which stand in ``behind(Measure.PURCHASES)``.
    """

    of: Of
    ref: str
    first_on: date
    last_on: date
    collected: Money
    swaps: Money
    costs: Money
    shares: Money

    @property
    def revenue(self) -> Money:
        return self.collected + self.swaps

    @property
    def margin(self) -> Money:
        """What is left to the fleet; of investors' rows, what is left after their share."""
        return self.revenue - self.costs - self.shares

    def behind(self, measure: Measure) -> Behind:
        return Behind(measure, self.of, self.ref, self.first_on, self.last_on)


def _kept(account: str, measure: str, ref: str = "x.subject", join: str = "") -> str:
    """From the ledger's months. Revenue stands at the credit."""
    sign = "x.credit_minor - x.debit_minor" if measure == "swaps" else "x.debit_minor - x.credit_minor"
    return _part("ledger_month x", measure, sign, ref, join, f"and x.account = '{account}'")


def _part(table: str, measure: str, amount: str, ref: str, join: str = "", only: str = "") -> str:
    values = ", ".join(amount if name == measure else "0" for name in MEASURES)
    return (
        f"select {ref}, x.month_on, x.currency, {values} from {table} {join} where x.tenant_id = :tenant "
        f"and x.month_on >= :first and x.month_on < :until {only}"
    )


PAID = ("collected_month x", "collected", "x.collected_minor")
OF_ITS_CONTRACT = "join fleet_contract c on c.tenant_id = x.tenant_id and c.ref = x.contract_ref"
OF_ITS_BIKE = "join bike b on b.tenant_id = x.tenant_id and b.ref = x.subject"
OF_ITS_STATION = "join station s on s.tenant_id = x.tenant_id and s.ref = x.subject"
OF_ITS_INVESTOR = "join investor_contract c on c.tenant_id = x.tenant_id and c.ref = x.contract_ref"
STATED = "investor_statement x"

PARTS: dict[Of, tuple[str, ...]] = {
    Of.BIKE: (_part(*PAID, "x.bike_ref"), _kept("bike_cost", "costs"), _kept("investor_share", "shares")),
    Of.STATION: (_kept("swap_revenue", "swaps"), _kept("station_cost", "costs")),
    Of.AGENCY: (
        _part(*PAID, "c.agency_ref", OF_ITS_CONTRACT),
        _kept("swap_revenue", "swaps", "s.agency_ref", OF_ITS_STATION),
        _kept("bike_cost", "costs", "b.agency_ref", OF_ITS_BIKE),
        _kept("station_cost", "costs", "s.agency_ref", OF_ITS_STATION),
        _kept("agency_cost", "costs"),
        _kept("investor_share", "shares", "b.agency_ref", OF_ITS_BIKE),
    ),
    Of.FLEET: (
        _part(*PAID, "''"),
        _kept("swap_revenue", "swaps", "''"),
        *(_kept(f"{one}_cost", "costs", "''") for one in ("bike", "station", "agency", "fleet")),
        _kept("investor_share", "shares", "''"),
    ),
    Of.CONTRACT: (_part(*PAID, "x.contract_ref"),),
    Of.INVESTOR: (
        _part(STATED, "collected", "x.collected_minor", "c.investor_ref", OF_ITS_INVESTOR),
        _part(STATED, "shares", "x.share_minor", "c.investor_ref", OF_ITS_INVESTOR),
    ),
    Of.INVESTOR_CONTRACT: (
        _part(STATED, "collected", "x.collected_minor", "x.contract_ref"),
        _part(STATED, "shares", "x.share_minor", "x.contract_ref"),
    ),
}  # fmt: skip

SORTS = {"ref": "ref", **{name: name for name in MEASURES}, "margin": "collected + swaps - costs - shares"}

INCOME = """
select ref, {month} currency, {sums} from ({parts}) income (ref, month_on, currency, {names})
 where ref is not null {only} group by ref, {month} currency
"""
PAGE = "select *, {sort} as sorted from ({income}) found {after} order by {sort} {way}, ref limit :limit"


async def revenue(
    tx: AsyncConnection, tenant: str, of: Of, first: date, last: date, *, refs: Sequence[str] | None = None
) -> list[Income]:
    """By month and reference, in this order. Months in which nothing happened are left out."""
    query = _income(of, refs, "month_on,") + " order by month_on, ref, currency"
    rows = await tx.execute(_bound(query, refs), _given(tenant, first, last, refs))
    return [_income_from(of, row, row.month_on, row.month_on) for row in rows]


async def totals(
    tx: AsyncConnection, tenant: str, of: Of, first: date, last: date, *, refs: Sequence[str] | None = None,
    sort: str = "ref", descending: bool = False, after: tuple[Any, str] | None = None, limit: int = 10_000,
) -> list[Income]:  # fmt: skip
    """The whole period by reference; ``after`` are the last row's ``sort`` value (minor units) and ref."""
    begin = ""
    if after is not None:
        beyond = "<" if descending else ">"
        begin = (
            f"where {SORTS[sort]} {beyond} :after or ({SORTS[sort]} = :after and ref > :ref)"
            if sort != "ref" else f"where ref {beyond} :ref"
        )  # fmt: skip
    query = PAGE.format(
        income=_income(of, refs, ""), sort=SORTS[sort], after=begin, way="desc" if descending else "asc"
    )
    given = {**_given(tenant, first, last, refs), "limit": limit}
    if after is not None:
        given |= {"ref": after[1], **({"after": after[0]} if sort != "ref" else {})}
    rows = await tx.execute(_bound(query, refs), given)
    return [_income_from(of, row, month_of(first), month_of(last)) for row in rows]


def _income(of: Of, refs: Sequence[str] | None, month: str) -> str:
    return INCOME.format(
        month=month, parts=" union all ".join(PARTS[of]), names=", ".join(MEASURES),
        sums=", ".join(f"cast(sum({name}) as bigint) as {name}" for name in MEASURES),
        only="" if refs is None else "and ref = any(:refs)",
    )  # fmt: skip


def _bound(query: str, refs: Sequence[str] | None) -> Any:
    statement = text(query)
    return statement if refs is None else statement.bindparams(bindparam("refs", type_=ARRAY(Text)))


def _given(tenant: str, first: date, last: date, refs: Sequence[str] | None) -> dict[str, Any]:
    given: dict[str, Any] = {
        "tenant": tenant, "first": month_of(first), "until": add_months(month_of(last), 1),
    }  # fmt: skip
    return given if refs is None else {**given, "refs": list(refs)}


def _income_from(of: Of, row: Any, first: date, last: date) -> Income:
    amounts = (Money(row.currency, getattr(row, name)) for name in MEASURES)
    return Income(of, row.ref, first, last, *amounts)
