"""A program asks a person to sign in (RFC 6749 4.1 with PKCE): a yes gives it a code, good once, a minute."""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from database.shared import audit, oauth, sign_in
from database.shared.oauth import Client
from domain.access import PERMISSIONS
from domain.errors import NotFound
from web.console.pages import HEADERS
from web.console.session import COOKIE, NEXT_COOKIE, give
from web.console.visit import (
    Endpoint,
    Handler,
    Visit,
    goes_to,
    is_once_more,
    leads_on,
    once_more,
    refused,
    signed_in,
    visit_of,
)

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
CODE = "oauth_code"
PATH = "/authorize"
LONGEST, LONGEST_QUERY = 500, 2000
WAITS = timedelta(minutes=10)


@dataclass(frozen=True)
class Asked:
    client: Client
    redirect_uri: str
    state: str
    challenge: str


async def show(visit: Visit) -> Response:
    """What program asks, and for whom. Signing in anew was asked for where there was no session."""
    asked = await _asked(visit)
    if not isinstance(asked, Asked):
        return asked
    named = sorted(asked.client.scopes & PERMISSIONS.keys())
    scopes = [] if "*" in asked.client.scopes else [PERMISSIONS[one].to(visit.words.locale) for one in named]
    query = str(visit.request.query_params)
    answer = visit.page("authorize.html.j2", client=asked.client, query=query, scopes=scopes)
    # The form's answer leads to the program: browsers hold redirects of a form to this, too.
    policy = HEADERS["content-security-policy"]
    allowed = f"form-action 'self' {_source(asked)}"
    answer.headers["content-security-policy"] = policy.replace("form-action 'self'", allowed)
    return answer


async def allow(visit: Visit) -> Response:
    asked = await _asked(visit)
    if not isinstance(asked, Asked):
        return asked
    if "no" in await visit.request.form():
        return _back(asked, visit, error="access_denied")
    now, tenant = visit.moments.now, visit.tenant.id
    data = {
        "client": asked.client.id, "redirect_uri": asked.redirect_uri, "challenge": asked.challenge,
        "proved_at": visit.session.proved_at.isoformat(), "family": secrets.token_hex(12),
    }  # fmt: skip
    async with visit.database.tenant(tenant) as tx:
        code = await sign_in.issue_ticket(tx, tenant, visit.person.id, CODE, now, data)
        await audit.write(tx, tenant, visit.actor, "sign_in.allowed", f"client:{asked.client.id}")
    return _back(asked, visit, code=f"{tenant}.{code}")


async def _asked(visit: Visit) -> Asked | Response:
    """Only what names one of our programs and an address of its own is ever answered to that address."""
    query = visit.request.query_params
    try:
        async with visit.database.tenant(visit.tenant.id) as tx:
            client = await oauth.client_of(tx, visit.tenant.id, query.get("client_id", ""))
    except NotFound:
        return refused(visit.request, 400, "authorize.unknown")
    redirect_uri, state = query.get("redirect_uri", ""), query.get("state", "")
    if redirect_uri not in client.redirect_uris or len(state) > LONGEST:
        return refused(visit.request, 400, "authorize.unknown")
    asked = Asked(client, redirect_uri, state, query.get("code_challenge", ""))
    if query.get("response_type") != "code":
        return _back(asked, visit, error="unsupported_response_type")
    if query.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(asked.challenge):
        return _back(asked, visit, error="invalid_request")
    if visit.must_enrol:
        return goes_to("/account")
    return asked


def _back(asked: Asked, visit: Visit, **said: str) -> Response:
    """With the issuer's name (RFC 9207), so that a program is not confused about who answered."""
    split = urlsplit(asked.redirect_uri)
    given = dict(parse_qsl(split.query)) | said | {"iss": visit.desk.parts.api.tokens.issuer}
    query = urlencode(given | ({"state": asked.state} if asked.state else {}))
    return RedirectResponse(urlunsplit(split._replace(query=query)), 303)


def _source(asked: Asked) -> str:
    split = urlsplit(asked.redirect_uri)
    return f"{split.scheme}://{split.netloc}" if split.netloc else f"{split.scheme}:"


def asked_by_a_program(handler: Handler) -> Endpoint:
    """Whoever is not signed in does so first, and comes back."""
    through = signed_in(handler, at="/authorize")

    async def entry(request: Request) -> Response:
        if await visit_of(request) is not None:
            return await through(request)
        if COOKIE not in request.cookies and not is_once_more(request):
            # Of a page of another house the browser brings no session: it does from this one.
            return leads_on(request, once_more(request))
        answer = goes_to("/sign-in")
        if len(request.url.query) <= LONGEST_QUERY:
            give(answer, NEXT_COOKIE, quote(f"{PATH}?{request.url.query}"), WAITS)
        return answer

    return entry
