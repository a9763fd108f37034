"""Every request to /v1: one transaction of the caller's tenant, opened, audited and answered in one place."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Security
from fastapi.dependencies.models import Dependant
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from api import idempotency, refusals
from api.auth import SCHEME, SCOPES, Denied, Rule, admitted, credentials_of
from api.parts import Parts
from api.problems import Refused
from database.shared import audit
from database.shared.audit import Actor
from database.shared.idempotency import Kept, keep
from database.shared.keys import of_person
from database.shared.ownership import OWNED
from domain.access import SELF
from domain.errors import BadInput, Mistake
from domain.principal import Principal


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
    who: Principal


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

    async def reply(self, result: Result, status: int = 200, secret: str = "") -> JSONResponse:
        await self.record(result)
        return await self.answer(result.shown, status, secret)

    async def told(self, shown: BaseModel, status: int = 200) -> JSONResponse:
        """Reply to a command whose own function wrote the trail."""
        self.audited = True
        return await self.answer(shown, status)

    async def answer(self, shown: BaseModel, status: int = 200, secret: str = "") -> JSONResponse:
        """Keep the answer under the client's key, in the transaction that it reports on.

        ``secret`` names a field that is shown this once and kept nowhere: a repetition gets null there.
        """
        body = shown.model_dump(mode="json")
        kept = {**body, secret: None} if secret else body
        if self.key:
            await keep(self.tx, self.tenant, self.key, Kept(self.fingerprint, status, kept))
        return JSONResponse(body, status)


def parts_of(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


def actor_of(request: Request, who: str, person: str = "") -> Actor:
    """``person``: the contact's reference, or else the person's id, of the human being who acts."""
    ip = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")[:200]
    owner = of_person(person) if person else ""
    return Actor(who, ip, agent, request.state.request_id, owner, parts_of(request).keyring)


def reads(scope: str, own: str = "", fresh: bool = False) -> Any:
    """A dependency: the tenant's data, for whoever has this permission.

    ``own`` names the kind of thing of which a person may read their own; without it only those whose reach
    is everything are let in. ``fresh`` asks for a factor shown in the last minutes.
    """
    rule = Rule(scope, own, fresh)

    async def reading(request: Request) -> AsyncIterator[Reading]:
        async with entered(request, rule) as here:
            yield here

    return _dependency(reading, rule)


def asks(scope: str) -> Any:
    """A dependency: a question too long for an address. It writes nothing and needs no key of its own."""
    rule = Rule(scope)

    async def asking(
        request: Request, _: Annotated[str | None, Header(alias=idempotency.HEADER)] = None
    ) -> AsyncIterator[Reading]:
        async with entered(request, rule) as here:
            await _expect(request, ("application/json",))
            yield here

    return _dependency(asking, rule)


def writes(scope: str, *media_types: str, own: str = "", fresh: bool = False) -> Any:
    """A dependency: a command of whoever has this permission. It is committed before the answer is sent."""
    rule, accepted = Rule(scope, own, fresh), media_types or ("application/json",)

    async def command(
        request: Request, _: Annotated[str | None, Header(alias=idempotency.HEADER)] = None
    ) -> AsyncIterator[Command]:
        async with entered(request, rule) as here:
            await _expect(request, accepted)
            made = Command(**vars(here))
            made.key = idempotency.key_of(request)
            if made.key:
                made.fingerprint = await idempotency.fingerprint_of(request, here.who.who)
                await idempotency.first_time(here.tx, here.tenant, made.key, made.fingerprint)
            yield made
            if not made.audited:
                raise RuntimeError("a command ended without an audit row")

    return _dependency(command, rule)


@asynccontextmanager
async def entered(request: Request, rule: Rule) -> AsyncIterator[Reading]:
    """A transaction of the caller's tenant, once they are let in.

    Raises Refused, and NotFound for a thing that is not theirs: both are on record.
    """
    parts = parts_of(request)
    now = parts.clock()
    given = await credentials_of(request, parts, now)
    try:
        async with parts.database.tenant(given.tenant) as tx:
            who = await admitted(tx, request, given, rule, now)
            _refuse_unknown_questions(request)
            yield Reading(tx, who.tenant, now, _actor(request, parts, who), parts, who)
    except Denied as denied:
        actor = actor_of(request, denied.who, denied.person)
        route = refusals.route_of(request)
        await refusals.record(parts, given.tenant, actor, route, denied.attempt, now)
        raise denied.answer from None


def _refuse_unknown_questions(request: Request) -> None:
    """A misspelt filter would otherwise give everything. Raises BadInput."""
    route = request.scope["route"]
    asked = set(request.query_params) - _questions(route.dependant)
    if asked:
        known = sorted(_questions(route.dependant))
        mend = f"this address knows {', '.join(known)}" if known else "this address knows none"
        raise BadInput(*(Mistake(name[:60], "no such parameter", mend) for name in sorted(asked)[:10]))


def _questions(dependant: Dependant) -> set[str]:
    """The names of the parameters that a route reads from the address."""
    named = {one.alias for one in dependant.query_params}
    return named.union(*(_questions(one) for one in dependant.dependencies))


def _actor(request: Request, parts: Parts, who: Principal) -> Actor:
    """Of a person, address and browser are kept under their own key; a key that somebody made is theirs."""
    return replace(actor_of(request, who.who, who.contact or who.person), keyring=parts.keyring)


def _dependency(function: Callable[..., Any], rule: Rule) -> Any:
    if rule.permission not in (*SCOPES, SELF):
        raise ValueError(f"no permission is called {rule.permission}")
    if rule.own and rule.own not in OWNED:
        raise ValueError(f"nobody owns a {rule.own}")

    async def with_scheme(
        _: Annotated[Any, Security(SCHEME, scopes=[rule.permission])],
        given: Annotated[Any, Depends(function, scope="function")],
    ) -> Any:
        return given

    with_scheme.rule = rule  # type: ignore[attr-defined]  # what the routes say of themselves, for the tests
    return Depends(with_scheme, scope="function")


async def _expect(request: Request, accepted: tuple[str, ...]) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in accepted and await request.body():
        raise Refused("unsupported-media-type", f"Send it as {' or '.join(accepted)}.")
