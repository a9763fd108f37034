"""An external tool that takes webhooks: it checks every signature, and fails as it is told.

It lives in the story's time, so that the published package signs for comparison; its `verify` looks at the
clock of the wall and has its own test (tests/adapters/test_webhook_sender.py).
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import uvicorn
from standardwebhooks.webhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.local.wire import DroppableProtocol, drop
from tests.ground import serve

LOST = 0
"""Instead of a status: it takes the event, and its answer is lost."""


@dataclass
class Receiver:
    """Answers with the next of ``statuses``, then with ``otherwise``; ``heard`` holds what came."""

    url: str = ""
    secrets: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    otherwise: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    heard: list[dict[str, Any]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        body = await request.body()
        id, moment = request.headers["webhook-id"], int(request.headers["webhook-timestamp"])
        marks = request.headers["webhook-signature"].split(" ")
        for secret in self.secrets:
            assert Webhook(secret).sign(id, datetime.fromtimestamp(moment, UTC), body.decode()) in marks
        self.heard.append({"id": id, "sent": moment, **json.loads(body)})
        self.raw.append(body)
        status = self.statuses.pop(0) if self.statuses else self.otherwise
        if status == LOST:
            return await drop(request)
        return Response(status_code=status, headers=self.headers)

    def told(self, *types: str) -> list[str]:
        """Type and what it is about, of each request in its order."""
        return [
            f"{one['type']} {subject(one['data'])}" for one in self.heard if not types or one["type"] in types
        ]

    @property
    def ids(self) -> Sequence[str]:
        return [one["id"] for one in self.heard]


def subject(data: dict[str, Any]) -> str:
    names = ("payment", "alert", "document", "message", "endpoint", "ref")
    return str(next((data[name] for name in names if name in data), data))


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = Starlette(routes=[Route("/hook", made.take, methods=["POST"])])
    config = uvicorn.Config(
        app, port=0, access_log=False, log_level="warning", ws="none", lifespan="off", http=DroppableProtocol
    )
    async with serve(uvicorn.Server(config)) as address:
        made.url = f"{address}/hook"
        yield made
