"""OAuth 2 for programs: access tokens for an API key, or for a person who signed in to a program of theirs.

RFC 6749 with the lessons of RFC 9700: PKCE (RFC 7636) always, no implicit grant, no passwords, refresh tokens
that are used once. Errors are problem documents that carry the members of RFC 6749 5.2, too.
"""

import base64
import hashlib
import hmac
import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from api.auth import principal_of
from api.commands import actor_of, parts_of
from api.fields import Shown
from api.parts import Parts
from api.problems import MEDIA_TYPE, Refused, document
from api.tokens import LASTS
from database.shared import audit, effects, oauth, sign_in
from database.shared.api_keys import read_token
from database.shared.contacts import tenant_of
from database.shared.oauth import CLIENT, Grant, Reused
from database.shared.sessions import TOKEN as CODE
from domain.calendar import local_date
from domain.decision import Bilingual, Step
from domain.errors import NotFound
from domain.principal import Claims

router = APIRouter(tags=["OAuth"])

VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
NOTHING = "The code or token is unknown, used or expired; let the person sign in again."
CODES = "oauth_code"
REUSED = Bilingual(
    "Un jeton d’application a servi deux fois : la connexion est fermée ; appeler la personne",
    "A program’s token was used twice: its sign-in is ended; call the person",
)
log = logging.getLogger("echeance.sign_in")
Text = Annotated[str, Form(max_length=2000)]


class TokensShown(Shown):
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int = Field(description="Seconds.")
    refresh_token: str | None = Field(None, description="Good once; the answer brings the next one.")


class KeysShown(Shown):
    """A JWK set (RFC 7517)."""

    keys: list[dict[str, Any]]


