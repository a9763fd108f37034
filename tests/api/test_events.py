"""Events of external tools: each counts once, and what cannot be taken says why."""

import json
from typing import Any

from sqlalchemy import select

from database.shared.tables import event_received
from tests.api.conftest import Caller, is_problem
from tests.api.samples import contract

ONE, MANY = "application/cloudevents+json", "application/cloudevents-batch+json"
SIGNED, ANSWERED = "echeance.maintenance.contract.signed", "echeance.maintenance.renewal.answered"


def event(id: str, type: str = SIGNED, **data: Any) -> dict[str, Any]:
    return {"specversion": "1.0", "id": id, "source": "/crm", "type": type, "data": data or contract()}


async def send(caller: Caller, body: Any, kind: str = ONE, **headers: str) -> Any:
    return await caller.post(
        "/v1/events", content=json.dumps(body), headers={"Content-Type": kind, **headers}
    )


async def received(caller: Caller) -> list[str]:
    async with caller.database.tenant(caller.tenant) as tx:
        return list((await tx.execute(select(event_received.c.id).order_by(event_received.c.id))).scalars())


async def test_an_event_counts_once(caller: Caller) -> None:
    await caller.contact()
    first = (await send(caller, event("e-1"))).json()["results"]
    again = (await send(caller, event("e-1"))).json()["results"]
    assert [one["outcome"] for one in first + again] == ["accepted", "duplicate"]
    assert first[0]["thing"] == "maintenance.contract:K-1"
    assert await caller.owed() == ["start maintenance.renewal:K-1.20320229 contract.signed"]
    is_problem(await send(caller, event("e-1", **contract("K-2"))), 409, "conflict")


async def test_an_event_in_headers_is_taken_too(caller: Caller) -> None:
    await caller.contact()
    headers = {"ce-specversion": "1.0", "ce-id": "e-1", "ce-source": "/crm", "ce-type": SIGNED}
    answer = await send(caller, contract(), "application/json", **headers)
    assert answer.json()["results"][0]["outcome"] == "accepted"
    is_problem(await send(caller, contract(), "application/json"), 400, "bad-request")


async def test_a_refused_event_can_be_mended_under_its_id(caller: Caller) -> None:
    await caller.contact()
    wrong = {**contract(), "ends_on": "2031-02-30"}
    said = is_problem(await send(caller, event("e-1", **wrong)), 422, "bad-input")
    assert said["errors"][0]["field"] == "ends_on"
    assert await received(caller) == []
    assert (await send(caller, event("e-1"))).json()["results"][0]["outcome"] == "accepted"


async def test_an_event_that_comes_too_late_is_kept_and_told(caller: Caller) -> None:
    await caller.contact()
    await send(caller, event("e-1"))
    await send(caller, event("e-2", ANSWERED, contract_ref="K-1", answer="refused"))
    (late,) = (await send(caller, event("e-3", ANSWERED, contract_ref="K-1", answer="renewed"))).json()[
        "results"
    ]
    assert late["outcome"] == "kept"
    assert "refused already" in late["problem"]["detail"]
    assert await received(caller) == ["e-1", "e-2", "e-3"]
    row = (await caller.audited())[-1]
    assert (row.action, row.after["data"]["answer"]) == ("event.kept", "renewed")
    (again,) = (await send(caller, event("e-3", ANSWERED, contract_ref="K-1", answer="renewed"))).json()[
        "results"
    ]
    assert again["outcome"] == "duplicate"


async def test_a_bad_event_of_a_batch_leaves_the_others(caller: Caller) -> None:
    await caller.contact()
    batch = [
        event("e-1"), event("e-2", **contract("K-2", customer_ref="nobody")), event("e-3", "no.such.type"),
        {"id": "e-4"}, event("e-5", **contract("K-5")), event("e-1"),
    ]  # fmt: skip
    results = (await send(caller, batch, MANY)).json()["results"]
    assert [one["outcome"] for one in results] == [
        "accepted", "refused", "refused", "refused", "accepted", "duplicate",
    ]  # fmt: skip
    assert results[1]["problem"]["type"].endswith("/not-found")
    assert {one["field"] for one in results[3]["problem"]["errors"]} >= {"specversion", "source", "type"}
    assert await received(caller) == ["e-1", "e-5"]
    assert len(await caller.owed()) == 2


async def test_what_is_no_event_is_refused(caller: Caller) -> None:
    is_problem(await send(caller, [event("e-1")]), 400, "bad-request")
    is_problem(await send(caller, event("e-1"), MANY), 422, "bad-input")
    is_problem(await send(caller, event("e-1", "echeance.unknown")), 422, "bad-input")
    is_problem(await send(caller, event("e-1"), "text/plain"), 415, "unsupported-media-type")
    is_problem(await send(caller, {**event("e-1"), "specversion": "0.3"}), 422, "bad-input")
    body = b'{"id": NaN}'
    is_problem(await caller.post("/v1/events", content=body, headers={"Content-Type": ONE}), 400, "bad-json")
    narrow = await caller.with_scopes("maintenance:write")
    is_problem(await send(narrow, event("e-1")), 403, "forbidden")
