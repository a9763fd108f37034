"""Every request to /v1: one transaction of the key's tenant, opened, audited and answered in one place."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Security
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from api import idempotency
from api.auth import SCHEME, SCOPES, key_for, token_of
from api.parts import Parts
from api.problems import Refused
from database.shared import audit
from database.shared.audit import Actor
from database.shared.idempotency import Kept, keep


@dataclass(frozen=True)
class Result:
    """What a command did: the trail keeps ``action``, ``thing`` and both states, the caller gets ``shown``.

    ``after`` None keeps what is shown. Personal data stays out of the trail, which can never be changed.
    """

    action: str
    thing: str
    shown: BaseModel
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


@dataclass
class Reading:
    """A transaction of one tenant; ``now`` is the request's moment (UTC)."""

    tx: AsyncConnection
    tenant: str
    now: datetime
    actor: Actor
    parts: Parts


@dataclass
class Command(Reading):
    """A reading that writes. What is not audited by its end is rolled back."""

    key: str = ""
    fingerprint: str = ""
    audited: bool = field(default=False, init=False)

    async def record(self, result: Result) -> None:
        """Write the audit row alone, where one request carries out several commands."""
        after = result.shown.model_dump(mode="json") if result.after is None else result.after
        await audit.write(
            self.tx, self.tenant, self.actor, result.action, result.thing, result.before, after
        )  # fmt: skip
        self.audited = True

    async def reply(self, result: Result, status: int = 200) -> JSONResponse:
        await self.record(result)
        return await self.answer(result.shown, status)

    async def told(self, shown: BaseModel, status: int = 200) -> JSONResponse:
        """Reply to a command whose own function wrote the trail."""
        self.audited = True
        return await self.answer(shown, status)

    async def answer(self, shown: BaseModel, status: int = 200) -> JSONResponse:
        """Keep the answer under the client's key, in the transaction that it reports on."""
        body = shown.model_dump(mode="json")
        if self.key:
            await keep(self.tx, self.tenant, self.key, Kept(self.fingerprint, status, body))
        return JSONResponse(body, status)


def parts_of(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


def actor_of(request: Request, who: str) -> Actor:
    ip = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")[:200]
    return Actor(who, ip, agent, request.state.request_id)


def reads(scope: str) -> Any:
    """A dependency: the tenant's data, for a key with this scope."""

    async def reading(request: Request) -> AsyncIterator[Reading]:
        parts, token = parts_of(request), token_of(request)
        async with parts.database.tenant(token.tenant) as tx:
            now = parts.clock()
            key = await key_for(tx, token, scope, now)
            yield Reading(tx, key.tenant, now, actor_of(request, f"key:{key.id}"), parts)

    return _dependency(reading, scope)


def asks(scope: str) -> Any:
    """A dependency: a question too long for an address. It writes nothing and needs no key of its own."""

    async def asking(
        request: Request, _: Annotated[str | None, Header(alias=idempotency.HEADER)] = None
    ) -> AsyncIterator[Reading]:
        parts, token = parts_of(request), token_of(request)
        async with parts.database.tenant(token.tenant) as tx:
            now = parts.clock()
            key = await key_for(tx, token, scope, now)
            await _expect(request, ("application/json",))
            yield Reading(tx, key.tenant, now, actor_of(request, f"key:{key.id}"), parts)

    return _dependency(asking, scope)


def writes(scope: str, *media_types: str) -> Any:
    """A dependency: a command of a key with this scope. Its transaction ends before the answer is sent."""
    accepted = media_types or ("application/json",)

    async def command(
        request: Request, _: Annotated[str | None, Header(alias=idempotency.HEADER)] = None
    ) -> AsyncIterator[Command]:
        parts, token = parts_of(request), token_of(request)
        async with parts.database.tenant(token.tenant) as tx:
            now = parts.clock()
            key = await key_for(tx, token, scope, now)
            await _expect(request, accepted)
            made = Command(tx, key.tenant, now, actor_of(request, f"key:{key.id}"), parts)
            made.key = idempotency.key_of(request)
            if made.key:
                made.fingerprint = await idempotency.fingerprint_of(request)
                await idempotency.first_time(tx, made.tenant, made.key, made.fingerprint)
            yield made
            if not made.audited:
                raise RuntimeError("a command ended without an audit row")

    return _dependency(command, scope)


def _dependency(function: Callable[..., Any], scope: str) -> Any:
    if scope not in SCOPES:
        raise ValueError(f"no scope is called {scope}")

    async def with_scheme(
        _: Annotated[Any, Security(SCHEME, scopes=[scope])],
        given: Annotated[Any, Depends(function, scope="function")],
    ) -> Any:
        return given

    return Depends(with_scheme, scope="function")


async def _expect(request: Request, accepted: tuple[str, ...]) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in accepted and await request.body():
        raise Refused("unsupported-media-type", f"Send it as {' or '.join(accepted)}.")
