"""The list of cases, and the list of messages."""

from urllib.parse import urlencode

from starlette.responses import Response

from database.shared.search import Page, Wanted, find_cases, find_messages, stages_in_use
from domain.message import MessageState
from web.console.story import without_keys
from web.console.visit import BASE, Visit

OPEN = {"open": True, "closed": False, "all": None}


async def cases(visit: Visit) -> Response:
    state = visit.asked("state") if visit.asked("state") in OPEN else "open"
    wanted = Wanted(
        visit.asked("process"), visit.asked("stage"), OPEN[state], visit.asked("text"), visit.hidden
    )
    async with visit.database.tenant(visit.tenant.id) as tx:
        page = await find_cases(tx, visit.tenant.id, wanted, visit.asked("after"))
        in_use = await stages_in_use(tx, visit.tenant.id, visit.hidden)
    filters = {"process": wanted.process, "stage": wanted.stage, "state": state, "text": wanted.text}
    return visit.page(
        "cases.html.j2", rows=page.rows, filters=filters, next_page=_next("/cases", filters, page),
        processes=sorted({process for process, _ in in_use}), stages=sorted({stage for _, stage in in_use}),
    )  # fmt: skip


async def messages(visit: Visit) -> Response:
    state = visit.asked("state") if visit.asked("state") in list(MessageState) else ""
    async with visit.database.tenant(visit.tenant.id) as tx:
        filters = {name: visit.asked(name) for name in ("contact", "case", "template")}
        page = await find_messages(
            tx, visit.tenant.id, state, visit.asked("after"), limit=25, contact=filters["contact"],
            case_ref=filters["case"], template=filters["template"], hidden=visit.hidden,
        )  # fmt: skip
    filters["state"] = state
    return visit.page(
        "messages.html.j2", rows=page.rows, filters=filters, next_page=_next("/messages", filters, page),
        states=list(MessageState), without_keys=without_keys,
    )  # fmt: skip


def _next(path: str, filters: dict[str, str], page: Page) -> str:
    given = {name: value for name, value in filters.items() if value}
    return f"{BASE}{path}?{urlencode({**given, 'after': page.after})}" if page.after else ""
