"""Who may call, and what is told to those who may not."""

from datetime import timedelta

import pytest

from database.shared.api_keys import create_key, read_token, revoke_key
from tests.api.conftest import Caller, is_problem
from tests.api.samples import contract


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Basic abc", "Bearer ech_one", f"Bearer ech_nobody_{'0' * 12}_{'0' * 64}"]
)
async def test_nobody_calls_without_a_key(caller: Caller, given: str) -> None:
    answer = await caller.get("/v1/contacts", headers={"Authorization": given})
    is_problem(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_wrong_secret_is_told_nothing_more_than_an_unknown_key(caller: Caller) -> None:
    wrong = caller.key[:-1] + ("0" if caller.key[-1] != "0" else "1")
    unknown = f"ech_{caller.tenant}_{'0' * 12}_{'0' * 64}"
    said = [
        is_problem(
            await caller.get("/v1/contacts", headers={"Authorization": f"Bearer {key}"}), 401, "unauthorized"
        )["detail"]
        for key in (wrong, unknown)
    ]
    assert said[0] == said[1]


async def test_a_key_may_do_what_its_scopes_say(caller: Caller) -> None:
    narrow = await caller.with_scopes("maintenance:read")
    assert (await narrow.get("/v1/maintenance/contracts")).status_code == 200
    said = is_problem(await narrow.post("/v1/maintenance/contracts", json=contract()), 403, "forbidden")
    assert "maintenance:write" in said["detail"]


async def test_an_expired_or_revoked_key_opens_nothing(caller: Caller) -> None:
    async with caller.database.tenant(caller.tenant) as tx:
        expires = caller.clock.at + timedelta(hours=1)
        caller.key = await create_key(tx, caller.tenant, "short", frozenset("*"), expires)
    assert (await caller.get("/v1/contacts")).status_code == 200
    caller.clock.forward(hours=1)
    is_problem(await caller.get("/v1/contacts"), 401, "unauthorized")
    caller.clock.forward(hours=-1)
    token = read_token(caller.key)
    assert token
    async with caller.database.tenant(caller.tenant) as tx:
        await revoke_key(tx, caller.tenant, token.id, caller.clock.at)
    is_problem(await caller.get("/v1/contacts"), 401, "unauthorized")


async def test_a_tenant_sees_and_touches_only_its_own(caller: Caller, other: Caller) -> None:
    await caller.contact()
    assert (await caller.post("/v1/maintenance/contracts", json=contract())).status_code == 201
    is_problem(await other.get("/v1/maintenance/contracts/K-1"), 404, "not-found")
    is_problem(await other.get("/v1/contacts/CL-1"), 404, "not-found")
    answered = await other.post("/v1/maintenance/contracts/K-1/answer", json={"answer": "refused"})
    is_problem(answered, 404, "not-found")
    assert (await other.get("/v1/maintenance/contracts")).json()["items"] == []
    assert (await caller.get("/v1/maintenance/contracts/K-1")).json()["answer"] == "none"
