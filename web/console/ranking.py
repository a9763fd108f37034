"""Stations from the most to the least profitable in a month, with the points that the rule book gives."""

from datetime import date

from starlette.responses import Response

from api.fleet.ranking import ranking_of
from database.fleet.behind import Measure
from database.fleet.ranking import Ranked
from domain.calendar import add_months
from domain.chart import Chart, Series, figure, rank_chart
from domain.errors import BadInput, Mistake
from web.console.layout import Detail, Drawing, Entry, Grid, Heading, Section
from web.console.ledger import link_to
from web.console.visit import BASE, Visit


async def ranking(visit: Visit) -> Response:
    """Of the last month that is over, unless another one is asked for. Raises BadInput."""
    words, api = visit.words, visit.desk.parts.api
    month = _month(visit)
    async with visit.database.tenant(visit.tenant.id) as tx:
        found = await ranking_of(tx, visit.tenant.id, month, visit.moments.now, api.library, api.holidays)
    sections: list[Section] = [_grid(visit, found)]
    if found:
        sections.insert(0, _chart(visit, found))
    this = visit.moments.today.replace(day=1)
    tabs = [
        (visit.moments.month(one), f"{BASE}/stations/ranking?month={one:%Y-%m}", one == month)
        for one in (add_months(this, -n) for n in range(6))
    ]
    return visit.page(
        "detail.html.j2",
        page=Detail(
            words("ranking.title"), (words("nav.stations"), f"{BASE}/stations"),
            lead=words("ranking.lead"), main=sections, tabs=tabs,
        ),
    )  # fmt: skip


def _chart(visit: Visit, found: list[Ranked]) -> Drawing:
    words = visit.words
    chart = Chart(
        words("finance.margin"), tuple(one.contender.known.station.name for one in found),
        (Series(words("finance.margin"), tuple(round(one.contender.margin.decimal) for one in found)),),
        visit.sign, words.locale,
    )  # fmt: skip
    return Drawing(figure(chart, rank_chart))


def _grid(visit: Visit, found: list[Ranked]) -> Grid:
    words, sign = visit.words, visit.sign
    heads = (
        Heading(words("ranking.place"), True), Heading(words("of.station")),
        Heading(words("asset.revenue"), True, sign), Heading(words("measure.costs"), True, sign),
        Heading(words("finance.margin"), True, sign), Heading(words("driver.points"), True),
        Heading(words("driver.why"), narrow_out=True),
    )  # fmt: skip
    return Grid(
        "ranking", words("ranking.title"), heads, [_row(visit, one) for one in found],
        none=words("ranking.none"), compact=False,
    )  # fmt: skip


def _row(visit: Visit, one: Ranked) -> list[Entry]:
    place, month = one.contender.known.station, one.contender.month
    return [
        Entry(str(one.place)),
        Entry(place.name, f"{BASE}/stations/{place.ref}"),
        Entry(visit.bare(month.revenue), link_to(one.contender.behind(Measure.SWAPS))),
        Entry(visit.bare(month.costs), link_to(one.contender.behind(Measure.COSTS))),
        Entry(visit.bare(one.contender.margin)),
        Entry(str(one.judged.points)),
        Entry(" ".join(visit.said(vars(reason.why)) for reason in one.judged.reasons[:2])),
    ]


def _month(visit: Visit) -> date:
    text = visit.asked("month")
    if not text:
        return add_months(visit.moments.today.replace(day=1), -1)
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        month = date.max
    if not 1900 <= month.year <= 2199:
        raise BadInput(Mistake("month", "no such month", "write it as 2026-03"))
    return month
