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
from tests.api.conftest import Caller, Clock, is_problem, new_caller
from tests.api.samples import (
    CONTRACTS,
    DELIVERABLES,
    PAYMENTS,
    PROJECTS,
    SESSION,
    contract,
    eur,
    paid,
    signed,
)
from tests.api.test_openapi import OAUTH_ROUTES, PUBLIC_ROUTES, SIGNED_ROUTES, operations
from tests.ground import PUBLIC

MINE, THEIRS = "Mireille", "Bertrand"
"""Stand in the names of contacts, clients, projects, companies and titles of the two people's own things."""

OPEN = PUBLIC_ROUTES | SIGNED_ROUTES | OAUTH_ROUTES

EXISTING = {
    "/v1/contacts/{ref}": "X-{n}", "/v1/fleet/contracts/{ref}": "C-{n}", "/v1/fleet/payments/{ref}": "P-{n}",
    "/v1/training/clients/{ref}": "CL-{n}", "/v1/training/projects/{ref}": "PR-{n}",
    "/v1/training/sessions/{ref}": "SE-{n}", "/v1/maintenance/contracts/{ref}": "K-{n}",
    "/v1/internships/placements/{ref}": "S-{n}", "/v1/internships/deliverables/{ref}": "R-{n}",
    "/v1/processes/{id}": "fleet.contract:C-{n}", "/v1/cases/{id}": "fleet.contract:C-{n}",
}  # fmt: skip
"""The longest beginning counts. Whatever is not named here is asked for as “1”."""


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    permission: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def address(self, number: int = 1) -> str:
        begins = [known for known in EXISTING if self.path.startswith(known)]
        path = self.path
        if begins:
            known = max(begins, key=len)
            path = EXISTING[known].format(n=number).join([known.rpartition("/")[0] + "/", path[len(known) :]])
        return re.sub(r"\{\w+\}", "1", path)


@pytest.fixture(scope="session")
def peopled(parts: Parts) -> FastAPI:
    return assemble(parts)


@pytest.fixture(scope="session")
def guarded(peopled: FastAPI) -> list[Operation]:
    found = []
    for method, path, described in operations(peopled.openapi()):
        if path not in OPEN:
            [[permission]] = [scopes for one in described["security"] for scopes in one.values()]
            found.append(Operation(method, path, permission))
    return found


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
async def world(
    peopled: FastAPI, database: Database, owner: Database, clock: Clock
) -> "tuple[Caller, Caller]":
    """A tenant with two of everything, each somebody's own; and another tenant with nothing."""
    transport = httpx.ASGITransport(app=peopled)
    http = httpx.AsyncClient(transport=transport, base_url=PUBLIC)
    here = await new_caller(http, database, owner, clock, country="CM", zone="Africa/Douala", currency="XAF")
    for number, name in ((1, MINE), (2, THEIRS)):
        await filled(here, number, name)
    return here, await new_caller(http, database, owner, clock)


async def filled(here: Caller, n: int, name: str) -> None:
    await here.contact(f"X-{n}", full_name=f"{name} Doe")
    await here.contact(f"T-{n}", full_name=f"{name} Tutor")
    client = {
        "ref": f"CL-{n}", "name": f"{name} SARL", "siren": "732829320" if n == 1 else "552100554",
        "address": "4 rue des Lilas, Lyon", "contact_ref": f"X-{n}",
    }  # fmt: skip
    project = {
        "ref": f"PR-{n}", "client_ref": f"CL-{n}", "name": f"Hygiène {name}", "threshold_percent": "80",
        "initial_budget": eur("1000.00"), "starts_on": "2031-01-05",
    }  # fmt: skip
    placement = {
        "ref": f"S-{n}", "student_ref": f"X-{n}", "school_tutor_ref": f"T-{n}",
        "company_tutor_ref": f"T-{n}", "company": f"Atelier {name}", "starts_on": "2031-02-01",
        "ends_on": "2031-07-31",
    }  # fmt: skip
    report = {
        "ref": f"R-{n}", "placement_ref": f"S-{n}", "kind": "report", "title": f"Rapport {name}",
        "due_on": "2031-06-30",
    }  # fmt: skip
    for path, body in (
        (CONTRACTS, signed(f"C-{n}", driver_ref=f"X-{n}")),
        (PAYMENTS, paid(f"P-{n}", contract_ref=f"C-{n}")),
        ("/v1/training/clients", client), (PROJECTS, project),
        (f"{PROJECTS}/PR-{n}/sessions", {**SESSION, "ref": f"SE-{n}"}),
        ("/v1/maintenance/contracts", contract(f"K-{n}", customer_ref=f"X-{n}")),
        ("/v1/internships/placements", placement), (DELIVERABLES, report),
    ):  # fmt: skip
        answer = await here.post(path, json=body)
        assert answer.is_success, (path, answer.text)


