"""One request of someone who is signed in, and the way in."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.commands import Command
from api.refusals import Attempt, record
from database.session import Database
from database.shared import factors
from database.shared.audit import Actor
from database.shared.contacts import Tenant, tenant_of
from database.shared.keys import of_person
from database.shared.people import Person, person_or_none
from database.shared.sessions import Session, session_of, tenant_of_token
from domain.access import grants_of, hidden_from, is_staff
from domain.errors import NotFound
from domain.money import Money
from domain.principal import Extent, Principal
from domain.wording import SIGNS, amount
from web.console.businesses import businesses_of
from web.console.language import Words, language_of
from web.console.moments import Moments
from web.console.navigation import BASE as BASE
from web.console.navigation import menu
from web.console.pages import Pages
from web.console.parts import Parts
from web.console.session import COOKIE, Forms, told_by
from web.console.told import DONE

log = logging.getLogger("echeance.console")

LONGEST_REASON = 500
AGAIN = "again"
HOME = "/"
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Desk:
    """What the application shares among its requests."""

    parts: Parts
    pages: Pages
    forms: Forms


@dataclass(frozen=True)
class Visit:
    """``must_enrol``: the tenant asks for a second factor, and the person has none yet."""

    request: Request
    desk: Desk
    tenant: Tenant
    session: Session
    person: Person
    words: Words
    moments: Moments
    form_token: str
    must_enrol: bool = False
    businesses: frozenset[str] = frozenset()

    @property
    def who(self) -> Principal:
        return Principal(
            self.tenant.id, f"person:{self.person.id}", grants_of(self.person.roles), self.person.id,
            self.person.contact_ref, self.person.roles, self.session.proved_at,
        )  # fmt: skip

    def command(self, tx: AsyncConnection) -> Command:
        """As a request of the API has it, in a transaction of this one."""
        return Command(tx, self.tenant.id, self.moments.now, self.actor, self.desk.parts.api, self.who)

    def may(self, permission: str) -> bool:
        """Everything of its kind: who may see their own only has other pages."""
        return self.who.extent(permission) is Extent.ALL

    @property
    def hidden(self) -> frozenset[str]:
        return hidden_from(self.who)

    @property
    def database(self) -> Database:
        return self.desk.parts.api.database

    @property
    def actor(self) -> Actor:
        client = self.request.client.host if self.request.client else ""
        agent = self.request.headers.get("user-agent", "")[:200]
        return Actor(
            self.who.who, client, agent, getattr(self.request.state, "request_id", ""),
            of_person(self.person.contact_ref or self.person.id), self.desk.parts.api.keyring,
        )  # fmt: skip

    def page(self, name: str, **values: Any) -> Response:
        return self.desk.pages.render(
            name, visit=self, words=self.words, moments=self.moments, tenant=self.tenant,
            form_token=self.form_token, here=self.request.url, done=DONE.get(self.asked("done")),
            menu=menu(self.may, self.request.url.path, self.businesses), **values,
        )  # fmt: skip

    def asked(self, name: str) -> str:
        """A value of the address. PostgreSQL holds no NUL."""
        return self.request.query_params.get(name, "").replace("\x00", "").strip()[:200]

    def money(self, amount_of: Money) -> str:
        return amount(amount_of).to(self.words.locale)

    def count(self, number: int) -> str:
        """With its thousands apart."""
        text = f"{number:,}".replace("-", "\u2212")
        return text.replace(",", "\u202f") if self.words.locale == "fr" else text

    def said(self, sentence: Any) -> str:
        """A bilingual sentence as a row of JSON keeps it; nothing for what is none."""
        return self.words.both(sentence) if isinstance(sentence, dict) else ""

    def percent(self, share: Decimal | None) -> str:
        """A dash where there is nothing to compare with."""
        if share is None:
            return "—"
        text = f"{share * 100:.1f}"
        return f"{text.replace('.', ',')}\u00a0%" if self.words.locale == "fr" else f"{text}%"

    def bare(self, amount_of: Money) -> str:
        """Without the tenant's currency, for columns that say it in their head."""
        text = self.money(amount_of)
        return text.removesuffix(self.sign).strip() if amount_of.currency == self.tenant.currency else text

    @property
    def sign(self) -> str:
        """Of the tenant's currency."""
        return SIGNS[self.tenant.currency][self.words.locale == "en"]

    def came_from(self) -> str:
        """The page of ours that led here, without what it was asked."""
        given = told_by(self.request, "referer").path
        ours = given.startswith(f"{BASE}/") and given != self.request.url.path
        return given if ours else f"{BASE}/"

    def asked_whole(self, name: str) -> str:
        """A cursor: longer than what people type."""
        return self.request.query_params.get(name, "").replace("\x00", "")[:1000]

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


