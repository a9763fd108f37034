"""Everything that was asked of a person: open, taken, closed; and by whom."""

from datetime import date
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from database.shared import desk
from database.shared.audit_search import names_of
from database.shared.business import seen
from database.shared.desk import LARGEST_ID, Wanted
from database.shared.tables import alert
from domain.errors import BadInput, Mistake
from web.console.alert_places import places_of
from web.console.visit import BASE, Visit

STATES = ("open", "untaken", "closed", "all")
LIMIT = 30


async def alerts(visit: Visit) -> Response:
    """The most urgent first. Raises BadInput."""
    state = visit.asked("state") if visit.asked("state") in STATES else "open"
    filters = {"state": state, **{name: visit.asked(name) for name in ("team", "process", "ref")}}
    after = _position(visit.asked("after"))
    async with visit.database.tenant(visit.tenant.id) as tx:
        found = await desk.page_of_alerts(
            tx, visit.tenant.id, Wanted(**filters, hidden=visit.hidden), after, LIMIT + 1
        )
        rows = found[:LIMIT]
        who = [name for row in rows for name in (row.taken_by, row.closed_by) if name]
        names = await names_of(tx, visit.tenant.id, who)
        places = await places_of(visit, tx, rows)
        teams, processes = await _in_use(visit, tx)
    given = {name: value for name, value in filters.items() if value}
    more = {**given, "after": f"{rows[-1].due_on}.{rows[-1].id}"} if len(found) > LIMIT else {}
    return visit.page(
        "alerts.html.j2", rows=rows, filters=filters, names=names, teams=teams, processes=processes,
        states=STATES, places=places, next_page=f"{BASE}/alerts?{urlencode(more)}" if more else "",
        back=f"/alerts?{urlencode(given)}",
    )  # fmt: skip


async def _in_use(visit: Visit, tx: AsyncConnection) -> tuple[list[str], list[str]]:
    mine = (alert.c.tenant_id == visit.tenant.id, seen(alert.c.process, visit.hidden))
    rows = (await tx.execute(select(alert.c.team, alert.c.process).where(*mine).distinct())).all()
    return sorted({row.team for row in rows}), sorted({row.process for row in rows})


def _position(text: str) -> tuple[date, int] | None:
    """Raises BadInput."""
    if not text:
        return None
    day, _, number = text.partition(".")
    try:
        found = date.fromisoformat(day), int(number)
    except ValueError:
        raise BadInput(Mistake("after", "not a place in this list", "begin at its first page")) from None
    if not 0 <= found[1] <= LARGEST_ID:
        raise BadInput(Mistake("after", "not a place in this list", "begin at its first page"))
    return found
