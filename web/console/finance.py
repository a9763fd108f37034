"""The money of the fleet: what is outstanding, what is late, what comes in, what is left, what to expect."""

from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import urlencode

from starlette.responses import Response

from database.fleet.behind import Measure, Of
from database.fleet.forecast import Forecast, forecast
from database.fleet.portfolio import Arrears, Collection, Portfolio, collection
from database.fleet.revenue import Income, revenue
from domain.calendar import add_months
from domain.chart import Chart, Series, bar_chart, figure
from domain.money import Money
from web.console.layout import Detail, Drawing, Entry, Grid, Heading, Number, Section
from web.console.ledger import link_to
from web.console.visit import BASE, Visit

MONTHS = 12
AHEAD = 6


async def finance(visit: Visit) -> Response:
    today = visit.moments.today
    last = today.replace(day=1)
    first = add_months(last, 1 - MONTHS)
    async with visit.database.tenant(visit.tenant.id) as tx:
        months = await collection(tx, visit.tenant.id, first, last)
        income = await revenue(tx, visit.tenant.id, Of.FLEET, first, last)
        coming = await forecast(tx, visit.tenant.id, today, AHEAD)
    now = coming.portfolio
    sections: list[Section] = [_buckets(visit, now)]
    if months:
        sections += [_collected_chart(visit, months), _collected(visit, months)]
    if income:
        sections.append(_income(visit, income))
    sections += _expected(visit, coming)
    words = visit.words
    return visit.page(
        "detail.html.j2",
        page=Detail(words("finance.title"), lead=words("finance.lead", on=visit.moments.written(today)),
                    numbers=_numbers(visit, now, months), main=sections),
    )  # fmt: skip


def _numbers(visit: Visit, now: Portfolio, months: Sequence[Collection]) -> list[Number]:
    words = visit.words
    late = sum(one.contracts for one in now.buckets if one.bucket.first)
    this = months[-1] if months else None
    found = [
        Number(words("finance.outstanding"), visit.money(now.outstanding), _contracts("state=active"),
               words.many("finance.contracts", now.contracts, visit.count(now.contracts))),
        Number(words("finance.arrears"), visit.money(now.arrears),
               _contracts("state=active&late=1&order=-arrears"),
               words.many("finance.late", late, visit.count(late)), now.arrears.minor > 0),
        Number(words("finance.par"), visit.percent(now.at_risk[30]),
               _contracts("state=active&late=31&order=-remaining"), words("finance.par.hint")),
    ]  # fmt: skip
    if this:
        found.append(
            Number(words("finance.collected"), visit.money(this.collected), link_to(this.behind),
                   words("finance.rate", rate=visit.percent(this.rate)))
        )  # fmt: skip
    return found


def _contracts(query: str) -> str:
    return f"{BASE}/contracts?{query}"


def _buckets(visit: Visit, now: Portfolio) -> Grid:
    words, sign = visit.words, visit.sign
    heads = (
        Heading(words("finance.bucket")), Heading(words("finance.bucket.contracts"), True),
        Heading(words("finance.arrears"), True, sign), Heading(words("finance.outstanding"), True, sign),
        Heading(words("finance.share"), True, narrow_out=True),
    )  # fmt: skip
    rows = [_bucket(visit, one, now.outstanding) for one in now.buckets]
    total = (
        Entry(words("finance.total")), Entry(visit.count(now.contracts)), Entry(visit.bare(now.arrears)),
        Entry(visit.bare(now.outstanding)), Entry(visit.percent(Decimal(1))),
    )  # fmt: skip
    note = " · ".join(f"PAR{days} {visit.percent(share)}" for days, share in now.at_risk.items())
    return Grid("buckets", words("finance.buckets"), heads, rows, note=note, total=total)


def _bucket(visit: Visit, one: Arrears, whole: Money) -> list[Entry]:
    given = {"state": "active", "late": str(one.bucket.first)}
    if one.bucket.last is not None:
        given["late_most"] = str(one.bucket.last)
    label = one.bucket.label.to(visit.words.locale) if one.bucket.first else visit.words("finance.on_time")
    part = Decimal(one.outstanding.minor) / whole.minor if whole.minor else None
    return [
        Entry(label, _contracts(urlencode(given))), Entry(visit.count(one.contracts)),
        Entry(visit.bare(one.arrears)), Entry(visit.bare(one.outstanding)), Entry(visit.percent(part)),
    ]  # fmt: skip


def _collected_chart(visit: Visit, months: Sequence[Collection]) -> Drawing:
    words = visit.words
    chart = Chart(
        words("finance.curve"), tuple(one.month_on for one in months),
        (
            Series(words("finance.fell_due"), tuple(_whole(one.fallen_due) for one in months)),
            Series(words("finance.came_in"), tuple(_whole(one.collected) for one in months)),
        ),
        visit.sign, words.locale, words("finance.curve.about"),
    )  # fmt: skip
    return Drawing(figure(chart, bar_chart))


def _collected(visit: Visit, months: Sequence[Collection]) -> Grid:
    words, sign = visit.words, visit.sign
    heads = (
        Heading(words("finance.month")), Heading(words("finance.fell_due"), True, sign),
        Heading(words("finance.came_in"), True, sign), Heading(words("finance.rate.short"), True),
    )  # fmt: skip
    rows = [
        [Entry(visit.moments.month(one.month_on)), Entry(visit.bare(one.fallen_due)),
         Entry(visit.bare(one.collected), link_to(one.behind)), Entry(visit.percent(one.rate))]
        for one in reversed(months)
    ]  # fmt: skip
    return Grid("collected", words("finance.collection"), heads, rows, note=words("finance.collection.note"))


def _income(visit: Visit, months: Sequence[Income]) -> Grid:
    words, sign = visit.words, visit.sign
    heads = (
        Heading(words("finance.month")), Heading(words("finance.col.collected"), True, sign),
        Heading(words("finance.col.swaps"), True, sign), Heading(words("measure.costs"), True, sign),
        Heading(words("finance.col.shares"), True, sign), Heading(words("finance.margin"), True, sign),
    )  # fmt: skip
    rows = [income_row(visit, one) for one in reversed(months)]
    return Grid("income", words("finance.income"), heads, rows, compact=False)


def income_row(visit: Visit, one: Income) -> list[Entry]:
    """Every amount opens its entries."""
    parts = (
        (one.collected, Measure.COLLECTED), (one.swaps, Measure.SWAPS), (one.costs, Measure.COSTS),
        (one.shares, Measure.SHARES),
    )  # fmt: skip
    return [
        Entry(visit.moments.month(one.first_on)),
        *(Entry(visit.bare(money), link_to(one.behind(of)) if money.minor else "") for money, of in parts),
        Entry(visit.bare(one.margin)),
    ]


def _expected(visit: Visit, found: Forecast) -> list[Section]:
    words, sign = visit.words, visit.sign
    if not found.months:
        return []
    heads = (
        Heading(words("finance.month")), Heading(words("finance.falls_due"), True, sign),
        Heading(words("finance.expected"), True, sign),
    )  # fmt: skip
    rows = [
        [Entry(visit.moments.month(one.month_on)), Entry(visit.bare(one.falls_due)),
         Entry(visit.bare(one.expected))]
        for one in found.months
    ]  # fmt: skip
    note = words.spaced(found.method.to(words.locale))
    return [Grid("expected", words("finance.forecast"), heads, rows, note=note)]


def _whole(money: Money) -> int:
    return round(money.decimal)