class ServerShown(Shown):
    """RFC 8414."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    jwks_uri: str
    grant_types_supported: list[str]
    response_types_supported: list[str]
    code_challenge_methods_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    authorization_response_iss_parameter_supported: bool


@router.get("/.well-known/jwks.json")
async def read_keys(request: Request) -> KeysShown:
    """The public keys that verify access tokens; one that will sign is here before it does."""
    parts = parts_of(request)
    return KeysShown(keys=[dict(key) for key in await parts.tokens.published(parts.clock())])


@router.get("/.well-known/oauth-authorization-server")
async def read_server(request: Request) -> ServerShown:
    """Where a program asks for what."""
    base = parts_of(request).tokens.issuer
    return ServerShown(
        issuer=base, authorization_endpoint=f"{base}/console/authorize", token_endpoint=f"{base}/oauth/token",
        revocation_endpoint=f"{base}/oauth/revoke", jwks_uri=f"{base}/.well-known/jwks.json",
        grant_types_supported=["authorization_code", "refresh_token", "client_credentials"],
        response_types_supported=["code"], code_challenge_methods_supported=["S256"],
        token_endpoint_auth_methods_supported=["none", "client_secret_basic", "client_secret_post"],
        authorization_response_iss_parameter_supported=True,
    )  # fmt: skip


@router.post("/oauth/token", response_model=TokensShown)
async def get_tokens(
    request: Request, grant_type: Text = "", client_id: Text = "", client_secret: Text = "",
    code: Text = "", redirect_uri: Text = "", code_verifier: Text = "", refresh_token: Text = "",
) -> Response:  # fmt: skip
    """`client_credentials` with an API key as `client_secret`, `authorization_code` with its verifier, or
    `refresh_token`.
    """
    parts = parts_of(request)
    try:
        if grant_type == "client_credentials":
            shown = await _for_key(request, parts, client_secret)
        elif grant_type == "authorization_code":
            shown = await _for_code(request, parts, client_id, code, redirect_uri, code_verifier)
        elif grant_type == "refresh_token":
            shown = await _for_refresh(request, parts, client_id, refresh_token)
        else:
            detail = "grant_type is authorization_code, refresh_token or client_credentials."
            return refusal(request, "bad-request", "unsupported_grant_type", detail)
    except Refused as refused:
        wrong = "invalid_client" if refused.slug == "unauthorized" else "invalid_grant"
        return refusal(request, refused.slug, wrong, refused.detail, refused.headers)
    return JSONResponse(shown.model_dump(exclude_none=True), headers={"Cache-Control": "no-store"})


@router.post("/oauth/revoke", status_code=200, response_class=Response)
async def revoke_token(request: Request, token: Text = "") -> Response:
    """End the sign-in that a refresh token belongs to (RFC 7009). What is unknown is ended already."""
    parts, match = parts_of(request), oauth.TOKEN.fullmatch(token)
    if match is not None:
        async with parts.database.tenant(match["tenant"]) as tx:
            family = await oauth.family_of(tx, match["tenant"], match["secret"])
            if family:
                await oauth.end_family(tx, match["tenant"], family, parts.clock())
    return Response(status_code=200)


async def _for_key(request: Request, parts: Parts, given: str) -> TokensShown:
    """Raises Refused."""
    text = given or _basic(request.headers.get("authorization", ""))
    token, now = read_token(text), parts.clock()
    if token is None:
        raise Refused("unauthorized", "Give an API key as client_secret.")
    async with parts.database.tenant(token.tenant) as tx:
        await principal_of(tx, token, now)
    return await _shown(parts, Claims(token.tenant, "", key=token.id), now)


async def _for_code(
    request: Request, parts: Parts, client: str, code: str, redirect_uri: str, verifier: str
) -> TokensShown:
    """A code counts once; shown twice, or with a wrong verifier, it is worth nothing. Raises Refused."""
    match, now = CODE.fullmatch(code), parts.clock()
    if match is None or not VERIFIER.fullmatch(verifier):
        raise Refused("invalid-grant", NOTHING)
    tenant = match["tenant"]
    async with parts.database.tenant(tenant) as tx:
        ticket = await sign_in.take_ticket(tx, tenant, match["secret"], (CODES,), now)
        fits = ticket is not None and _fits(ticket.data, client, redirect_uri, verifier)
        if ticket is None:
            await _code_again(tx, request, tenant, match["secret"], now)
        elif fits:
            claims, refresh = await _begun(tx, request, tenant, client, ticket, now)
    if not fits:
        raise Refused("invalid-grant", NOTHING)
    return await _shown(parts, claims, now, refresh)


async def _begun(
    tx: AsyncConnection, request: Request, tenant: str, client: str, ticket: sign_in.Ticket, now: datetime
) -> tuple[Claims, str]:
    """In the transaction that took the code: who has it a second time finds what to end. Raises Refused."""
    proved = datetime.fromisoformat(ticket.data["proved_at"])
    claims = Claims(tenant, ticket.person, "", proved)
    await _still_there(tx, claims, client, now)
    grant = Grant(ticket.data["family"], ticket.person, client, proved)
    refresh = await oauth.issue(tx, tenant, grant, now)
    actor = actor_of(request, f"person:{ticket.person}", ticket.person)
    await audit.write(tx, tenant, actor, "sign_in.program", f"client:{client}")
    return replace(claims, session=grant.family), refresh


async def _code_again(
    tx: AsyncConnection, request: Request, tenant: str, secret: str, now: datetime
) -> None:  # fmt: skip
    """A code that comes a second time ends what the first time began (RFC 9700, 4.5.3)."""
    used = await sign_in.used_ticket(tx, tenant, secret, (CODES,))
    if used is not None and await oauth.is_live(tx, tenant, used.data["family"], now):
        await oauth.end_family(tx, tenant, used.data["family"], now)
        await _told_of_thief(tx, request, tenant, used.person, used.data["client"], now)


async def _told_of_thief(
    tx: AsyncConnection, request: Request, tenant: str, person: str, client: str, now: datetime
) -> None:
    actor = actor_of(request, f"person:{person}", person)
    await audit.write(tx, tenant, actor, "sign_in.token_reused", f"client:{client}")
    home = await tenant_of(tx, tenant)
    case = home.case("platform.sign_in", person)
    key = f"{case.process}:{case.ref}:token_reused:{now:%Y-%m-%dT%H:%M:%S}"
    step = Step("token_reused", "alert", key, local_date(now, home.zone), to="operations", title=REUSED)
    await effects.raise_alert(tx, case, step, now)
    log.warning("a token that was used before was refused at %s; its sign-in was ended", tenant)


async def _still_there(tx: AsyncConnection, claims: Claims, client: str, now: datetime) -> None:
    """Raises Refused when the person or the program may not sign in any more."""
    try:
        await oauth.client_of(tx, claims.tenant, client)
        await principal_of(tx, claims, now)
    except (NotFound, Refused):
        raise Refused("invalid-grant", NOTHING) from None


def _fits(data: Mapping[str, Any], client: str, redirect_uri: str, verifier: str) -> bool:
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    same = hmac.compare_digest(challenge, str(data["challenge"]))
    return same and data["client"] == client and data["redirect_uri"] == redirect_uri


async def _for_refresh(request: Request, parts: Parts, client: str, token: str) -> TokensShown:
    """Raises Refused."""
    match, now = oauth.TOKEN.fullmatch(token), parts.clock()
    if match is None or not CLIENT.fullmatch(client):
        raise Refused("invalid-grant", NOTHING)
    tenant = match["tenant"]
    async with parts.database.tenant(tenant) as tx:
        grant, refresh = await oauth.exchange(tx, tenant, match["secret"], now), ""
        if isinstance(grant, Reused):
            await _told_of_thief(tx, request, tenant, grant.person, grant.client, now)
        elif isinstance(grant, Grant) and grant.client == client:
            claims = Claims(tenant, grant.person, grant.family, grant.proved_at)
            await _still_there(tx, claims, client, now)
            refresh = await oauth.issue(tx, tenant, grant, now)
    if not refresh:
        raise Refused("invalid-grant", NOTHING)
    return await _shown(parts, claims, now, refresh)


async def _shown(parts: Parts, claims: Claims, now: datetime, refresh: str | None = None) -> TokensShown:
    token = await parts.tokens.issue(claims, now)
    return TokensShown(access_token=token, expires_in=int(LASTS.total_seconds()), refresh_token=refresh)


def _basic(header: str) -> str:
    """The password of HTTP Basic; the key says its tenant itself."""
    scheme, _, given = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(given, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def refusal(
    request: Request, slug: str, error: str, detail: str, headers: Mapping[str, str] | None = None
) -> Response:  # fmt: skip
    said = document(slug, detail, getattr(request.state, "request_id", ""))
    body = {**said, "error": error, "error_description": detail}
    return JSONResponse(body, said["status"], dict(headers or {}), MEDIA_TYPE)
