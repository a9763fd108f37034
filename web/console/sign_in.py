"""Signing in with a key of the API, and out."""

from starlette.requests import Request
from starlette.responses import Response

from database.shared.api_keys import Key, key_of, read_token
from web.console.language import COOKIE as LANGUAGE_COOKIE
from web.console.language import TABLES, Words, language_of
from web.console.session import COOKIE, LASTS, Session
from web.console.visit import BASE, Desk, Visit, goes_to, is_foreign, may_operate, refused, text_of, visit_of

YEAR = 365 * 86400


async def show(request: Request) -> Response:
    if await visit_of(request):
        return goes_to("/")
    return _page(request, "", 200)


async def enter(request: Request) -> Response:
    """A wrong key, a revoked one and one without the right are told apart only where the key is genuine."""
    if is_foreign(request):
        return refused(request, 403, "refused.form")
    desk: Desk = request.app.state.desk
    key = await _genuine(desk, text_of(await request.form(), "key"))
    if key is None:
        return _page(request, "sign_in.wrong", 401)
    if not may_operate(key):
        return _page(request, "sign_in.scope", 403)
    sealed = desk.sessions.seal(Session(key.tenant, key.id), desk.parts.api.clock())
    answer = goes_to("/")
    answer.set_cookie(
        COOKIE, sealed, max_age=int(LASTS.total_seconds()), path=BASE, httponly=True, samesite="strict",
        secure=desk.parts.secure,
    )  # fmt: skip
    return answer


async def leave(visit: Visit) -> Response:
    answer = goes_to("/sign-in")
    answer.delete_cookie(COOKIE, path=BASE, httponly=True, samesite="strict", secure=visit.desk.parts.secure)
    return answer


def remember_language(request: Request, answer: Response) -> None:
    """A language that was asked for holds for the pages that follow."""
    if (asked := request.query_params.get("lang", "")) in TABLES:
        secure = request.app.state.desk.parts.secure
        answer.set_cookie(
            LANGUAGE_COOKIE, asked, max_age=YEAR, path=BASE, httponly=True, samesite="lax", secure=secure
        )


async def _genuine(desk: Desk, text: str) -> Key | None:
    token = read_token(text)
    if token is None:
        return None
    async with desk.parts.api.database.tenant(token.tenant) as tx:
        return await key_of(tx, token, desk.parts.api.clock())


def _page(request: Request, problem: str, status: int) -> Response:
    words = Words(language_of(request))
    desk: Desk = request.app.state.desk
    return desk.pages.render(
        "sign_in.html.j2", status, words=words, here=request.url, visit=None,
        problem=words(problem) if problem else "",
    )  # fmt: skip
