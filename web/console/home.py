"""What needs a person now."""

import asyncio
from itertools import groupby
from operator import itemgetter

from starlette.datastructures import FormData
from starlette.responses import Response

from database.shared import audit, desk, search, worklist
from database.shared.audit_search import names_of
from domain.errors import Conflict
from domain.message import MessageState
from web.console.alert_places import places_of
from web.console.books import problems_of
from web.console.fleet_today import fleet_today
from web.console.visit import Visit, goes_to, refused, text_of

FEW = 10
URGENT = 30
"""Of the alerts; the page of alerts has them all."""


async def home(visit: Visit) -> Response:
    await asyncio.to_thread(visit.desk.parts.library.refresh)
    async with visit.database.tenant(visit.tenant.id) as tx:
        alerts = await desk.open_alerts(tx, visit.tenant.id, URGENT, hidden=visit.hidden)
        total = await desk.count_open_alerts(tx, visit.tenant.id, visit.hidden)
        unknown = await search.find_messages(
            tx, visit.tenant.id, MessageState.UNKNOWN, limit=FEW, hidden=visit.hidden
        )
        stages = await worklist.open_by_stage(tx, visit.tenant.id, visit.hidden)
        waiting, since = await worklist.owed(tx, visit.tenant.id)
        places = await places_of(visit, tx, alerts)
        problems = await problems_of(tx, visit)
        names = await names_of(tx, visit.tenant.id, [alert.taken_by or "" for alert in alerts])
        fleet = await fleet_today(visit, tx)
    return visit.page(
        "home.html.j2", fleet=fleet, alerts=alerts, total=total, unknown=unknown,
        processes=_by_process(stages), waiting=waiting, since=since,
        problems=problems, names=names, places=places,
    )  # fmt: skip


def _by_process(stages: dict[tuple[str, str], int]) -> list[tuple[str, list[tuple[str, int]]]]:
    """Processes by name; within each, the stage with most cases first."""
    rows = sorted((process, -count, stage) for (process, stage), count in stages.items())
    return [
        (process, [(stage, -count) for _, count, stage in group])
        for process, group in groupby(rows, key=itemgetter(0))
    ]


async def take_alert(visit: Visit) -> Response:
    alert_id = visit.number("id")
    async with visit.database.tenant(visit.tenant.id) as tx:
        await desk.alert_of(tx, visit.tenant.id, alert_id, visit.hidden)
        try:
            await desk.take_alert(tx, visit.tenant.id, alert_id, visit.who.who, visit.moments.now)
        except Conflict:
            return refused(visit.request, 409, "refused.alert")
        await audit.write(
            tx, visit.tenant.id, visit.actor, "alert.taken", f"alert:{alert_id}",
            after={"taken_by": visit.who.who},
        )  # fmt: skip
    return goes_to(back_from(await visit.request.form()))


async def close_alert(visit: Visit) -> Response:
    form = await visit.request.form()
    alert_id, note = visit.number("id"), text_of(form, "note")
    if not note:
        return refused(visit.request, 422, "refused.note")
    async with visit.database.tenant(visit.tenant.id) as tx:
        await desk.alert_of(tx, visit.tenant.id, alert_id, visit.hidden)
        try:
            await desk.close_alert(tx, visit.tenant.id, alert_id, visit.who.who, note, visit.moments.now)
        except Conflict:
            return refused(visit.request, 409, "refused.alert")
        await audit.write(
            tx, visit.tenant.id, visit.actor, "alert.closed", f"alert:{alert_id}",
            after={"closed_by": visit.who.who, "note": note},
        )  # fmt: skip
    return goes_to(back_from(form))


def back_from(form: FormData) -> str:
    """The list of alerts as it was filtered, or the first page."""
    given = text_of(form, "back")
    return given if given.startswith("/alerts?") and given.isprintable() else "/"
