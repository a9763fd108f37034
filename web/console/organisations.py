"""Signing in with an organisation's own identity provider (OpenID Connect)."""

import hmac
import logging
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from database.shared import factors, identities, passkeys
from database.shared.identities import provider_for
from domain.identity import Begun, NotIdentified, Provider
from domain.sign_in import Challenge
from web.console.entering import entered, second_step
from web.console.guess import guess_of
from web.console.session import give, take_away
from web.console.sign_in import is_workspace, page
from web.console.visit import BASE, Desk, is_foreign, is_once_more, leads_on, once_more, refused, text_of

log = logging.getLogger("echeance.sign_in")

COOKIE = "__Host-echeance-organisation"
BACK = "/sign-in/organisation/back"
LASTS = timedelta(minutes=10)
LONGEST_CODE = 2000


async def begin(request: Request) -> Response:
    """A page that goes on by itself: browsers let no form of ours lead to another house."""
    desk: Desk = request.app.state.desk
    if is_foreign(request):
        return refused(request, 403, "refused.form")
    form = await request.form()
    tenant = text_of(form, "workspace").lower()
    provider = await _provider(desk, tenant, text_of(form, "email"))
    if provider is None or desk.parts.organisations is None:
        return page(request, "sign_in.html.j2", "organisation.none", 422, form)
    begun = Begun(*(secrets.token_urlsafe(32) for _ in range(3)))
    try:
        address = await desk.parts.organisations.address(provider, begun, _back(desk))
    except NotIdentified as trouble:
        log.warning("the identity provider %s of %s: %s", provider.id, tenant, trouble)
        return page(request, "sign_in.html.j2", "organisation.down", 503, form)
    answer = leads_on(request, address)
    until = int((desk.parts.api.clock() + LASTS).timestamp())
    said = f"{tenant}.{provider.id}.{until}.{begun.state}.{begun.nonce}.{begun.verifier}"
    give(answer, COOKIE, f"{said}.{_signature(desk, said)}", LASTS)
    return answer


async def arrive(request: Request) -> Response:
    """The person comes back with a code. Whatever is wrong, the browser is told the same.

    From another house the browser brings none of our cookies; it does once our own page sends it here.
    """
    if COOKIE not in request.cookies and not is_once_more(request):
        return leads_on(request, once_more(request))
    answer = await _arrived(request)
    take_away(answer, COOKIE)
    return answer


async def _arrived(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    kept = _kept(desk, request.cookies.get(COOKIE, ""))
    if kept is None:
        return _refused(request)
    tenant, id, begun = kept
    try:
        provider, code = await _named(desk, tenant, id), _code(request, begun)
        if provider is None or desk.parts.organisations is None:
            raise NotIdentified("the provider was taken away meanwhile")
        if request.query_params.get("iss", provider.issuer) != provider.issuer:
            raise NotIdentified("another provider answered")
        now = desk.parts.api.clock()
        said = await desk.parts.organisations.identify(provider, begun, code, _back(desk), now)
        async with desk.parts.api.database.tenant(tenant) as tx:
            if not await passkeys.spend(tx, tenant, begun.state.encode(), now + LASTS, now):
                raise NotIdentified("the answer came a second time")
            person = await identities.person_for(tx, tenant, provider, said, now)
        if person is None:
            raise NotIdentified("nobody here is who the provider says")
    except NotIdentified as trouble:
        log.warning("a sign-in to %s with its identity provider was refused: %s", tenant, trouble)
        await _noticed(request, tenant)
        return _refused(request)
    async with desk.parts.api.database.tenant(tenant) as tx:
        has_second = (await factors.factors_of(tx, tenant, person.id)).any
    go_on = second_step if has_second else entered
    return await go_on(request, tenant, person.id, "organisation")


async def _provider(desk: Desk, tenant: str, email: str) -> Provider | None:
    if not await is_workspace(desk, tenant):
        return None
    async with desk.parts.api.database.tenant(tenant) as tx:
        return provider_for(await identities.providers_of(tx, tenant, desk.parts.api.keyring), email)


async def _named(desk: Desk, tenant: str, id: str) -> Provider | None:
    async with desk.parts.api.database.tenant(tenant) as tx:
        known = await identities.providers_of(tx, tenant, desk.parts.api.keyring)
    return next((one for one in known if one.id == id), None)


def _code(request: Request, begun: Begun) -> str:
    """Raises NotIdentified."""
    state, code = request.query_params.get("state", ""), request.query_params.get("code", "")
    if not hmac.compare_digest(state.encode(), begun.state.encode()):
        raise NotIdentified("the way back belongs to another sign-in")
    if not code or len(code) > LONGEST_CODE:
        raise NotIdentified("the provider gave no code")
    return code


def _kept(desk: Desk, cookie: str) -> tuple[str, str, Begun] | None:
    """What this browser began, while it lasts."""
    said, _, signature = cookie.rpartition(".")
    if not cookie.isascii() or not hmac.compare_digest(signature, _signature(desk, said)):
        return None
    tenant, id, until, *rest = said.split(".")
    if desk.parts.api.clock() >= datetime.fromtimestamp(int(until), UTC):
        return None
    return tenant, id, Begun(*rest)


def _signature(desk: Desk, said: str) -> str:
    secret = desk.parts.api.keyring.master.derived("organisation").secret
    return hmac.new(secret, said.encode(), sha256).hexdigest()


def _back(desk: Desk) -> str:
    return f"{desk.parts.api.tokens.issuer}{BASE}{BACK}"


async def _noticed(request: Request, tenant: str) -> None:
    """Counted to be noticed; beyond the limit the trail is not filled further."""
    desk: Desk = request.app.state.desk
    async with desk.parts.api.database.tenant(tenant) as tx:
        guess = await guess_of(tx, request, tenant, "", None, desk.parts.api.clock(), Challenge.LINK)
        if not (await guess.begin(tx)).until:
            await guess.failed(tx, "organisation")


def _refused(request: Request) -> Response:
    return page(request, "sign_in.html.j2", "organisation.refused", 401)
