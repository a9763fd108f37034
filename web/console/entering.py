"""The end of every way in: a new session, a known browser, a line in the trail, and a letter to its owner."""

from datetime import datetime
from urllib.parse import unquote

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from database.shared import audit, factors, letters, people, sessions, sign_in
from database.shared.people import Person
from database.shared.sessions import Origin
from domain.access import grants_of
from domain.principal import Extent
from web.console.guess import guess_of
from web.console.session import (
    COOKIE,
    DEVICE_COOKIE,
    NEXT_COOKIE,
    STEP_COOKIE,
    WORKSPACE_COOKIE,
    give,
    take_away,
)
from web.console.visit import Desk, goes_to

SECOND_STEP = "second_step"


async def second_step(request: Request, tenant: str, person: str, proof: str) -> Response:
    """The first factor was right; the next page asks for the second."""
    desk: Desk = request.app.state.desk
    now = desk.parts.api.clock()
    async with desk.parts.api.database.tenant(tenant) as tx:
        ticket = await sign_in.issue_ticket(tx, tenant, person, SECOND_STEP, now, {"proof": proof})
        by_code = (await factors.factors_of(tx, tenant, person)).totp
    answer = goes_to("/sign-in/code" if by_code else "/sign-in/passkey/second")
    give(answer, STEP_COOKIE, f"{tenant}.{ticket}", sign_in.LASTS[SECOND_STEP])
    return answer


async def entered(request: Request, tenant: str, person_id: str, proof: str) -> Response:
    """Whatever session the browser had is not carried over."""
    desk: Desk = request.app.state.desk
    api, now = desk.parts.api, desk.parts.api.clock()
    async with api.database.tenant(tenant) as tx:
        person = await people.person_of(tx, tenant, person_id)
        guess = await guess_of(tx, request, tenant, person.email, person, now)
        origin = Origin(guess.ip, request.headers.get("user-agent", ""))
        await _close_the_one_before(tx, request, tenant, now)
        cookie = await sessions.open_session(tx, tenant, person_id, proof, now, origin, api.keyring)
        device = "" if guess.known_device else await sign_in.trust_device(tx, tenant, person_id, now)
        if device and person.last_seen_at is not None:
            await letters.owe_letter(tx, tenant, person_id, "new_sign_in", now)
        await people.seen(tx, tenant, person_id, now)
        await sign_in.withdraw_tickets(tx, tenant, person_id, ("invitation",), now)
        await audit.write(
            tx, tenant, guess.actor, "sign_in.accepted", f"person:{person_id}", after={"proof": proof}
        )
    answer = goes_to(_onward(request, person))
    take_away(answer, NEXT_COOKIE)
    give(answer, COOKIE, cookie)
    give(answer, WORKSPACE_COOKIE, tenant, sign_in.TRUSTED)
    take_away(answer, STEP_COOKIE)
    if device:
        give(answer, DEVICE_COOKIE, device, sign_in.TRUSTED)
    return answer


def _onward(request: Request, person: Person) -> str:
    """To the program that asked to sign in, to the console (a technician to their day), or the first time to
    one's own account."""
    waiting = unquote(request.cookies.get(NEXT_COOKIE, ""))
    if waiting.startswith("/authorize?") and waiting.isprintable():
        return waiting
    if person.last_seen_at is None:
        return "/account"
    drives = grants_of(person.roles).get("planning:read") is Extent.OWN
    return "/account/day" if drives else "/"


async def _close_the_one_before(tx: AsyncConnection, request: Request, tenant: str, now: datetime) -> None:
    """Of this browser, whoever opened it: two people at one machine do not share it."""
    before = request.cookies.get(COOKIE, "")
    if sessions.tenant_of_token(before) == tenant:
        session = await sessions.session_of(tx, before, now)
        if session is not None:
            await sessions.revoke(tx, tenant, session.person, session.digest, now)
