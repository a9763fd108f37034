"""Endpoints of external tools by the API, and the events that facts leave for them."""

import asyncio
import base64
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text

from api.parts import Parts
from database.session import Database
from database.shared.webhook_tables import webhook_endpoint
from domain.network import Outgoing
from domain.platform.webhook import TYPES
from serving import assemble
from tests.api.callers import person
from tests.api.conftest import Caller, is_problem
from tests.api.samples import PAYMENTS, paid
from tests.ground import KEYRING, PUBLIC

WEBHOOKS = "/v1/webhooks"
URL = "https://tool.example/hooks?token=zyxwvuts"


def asked(**given: Any) -> dict[str, Any]:
    return {"url": URL, "description": "Accounting", "types": ["payment.recorded"], **given}


async def made(caller: Caller, **given: Any) -> dict[str, Any]:
    answer = await caller.post(WEBHOOKS, json=asked(**given))
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def log(caller: Caller, id: str, **given: Any) -> list[dict[str, Any]]:
    answer = await caller.get(f"{WEBHOOKS}/{id}/deliveries", params=given)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def started(caller: Caller, id: str) -> list[str]:
    return [line for line in await caller.owed() if line.startswith(f"start platform.webhook:{id}")]


async def test_the_secret_is_shown_once_and_kept_sealed(caller: Caller) -> None:
    headers = {"Idempotency-Key": "one"}
    first = await caller.post(WEBHOOKS, json=asked(), headers=headers)
    shown = first.json()
    assert first.status_code == 201
    secret = shown["secret"]
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    again = (await caller.post(WEBHOOKS, json=asked(), headers=headers)).json()
    assert (again["id"], again["secret"]) == (shown["id"], None)
    [listed] = (await caller.get(WEBHOOKS)).json()["items"]
    read = (await caller.get(f"{WEBHOOKS}/{shown['id']}")).json()
    assert listed == read == {key: value for key, value in shown.items() if key != "secret"}
    async with caller.database.tenant(caller.tenant) as tx:
        row = (await tx.execute(select(webhook_endpoint))).one()
        opened = await KEYRING.open(tx, caller.tenant, bytes(row.secret), f"webhook_endpoint:{row.id}")
    assert opened not in bytes(row.secret)
    assert opened == base64.b64decode(secret.removeprefix("whsec_"))
    assert secret not in repr(await caller.audited())


async def test_the_trail_has_the_host_and_no_token(caller: Caller) -> None:
    one = await made(caller)
    await caller.put(
        f"{WEBHOOKS}/{one['id']}", json=asked(url="https://other.example/x?key=qponmlkj", types=[])
    )
    [created, changed] = [row for row in await caller.audited() if row.object == f"webhook:{one['id']}"]
    assert (created.action, created.after["host"]) == ("webhook.created", "tool.example")
    assert (changed.before["host"], changed.after["host"]) == ("tool.example", "other.example")
    assert "zyxwvuts" not in repr((created, changed))
    assert "qponmlkj" not in repr((created, changed))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"url": "http://tool.example/"}, "url"), ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://169.254.169.254/"}, "url"), ({"url": "https://a:b@tool.example/"}, "url"),
        ({"url": "https://tool.example:22/"}, "url"),
        ({"types": ["payment.lost"]}, "types"), ({"url": "x" * 2001}, "url"), ({"nonsense": 1}, "nonsense"),
    ],
)  # fmt: skip
async def test_bad_endpoints_are_refused(caller: Caller, given: dict[str, Any], field: str) -> None:
    for answer in (
        await caller.post(WEBHOOKS, json=asked(**given)),
        await caller.put(f"{WEBHOOKS}/{(await made(caller))['id']}", json=asked(**given)),
    ):
        said = is_problem(answer, 422, "bad-input")
        assert said["errors"][0]["field"] == field


async def test_there_are_twenty_at_most(caller: Caller) -> None:
    many = await asyncio.gather(*(caller.post(WEBHOOKS, json=asked()) for _ in range(25)))
    ids = [answer.json()["id"] for answer in many if answer.status_code == 201]
    assert len(ids) == 20
    is_problem(await caller.post(WEBHOOKS, json=asked()), 409, "conflict")
    assert (await caller.post(f"{WEBHOOKS}/{ids[0]}/remove")).status_code == 200
    await made(caller)


