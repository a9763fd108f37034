"""Who was refused what is on record: once an hour, without what was typed, and never without end."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from database.shared.tables import alert
from domain.refusals import MOST, MOST_CALLERS, Refusals
from tests.api.callers import person
from tests.api.conftest import START, Caller, is_problem
from tests.api.samples import CONTRACTS, signed


async def on_record(caller: Caller) -> list[tuple[str, str, dict[str, Any]]]:
    rows = [row for row in await caller.audited() if row.action == "access.refused"]
    return [(row.who.partition(":")[0], row.object, row.after) for row in rows]


async def test_what_is_not_theirs_is_on_record_and_nothing_that_was_typed(fleet: Caller) -> None:
    await fleet.contact("D-2")
    assert (await fleet.post(CONTRACTS, json=signed("C-2", driver_ref="D-2"))).status_code == 201
    driver = await person(fleet, "driver", "D-1")
    for _ in range(2):
        is_problem(await driver.get(f"{CONTRACTS}/C-2"), 404, "not-found")
        is_problem(await driver.get(f"{CONTRACTS}/Claire-Martin"), 404, "not-found")
        is_problem(await driver.post(CONTRACTS, json=signed("Claire-Martin")), 403, "forbidden")
    route = "GET /v1/fleet/contracts/{ref}"
    theirs = {"why": "not theirs", "route": route, "needed": "fleet:read"}
    lacking = {"why": "permission", "route": "POST /v1/fleet/contracts", "needed": "fleet:write"}
    assert await on_record(fleet) == [
        ("person", "contract:C-2", theirs), ("person", f"route:{route}", theirs),
        ("person", "route:POST /v1/fleet/contracts", lacking),
    ]  # fmt: skip
    rows = [row for row in await fleet.audited() if row.action == "access.refused"]
    assert {(row.ip, row.agent) for row in rows} == {("", "")}
    assert all(row.origin for row in rows)
    fleet.clock.forward(hours=1)
    is_problem(await (await person(fleet, "driver", "D-1")).get(f"{CONTRACTS}/C-2"), 404, "not-found")
    assert len(await on_record(fleet)) == 4


async def test_a_key_that_opens_nothing_is_on_record_if_there_is_such_a_key(caller: Caller) -> None:
    narrow = await caller.with_scopes("fleet:read")
    tenant, id, secret = narrow.key.removeprefix("ech_").split("_")
    forged = secret[:-1] + ("0" if secret[-1] != "0" else "1")
    for wrong in (f"ech_{tenant}_{id}_{forged}", f"ech_{tenant}_{'f' * 12}_{secret}"):
        is_problem(await replace(caller, key=wrong).get("/v1/contacts"), 401, "unauthorized")
    assert (await caller.post(f"/v1/keys/{id}/revoke")).status_code == 200
    is_problem(await narrow.get("/v1/contacts"), 401, "unauthorized")
    after = {"why": "key", "route": "GET /v1/contacts", "needed": None}
    assert await on_record(caller) == [("stranger", f"key:{id}", after)]
    assert secret not in repr(await caller.audited())


async def test_whoever_tries_everything_is_told_of_once(caller: Caller) -> None:
    narrow = await caller.with_scopes("fleet:read")
    routes = [
        route for route, of in (await caller.get("/openapi.json")).json()["paths"].items() if "get" in of
    ]
    closed = [route for route in routes if route.startswith("/v1/") and "{" not in route]
    for route in closed:
        await narrow.get(route)
    assert len(await on_record(caller)) == MOST < len(closed)
    async with caller.database.tenant(caller.tenant) as tx:
        [warned] = list(await tx.execute(select(alert)))
    assert (warned.process, f"key:{warned.ref}") == ("platform.access", (await caller.audited())[-1].who)


def test_what_is_remembered_has_an_end() -> None:
    refusals = Refusals()
    for number in range(MOST_CALLERS + 1):
        refusals.note("firm", f"key:{number}", "x", START)
    assert refusals.is_news("firm", "key:0", "x", START)
    assert not refusals.is_news("firm", f"key:{MOST_CALLERS}", "x", START)
