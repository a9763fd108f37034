"""Signing in: with a password, with a link by mail, with the second factor; and out."""

import logging
import re
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.background import BackgroundTask
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from database.shared import audit, factors, letters, people, sessions, sign_in
from database.shared.contacts import tenants
from database.shared.passwords import KNOWN, STRANGERS, Crowded, hash_of, is_password
from database.shared.sessions import TOKEN
from database.shared.sign_in import Reserved
from domain.sign_in import Challenge
from web.console.ceremonies import SIGN_IN, Asked, Ceremonies
from web.console.entering import SECOND_STEP, entered, second_step
from web.console.guess import Guess, guess_of
from web.console.language import COOKIE as LANGUAGE_COOKIE
from web.console.language import TABLES, Words, language_of
from web.console.session import COOKIE, STEP_COOKIE, WORKSPACE_COOKIE, take_away
from web.console.visit import Desk, Visit, goes_to, is_foreign, refused, text_of, visit_of

log = logging.getLogger("echeance.sign_in")

YEAR = 365 * 86400
WORKSPACE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LINKS = ("magic_link", "invitation")
LINKS_AN_HOUR = 5


async def show(request: Request) -> Response:
    if await visit_of(request):
        return goes_to("/")
    return page(request, "sign_in.html.j2")


async def enter(request: Request) -> Response:
    """An unknown address, a wrong password and a suspended person are answered alike, after the same work."""
    if is_foreign(request):
        return refused(request, 403, "refused.form")
    form = await request.form()
    try:
        return await _tried(request, form)
    except Crowded:
        return page(request, "sign_in.html.j2", "sign_in.wait", 429, form, minutes=1)


async def _tried(request: Request, form: FormData) -> Response:
    """Raises Crowded."""
    attempt = await _asked(request, form)
    if attempt is None:
        return page(request, "sign_in.html.j2", "sign_in.wrong", 401, form)
    guess, tried, kept = attempt
    if tried.until:
        return page(request, "sign_in.html.j2", "sign_in.wait", 429, form, minutes=guess.minutes(tried))
    lane = KNOWN if guess.known_device else STRANGERS
    try:
        right = await is_password(kept, secret_of(form, "password"), lane)
    except Crowded:  # what was not looked at counts against nobody
        async with guess.desk.parts.api.database.tenant(guess.tenant) as tx:
            await guess.right(tx, tried)
        raise
    async with guess.desk.parts.api.database.tenant(guess.tenant) as tx:
        if not right or guess.person is None:
            await guess.failed(tx, "password")
            return page(request, "sign_in.html.j2", "sign_in.wrong", 401, form)
        await guess.right(tx, tried)
        has_second = (await factors.factors_of(tx, guess.tenant, guess.person.id)).any
    go_on = second_step if has_second else entered
    return await go_on(request, guess.tenant, guess.person.id, "password")


async def _asked(request: Request, form: FormData) -> tuple[Guess, Reserved, str] | None:
    """Who tries, and the hash of their password; None where no such workspace is."""
    desk: Desk = request.app.state.desk
    tenant, email = text_of(form, "workspace").lower(), text_of(form, "email")
    if not await is_workspace(desk, tenant):
        await is_password("", secret_of(form, "password"))
        log.warning("a sign-in to no workspace was refused")
        return None
    now = desk.parts.api.clock()
    async with desk.parts.api.database.tenant(tenant) as tx:
        person = await people.person_by_email(tx, tenant, email)
        person = person if person and person.is_active else None
        guess = await guess_of(tx, request, tenant, email, person, now)
        tried = await guess.begin(tx)
        kept = await hash_of(tx, tenant, person.id if person else "", now)
    return guess, tried, kept


async def show_code(request: Request) -> Response:
    return page(request, "code.html.j2") if await stepping(request) else goes_to("/sign-in")


async def enter_code(request: Request) -> Response:
    """A code of the telephone or a recovery code; each counts once."""
    found = await stepping(request)
    if is_foreign(request) or found is None:
        return goes_to("/sign-in")
    guess, ticket = found
    api, tenant, code = guess.desk.parts.api, guess.tenant, text_of(await request.form(), "code")
    async with api.database.tenant(tenant) as tx:
        tried = await guess.begin(tx)
        if tried.until:
            return page(request, "code.html.j2", "confirm.wait", 429, minutes=guess.minutes(tried))
        person = guess.person.id if guess.person else ""
        by_time = await factors.take_totp(tx, tenant, person, code, api.keyring, guess.now)
        right = by_time or await factors.take_recovery_code(tx, tenant, person, code, guess.now)
        if not right:
            await guess.failed(tx, "code")
            return page(request, "code.html.j2", "sign_in.wrong_code", 401)
        await guess.right(tx, tried)
        taken = await sign_in.take_ticket(tx, tenant, ticket, (SECOND_STEP,), guess.now)
    if taken is None:
        return goes_to("/sign-in")
    proof = f"{taken.data['proof']}+{'totp' if by_time else 'recovery_code'}"
    return await entered(request, tenant, taken.person, proof)


async def stepping(request: Request) -> tuple[Guess, str] | None:
    """Who has shown a first factor in this browser, a moment ago."""
    desk: Desk = request.app.state.desk
    match = TOKEN.fullmatch(request.cookies.get(STEP_COOKIE, ""))
    if match is None:
        return None
    tenant, now = match["tenant"], desk.parts.api.clock()
    async with desk.parts.api.database.tenant(tenant) as tx:
        ticket = await sign_in.see_ticket(tx, tenant, match["secret"], (SECOND_STEP,), now)
        person = await people.person_or_none(tx, tenant, ticket.person) if ticket else None
        if person is None or not person.is_active:
            return None
        guess = await guess_of(tx, request, tenant, person.email, person, now, Challenge.CODE)
        return guess, match["secret"]


