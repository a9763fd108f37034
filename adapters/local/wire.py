"""A connection that can be dropped in the middle of a request, as a failing provider drops it."""

import asyncio
import socket
import struct

from starlette.requests import Request
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

HARD = struct.pack("ii", 1, 0)


class DroppableProtocol(H11Protocol):
    """Gives each request its own connection as ``request.state.connection``."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "connection": transport}


async def drop(request: Request, *, hard: bool = False) -> Response:
    """Close without an answer; ``hard`` sends a TCP reset. The response returned reaches nobody."""
    connection: asyncio.Transport = request.state.connection
    if hard:
        connection.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HARD)
    connection.abort()
    await gone(request)
    return Response()


async def gone(request: Request) -> None:
    """Until the connection is closed. The body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
