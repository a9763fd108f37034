"""The local twin on a real socket, and a platform that listens to its webhooks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.local.twin_settings import TwinSettings
from adapters.local.twins import twin_server

WAIT = 15.0


@dataclass(frozen=True)
class Heard:
    path_and_query: str
    body: bytes
    headers: dict[str, str]


@dataclass
class Platform:
    """Answers every webhook with the next of ``statuses``, then with 204; ``changed`` rings at each one."""

    address: str = ""
    heard: list[Heard] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def receive(self, request: Request) -> Response:
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        async with self.changed:
            self.heard.append(Heard(target, await request.body(), dict(request.headers)))
            self.changed.notify_all()
        return Response(status_code=self.statuses.pop(0) if self.statuses else 204)

    async def until(self, enough: Callable[[list[Heard]], bool]) -> list[Heard]:
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(lambda: enough(self.heard)), WAIT)
        return list(self.heard)


@dataclass
class RunningTwin:
    address: str
    settings: TwinSettings
    http: httpx.AsyncClient

    async def order(self, **faults: Any) -> None:
        (await self.http.post(f"{self.address}/twin/faults", json=faults)).raise_for_status()

    async def messages(self, **filters: str) -> list[dict[str, Any]]:
        answer = await self.http.get(f"{self.address}/twin/messages.json", params=filters)
        messages: list[dict[str, Any]] = answer.raise_for_status().json()["messages"]
        return messages


@contextlib.asynccontextmanager
async def serving(server: uvicorn.Server) -> AsyncIterator[str]:
    """The server's address, from the moment it listens."""
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await server.shutdown()


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    platform = Platform()
    app = Starlette(routes=[Route("/{rest:path}", platform.receive, methods=["POST"])])
    config = uvicorn.Config(app, port=0, access_log=False, log_level="warning", ws="none", lifespan="off")
    async with serving(uvicorn.Server(config)) as address:
        platform.address = address
        yield platform


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=10.0, trust_env=False) as http:
        yield http


@pytest.fixture
async def twin(tmp_path: Path, platform: Platform, http: httpx.AsyncClient) -> AsyncIterator[RunningTwin]:
    settings = TwinSettings(tmp_path / "twin", webhooks=platform.address, delay=0.0, disorder=0.0)
    async with serving(twin_server(settings, "127.0.0.1", 0)) as address:
        yield RunningTwin(address, settings, http)
