"""Figures of the fleet: portfolio, arrears, collection, revenue, forecast, and the entries behind each."""

import re
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from api.commands import Reading, reads
from api.fields import Amount
from api.fleet.figure_shapes import (
    CollectionShown,
    EntryShown,
    ForecastShown,
    IncomeShown,
    LateContract,
    MonthAsked,
    PortfolioShown,
    RateShown,
    RiskShown,
    arrears_shown,
    collection_shown,
    entry_shown,
    expected_shown,
    fraction,
    income_shown,
    late_shown,
    said,
)
from api.pages import Cursor, Limit, Page, begin_after, page, spoilt_cursor
from database.fleet.behind import START, Behind, Measure, Of, entries_of
from database.fleet.forecast import forecast
from database.fleet.portfolio import collection, late_contracts, portfolio
from database.fleet.revenue import revenue, totals
from database.shared.contacts import tenant_of
from domain.calendar import add_months, local_date
from domain.errors import BadInput, Mistake
from domain.fleet.figures import BUCKETS, CURRENT

router = APIRouter(prefix="/v1/fleet/figures", tags=["Fleet"])

LONGEST = 120
"""Months of one question."""
MOST_DIGITS = 18

Reads = Annotated[Reading, reads("fleet:read")]


@router.get("/portfolio")
async def read_portfolio(
    here: Reads, agency: Annotated[str, Query(max_length=64)] = ""
) -> PortfolioShown:  # fmt: skip
    """Arrears by bucket and portfolio at risk, as of today."""
    found = await portfolio(here.tx, here.tenant, await today(here), agency=agency)
    return PortfolioShown(
        on=found.on, contracts=found.contracts, outstanding=Amount.of(found.outstanding),
        arrears=Amount.of(found.arrears), buckets=[arrears_shown(one) for one in found.buckets],
        at_risk=[RiskShown(days=days, share=fraction(share)) for days, share in found.at_risk.items()],
    )  # fmt: skip


@router.get("/arrears/{bucket}")
async def list_late_contracts(
    bucket: str, here: Reads, agency: Annotated[str, Query(max_length=64)] = "", limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[LateContract]:  # fmt: skip
    """The contracts of a bucket, the greatest arrears first."""
    known = [CURRENT, *(one.id for one in BUCKETS)]
    if bucket not in known:
        raise BadInput(Mistake("bucket", "there is no such bucket", f"choose among {', '.join(known)}"))
    minor, ref = begin_after(cursor, (bucket, agency), 2)
    found = await late_contracts(
        here.tx, here.tenant, await today(here), bucket, agency=agency, limit=limit + 1,
        **({"after": (_number(minor), ref)} if cursor else {}),
    )  # fmt: skip
    return page(
        found, limit, late_shown, lambda one: (str(one.arrears_minor), one.contract_ref), (bucket, agency)
    )


@router.get("/collection")
async def read_collection(
    here: Reads, first: MonthAsked, last: MonthAsked, agency: Annotated[str, Query(max_length=64)] = ""
) -> list[CollectionShown]:
    """By month: what fell due, what came in, and the one against the other."""
    _check(first, last)
    return [
        collection_shown(one) for one in await collection(here.tx, here.tenant, first, last, agency=agency)
    ]


@router.get("/revenue")
async def read_revenue(
    here: Reads, of: Of, first: MonthAsked, last: MonthAsked,
    ref: Annotated[str, Query(max_length=64)] = "", limit: Limit = 50, cursor: Cursor = "",
) -> Page[IncomeShown]:  # fmt: skip
    """Of each bike, station, agency or investor over some months; by month of the one that is named."""
    _check(first, last)
    if ref:
        months = await revenue(here.tx, here.tenant, of, first, last, refs=[ref])
        return Page(items=[income_shown(one) for one in months])
    filters = (of, first, last)
    (after,) = begin_after(cursor, filters)
    found = await totals(
        here.tx, here.tenant, of, first, last, after=(None, after) if after else None, limit=limit + 1
    )
    return page(found, limit, income_shown, lambda one: (one.ref,), filters)


@router.get("/forecast")
async def read_forecast(here: Reads, months: Annotated[int, Query(ge=1, le=36)] = 6) -> ForecastShown:
    """What the coming months should bring, with the method."""
    found = await forecast(here.tx, here.tenant, await today(here), months)
    return ForecastShown(
        on=found.on, months=[expected_shown(one) for one in found.months], method=said(found.method),
        rates=[RateShown(bucket=one.bucket, contracts=one.contracts, rate=fraction(one.rate))
               for one in found.rates],
    )  # fmt: skip


@router.get("/entries")
async def list_entries(
    here: Reads, measure: Measure, of: Of, first: MonthAsked, last: MonthAsked,
    ref: Annotated[str, Query(max_length=64)] = "", limit: Limit = 50, cursor: Cursor = "",
) -> Page[EntryShown]:  # fmt: skip
    """The entries of the ledger that a figure is the sum of."""
    _check(first, last)
    behind = Behind(measure, of, ref, first, last)
    filters = tuple(behind.query().values())
    subject, transaction, line = begin_after(cursor, filters, 3)
    after = (subject, _number(transaction), _number(line)) if cursor else START
    found = await entries_of(here.tx, here.tenant, behind, after=after, limit=limit + 1)
    return page(
        found, limit, entry_shown, lambda one: (one.subject, str(one.transaction_id), str(one.line)), filters
    )  # fmt: skip


async def today(here: Reading) -> date:
    return local_date(here.now, (await tenant_of(here.tx, here.tenant)).zone)


def _check(first: date, last: date) -> None:
    if not first <= last < add_months(first, LONGEST):
        mend = f"give a month from {first:%Y-%m} on, {LONGEST} months at most"
        raise BadInput(Mistake("last", "no such period", mend))


def _number(text: str) -> int:
    if not re.fullmatch(rf"-?[0-9]{{1,{MOST_DIGITS}}}", text):
        raise spoilt_cursor()
    return int(text)
