"""Reports of profitability: the list, one with its figures and files, and the files themselves."""

from datetime import timedelta

from starlette.responses import Response

from api.downloads import download
from database.fleet import reports
from database.fleet.report_lists import REPORTED, REPORTS, STATES, SUBSCRIPTIONS, TONES
from database.fleet.reports import AWAITED, Report
from database.shared import audit
from database.shared.files import known_file
from domain.errors import NotFound
from domain.fleet.report import Format
from domain.money import Money
from web.console import lists
from web.console.layout import Number
from web.console.visit import Visit

SOON = timedelta(minutes=10)
"""As long as a page waits for a report that was asked for."""
FIGURES = ("revenue", "costs", "shares", "margin")


async def listed(visit: Visit) -> Response:
    return visit.page("reports.html.j2", sheet=await lists.sheet_of(visit, REPORTS))


async def subscriptions(visit: Visit) -> Response:
    return visit.page("reports.html.j2", sheet=await lists.sheet_of(visit, SUBSCRIPTIONS))


async def one(visit: Visit) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        found = await reports.report_of(tx, visit.tenant.id, visit.path("ref"))
        issued = {row.key: row.name for row in await reports.files_of(tx, visit.tenant.id, found.ref)}
    files = [
        (format.value, issued[key])
        for format in Format if (key := reports.document_key(found.ref, format)) in issued
    ]  # fmt: skip
    return visit.page(
        "report.html.j2", report=found, title=REPORTED[found.wish.kind.value],
        state=STATES[found.state], tone=TONES[found.state], numbers=_numbers(visit, found), files=files,
        moving=_moves(visit, found),
    )  # fmt: skip


def _numbers(visit: Visit, found: Report) -> list[Number]:
    if not found.figures:
        return []
    currency = found.figures["currency"]
    return [
        Number(visit.words(f"reports.{name}"), visit.money(Money(currency, found.figures[name])))
        for name in FIGURES
    ]


def _moves(visit: Visit, found: Report) -> bool:
    """Asked for just now: the page asks for itself again until it is there."""
    due = found.state == AWAITED and found.due_on <= visit.moments.today
    return due and visit.moments.now - found.asked_at < SOON


async def content(visit: Visit) -> Response:
    """Each download is a line of the trail."""
    async with visit.database.tenant(visit.tenant.id) as tx:
        ref, format = visit.path("ref"), visit.path("format")
        file_id = await reports.file_of(tx, visit.tenant.id, ref, format)
        if not file_id:
            raise NotFound("report", ref)
        known = await known_file(tx, visit.tenant.id, file_id)
        body = await visit.desk.parts.api.files.read(tx, visit.tenant.id, file_id)
        await audit.write(tx, visit.tenant.id, visit.actor, "file.downloaded", f"file:{file_id}")
    return download(known.name, known.media_type, body)
