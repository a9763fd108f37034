"""Pause, resume, stop: what the API does for a program, with a reason, for a person."""

from typing import Any

from starlette.responses import Response

from api import processes
from api.commands import Reading
from database.shared import audit
from database.shared.cases import StandingOrder, standing_order_of
from database.shared.worklist import case_row
from domain.case import Case
from domain.errors import Conflict
from web.console.visit import Visit, goes_to, refused, text_of

ACTIONS = {"pause": "process.paused", "resume": "process.resumed", "stop": "process.stopped"}


def possible(is_closed: bool, order: StandingOrder | None) -> tuple[str, ...]:
    """What can be ordered now."""
    if order is not None:
        return ("resume",) if is_closed or order.state == processes.STOPPED else ("resume", "stop")
    return () if is_closed else ("pause", "stop")


async def give(visit: Visit) -> Response:
    verb, reason = visit.path("order"), text_of(await visit.request.form(), "reason")
    if not reason:
        return refused(visit.request, 422, "refused.reason")
    try:
        case = await _give(visit, verb, reason)
    except Conflict:
        return refused(visit.request, 409, "refused.order")
    return goes_to(f"/cases/{case.process}/{case.ref}")


async def _give(visit: Visit, verb: str, reason: str) -> Case:
    """Raises NotFound, and Conflict when the case has moved on since the page was shown."""
    async with visit.database.tenant(visit.tenant.id) as tx:
        here = Reading(tx, visit.tenant.id, visit.moments.now, visit.actor, visit.desk.parts.api, visit.who)
        case = await processes.case_of(here, f"{visit.path('process')}:{visit.path('ref')}")
        row, before = await case_row(tx, case), await standing_order_of(tx, case)
        if verb not in possible(row.closed_at is not None, before):
            raise Conflict(f"cannot {verb} {processes.name_of(case)}")
        await _carry_out(here, case, verb, reason)
        after: dict[str, Any] = {"order": _told(await standing_order_of(tx, case)), "reason": reason}
        await audit.write(
            tx, case.tenant, visit.actor, ACTIONS[verb], processes.name_of(case),
            before={"stage": row.stage, "order": _told(before)}, after={"stage": row.stage, **after},
        )  # fmt: skip
    return case


async def _carry_out(here: Reading, case: Case, verb: str, reason: str) -> None:
    if verb == "resume":
        await processes.resume(here, case)
    elif verb == "pause":
        await processes.pause(here, case, reason)
    else:
        await processes.stop(here, case, reason)


def _told(order: StandingOrder | None) -> str | None:
    return order.state if order else None
