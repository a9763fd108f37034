"""A command sent again is carried out once, and answered as the first time."""

import asyncio

from sqlalchemy import text

from tests.api.conftest import Caller, is_problem
from tests.api.samples import contract

PATH = "/v1/maintenance/contracts"
KEY = {"Idempotency-Key": "6a1f-1"}


async def test_the_same_request_gets_the_first_answer_again(caller: Caller) -> None:
    await caller.contact()
    first = await caller.post(PATH, json=contract(), headers=KEY)
    again = await caller.post(PATH, json=contract(), headers=KEY)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert await caller.owed() == ["start maintenance.renewal:K-1.20320229 contract.signed"]
    assert [row.action for row in await caller.audited()] == ["contact.saved", "maintenance.contract.signed"]


async def test_another_request_with_the_same_key_is_refused(caller: Caller) -> None:
    await caller.contact()
    await caller.post(PATH, json=contract(), headers=KEY)
    other_body = await caller.post(PATH, json=contract("K-2"), headers=KEY)
    is_problem(other_body, 422, "idempotency-key-reused")
    other_path = await caller.post(f"{PATH}/K-1/answer", json={"answer": "renewed"}, headers=KEY)
    is_problem(other_path, 422, "idempotency-key-reused")
    is_problem(await caller.get(f"{PATH}/K-2"), 404, "not-found")


async def test_a_refused_command_can_be_mended_under_its_key(caller: Caller) -> None:
    is_problem(await caller.post(PATH, json=contract(), headers=KEY), 404, "not-found")
    await caller.contact()
    assert (await caller.post(PATH, json=contract(), headers=KEY)).status_code == 201


async def test_many_at_once_are_carried_out_once(caller: Caller) -> None:
    await caller.contact()
    answers = await asyncio.gather(
        *(caller.post(PATH, json=contract(), headers=KEY) for _ in range(10))
    )  # fmt: skip
    created = [one for one in answers if one.status_code == 201]
    assert len([one for one in created if "idempotent-replayed" not in one.headers]) == 1
    for one in answers:
        if one.status_code != 201:
            is_problem(one, 409, "conflict")
            assert one.headers["retry-after"] == "1"
    assert len(await caller.owed()) == 1


async def test_a_key_under_way_is_answered_at_once(caller: Caller) -> None:
    await caller.contact()
    async with caller.database.tenant(caller.tenant) as tx:
        name = f"{caller.tenant}:{KEY['Idempotency-Key']}"
        await tx.execute(text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
        is_problem(await caller.post(PATH, json=contract(), headers=KEY), 409, "conflict")
    assert (await caller.post(PATH, json=contract(), headers=KEY)).status_code == 201


async def test_two_tenants_may_use_the_same_key(caller: Caller, other: Caller) -> None:
    for one in (caller, other):
        await one.contact()
        answer = await one.post(PATH, json=contract(), headers=KEY)
        assert answer.status_code == 201
        assert "idempotent-replayed" not in answer.headers


async def test_a_key_that_cannot_be_kept_is_refused(caller: Caller) -> None:
    for key in ("a b", "x" * 256):
        said = is_problem(
            await caller.post(PATH, json=contract(), headers={"Idempotency-Key": key}), 422, "bad-input"
        )
        assert said["errors"][0]["field"] == "Idempotency-Key"
