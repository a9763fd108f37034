"""One case: where it stands, what happened, what comes next."""

from typing import Any
from urllib.parse import quote

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from api.downloads import download
from api.processes import name_of
from database.privacy import requests
from database.shared import audit
from database.shared.cases import standing_order_of
from database.shared.files import files_of, known_file
from database.shared.keys import Keyring
from database.shared.search import document_by_id, latest_decision
from database.shared.timeline import Happening, timeline
from database.shared.worklist import case_row, told_about
from domain.access import is_hidden, may_read_files
from domain.case import Case
from domain.errors import NotFound
from domain.file import FileState
from web.console.orders import possible
from web.console.story import Narrator, without_keys
from web.console.visit import Visit
from web.console.why import why_of


async def case(visit: Visit) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        found = visit.tenant.case(visit.path("process"), visit.path("ref"))
        if is_hidden(found.process, visit.hidden):
            raise NotFound("case", found.ref)
        state = await case_row(tx, found)
        told = await commands(tx, visit.desk.parts.api.keyring, found)
        happened = [*await timeline(tx, found), *told, *await handed_in(tx, found)]
        last = await latest_decision(tx, found)
        order = await standing_order_of(tx, found)
        asking = await why_of(visit, tx, found)
    narrator = Narrator(visit.desk.parts.library, visit.words, visit.moments)
    near = coming(narrator, last) if last and not state.closed_at else []
    return visit.page(
        "case.html.j2", case=found, state=state, days=narrator.days(happened), narrator=narrator, near=near,
        why=asking, order=order, possible=possible(state.closed_at is not None, order),
        without_keys=without_keys, temporal=execution(visit, found),
    )  # fmt: skip


def coming(narrator: Narrator, last: Row[Any]) -> list[tuple[str, str]]:
    """The near misses of the last decision, counted from its own day."""
    return narrator.near(last.book, last.near, narrator.moments.day_of(last.decided_at))


def execution(visit: Visit, case: Case) -> str:
    """The case's workflow in Temporal's UI, if there is one."""
    ui = visit.desk.parts.temporal_ui
    return f"{ui}/workflows/{quote(case.workflow_id, safe='')}" if ui else ""


async def commands(tx: AsyncConnection, keyring: Keyring, case: Case) -> list[Happening]:
    """What operations ordered, with their reason, and what people answered by a link, which has none."""
    return [
        Happening(told.at, "command", told.action, {"reason": "", **(told.after or {}), "who": told.who})
        for told in await told_about(tx, keyring, case.tenant, name_of(case))
    ]


async def handed_in(tx: AsyncConnection, case: Case) -> list[Happening]:
    """Files that people gave for the case."""
    found = await files_of(tx, case.tenant, process=case.process, ref=case.ref)
    return [
        Happening(one.at, "file", one.name, {"id": one.id, "name": one.name, "state": one.state.value})
        for one in found
        if one.state is not FileState.MADE
    ]


async def document(visit: Visit) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        row = await document_by_id(tx, visit.tenant.id, visit.number("id"))
        return await saved(visit, tx, row.file_id)


async def file(visit: Visit) -> Response:
    """What somebody handed in: of a photo, the copy for others."""
    async with visit.database.tenant(visit.tenant.id) as tx:
        return await saved(visit, tx, visit.path("id"))


async def saved(visit: Visit, tx: AsyncConnection, id: str) -> Response:
    """Never shown within the console: a file's own content decides nothing here."""
    found = await known_file(tx, visit.tenant.id, id)
    if found.process == requests.PROCESS or not may_read_files(visit.who, found.process):
        raise NotFound("file", id)  # an archive of a person has a page of its own
    content = await visit.desk.parts.api.files.read(tx, visit.tenant.id, id, shown=True)
    await audit.write(tx, visit.tenant.id, visit.actor, "file.downloaded", f"file:{id}")
    return download(found.name, found.media_type, content)
