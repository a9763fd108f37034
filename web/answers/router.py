"""Links in our messages: the question they open, and the answer that is given."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.commands import actor_of, parts_of
from api.multipart import MEDIA_TYPE, Form
from api.multipart import form_of as read_form
from api.parts import Parts
from api.problems import Refused
from database.shared import audit
from database.shared.contacts import contact_of, tenant_of
from domain.errors import BadInput, Conflict, NotFound
from domain.file import FilesDown
from domain.upload import Given
from web.answers.deliverable import DeliverableQuestion
from web.answers.dunning import DunningQuestion
from web.answers.fund_call import FundCallQuestion
from web.answers.pages import AnswerPages
from web.answers.question import Asker, Handed, Visit
from web.answers.renewal import RenewalQuestion
from web.console.language import TABLES, preferred

ASKERS: Mapping[str, Asker] = {
    "fleet.dunning": DunningQuestion(),
    "training.fund_call": FundCallQuestion(),
    "maintenance.renewal": RenewalQuestion(),
    "internships.deliverable": DeliverableQuestion(),
}


def answer_pages(parts: Parts) -> APIRouter:
    router = APIRouter(prefix="/a", include_in_schema=False)
    pages = AnswerPages(parts.templates)

    @router.get("/{token}")
    async def ask(token: str, request: Request) -> Response:
        try:
            async with visited(request, token) as (visit, asker):
                note = "noted" if "noted" in request.query_params else ""
                return pages.question(await asker.ask(visit), visit.home.name, visit.locale, note)
        except NotFound:
            return pages.unknown(spoken(request))

    @router.post("/{token}")
    async def take(token: str, request: Request) -> Response:
        try:
            parts.links.read(token)  # whoever has no link of ours sends us no file
            return await _take(pages, request, token, await form_of(request))
        except NotFound:
            return pages.unknown(spoken(request))
        except FilesDown:
            return pages.told("files_down", spoken(request), 503)

    return router


async def _take(pages: AnswerPages, request: Request, token: str, form: Form) -> Response:
    """A refused answer is told on the same page; nothing of it is written."""
    try:
        handed = await _looked_at(request, form)
        async with visited(request, token, handed) as (visit, asker):
            said = await asker.take(visit, form.fields)
            thing = f"{visit.target.process}:{visit.target.ref}"
            actor = actor_of(request, visit.by, visit.target.audience)
            await audit.write(visit.tx, visit.home.id, actor, "link.answered", thing, after={"answer": said})
            return RedirectResponse(f"?noted&lang={visit.locale}", 303)
    except (BadInput, Conflict) as wrong:
        bad = wrong if isinstance(wrong, BadInput) else None
        async with visited(request, token) as (visit, asker):
            return pages.question(
                await asker.ask(visit), visit.home.name, visit.locale, note="" if bad else "late",
                status=422 if bad else 409, wrong=bad, given=form.fields,
            )  # fmt: skip


async def _looked_at(request: Request, form: Form) -> Handed | None:
    """Before a transaction is held: it takes a second. Raises BadFile."""
    if not form.name and not form.content:
        return None
    uploads = parts_of(request).uploads
    return Handed(uploads, *await uploads.look(Given(form.name, form.content)))


@asynccontextmanager
async def visited(
    request: Request, token: str, handed: Handed | None = None
) -> AsyncIterator[tuple[Visit, Asker]]:
    """Raises NotFound for a link that is not ours, or whose tenant or person is gone."""
    parts = parts_of(request)
    target = parts.links.read(token)
    if target.process not in ASKERS:
        raise NotFound("question", target.process)
    async with parts.database.tenant(target.tenant) as tx:
        home = await tenant_of(tx, target.tenant)
        person = await contact_of(tx, target.tenant, target.audience)
        locale = asked_language(request) or person.locale
        yield Visit(tx, target, home, parts.clock(), locale, handed), ASKERS[target.process]


def asked_language(request: Request) -> str:
    asked = request.query_params.get("lang", "")
    return asked if asked in TABLES else ""


def spoken(request: Request) -> str:
    return asked_language(request) or preferred(request.headers.get("accept-language", ""))


async def form_of(request: Request) -> Form:
    """The last value of each field; what is no form is an empty one."""
    body = await request.body()
    try:
        if request.headers.get("content-type", "").lower().startswith(MEDIA_TYPE):
            return await read_form(request.headers, body)
        return Form(dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=20)))
    except (ValueError, Refused):
        return Form({})
