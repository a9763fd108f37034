"""Every route × {anonymous, other tenant, other person, lower role, right role}, out of its own description.

A route that is added is in here by itself: its permission stands in the OpenAPI document, and what it names
is filled with a thing of this tenant where one of that name exists.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.auth import Rule
from api.parts import Parts
from database.session import Database
from domain.access import REACH, ROLES, SELF
from domain.principal import Extent
from serving import assemble
from tests.api.callers import person
from tests.api.conftest import Caller, Clock, is_problem
from tests.api.test_openapi import OAUTH_ROUTES, PUBLIC_ROUTES, SIGNED_ROUTES, operations
from tests.api.world import EXISTING, MINE, NEEDED, THEIRS, World, two_people

OPEN = PUBLIC_ROUTES | SIGNED_ROUTES | OAUTH_ROUTES


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    permission: str
    example: Any = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def known(self) -> str:
        """How addresses of things that are there begin; empty for others."""
        return next((known for known in EXISTING if self.path.startswith(known)), "")

    def address(self, world: World, number: int) -> str:
        path = self.path
        if self.known:
            path = self.known.rpartition("{")[0] + world.names(self.known, number) + path[len(self.known) :]
        return re.sub(r"\{\w+\}", "1", path)


@pytest.fixture(scope="session")
def peopled(parts: Parts) -> FastAPI:
    return assemble(parts)


@pytest.fixture(scope="session")
def guarded(peopled: FastAPI) -> list[Operation]:
    found = []
    schemas = peopled.openapi()["components"]["schemas"]
    for method, path, described in operations(peopled.openapi()):
        if path not in OPEN:
            [[permission]] = [scopes for one in described["security"] for scopes in one.values()]
            found.append(Operation(method, path, permission, example_of(described, schemas)))
    return found


def example_of(described: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """The body that the description itself gives, so that nothing but the caller is wrong."""
    content = described.get("requestBody", {}).get("content", {}).get("application/json", {})
    named = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return schemas.get(named, {}).get("examples", [{}])[0]


@pytest.fixture(scope="session")
def rules(peopled: FastAPI) -> dict[tuple[str, str], Rule]:
    """What each route asks, by method and path."""
    included = [getattr(one, "original_router", one) for one in peopled.routes]
    every = [route for one in included for route in getattr(one, "routes", ())]
    routes = [route for route in every if isinstance(route, APIRoute)]
    return {
        (method, route.path): rule
        for route in routes for rule in rules_of(route) for method in route.methods or ()
    }  # fmt: skip


def rules_of(route: APIRoute) -> Iterator[Rule]:
    waiting = list(route.dependant.dependencies)
    while waiting:
        one = waiting.pop()
        waiting += one.dependencies
        if (rule := getattr(one.call, "rule", None)) is not None:
            yield rule


@pytest.fixture
async def world(peopled: FastAPI, database: Database, owner: Database, clock: Clock) -> World:
    return await two_people(peopled, database, owner, clock)


async def asked(
    world: World, caller: Caller, operation: Operation, number: int = 1, body: Any = None
) -> httpx.Response:
    sent = operation.example if body is None else body
    given: dict[str, Any] = {"json": sent}
    if operation.method == "GET":
        needed = NEEDED.get(operation.path, {})
        given = {"params": {name: value.format(n=number) for name, value in needed.items()}}
    return await caller.call(operation.method, operation.address(world, number), **given)


TOUCHED = {"person", "audit_seal", "data_key"}
"""Also by a refusal: it is sealed into the trail, its address under the key of who was refused."""


async def kept(world: World, owner: Database) -> dict[str, list[dict[str, object]]]:
    """All that is the tenant's, but for the people whom the tests invite, and the record of refusals."""
    found = {name: rows for name, rows in (await world.rows(owner)).items() if name not in TOUCHED}
    found["audit"] = [row for row in found["audit"] if row["action"] != "access.refused"]
    found["alert"] = [row for row in found["alert"] if row["process"] != "platform.access"]
    return found


def test_every_route_says_who_may_use_it(peopled: FastAPI, rules: dict[tuple[str, str], Rule]) -> None:
    """Pages for people have their own doors: the signed link, the session, the files of the reference."""
    for method, path, _ in operations(peopled.openapi()):
        assert ((method, path) in rules) != (path in OPEN), (method, path)


