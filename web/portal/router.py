"""Pages of one's own behind signed links: of drivers, of investors."""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.commands import actor_of
from api.downloads import download
from api.parts import Parts
from database.fleet import dunning
from database.shared import audit
from domain.errors import BadInput, Conflict, NotFound
from web.answers.dunning import read_day
from web.answers.fund_call import read_amount
from web.answers.router import spoken
from web.portal import driver, investor
from web.portal.pages import PortalPages
from web.portal.visit import Expired, Visit, visited

Render = Callable[[Visit, PortalPages, str], Awaitable[Response]]
LARGEST_FORM = 4_000


def portal_pages(parts: Parts) -> APIRouter:
    router = APIRouter(prefix="/p", include_in_schema=False)
    pages = PortalPages(parts.templates)

    @router.get("/{token}")
    async def show(token: str, request: Request) -> Response:
        return await guarded(pages, request, token, lambda visit: page_of(visit, pages, noted(request)))

    @router.get("/{token}/receipts/{ref}")
    async def receipt(token: str, ref: str, request: Request) -> Response:
        async def made(visit: Visit) -> Response:
            content = await driver.receipt(visit, ref)
            actor = actor_of(request, visit.by, visit.person.ref)
            await audit.write(visit.tx, visit.tenant, actor, "receipt.downloaded", f"payment:{ref}")
            return download(f"{ref}.pdf", "application/pdf", content)

        return await guarded(pages, request, token, made)

    @router.get("/{token}/statements/{ref}/{month}")
    async def statement(token: str, ref: str, month: str, request: Request) -> Response:
        async def made(visit: Visit) -> Response:
            name, media_type, content = await investor.statement(visit, ref, month)
            actor, thing = actor_of(request, visit.by, visit.person.ref), f"fleet.statement:{ref}:{month}"
            await audit.write(visit.tx, visit.tenant, actor, "statement.downloaded", thing)
            return download(name, media_type, content)

        return await guarded(pages, request, token, made)

    @router.post("/{token}/contracts/{ref}/promise")
    async def promise(token: str, ref: str, request: Request) -> Response:
        form = await form_of(request)
        return await guarded(pages, request, token, lambda visit: promised(visit, pages, request, ref, form))

    return router


def noted(request: Request) -> str:
    return "noted" if "noted" in request.query_params else ""


async def guarded(
    pages: PortalPages, request: Request, token: str, made: Callable[[Visit], Awaitable[Response]]
) -> Response:
    try:
        async with visited(request, token) as visit:
            return await made(visit)
    except Expired:
        return pages.told("expired", spoken(request), 410)
    except NotFound:
        return pages.told("unknown", spoken(request), 404)


async def page_of(
    visit: Visit, pages: PortalPages, note: str = "", wrong: str = "", status: int = 200
) -> Response:
    """Raises NotFound for a kind that has no page."""
    if visit.target.kind == "investor":
        return pages.show("investor.html.j2", visit, contracts=await investor.contracts_of(visit))
    if visit.target.kind != "driver":
        raise NotFound("page", visit.target.kind)
    last = visit.today + dunning.LONGEST_PROMISE
    contracts = await driver.contracts_of(visit)
    return pages.show(
        "driver.html.j2", visit, status, contracts=contracts, note=note, wrong=wrong, last=last
    )  # fmt: skip


async def promised(
    visit: Visit, pages: PortalPages, request: Request, ref: str, form: Mapping[str, str]
) -> Response:
    """What is wrong is told on the same page; nothing of it is written."""
    await driver.check_own(visit, "contract", ref)
    try:
        until = read_day(form.get("until", ""), visit.today)
        amount = read_amount(form.get("amount", ""), visit.home.currency)
        await dunning.promise(visit.tx, visit.tenant, ref, until, amount, visit.now, visit.by)
    except BadInput as bad:
        field = bad.mistakes[0].field
        wrong = "wrong_amount" if field == "amount" else "wrong_until"
        return await page_of(visit, pages, wrong=wrong, status=422)
    except Conflict:
        return await page_of(visit, pages, wrong="closed", status=409)
    actor = actor_of(request, visit.by, visit.person.ref)
    said = {"answer": f"{amount.decimal} {amount.currency} until {until}"}
    await audit.write(visit.tx, visit.tenant, actor, "link.answered", f"fleet.dunning:{ref}", after=said)
    return RedirectResponse(f"/p/{visit.token}?noted&lang={visit.locale}", 303)


async def form_of(request: Request) -> dict[str, str]:
    """The last value of each field; what is no form is an empty one."""
    body = await request.body()
    try:
        return dict(parse_qsl(body[:LARGEST_FORM].decode("utf-8"), keep_blank_values=True, max_num_fields=10))
    except ValueError:
        return {}
