"""A twin of an organisation's identity provider: it speaks OpenID Connect, and lies when it is told to."""

import base64
import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from adapters.local.ports import choose_port
from tests.ground import serve

CLIENT, SECRET = "echeance", "the secret: of the client/twin"


@dataclass
class OidcTwin:
    """``claims`` go over those of a good token; ``signs`` takes the place of its signature."""

    clock: Any
    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    keys: list[dict[str, Any]] | None = None
    signs: Any = None
    answers: Response | None = None
    asked: list[Mapping[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    kid: str = "twin-1"

    def __post_init__(self) -> None:
        self.private = rsa.generate_private_key(65537, 2048)
        self.other = ec.generate_private_key(ec.SECP256R1())

    def honest(self) -> None:
        """Whatever it was told to lie about is forgotten."""
        self.claims, self.described, self.keys, self.signs, self.answers = {}, {}, None, None, None

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._configuration),
                Route("/authorize", self._authorize), Route("/token", self._token, methods=["POST"]),
                Route("/jwks", self._jwks), Route("/yes", self._yes),
            ]
        )  # fmt: skip

    async def _configuration(self, _: Request) -> Response:
        if self.answers is not None:
            return self.answers
        there = {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/jwks",
        }  # fmt: skip
        return JSONResponse({**there, **self.described})

    async def _authorize(self, request: Request) -> Response:
        """A page with a link: the person says yes by following it."""
        self.asked.append(dict(request.query_params))
        return HTMLResponse(f'<a href="/yes?{escape(str(request.query_params))}">Oui</a>')

    async def _yes(self, request: Request) -> Response:
        return RedirectResponse(self.allowed(dict(request.query_params)), 303)

    def allowed(self, asked: dict[str, str]) -> str:
        """Where the browser goes with the code."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    async def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        pair = base64.b64decode(given).decode().partition(":")
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        good = (
            scheme == "Basic" and (unquote(pair[0]), unquote(pair[2])) == (CLIENT, SECRET)
            and asked is not None and asked["code_challenge"] == challenge
            and asked["redirect_uri"] == form["redirect_uri"]
        )  # fmt: skip
        if not good or asked is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": self.token(asked)})

    def token(self, asked: Mapping[str, str]) -> str:
        now: datetime = self.clock()
        at = int(now.timestamp())
        said = {
            "iss": self.issuer, "sub": "248289761001", "aud": CLIENT, "exp": at + 300, "iat": at,
            "nonce": asked["nonce"], "email": "paul@example.org", "email_verified": True, "name": "Paul Etoa",
            **self.claims,
        }  # fmt: skip
        said = {name: value for name, value in said.items() if value is not None}
        if self.signs is not None:
            return str(self.signs(self, said))
        return jwt.encode(said, self.private, "RS256", {"kid": self.kid})

    def jwk(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key()))
        return {**public, "kid": self.kid, "use": "sig", "alg": "RS256"}

    async def _jwks(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.jwk()] if self.keys is None else self.keys})


@asynccontextmanager
async def serve_oidc(clock: Any) -> AsyncIterator[OidcTwin]:
    port, _ = choose_port(0)
    twin = OidcTwin(clock, f"http://127.0.0.1:{port}")
    server = uvicorn.Server(uvicorn.Config(twin.app, "127.0.0.1", port, log_level="error", lifespan="off"))
    async with serve(server):
        yield twin
