"""One bike, one station, one agency: what it is, what it brings, what it costs, month by month."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from database.fleet.asset_lists import BIKE_STATES, STATE_TONES
from database.fleet.asset_tables import agency, station, swap_month
from database.fleet.behind import Measure, Of
from database.fleet.portfolio import portfolio
from database.fleet.revenue import Income, revenue, totals
from database.fleet.tables import bike, fleet_contract
from database.shared.contacts import contact_or_none
from domain.calendar import add_months
from domain.chart import Chart, Series, bar_chart, figure
from domain.errors import NotFound
from domain.money import Money
from web.console.acts import link_to as deed
from web.console.finance import income_row
from web.console.layout import Deed, Detail, Drawing, Entry, Grid, Heading, Number, Section, Terms
from web.console.ledger import link_to
from web.console.visit import BASE, Visit

MONTHS = 12


async def one_bike(visit: Visit) -> Response:
    ref, words = visit.path("ref"), visit.words
    async with visit.database.tenant(visit.tenant.id) as tx:
        row = await _row(tx, bike, visit.tenant.id, ref, "bike")
        months, whole = await _earned(visit, tx, Of.BIKE, ref)
        agreed = await _contracts_of(tx, visit.tenant.id, fleet_contract.c.bike_ref, ref)
    cost = Money(row.currency, row.cost_minor) if row.cost_minor is not None else None
    numbers = _income_numbers(visit, whole)
    if cost is not None:
        numbers.append(Number(words("bike.cost"), visit.money(cost), _ledger(subject=ref, account="bikes")))
    side: list[Section] = [_agreed(visit, agreed)]
    if row.state == "stolen":
        side.insert(0, _watch(visit, "theft", ref))
    tag = Entry(BIKE_STATES[row.state].to(words.locale), tone=STATE_TONES[row.state])
    return visit.page(
        "detail.html.j2",
        page=Detail(
            ref, (words("nav.bikes"), f"{BASE}/bikes"), [tag],
            [Entry(one) for one in (row.plate, row.model) if one] + _agency(row.agency_ref),
            deeds=_deeds(visit, "bike", ref), numbers=numbers,
            main=_money(visit, months, Of.BIKE), side=side,
        ),
    )  # fmt: skip


async def one_station(visit: Visit) -> Response:
    ref, words = visit.path("ref"), visit.words
    async with visit.database.tenant(visit.tenant.id) as tx:
        row = await _row(tx, station, visit.tenant.id, ref, "station")
        months, whole = await _earned(visit, tx, Of.STATION, ref)
        counts = await _counts(visit, tx, ref)
        led = await contact_or_none(tx, visit.tenant.id, row.manager_ref or "")
    swaps = sum(one.swaps for one in counts)
    numbers = [
        Number(words("station.swaps"), visit.count(swaps), f"{BASE}/swaps?{urlencode({'station': ref})}",
               words("asset.year")),
        *_income_numbers(visit, whole),
    ]  # fmt: skip
    terms = [
        (words("station.price"), Entry(visit.money(Money(row.currency, row.swap_price_minor)))),
        (words("station.capacity"), Entry(visit.count(row.capacity_a_day))),
        (words("station.hours"), Entry(f"{row.open_minutes_a_day // 60} h {row.open_minutes_a_day % 60:02}")),
        (words("asset.opened"), Entry(visit.moments.short(row.opened_on))),
    ]
    if led:
        terms.append((words("asset.manager"), Entry(led.full_name)))
    main: list[Section] = [*_swaps(visit, counts), *_money(visit, months, Of.STATION)]
    return visit.page(
        "detail.html.j2",
        page=Detail(
            row.name, (words("nav.stations"), f"{BASE}/stations"), _closed(visit, row),
            [Entry(ref), *_agency(row.agency_ref)],
            deeds=_deeds(visit, "station", ref, row.closed_on is not None), numbers=numbers, main=main,
            side=[Terms("terms", words("asset.terms"), terms), _watch(visit, "station", ref)],
        ),
    )  # fmt: skip


async def one_agency(visit: Visit) -> Response:
    ref, words = visit.path("ref"), visit.words
    async with visit.database.tenant(visit.tenant.id) as tx:
        row = await _row(tx, agency, visit.tenant.id, ref, "agency")
        months, whole = await _earned(visit, tx, Of.AGENCY, ref)
        now = await portfolio(tx, visit.tenant.id, visit.moments.today, agency=ref)
        led = await contact_or_none(tx, visit.tenant.id, row.manager_ref or "")
        of = station.c
        posts = await tx.execute(
            select(of.ref, of.name).where(of.tenant_id == visit.tenant.id, of.agency_ref == ref)
            .order_by(of.name)
        )  # fmt: skip
        links = [(one.name, Entry(one.ref, f"{BASE}/stations/{one.ref}")) for one in posts]
    contracts = f"{BASE}/contracts?{urlencode({'agency': ref, 'state': 'active'})}"
    numbers = [
        Number(words("finance.outstanding"), visit.money(now.outstanding), contracts,
               words.many("finance.contracts", now.contracts, visit.count(now.contracts))),
        Number(words("finance.arrears"), visit.money(now.arrears), f"{contracts}&late=1",
               "PAR30 " + visit.percent(now.at_risk[30]), now.arrears.minor > 0),
        *_income_numbers(visit, whole),
    ]  # fmt: skip
    terms = [(words("asset.opened"), Entry(visit.moments.short(row.opened_on)))]
    if led:
        terms.append((words("asset.manager"), Entry(led.full_name)))
    if row.new_target:
        terms.append((words("agency.target"), Entry(visit.count(row.new_target))))
    side: list[Section] = [Terms("terms", words("asset.terms"), terms)]
    if links:
        side.append(Terms("stations", words("nav.stations"), links))
    return visit.page(
        "detail.html.j2",
        page=Detail(
            row.name, (words("nav.agencies"), f"{BASE}/agencies"), _closed(visit, row), [Entry(ref)],
            deeds=_deeds(visit, "agency", ref, row.closed_on is not None), numbers=numbers,
            main=_money(visit, months, Of.AGENCY), side=[*side, _watch(visit, "agency", ref)],
        ),
    )  # fmt: skip


async def _row(tx: AsyncConnection, table: Table, tenant: str, ref: str, kind: str) -> Row[Any]:
    """Raises NotFound."""
    query = select(table).where(table.c.tenant_id == tenant, table.c.ref == ref)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound(kind, ref)
    return row


async def _earned(
    visit: Visit, tx: AsyncConnection, of: Of, ref: str
) -> tuple[list[Income], Income | None]:  # fmt: skip
    """A year by month, and summed up."""
    last = visit.moments.today.replace(day=1)
    first = add_months(last, 1 - MONTHS)
    months = await revenue(tx, visit.tenant.id, of, first, last, refs=[ref])
    whole = await totals(tx, visit.tenant.id, of, first, last, refs=[ref])
    return months, whole[0] if whole else None


def _income_numbers(visit: Visit, whole: Income | None) -> list[Number]:
    if whole is None:
        return []
    words, year = visit.words, visit.words("asset.year")
    parts = (
        (words("measure.collected"), whole.collected, Measure.COLLECTED),
        (words("measure.swaps"), whole.swaps, Measure.SWAPS),
        (words("measure.costs"), whole.costs, Measure.COSTS),
    )
    found = [
        Number(label, visit.money(money), link_to(whole.behind(of)), year)
        for label, money, of in parts
        if money.minor
    ]
    return [*found, Number(words("finance.margin"), visit.money(whole.margin), hint=year,
                           alarm=whole.margin.minor < 0)]  # fmt: skip


def _money(visit: Visit, months: Sequence[Income], of: Of) -> list[Section]:
    words, sign = visit.words, visit.sign
    if not months:
        return [Grid("income", words("finance.income"), (), (), none=words("asset.nothing"))]
    heads = (
        Heading(words("finance.month")), Heading(words("finance.col.collected"), True, sign),
        Heading(words("finance.col.swaps"), True, sign), Heading(words("measure.costs"), True, sign),
        Heading(words("finance.col.shares"), True, sign), Heading(words("finance.margin"), True, sign),
    )  # fmt: skip
    chart = Chart(
        words(f"asset.curve.{of.value}"), tuple(one.first_on for one in months),
        (
            Series(words("asset.revenue"), tuple(round(one.revenue.decimal) for one in months)),
            Series(words("measure.costs"), tuple(round(one.costs.decimal) for one in months)),
        ),
        sign, words.locale,
    )  # fmt: skip
    rows = [income_row(visit, one) for one in reversed(months)]
    return [
        Drawing(figure(chart, bar_chart)),
        Grid("income", words("finance.income"), heads, rows, compact=False),
    ]


async def _counts(visit: Visit, tx: AsyncConnection, ref: str) -> list[Row[Any]]:
    of, first = swap_month.c, add_months(visit.moments.today.replace(day=1), 1 - MONTHS)
    query = select(of.month_on, of.swaps).where(
        of.tenant_id == visit.tenant.id, of.station_ref == ref, of.month_on >= first
    )
    return list(await tx.execute(query.order_by(of.month_on)))


def _swaps(visit: Visit, counts: list[Row[Any]]) -> list[Section]:
    if not counts:
        return []
    words = visit.words
    chart = Chart(
        words("station.curve"), tuple(one.month_on for one in counts),
        (Series(words("station.swaps"), tuple(one.swaps for one in counts)),),
        words("station.unit"), words.locale,
    )  # fmt: skip
    return [Drawing(figure(chart, bar_chart))]


async def _contracts_of(tx: AsyncConnection, tenant: str, column: Any, ref: str) -> list[Row[Any]]:
    of = fleet_contract.c
    query = select(of.ref, of.state, of.signed_on).where(of.tenant_id == tenant, column == ref)
    return list(await tx.execute(query.order_by(of.signed_on.desc(), of.ref).limit(20)))


def _agreed(visit: Visit, rows: list[Row[Any]]) -> Terms:
    told = [
        (visit.moments.short(row.signed_on),
         Entry(f"{row.ref}, {visit.words('contract.state.' + row.state)}", f"{BASE}/contracts/{row.ref}"))
        for row in rows
    ]  # fmt: skip
    return Terms("contracts", visit.words("nav.contracts"), told)


def _agency(ref: str | None) -> list[Entry]:
    return [Entry(ref, f"{BASE}/agencies/{ref}")] if ref else []


def _closed(visit: Visit, row: Row[Any]) -> list[Entry]:
    return [Entry(visit.words("asset.closed"), tone="off")] if row.closed_on else []


def _watch(visit: Visit, kind: str, ref: str) -> Terms:
    """The process that looks at it: each month, or for as long as it is stolen."""
    link = f"{BASE}/cases/fleet.{kind}/{ref}"
    title = visit.words("asset.search" if kind == "theft" else "asset.watch")
    return Terms("watch", title, [(visit.words("asset.case"), Entry(ref, link))])


def _deeds(visit: Visit, kind: str, ref: str, closed: bool = False) -> list[Deed]:
    """A bike is corrected, a place is closed."""
    if not visit.may("fleet:write"):
        return []
    found = [Deed(visit.words("asset.add_cost"), deed("cost", about=kind, subject=ref))]
    if kind == "bike":
        found.append(Deed(visit.words("asset.correct"), deed("bike", ref=ref)))
    elif not closed:
        found.append(Deed(visit.words("asset.close"), deed(f"close-{kind}", ref=ref)))
    return found


def _ledger(**values: str) -> str:
    return f"{BASE}/ledger?{urlencode(values)}"
