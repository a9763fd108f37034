"""Who did what: the audit trail, for those who may read it."""

import json
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from api.platform.audit import Asked, wanted_in
from database.shared.audit_search import LARGEST_ID, Openers, find, names_of
from domain.errors import BadInput, Mistake
from rules.fitness import EARLIEST, LATEST
from web.console.visit import BASE, Visit

FILTERS = ("who", "action", "object", "text", "from_on", "until_on")
LIMIT = 50


async def trail(visit: Visit) -> Response:
    """The latest first. Raises BadInput."""
    filters = {name: visit.asked(name) for name in FILTERS}
    wanted = wanted_in(visit.tenant.zone, _asked(filters))
    before = visit.asked("before")
    number = min(int(before), LARGEST_ID) if before.isdecimal() else LARGEST_ID
    opener = Openers(visit.desk.parts.api.keyring)
    async with visit.database.tenant(visit.tenant.id) as tx:
        rows = await find(tx, visit.tenant.id, wanted, number, LIMIT + 1)
        tenant = visit.tenant.id
        shown = [
            (row, await opener.origin(tx, tenant, row), await opener.states(tx, tenant, row))
            for row in rows[:LIMIT]
        ]
        names = await names_of(tx, visit.tenant.id, [row.who for row in rows])
    return visit.page(
        "audit.html.j2", rows=shown, filters=filters, names=names, told=told,
        next_page=_next(filters, rows[LIMIT - 1].id) if len(rows) > LIMIT else "",
    )  # fmt: skip


def told(state: dict[str, Any] | None) -> str:
    return json.dumps(state, ensure_ascii=False, indent=1) if state else ""


def _asked(filters: dict[str, str]) -> Asked:
    days = {name: _day(name, filters[name]) for name in ("from_on", "until_on")}
    return Asked(filters["who"], filters["action"], filters["object"], filters["text"], **days)


def _day(name: str, text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = date.max
    if day and not EARLIEST <= day <= LATEST:
        raise BadInput(Mistake(name, f"{text} is no day", "write it as 2026-03-20"))
    return day


def _next(filters: dict[str, str], before: int) -> str:
    given = {name: value for name, value in filters.items() if value}
    return f"{BASE}/audit?{urlencode({**given, 'before': before})}"
