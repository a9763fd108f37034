"""The codec server of Temporal's UI: histories in clear for whoever may read them, in their own session.

Temporal's protocol: POST ``{"payloads": [...]}`` to ``<endpoint>/decode``, the same shape back. The UI is
another origin of the same site; in its settings “Include cross-origin credentials” must be on.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.problems import MEDIA_TYPE, document
from domain.errors import BadInput
from web.console.visit import Desk, visit_of

PERMISSION = "histories:read"
MOST = 2000
"""Payloads of one question."""


async def decode(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    allowed = origin_of(desk.parts.temporal_ui)
    origin = request.headers.get("origin", "")
    if not allowed or origin != allowed:
        return _refused("forbidden", "Only Temporal’s UI asks here, from the address known to us.")
    answer = Response(status_code=204) if request.method == "OPTIONS" else await _decoded(request, desk)
    answer.headers.update(
        {
            "Access-Control-Allow-Origin": allowed, "Access-Control-Allow-Credentials": "true",
            "Access-Control-Allow-Methods": "POST", "Access-Control-Max-Age": "600", "Vary": "Origin",
            "Access-Control-Allow-Headers": "content-type, x-namespace",
        }
    )  # fmt: skip
    return answer


async def _decoded(request: Request, desk: Desk) -> Response:
    visit = await visit_of(request)
    if visit is None or visit.must_enrol:
        return _refused("unauthorized", "Sign in to the console in this browser, then reload this page.")
    if not visit.may(PERMISSION):
        return _refused("forbidden", f"It needs the permission {PERMISSION}; ask an administrator.")
    try:
        asked = json.loads(await request.body())
        payloads = asked["payloads"][:MOST]
        shown = await desk.parts.api.histories.clear(payloads, visit.tenant.id)
    except (ValueError, TypeError, KeyError, RecursionError, BadInput):
        return _refused("bad-request", "Send {“payloads”: […]} as Temporal’s UI does.")
    return JSONResponse({"payloads": shown})


def origin_of(address: str) -> str:
    """Scheme, host and port, as browsers write an origin; empty for no address."""
    split = urlsplit(address)
    return f"{split.scheme}://{split.netloc}" if split.netloc else ""


def _refused(slug: str, detail: str) -> Response:
    said: dict[str, Any] = document(slug, detail)
    return JSONResponse(said, said["status"], media_type=MEDIA_TYPE)