def signed_in(handler: Handler, permission: str = "", fresh: bool = False, at: str = "") -> Endpoint:
    """Sends to the sign-in page who is not, and refuses a form that is not ours.

    Without a ``permission`` it is a page about oneself; ``fresh`` asks for a factor shown lately.
    ``at`` is what the trail calls it.
    """

    async def entry(request: Request) -> Response:
        visit = await visit_of(request)
        if visit is None:
            return _once_more(request) if _followed_a_link(request) else goes_to("/sign-in")
        if request.method == "POST" and not await _is_ours(visit):
            log.warning("a form of another site, or of another session, was refused")
            await on_record(visit, at, Attempt("form"))
            return refused(request, 403, "refused.form")
        if permission and visit.must_enrol:
            return goes_to("/account")
        if permission and not visit.may(permission):
            if at != HOME:  # where everybody lands who signs in
                await on_record(visit, at, Attempt("permission", permission))
            return (
                refused(request, 403, "refused.permission")
                if is_staff(visit.person.roles)
                else goes_to("/account")
            )
        if fresh and not visit.who.proved_lately(visit.moments.now):
            return goes_to(f"/confirm?next={quote(_page_before(request), safe='')}")
        return await handler(visit)

    return entry


async def on_record(visit: Visit, at: str, attempt: Attempt) -> None:
    route = f"{visit.request.method} {BASE}{at}"
    await record(visit.desk.parts.api, visit.tenant.id, visit.actor, route, attempt, visit.moments.now)


def _followed_a_link(request: Request) -> bool:
    """From another site, a mail for instance: the browser has kept the cookie back, if there is one."""
    told = request.headers.get("sec-fetch-site"), request.headers.get("sec-fetch-dest")
    return request.method == "GET" and told == ("cross-site", "document")


def _once_more(request: Request) -> Response:
    """Asks for itself anew, from this site."""
    desk: Desk = request.app.state.desk
    return desk.pages.render("again.html.j2", words=Words(language_of(request)), here=request.url, visit=None)


def _page_before(request: Request) -> str:
    """Where the form stood: after the proof it is filled in once more."""
    given = told_by(request, "referer").path
    return given if given.startswith(f"{BASE}/") else f"{BASE}/account"


async def visit_of(request: Request) -> Visit | None:
    desk: Desk = request.app.state.desk
    cookie = request.cookies.get(COOKIE, "")
    home = tenant_of_token(cookie)
    if not home:
        return None
    now = desk.parts.api.clock()
    async with desk.parts.api.database.tenant(home) as tx:
        session = await session_of(tx, cookie, now)
        person = await person_or_none(tx, home, session.person) if session else None
        if session is None or person is None or not person.is_active:
            return None
        tenant = await tenant_of(tx, home)
        must = asks_second_factor(tenant, person) and not (await factors.factors_of(tx, home, person.id)).any
        businesses = await businesses_of(tx, home)
    words = Words(language_of(request))
    moments = Moments(now, tenant.zone, words.locale)
    return Visit(
        request, desk, tenant, session, person, words, moments, desk.forms.token(cookie), must, businesses
    )


def asks_second_factor(tenant: Tenant, person: Person) -> bool:
    return tenant.second_factor == "all" or (tenant.second_factor == "staff" and is_staff(person.roles))


def is_foreign(request: Request) -> bool:
    """Browsers say where a form comes from; other clients say nothing and hold no cookie of a person."""
    if site := request.headers.get("sec-fetch-site"):
        return site not in ("same-origin", "none")
    told = "origin" in request.headers
    return told and told_by(request, "origin").hostname != request.url.hostname


async def _is_ours(visit: Visit) -> bool:
    if is_foreign(visit.request):
        return False
    token = text_of(await visit.request.form(), "form_token")
    cookie = visit.request.cookies.get(COOKIE, "")
    return visit.desk.forms.is_token(cookie, token)


def text_of(form: FormData, name: str) -> str:
    """A field of a form as text, without NUL and surrounding spaces; files are none."""
    value = form.get(name, "")
    return value.replace("\x00", "").strip()[:LONGEST_REASON] if isinstance(value, str) else ""


def once_more(request: Request) -> str:
    """The same address, marked: asked for by our own page, the browser brings the cookies of ours."""
    again = request.url.include_query_params(**{AGAIN: "1"})
    return f"{again.path}?{again.query}"


def is_once_more(request: Request) -> bool:
    return AGAIN in request.query_params


def leads_on(request: Request, address: str) -> Response:
    """A page that goes on by itself, where a redirect would not do: our own page asks for the next one."""
    words = Words(language_of(request))
    desk: Desk = request.app.state.desk
    return desk.pages.render("onward.html.j2", words=words, here=request.url, visit=None, onward=address)


def refused(request: Request, status: int, key: str, **values: object) -> Response:
    """A page that says what went wrong and what to do."""
    words = Words(language_of(request))
    desk: Desk = request.app.state.desk
    return desk.pages.render(
        "refused.html.j2", status, words=words, here=request.url, sentence=words(key, **values), visit=None
    )
