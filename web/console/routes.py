"""How a page and a form of somebody who is signed in become routes."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.console.sign_in import remember_language
from web.console.visit import Endpoint, Handler, signed_in


def page(path: str, handler: Handler, permission: str = "") -> Route:
    return Route(path, speaking(signed_in(handler, permission, at=path)), methods=["GET"])


def form(path: str, handler: Handler, permission: str = "", fresh: bool = False) -> Route:
    return Route(path, closing(signed_in(handler, permission, fresh, path)), methods=["POST"])


def speaking(endpoint: Endpoint) -> Endpoint:
    async def entry(request: Request) -> Response:
        answer = await endpoint(request)
        remember_language(request, answer)
        return answer

    return entry


def closing(endpoint: Endpoint) -> Endpoint:
    """Files that came with a form are let go of."""

    async def entry(request: Request) -> Response:
        try:
            return await endpoint(request)
        finally:
            await request.close()

    return entry
