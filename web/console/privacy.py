"""Requests of persons about their data: which are due, and what is done about them."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from sqlalchemy import Row
from starlette.responses import Response

from api.commands import Reading
from api.downloads import download
from api.platform import privacy_acts as acts
from database.privacy import requests
from database.privacy.erasure import obstacles
from database.privacy.subject import subject_of
from database.shared import audit
from database.shared.files import known_file
from domain.errors import Conflict, NotFound
from domain.platform.privacy_request import LABELS, Kind, State
from web.console.visit import Visit, goes_to, refused, text_of

OUT = (Kind.ACCESS, Kind.PORTABILITY)
Act = Callable[[Reading, Row[Any]], Awaitable[acts.Done]]


async def overview(visit: Visit) -> Response:
    """The most pressing first; of an erasure, what stands against it."""
    async with visit.database.tenant(visit.tenant.id) as tx:
        rows = await requests.coming_due(tx, visit.tenant.id)
        against = {row.id: await _against(visit, tx, row) for row in rows if row.state == State.OPEN}
    return visit.page(
        "privacy.html.j2", rows=rows, labels={kind.value: label for kind, label in LABELS.items()},
        against=against, today=visit.moments.today, out=OUT, erasure=Kind.ERASURE, day_of=date.fromisoformat,
    )  # fmt: skip


async def _against(visit: Visit, tx: Any, row: Row[Any]) -> list[str]:
    if row.kind != Kind.ERASURE:
        return []
    today = visit.moments.today
    subject = await subject_of(tx, visit.tenant.id, today, row.contact_ref or "", row.person_id or "")
    return await obstacles(tx, subject, today)


async def export(visit: Visit) -> Response:
    return await _act(visit, "privacy.exported", acts.export, *OUT)


async def erase(visit: Visit) -> Response:
    """The reference is typed once more: nobody erases by a slip."""
    return await _act(visit, "privacy.erased", acts.erase_all, Kind.ERASURE)


async def refuse(visit: Visit) -> Response:
    reason = text_of(await visit.request.form(), "reason")
    if not reason:
        return refused(visit.request, 422, "refused.reason")

    async def refusal(_: Reading, __: Row[Any]) -> acts.Done:
        return acts.Done(answer=reason, state=State.REFUSED)

    return await _act(visit, "privacy.refused", refusal)


async def archive(visit: Visit) -> Response:
    """Each time it is taken stands in the trail."""
    id, parts = visit.path("id"), visit.desk.parts.api
    async with visit.database.tenant(visit.tenant.id) as tx:
        row = await requests.request_of(tx, visit.tenant.id, id)
        if not row.file_id:
            raise NotFound("archive of the request", id)
        kept = await known_file(tx, visit.tenant.id, row.file_id)
        content = await parts.files.read(tx, visit.tenant.id, row.file_id)
        thing = f"privacy_request:{id}"
        await audit.write(tx, visit.tenant.id, visit.actor, "privacy.archive_taken", thing)
    return download(f"donnees-{id}.zip", kept.media_type, content)


async def _act(visit: Visit, action: str, act: Act, *kinds: Kind) -> Response:
    tenant, id = visit.tenant.id, visit.path("id")
    try:
        async with visit.database.tenant(tenant) as tx:
            row = await requests.open_request(tx, tenant, id, *kinds)
            await _typed(visit, row)
            here = Reading(tx, tenant, visit.moments.now, visit.actor, visit.desk.parts.api, visit.who)
            done = await act(here, row)
            settled = await requests.settle(
                tx,
                row,
                done.state,
                visit.actor.who,
                visit.moments.now,
                done.answer,
                done.result,
                done.file_id,
            )
            after = {"kind": row.kind, "state": settled.state, "due_on": row.due_on, "result": done.result}
            await audit.write(tx, tenant, visit.actor, action, f"privacy_request:{id}", None, after)
    except Conflict as standing:
        return refused(visit.request, 409, "refused.privacy", why=str(standing))
    return goes_to("/privacy")


async def _typed(visit: Visit, row: Row[Any]) -> None:
    """Raises Conflict when an erasure is not confirmed by the person's reference."""
    form = await visit.request.form()
    if row.kind == Kind.ERASURE and visit.request.url.path.endswith("/erase"):
        wanted = row.contact_ref or row.person_id
        if text_of(form, "typed") != wanted:
            raise Conflict(f"type {wanted} to confirm")
