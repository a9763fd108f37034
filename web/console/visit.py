"""One request of someone who is signed in, and the way in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from database.session import Database
from database.shared.api_keys import Key, live_key
from database.shared.audit import Actor
from database.shared.contacts import Tenant, tenant_of
from domain.errors import NotFound
from domain.principal import Extent, Principal
from web.console.language import Words, language_of
from web.console.moments import Moments
from web.console.pages import Pages
from web.console.parts import Parts
from web.console.session import COOKIE, Sessions

BASE = "/console"
SCOPES = ("processes:operate", "operations")
LONGEST_REASON = 500
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Desk:
    """What the application shares among its requests."""

    parts: Parts
    pages: Pages
    sessions: Sessions


@dataclass(frozen=True)
class Visit:
    request: Request
    desk: Desk
    tenant: Tenant
    key: Key
    words: Words
    moments: Moments
    form_token: str

    @property
    def who(self) -> Principal:
        scopes = dict.fromkeys(self.key.scopes, Extent.ALL)
        return Principal(self.key.tenant, f"key:{self.key.id}", scopes, person=self.key.owner)

    @property
    def database(self) -> Database:
        return self.desk.parts.api.database

    @property
    def actor(self) -> Actor:
        client = self.request.client.host if self.request.client else ""
        agent = self.request.headers.get("user-agent", "")[:200]
        return Actor(f"key:{self.key.id}", client, agent, getattr(self.request.state, "request_id", ""))

    def page(self, name: str, **values: Any) -> Response:
        return self.desk.pages.render(
            name, visit=self, words=self.words, moments=self.moments, tenant=self.tenant,
            form_token=self.form_token, here=self.request.url, **values,
        )  # fmt: skip

    def asked(self, name: str) -> str:
        """A value of the address. PostgreSQL holds no NUL."""
        return self.request.query_params.get(name, "").replace("\x00", "").strip()[:200]

    def path(self, name: str) -> str:
        return str(self.request.path_params[name]).replace("\x00", "")

    def number(self, name: str) -> int:
        """A number of a row. Raises NotFound for one that no row can have."""
        given = int(self.request.path_params[name])
        if given > LARGEST_ID:
            raise NotFound(name, str(given))
        return given


Handler = Callable[[Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def goes_to(path: str) -> Response:
    """After a form: the browser asks for the page anew, and reloading it repeats nothing."""
    return RedirectResponse(f"{BASE}{path}", 303)


def signed_in(handler: Handler) -> Endpoint:
    """Sends to the sign-in page who is not, and refuses a form that is not ours."""

    async def entry(request: Request) -> Response:
        visit = await visit_of(request)
        if visit is None:
            return goes_to("/sign-in")
        if request.method == "POST" and not await _is_ours(visit):
            return refused(request, 403, "refused.form")
        return await handler(visit)

    return entry


async def visit_of(request: Request) -> Visit | None:
    desk: Desk = request.app.state.desk
    cookie = request.cookies.get(COOKIE, "")
    now = desk.parts.api.clock()
    session = desk.sessions.open(cookie, now)
    if session is None:
        return None
    async with desk.parts.api.database.tenant(session.tenant) as tx:
        key = await live_key(tx, session.tenant, session.key_id, now)
        if key is None or not may_operate(key):
            return None
        tenant = await tenant_of(tx, session.tenant)
    words = Words(language_of(request))
    moments = Moments(now, tenant.zone, words.locale)
    return Visit(request, desk, tenant, key, words, moments, desk.sessions.form_token(cookie))


def may_operate(key: Key) -> bool:
    return any(key.allows(scope) for scope in SCOPES)


def is_foreign(request: Request) -> bool:
    """Browsers say where a form comes from; other clients say nothing and hold no cookie of a person."""
    return request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


async def _is_ours(visit: Visit) -> bool:
    if is_foreign(visit.request):
        return False
    token = text_of(await visit.request.form(), "form_token")
    cookie = visit.request.cookies.get(COOKIE, "")
    return visit.desk.sessions.is_form_token(cookie, token)


def text_of(form: FormData, name: str) -> str:
    """A field of a form as text, without NUL and surrounding spaces; files are none."""
    value = form.get(name, "")
    return value.replace("\x00", "").strip()[:LONGEST_REASON] if isinstance(value, str) else ""


def refused(request: Request, status: int, key: str, **values: object) -> Response:
    """A page that says what went wrong and what to do."""
    words = Words(language_of(request))
    desk: Desk = request.app.state.desk
    return desk.pages.render(
        "refused.html.j2", status, words=words, here=request.url, sentence=words(key, **values), visit=None
    )