async def ask_link(request: Request) -> Response:
    """The same answer after the same work, whoever is asked for: a letter is owed once it has been given."""
    if is_foreign(request):
        return refused(request, 403, "refused.form")
    form, answer = await request.form(), page(request, "sent.html.j2")
    tenant = text_of(form, "workspace").lower()
    if await is_workspace(request.app.state.desk, tenant):
        answer.background = BackgroundTask(_owe_link, request, tenant, text_of(form, "email"))
    return answer


async def _owe_link(request: Request, tenant: str, email: str) -> None:
    """Strangers who ask in somebody's name use up what strangers have, not what their own browsers have."""
    desk: Desk = request.app.state.desk
    now = desk.parts.api.clock()
    async with desk.parts.api.database.tenant(tenant) as tx:
        person = await people.person_by_email(tx, tenant, email)
        if person is None or person.state not in (people.INVITED, people.ACTIVE):
            return
        guess = await guess_of(tx, request, tenant, email, person, now)
        asked_by = {"asked_by": "known browser" if guess.known_device else "stranger"}
        if await letters.count_lately(tx, tenant, person.id, LINKS, now, asked_by) < LINKS_AN_HOUR:
            kind = "invitation" if person.state == people.INVITED else "magic_link"
            await letters.owe_letter(tx, tenant, person.id, kind, now, asked_by)


async def arrive(request: Request) -> Response:
    """The link of a letter. It asks for a click, for programs of mail providers open every link."""
    return page(request, "arrive.html.j2")


async def take_link(request: Request) -> Response:
    """Good once. A link is one factor: who has a second one shows it, too."""
    if is_foreign(request):
        return refused(request, 403, "refused.form")
    desk: Desk = request.app.state.desk
    match = TOKEN.fullmatch(str(request.path_params["token"]))
    if match is None or not await is_workspace(desk, match["tenant"]):
        return refused(request, 404, "sign_in.link_over")
    tenant, now = match["tenant"], desk.parts.api.clock()
    async with desk.parts.api.database.tenant(tenant) as tx:
        ticket = await sign_in.take_ticket(tx, tenant, match["secret"], LINKS, now)
        person = await people.person_or_none(tx, tenant, ticket.person) if ticket else None
        if ticket is None or person is None or person.state not in (people.INVITED, people.ACTIVE):
            await _notice(tx, request, tenant, now)
            return refused(request, 404, "sign_in.link_over")
        has_second = (await factors.factors_of(tx, tenant, person.id)).any
    go_on = second_step if has_second else entered
    return await go_on(request, tenant, person.id, ticket.kind)


async def _notice(tx: AsyncConnection, request: Request, tenant: str, now: datetime) -> None:
    """A link that is none. Beyond the limit the trail is not filled any further."""
    guess = await guess_of(tx, request, tenant, "", None, now, Challenge.LINK)
    if not (await guess.begin(tx)).until:
        await guess.failed(tx, "link")


async def leave(visit: Visit) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        await sessions.revoke(tx, visit.tenant.id, visit.person.id, visit.session.digest, visit.moments.now)
        await audit.write(tx, visit.tenant.id, visit.actor, "sign_in.left", f"person:{visit.person.id}")
    answer = goes_to("/sign-in")
    take_away(answer, COOKIE)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'  # not cookies: the browser stays known
    return answer


async def is_workspace(desk: Desk, tenant: str) -> bool:
    if not WORKSPACE.fullmatch(tenant):
        return False
    async with desk.parts.api.database.anyone() as tx:
        return tenant in await tenants(tx)


def secret_of(form: FormData, name: str) -> str:
    """As it was typed: spaces belong to a password."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def remember_language(request: Request, answer: Response) -> None:
    """A language that was asked for holds for the pages that follow."""
    if (asked := request.query_params.get("lang", "")) in TABLES:
        answer.set_cookie(
            LANGUAGE_COOKIE, asked, max_age=YEAR, path="/", httponly=True, samesite="lax", secure=True
        )


def _workspace(request: Request) -> str:
    """Of the address, else where this browser was last."""
    for told in (request.query_params.get("workspace"), request.cookies.get(WORKSPACE_COOKIE)):
        if told and WORKSPACE.fullmatch(told):
            return told
    return ""


def page(
    request: Request, name: str, problem: str = "", status: int = 200, form: FormData | None = None,
    asked: Asked | None = None, **values: object,
) -> Response:  # fmt: skip
    """What was typed stands there again, but for the secrets. ``asked`` is for a passkey."""
    words = Words(language_of(request))
    desk: Desk = request.app.state.desk
    return desk.pages.render(
        name, status, words=words, here=request.url, visit=None, asked=asked or _asked_at_the_door(request),
        problem=words(problem, **values) if problem else "",
        workspace=text_of(form, "workspace") if form else _workspace(request),
        email=text_of(form, "email") if form else "",
    )  # fmt: skip


def ceremonies_of(desk: Desk) -> Ceremonies:
    return Ceremonies(desk.parts.api.tokens.issuer, desk.parts.api.keyring.master)


def _asked_at_the_door(request: Request) -> Asked | None:
    """Of whoever it may be: the passkey says it. Only under the name that passkeys belong to."""
    desk: Desk = request.app.state.desk
    ceremonies = ceremonies_of(desk)
    if not ceremonies.possible or request.url.hostname != ceremonies.name:
        return None
    return ceremonies.to_show([], SIGN_IN, desk.parts.api.clock())
