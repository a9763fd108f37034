"""Around every request: its id, its size, its safety headers, its measure, and a last word if it breaks."""

import json
import logging
import re
import time
from collections.abc import MutableMapping
from typing import Any
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.measures import Measures
from api.multipart import LARGEST_FORM
from api.problems import MEDIA_TYPE, document

log = logging.getLogger("echeance.api")

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
SAFETY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
}
"""A route that needs another value sets it itself."""

MEGABYTE = 1024 * 1024
LARGEST = MEGABYTE
LARGER = (
    (re.compile(r"/v1/fleet/(imports/|intakes|statements)"), 20 * MEGABYTE),
    (re.compile(r"/console/do/(import-[a-z]+|statement)$"), 20 * MEGABYTE),
    (re.compile(r"/v1/internships/deliverables/[^/]+/file|/a/[^/]+"), LARGEST_FORM),
)
"""Where files come in, by the beginning of the address."""


class Envelope:
    """Outermost: no exception passes it."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self.app = app
        self.measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        began, status = time.perf_counter(), 0

        async def sealed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _seal(message, request_id)
            await send(message)

        try:
            await self.app(scope, receive, sealed)
        except Exception:
            log.exception("request %s broke", request_id)
            if status:
                raise
            await _last_word(sealed, request_id)
        finally:
            self.measures.request(_route(scope), scope["method"], status, time.perf_counter() - began)
        return None


class BodyLimit:
    """Refuses a body by its announced length, and by its real one while it comes in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        limit = limit_of(scope["path"])
        announced = Headers(scope=scope).get("content-length", "")
        over = announced.isdigit() and int(announced) > limit
        received = 0

        async def measured() -> Message:
            nonlocal received
            if over:
                raise _too_large(limit)
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _too_large(limit)
            return message

        return await self.app(scope, measured, send)


def limit_of(path: str) -> int:
    return next((limit for begin, limit in LARGER if begin.match(path)), LARGEST)


def _too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"At most {limit // MEGABYTE} MB are read here; send less at a time")


def _seal(message: MutableMapping[str, Any], request_id: str) -> None:
    headers = MutableHeaders(scope=message)
    headers["X-Request-ID"] = request_id
    for name, value in SAFETY.items():
        headers.setdefault(name, value)


async def _last_word(send: Send, request_id: str) -> None:
    detail = "Nothing was written. Try again; if it stays, tell us the request id."
    body = json.dumps(document("internal", detail, request_id)).encode()
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _route(scope: Scope) -> str:
    """The route's pattern, so that references do not become labels."""
    return str(getattr(scope.get("route"), "path", "unknown"))