async def test_a_fact_is_told_to_whom_it_concerns_in_its_own_transaction(fleet: Caller) -> None:
    wanted = await made(fleet)
    everything = await made(fleet, types=[])
    deaf = await made(fleet, types=["rules.in_force"])
    assert (await fleet.post(PAYMENTS, json=paid())).status_code == 201
    is_problem(await fleet.post(PAYMENTS, json=paid("P-2", contract_ref="C-9")), 404, "not-found")
    for one, count in ((wanted, 1), (everything, 1), (deaf, 0)):
        told = await log(fleet, one["id"])
        assert [(each["type"], each["data"]) for each in told] == count * [
            ("payment.recorded", {"payment": "P-1", "contract_ref": "C-1"})
        ]
        assert len(await started(fleet, one["id"])) == count
    assert (await log(fleet, wanted["id"]))[0]["event"] == (await log(fleet, everything["id"]))[0]["event"]


async def test_many_facts_of_one_transaction_wake_the_process_once(fleet: Caller) -> None:
    one = await made(fleet)
    lines = "payment_ref,contract_ref,received_at,amount_minor,currency,channel\n" + "".join(
        f"P-{number},C-1,2031-02-01T10:00:00+01:00,100,XAF,cash\n" for number in range(20)
    )
    answer = await fleet.post(
        "/v1/fleet/imports/payments", content=lines.encode(), headers={"content-type": "text/csv"}
    )
    assert answer.status_code < 300, answer.text
    assert len(await log(fleet, one["id"])) == 20
    assert len(await started(fleet, one["id"])) == 1


async def test_one_who_sees_their_own_only_is_told_of_all_the_same(
    caller: Caller, database: Database
) -> None:
    """What a narrowed transaction states is told to endpoints that it could not see itself."""
    one = await made(caller, types=["alert.raised"])
    async with database.tenant(caller.tenant) as tx:
        await tx.execute(text("select set_config('app.own', 'D-1', true)"))
        await tx.execute(
            text("insert into alert (tenant_id, key, process, ref, team, title, due_on, raised_at) values "
                 "(:tenant, 'k', 'fleet.dunning', 'C-1', 'ops', '{}', '2031-03-03', now())"),
            {"tenant": caller.tenant},
        )  # fmt: skip
        assert (await tx.execute(text("select count(*) from webhook_event"))).scalar_one() == 0
    assert [each["type"] for each in await log(caller, one["id"])] == ["alert.raised"]


async def test_the_log_goes_page_by_page_the_latest_first(fleet: Caller) -> None:
    one = await made(fleet)
    for number in range(5):
        fleet.clock.forward(minutes=1)
        await fleet.post(PAYMENTS, json=paid(f"P-{number}", 100))
    first = (await fleet.get(f"{WEBHOOKS}/{one['id']}/deliveries", params={"limit": "3"})).json()
    second = (
        await fleet.get(f"{WEBHOOKS}/{one['id']}/deliveries", params={"limit": "3", "cursor": first["next"]})
    ).json()
    told = [each["data"]["payment"] for each in (*first["items"], *second["items"])]
    assert told == ["P-4", "P-3", "P-2", "P-1", "P-0"]
    assert second["next"] == ""
    assert await log(fleet, one["id"], state="delivered") == []
    bad = await fleet.get(f"{WEBHOOKS}/{one['id']}/deliveries", params={"cursor": "WyJhIiwgImIiLCAiYyJd"})
    is_problem(bad, 422, "bad-input")


async def test_a_disabled_endpoint_is_told_nothing_until_it_is_enabled_and_asks(fleet: Caller) -> None:
    one = await made(fleet)
    path = f"{WEBHOOKS}/{one['id']}"
    await fleet.post(PAYMENTS, json=paid("P-1", 100))
    off = (await fleet.post(f"{path}/disable", json={"reason": "The tool moves."})).json()
    assert (off["state"], off["reason"]) == ("disabled", "The tool moves.")
    assert [each["state"] for each in await log(fleet, one["id"])] == ["failed"]
    await fleet.post(PAYMENTS, json=paid("P-2", 100))
    assert len(await log(fleet, one["id"])) == 1
    for act in ("test", "replay"):
        body = {"since": "2031-01-01T00:00:00Z"} if act == "replay" else None
        is_problem(await fleet.post(f"{path}/{act}", json=body), 409, "conflict")
    assert (await fleet.post(f"{path}/enable")).json()["state"] == "enabled"
    asked_for = await fleet.post(f"{path}/replay", json={"since": "2031-03-01T00:00:00Z"})
    assert (asked_for.status_code, asked_for.json()) == (202, {"events": 2})
    assert {each["state"] for each in await log(fleet, one["id"])} == {"pending"}
    nothing = await fleet.post(f"{path}/replay", json={"since": "2032-01-01T00:00:00Z"})
    assert nothing.json() == {"events": 0}


