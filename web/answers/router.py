"""Links in our messages: the question they open, and the answer that is given."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.commands import actor_of, parts_of
from api.parts import Parts
from database.shared import audit
from database.shared.contacts import contact_of, tenant_of
from domain.errors import BadInput, Conflict, NotFound
from web.answers.deliverable import DeliverableQuestion
from web.answers.dunning import DunningQuestion
from web.answers.fund_call import FundCallQuestion
from web.answers.pages import AnswerPages
from web.answers.question import Asker, Visit
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
        form = form_of(await request.body())
        try:
            return await _take(pages, request, token, form)
        except NotFound:
            return pages.unknown(spoken(request))

    return router


async def _take(pages: AnswerPages, request: Request, token: str, form: dict[str, str]) -> Response:
    """A refused answer is told on the same page; nothing of it is written."""
    try:
        async with visited(request, token) as (visit, asker):
            said = await asker.take(visit, form)
            thing = f"{visit.target.process}:{visit.target.ref}"
            actor = actor_of(request, visit.by, visit.target.audience)
            await audit.write(visit.tx, visit.home.id, actor, "link.answered", thing, after={"answer": said})
            return RedirectResponse(f"?noted&lang={visit.locale}", 303)
    except (BadInput, Conflict) as wrong:
        mistakes = wrong.mistakes if isinstance(wrong, BadInput) else ()
        async with visited(request, token) as (visit, asker):
            return pages.question(
                await asker.ask(visit), visit.home.name, visit.locale, note="" if mistakes else "late",
                status=422 if mistakes else 409, mistakes=mistakes, given=form,
            )  # fmt: skip


@asynccontextmanager
async def visited(request: Request, token: str) -> AsyncIterator[tuple[Visit, Asker]]:
    """Raises NotFound for a link that is not ours, or whose tenant or person is gone."""
    parts = parts_of(request)
    target = parts.links.read(token)
    if target.process not in ASKERS:
        raise NotFound("question", target.process)
    async with parts.database.tenant(target.tenant) as tx:
        home = await tenant_of(tx, target.tenant)
        person = await contact_of(tx, target.tenant, target.audience)
        locale = asked_language(request) or person.locale
        yield Visit(tx, target, home, parts.clock(), locale), ASKERS[target.process]


def asked_language(request: Request) -> str:
    asked = request.query_params.get("lang", "")
    return asked if asked in TABLES else ""


def spoken(request: Request) -> str:
    return asked_language(request) or preferred(request.headers.get("accept-language", ""))


def form_of(body: bytes) -> dict[str, str]:
    """The last value of each field; what is no form is an empty one."""
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return {}