def test_whatever_somebody_may_own_is_there_to_be_asked_for(
    guarded: list[Operation], rules: dict[tuple[str, str], Rule]
) -> None:
    """A new kind of own things is put into the world of this test."""
    owned = [one for one in guarded if rules[one.method, one.path].own and "{ref}" in one.path]
    assert [str(one) for one in owned if not one.known] == []


async def test_nobody_unknown_is_let_in(world: World, guarded: list[Operation], owner: Database) -> None:
    here, before = world.here, await kept(world, owner)
    for key in ("", "ech_nobody", "a.b.c", f"{here.key[:-1]}{'0' if here.key[-1] != '0' else '1'}"):
        nobody = replace(here, key=key)
        for operation in guarded:
            is_problem(await asked(world, nobody, operation), 401, "unauthorized")
    assert await kept(world, owner) == before


async def test_another_tenants_administrator_finds_nothing(
    world: World, guarded: list[Operation], owner: Database
) -> None:
    before = await kept(world, owner)
    stranger = await person(world.elsewhere, "administrator")
    for operation in sorted(guarded, key=lambda one: one.method != "GET"):  # then it has things of its own
        answer = await asked(world, stranger, operation)
        assert answer.status_code < 500, (str(operation), answer.text)
        assert answer.status_code not in (401, 403), str(operation)
        for name in (MINE, THEIRS):
            assert name not in answer.text, str(operation)
        if operation.method == "GET" and operation.known:
            assert answer.status_code in (404, 422), str(operation)
    assert await kept(world, owner) == before


async def test_a_role_without_the_permission_is_refused(
    world: World, guarded: list[Operation], owner: Database
) -> None:
    here, before = world.here, await kept(world, owner)
    for operation in guarded:
        if operation.permission == SELF:
            continue
        for role in sorted(set(ROLES) - set(REACH[operation.permission])):
            answer = await asked(world, await person(here, role, "X-1"), operation)
            is_problem(answer, 403, "forbidden")
    assert await kept(world, owner) == before


async def test_a_role_with_the_permission_is_let_in(
    world: World, guarded: list[Operation],
    rules: dict[tuple[str, str], Rule],
) -> None:  # fmt: skip
    """What it asks may be wrong, never who asks; a sensitive act asks for a fresh proof of that."""
    here = world.here
    for operation in guarded:
        roles = [role for role, reach in REACH.get(operation.permission, {}).items() if reach is Extent.ALL]
        for role in roles:
            answer = await asked(world, await person(here, role), operation, body={})
            assert answer.status_code not in (401, 403), (role, str(operation))
            assert answer.status_code < 500, (role, str(operation))
            stale = await asked(world, await person(here, role, proved=False), operation, body={})
            if rules[operation.method, operation.path].fresh:
                said = is_problem(stale, 401, "proof-needed")
                assert "insufficient_user_authentication" in stale.headers["www-authenticate"], said
            else:
                assert stale.status_code == answer.status_code, (role, str(operation))


async def test_a_person_reaches_their_own_and_nobody_elses(
    world: World, guarded: list[Operation],
    rules: dict[tuple[str, str], Rule],
) -> None:  # fmt: skip
    here = world.here
    seen = 0
    for operation in guarded:
        rule = rules[operation.method, operation.path]
        owners = [role for role, reach in REACH.get(operation.permission, {}).items() if reach is Extent.OWN]
        for role in owners:
            contact = "T-1" if role.endswith("tutor") else "X-1"
            me = await person(here, role, contact)
            mine, theirs = await asked(world, me, operation, 1), await asked(world, me, operation, 2)
            assert THEIRS not in mine.text + theirs.text, (role, str(operation))
            if not rule.own:
                is_problem(theirs, 403, "forbidden")
            elif "{ref}" in operation.path:
                is_problem(theirs, 404, "not-found")
                seen += mine.is_success and MINE in mine.text
            else:
                assert mine.is_success, (role, str(operation), mine.text)
    assert seen > 8


async def test_a_person_without_a_contact_owns_nothing(world: World, guarded: list[Operation]) -> None:
    here = world.here
    for operation in guarded:
        for role, reach in REACH.get(operation.permission, {}).items():
            if reach is Extent.OWN:
                is_problem(await asked(world, await person(here, role), operation), 403, "forbidden")