async def test_one_event_is_told_again_under_its_own_id(fleet: Caller) -> None:
    one = await made(fleet)
    path = f"{WEBHOOKS}/{one['id']}"
    sent = await fleet.post(f"{path}/test")
    assert (sent.status_code, sent.json()["type"], sent.json()["state"]) == (202, "webhook.test", "pending")
    event = sent.json()["event"]
    again = await fleet.post(f"{path}/deliveries/{event}/replay")
    assert (again.status_code, again.json()["event"]) == (202, event)
    assert len(await log(fleet, one["id"])) == 1
    is_problem(await fleet.post(f"{path}/deliveries/evt_{'0' * 32}/replay"), 404, "not-found")


async def test_a_new_secret_signs_beside_the_old_one(caller: Caller) -> None:
    one = await made(caller)
    path = f"{WEBHOOKS}/{one['id']}/rotate"
    rotated = (await caller.post(path, json={"overlap_hours": 2})).json()
    assert rotated["secret"] != one["secret"]
    assert rotated["old_secret_until"] == "2031-03-03T11:00:00Z"
    is_problem(await caller.post(path, json={"overlap_hours": 169}), 422, "bad-input")


async def test_a_removed_endpoint_is_gone_with_its_address_and_secret(caller: Caller) -> None:
    one = await made(caller)
    path = f"{WEBHOOKS}/{one['id']}"
    assert (await caller.post(f"{path}/remove")).status_code == 200
    is_problem(await caller.get(path), 404, "not-found")
    for act in ("enable", "test", "remove"):
        is_problem(await caller.post(f"{path}/{act}"), 404, "not-found")
    async with caller.database.tenant(caller.tenant) as tx:
        row = (await tx.execute(select(webhook_endpoint))).one()
    assert (row.state, row.url, bytes(row.secret), row.old_secret) == ("removed", "", b"", None)


async def test_another_tenant_finds_nothing(caller: Caller, other: Caller) -> None:
    one = await made(caller)
    path = f"{WEBHOOKS}/{one['id']}"
    assert (await other.get(WEBHOOKS)).json()["items"] == []
    for answer in (
        await other.get(path), await other.get(f"{path}/deliveries"), await other.post(f"{path}/test"),
        await other.put(path, json=asked()), await other.post(f"{path}/rotate", json={}),
    ):  # fmt: skip
        is_problem(answer, 404, "not-found")


async def test_only_administrators_and_with_a_fresh_proof_for_addresses_and_secrets(caller: Caller) -> None:
    one = await made(caller)
    operator = await person(caller, "operator")
    is_problem(await operator.get(WEBHOOKS), 403, "forbidden")
    stale = await person(caller, "administrator", proved=False)
    path = f"{WEBHOOKS}/{one['id']}"
    assert (await stale.get(path)).status_code == 200
    for answer in (
        await stale.post(WEBHOOKS, json=asked()), await stale.put(path, json=asked()),
        await stale.post(f"{path}/rotate", json={}),
    ):  # fmt: skip
        is_problem(answer, 401, "proof-needed")
    fresh = await person(caller, "administrator")
    assert (await fresh.post(WEBHOOKS, json=asked())).status_code == 201


async def test_every_type_is_described(caller: Caller) -> None:
    items = (await caller.get(f"{WEBHOOKS}/types")).json()["items"]
    assert [each["type"] for each in items] == list(TYPES)
    assert all(each["french"] and each["english"] for each in items)


async def test_a_house_may_open_itself(parts: Parts, caller: Caller) -> None:
    """``ECHEANCE_OUTGOING_PRIVATE``: tools in the own network, by http and on every port; links never."""
    app = assemble(replace(parts, outgoing=Outgoing(private=True)))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as http:
        here = replace(caller, http=http)
        await made(here, url="http://10.0.0.5:8080/hook")
        is_problem(await here.post(WEBHOOKS, json=asked(url="http://169.254.169.254/")), 422, "bad-input")


async def test_an_event_that_goes_takes_its_deliveries_along(fleet: Caller) -> None:
    """What the retention of `rules/platform/retention.yaml` does, as the application's role."""
    one = await made(fleet)
    await fleet.post(PAYMENTS, json=paid("P-1", 100))
    async with fleet.database.tenant(fleet.tenant) as tx:
        assert (await tx.execute(text("delete from webhook_event"))).rowcount == 1
        assert (await tx.execute(text("select count(*) from webhook_delivery"))).scalar_one() == 0
    assert await log(fleet, one["id"]) == []