async def asked(caller: Caller, operation: Operation, number: int = 1) -> httpx.Response:
    given: dict[str, Any] = {} if operation.method == "GET" else {"json": {}}
    return await caller.call(operation.method, operation.address(number), **given)


def test_every_route_says_who_may_use_it(peopled: FastAPI, rules: dict[tuple[str, str], Rule]) -> None:
    """Pages for people have their own doors: the signed link, the session, the files of the reference."""
    for method, path, _ in operations(peopled.openapi()):
        assert ((method, path) in rules) != (path in OPEN), (method, path)


async def test_nobody_unknown_is_let_in(world: tuple[Caller, Caller], guarded: list[Operation]) -> None:
    here, _ = world
    for key in ("", "ech_nobody", "a.b.c", f"{here.key[:-1]}{'0' if here.key[-1] != '0' else '1'}"):
        nobody = replace(here, key=key)
        for operation in guarded:
            is_problem(await asked(nobody, operation), 401, "unauthorized")


async def test_another_tenants_administrator_finds_nothing(
    world: tuple[Caller, Caller], guarded: list[Operation]
) -> None:
    _, other = world
    stranger = await person(other, "administrator")
    for operation in guarded:
        answer = await asked(stranger, operation)
        assert answer.status_code < 500, (str(operation), answer.text)
        assert answer.status_code not in (401, 403), str(operation)
        for name in (MINE, THEIRS):
            assert name not in answer.text, str(operation)
        if operation.method == "GET" and any(operation.path.startswith(known) for known in EXISTING):
            assert answer.status_code in (404, 422), str(operation)


async def test_a_role_without_the_permission_is_refused(
    world: tuple[Caller, Caller], guarded: list[Operation]
) -> None:
    here, _ = world
    for operation in guarded:
        if operation.permission == SELF:
            continue
        for role in sorted(set(ROLES) - set(REACH[operation.permission])):
            answer = await asked(await person(here, role, "X-1"), operation)
            is_problem(answer, 403, "forbidden")


async def test_a_role_with_the_permission_is_let_in(
    world: tuple[Caller, Caller], guarded: list[Operation],
    rules: dict[tuple[str, str], Rule],
) -> None:  # fmt: skip
    """What it asks may be wrong, never who asks; a sensitive act asks for a fresh proof of that."""
    here, _ = world
    for operation in guarded:
        roles = [role for role, reach in REACH.get(operation.permission, {}).items() if reach is Extent.ALL]
        for role in roles:
            answer = await asked(await person(here, role), operation)
            assert answer.status_code not in (401, 403), (role, str(operation))
            assert answer.status_code < 500, (role, str(operation))
            stale = await asked(await person(here, role, proved=False), operation)
            if rules[operation.method, operation.path].fresh:
                said = is_problem(stale, 401, "proof-needed")
                assert "insufficient_user_authentication" in stale.headers["www-authenticate"], said
            else:
                assert stale.status_code == answer.status_code, (role, str(operation))


async def test_a_person_reaches_their_own_and_nobody_elses(
    world: tuple[Caller, Caller], guarded: list[Operation],
    rules: dict[tuple[str, str], Rule],
) -> None:  # fmt: skip
    here, _ = world
    seen = 0
    for operation in guarded:
        rule = rules[operation.method, operation.path]
        owners = [role for role, reach in REACH.get(operation.permission, {}).items() if reach is Extent.OWN]
        for role in owners:
            contact = "T-1" if role.endswith("tutor") else "X-1"
            me = await person(here, role, contact)
            mine, theirs = await asked(me, operation, 1), await asked(me, operation, 2)
            assert THEIRS not in mine.text + theirs.text, (role, str(operation))
            if not rule.own:
                is_problem(theirs, 403, "forbidden")
            elif "{ref}" in operation.path:
                is_problem(theirs, 404, "not-found")
                seen += mine.is_success and MINE in mine.text
            else:
                assert mine.status_code < 500, (role, str(operation))
    assert seen > 8


async def test_a_person_without_a_contact_owns_nothing(
    world: tuple[Caller, Caller], guarded: list[Operation]
) -> None:
    here, _ = world
    for operation in guarded:
        for role, reach in REACH.get(operation.permission, {}).items():
            if reach is Extent.OWN:
                is_problem(await asked(await person(here, role), operation), 403, "forbidden")
