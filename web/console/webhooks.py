"""External tools that are told what happens: connected, watched, brought back."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from api.platform.webhook_endpoints import trace
from database.shared import audit, webhook_deliveries
from database.shared import webhooks as endpoints
from database.shared.webhooks import Asked, Endpoint
from domain.calendar import at_local
from domain.errors import BadInput, Conflict, Mistake
from domain.platform.webhook import TYPES
from web.console.visit import BASE, Visit, goes_to, refused, text_of

LIMIT = 50
OVERLAP = timedelta(hours=24)
STATES = ("pending", "delivered", "failed")


async def listed(visit: Visit, problem: str = "", status: int = 200) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        rows = await endpoints.endpoints(tx, visit.tenant.id)
    answer = visit.page("webhooks.html.j2", rows=rows, types=TYPES, host=host_of, problem=problem)
    answer.status_code = status
    return answer


async def create(visit: Visit) -> Response:
    form = await visit.request.form()
    types = tuple(sorted({str(one) for one in form.getlist("types")}))
    url, api = text_of(form, "url"), visit.desk.parts.api
    asked = Asked(url, text_of(form, "description")[:200] or "endpoint", types)
    async with visit.database.tenant(visit.tenant.id) as tx:
        try:
            made, secret = await endpoints.create(
                tx, visit.tenant.id, asked, api.keyring, visit.who.who, visit.moments.now,
                api.outgoing,
            )  # fmt: skip
        except BadInput as wrong:
            return await listed(visit, str(wrong), 422)
        except Conflict:
            return refused(visit.request, 409, "refused.webhooks_full")
        await _tell(visit, tx, "webhook.created", made.id, trace(made))
    return visit.page("webhook_secret.html.j2", endpoint=made, secret=secret, until="")


async def one(visit: Visit) -> Response:
    """The latest of its log first. Raises NotFound, BadInput."""
    id, state = visit.path("id"), visit.asked("state")
    wanted = state if state in STATES else ""
    async with visit.database.tenant(visit.tenant.id) as tx:
        endpoint = await endpoints.endpoint_of(tx, visit.tenant.id, id)
        rows = await webhook_deliveries.deliveries(
            tx, visit.tenant.id, id, wanted, _position(visit.asked("before")), LIMIT + 1
        )
    older = ""
    if len(rows) > LIMIT:
        last = rows[LIMIT - 1]
        query = urlencode({"state": wanted, "before": f"{last.at.isoformat()}~{last.event}"})
        older = f"{BASE}/webhooks/{id}?{query}"
    return visit.page(
        "webhook.html.j2", endpoint=endpoint, rows=rows[:LIMIT], state=wanted, states=STATES, older=older,
        told=told, replayed=visit.asked("replayed"), types=TYPES,
    )  # fmt: skip


async def rotate(visit: Visit) -> Response:
    id, until = visit.path("id"), visit.moments.now + OVERLAP
    async with visit.database.tenant(visit.tenant.id) as tx:
        made, secret = await endpoints.rotate(
            tx, visit.tenant.id, id, visit.desk.parts.api.keyring, until
        )  # fmt: skip
        await _tell(visit, tx, "webhook.secret_rotated", id, {"old_secret_until": until.isoformat()})
    return visit.page(
        "webhook_secret.html.j2", endpoint=made, secret=secret, until=visit.moments.moment(until)
    )


async def enable(visit: Visit) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        made = await endpoints.enable(tx, visit.tenant.id, visit.path("id"), visit.moments.now)
        await _tell(visit, tx, "webhook.enabled", made.id, trace(made))
    return goes_to(f"/webhooks/{made.id}")


async def disable(visit: Visit) -> Response:
    reason = text_of(await visit.request.form(), "reason")
    if not reason:
        return refused(visit.request, 422, "refused.reason")
    async with visit.database.tenant(visit.tenant.id) as tx:
        made = await endpoints.disable(tx, visit.tenant.id, visit.path("id"), reason, visit.moments.now)
        await _tell(visit, tx, "webhook.disabled", made.id, trace(made))
    return goes_to(f"/webhooks/{made.id}")


async def remove(visit: Visit) -> Response:
    id = visit.path("id")
    async with visit.database.tenant(visit.tenant.id) as tx:
        await endpoints.remove(tx, visit.tenant.id, id, visit.moments.now)
        await _tell(visit, tx, "webhook.removed", id, {"state": "removed"})
    return goes_to("/webhooks")


async def test(visit: Visit) -> Response:
    id = visit.path("id")
    async with visit.database.tenant(visit.tenant.id) as tx:
        try:
            made = await webhook_deliveries.test(tx, visit.tenant.id, id, visit.moments.now)
        except Conflict:
            return refused(visit.request, 409, "refused.webhook")
        await _tell(visit, tx, "webhook.tested", id, {"event": made.event})
    return goes_to(f"/webhooks/{id}")


async def again(visit: Visit) -> Response:
    """One event, once more."""
    id, event = visit.path("id"), visit.path("event")
    async with visit.database.tenant(visit.tenant.id) as tx:
        try:
            await webhook_deliveries.replay(tx, visit.tenant.id, id, event, visit.moments.now)
        except Conflict:
            return refused(visit.request, 409, "refused.webhook")
        await _tell(visit, tx, "webhook.replayed", id, {"event": event})
    return goes_to(f"/webhooks/{id}")


async def replay(visit: Visit) -> Response:
    """What it missed since the beginning of a local day. Raises BadInput."""
    id = visit.path("id")
    day = _day(text_of(await visit.request.form(), "since"))
    since = at_local(day, time(), visit.tenant.zone)
    async with visit.database.tenant(visit.tenant.id) as tx:
        try:
            count = await webhook_deliveries.replay_since(tx, visit.tenant.id, id, since, visit.moments.now)
        except Conflict:
            return refused(visit.request, 409, "refused.webhook")
        await _tell(visit, tx, "webhook.replayed", id, {"since": since.isoformat(), "events": count})
    return goes_to(f"/webhooks/{id}?replayed={count}")


def host_of(endpoint: Endpoint) -> str:
    """Of an address the page of all shows the host: the rest may hold a secret."""
    return urlsplit(endpoint.url).hostname or ""


def told(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)


async def _tell(visit: Visit, tx: AsyncConnection, action: str, id: str, after: dict[str, Any]) -> None:
    await audit.write(tx, visit.tenant.id, visit.actor, action, f"webhook:{id}", after=after)


def _position(text: str) -> tuple[datetime, str] | None:
    """Raises BadInput."""
    at, _, event = text.partition("~")
    try:
        return (datetime.fromisoformat(at), event) if at else None
    except ValueError:
        raise BadInput(Mistake("before", "no place in the log", "begin anew at its top")) from None


def _day(text: str) -> date:
    """Raises BadInput."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    if not 1900 <= day.year <= 2199:
        raise BadInput(Mistake("since", f"{text} is no day", "write it as 2026-03-20"))
    return day
