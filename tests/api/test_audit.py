"""The audit trail by its route: found, exported, and silent about who was erased."""

import csv
import io
from dataclasses import replace

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from database.session import Database
from database.shared import audit_chain
from database.shared.api_keys import create_key
from database.shared.audit import Actor, write
from database.shared.keys import of_person
from tests.api.callers import person
from tests.api.conftest import Caller, is_problem
from tests.database.trail import MARKS
from tests.ground import KEYRING

ROUTE = "/v1/audit"
ANNE = Actor("person:p1", "192.0.2.7", "Firefox/190 éé", "r-1", of_person("CL-1"), KEYRING)


async def did(caller: Caller, actor: Actor, action: str = "contract.signed", thing: str = "contract:C-1",
              **after: object) -> None:  # fmt: skip
    async with caller.database.tenant(caller.tenant) as tx:
        await write(tx, caller.tenant, actor, action, thing, None, dict(after))


async def listed(caller: Caller, **filters: object) -> list[str]:
    answer = await caller.get(ROUTE, params=filters)
    assert answer.status_code == 200, answer.text
    return [f"{one['action']} {one['object']}" for one in answer.json()["items"]]


async def test_a_command_is_found_with_all_that_it_was(caller: Caller) -> None:
    await caller.contact("CL-1")
    (row,) = (await caller.get(ROUTE)).json()["items"]
    assert row["who"].startswith("key:")
    assert (row["action"], row["object"], row["seal"]) == ("contact.saved", "contact:CL-1", 1)
    assert row["agent"].startswith("python-httpx")
    assert row["request_id"]


async def test_each_filter_finds_its_own(caller: Caller) -> None:
    await did(caller, ANNE, note="50 % de remise")
    await did(caller, Actor("key:k1"), "contract.ended", "contract:C-2")
    await did(caller, Actor("key:k1"), "rule.published", "rule:fleet/dunning")
    signed, ended, published = ("contract.signed contract:C-1", "contract.ended contract:C-2",
                                "rule.published rule:fleet/dunning")  # fmt: skip
    assert await listed(caller) == [published, ended, signed]
    assert await listed(caller, who="person:p1") == [signed]
    assert await listed(caller, action="contract.") == [ended, signed]
    assert await listed(caller, action="contract.ended") == [ended]
    assert await listed(caller, action="contract") == []
    assert await listed(caller, object="contract:C-2") == [ended]
    assert await listed(caller, text="50 %") == [signed]
    assert await listed(caller, text="DUNNING") == [published]
    assert await listed(caller, text="_") == []
    async with caller.database.tenant(caller.tenant) as tx:
        day = await tx.execute(text("select (now() at time zone 'Europe/Paris')::date::text"))
        today = day.scalar_one()
    assert await listed(caller, from_on=today, until_on=today, who="key:k1") == [published, ended]
    assert await listed(caller, from_on="2199-01-01") == await listed(caller, until_on="2000-01-01") == []
    is_problem(await caller.get(ROUTE, params={"from_on": today, "until_on": "2000-01-01"}), 422, "bad-input")
    is_problem(await caller.get(ROUTE, params={"text": "a\x00b"}), 422, "bad-input")


async def test_pages_go_on_where_they_ended(caller: Caller) -> None:
    for number in range(5):
        await did(caller, Actor("key:k1"), thing=f"contract:{number}")
    first = (await caller.get(ROUTE, params={"limit": 2, "who": "key:k1"})).json()
    second = (await caller.get(ROUTE, params={"limit": 2, "who": "key:k1", "cursor": first["next"]})).json()
    found = [one["object"] for page in (first, second) for one in page["items"]]
    assert found == ["contract:4", "contract:3", "contract:2", "contract:1"]
    other = await caller.get(ROUTE, params={"cursor": first["next"]})
    is_problem(other, 422, "bad-input")


async def test_another_tenant_finds_nothing_and_a_narrow_key_is_refused(
    caller: Caller, other: Caller
) -> None:
    await did(caller, ANNE)
    assert await listed(other) == []
    is_problem(await (await caller.with_scopes("contacts:read")).get(ROUTE), 403, "forbidden")
    is_problem(await (await caller.with_scopes("contacts:read")).get(f"{ROUTE}/export.csv"), 403, "forbidden")


async def test_the_address_of_a_person_is_gone_with_their_key_and_the_chain_still_holds(
    caller: Caller, owner: Database
) -> None:
    await did(caller, ANNE)
    (row,) = (await caller.get(ROUTE)).json()["items"]
    assert (row["ip"], row["agent"], row["erased"]) == ("192.0.2.7", "Firefox/190 éé", False)
    async with owner.anyone() as tx:
        rows = text("select a::text from audit a where tenant_id = :t")
        stored = (await tx.execute(rows, {"t": caller.tenant})).scalar_one()
    assert "192.0.2.7" not in stored
    assert "Firefox" not in stored
    async with caller.database.tenant(caller.tenant) as tx:
        await KEYRING.destroy(tx, caller.tenant, of_person("CL-1"), caller.clock.at, "erasure")
    (row,) = (await caller.get(ROUTE)).json()["items"]
    assert (row["who"], row["ip"], row["agent"], row["erased"]) == ("person:p1", "", "", True)
    async with caller.database.moment(caller.tenant) as tx:
        assert (await audit_chain.check(tx, caller.tenant, MARKS)).findings == []


async def test_a_person_without_a_keyring_leaves_no_address_at_all(caller: Caller) -> None:
    await did(caller, replace(ANNE, keyring=None))
    (row,) = (await caller.get(ROUTE)).json()["items"]
    assert (row["ip"], row["agent"], row["erased"]) == ("", "", False)


async def test_an_export_is_a_spreadsheet_without_formulas_and_is_on_record(caller: Caller) -> None:
    for number in range(3):
        await did(caller, Actor("key:k1", "::1", '=cmd|"/C calc"!A0'), thing=f"contract:{number}", n=number)
    answer = await caller.get(f"{ROUTE}/export.csv", params={"who": "key:k1"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["seal"], row["object"], row["after"]) for row in rows] == [
        ("3", "contract:2", '{"n": 2}'), ("2", "contract:1", '{"n": 1}'), ("1", "contract:0", '{"n": 0}'),
    ]  # fmt: skip
    assert rows[0]["agent"].startswith("'=cmd")
    assert (await listed(caller))[0] == "audit.exported audit"


async def test_a_long_export_comes_in_batches(
    caller: Caller, http: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert http
    monkeypatch.setattr("api.platform.audit.BATCH", 2)
    for number in range(5):
        await did(caller, Actor("key:k1"), thing=f"contract:{number}")
    answer = await caller.get(f"{ROUTE}/export.csv", params={"who": "key:k1"})
    assert answer.text.count("\r\n") == 6


async def test_people_and_their_own_keys_leave_their_address_under_their_own_key(caller: Caller) -> None:
    anne = await person(caller, "administrator")
    async with caller.database.tenant(caller.tenant) as tx:
        found = await tx.execute(text("select id from person where tenant_id = :t"), {"t": caller.tenant})
        owner = found.scalar_one()
        key = await create_key(tx, caller.tenant, "hers", frozenset("*"), owner=owner)
    await anne.contact("CL-1")
    await replace(caller, key=key).contact("CL-2")
    await caller.contact("CL-3")
    async with caller.database.tenant(caller.tenant) as tx:
        saved = text("select object, origin, agent from audit where action = 'contact.saved'")
        rows = {row.object: (row.origin is not None, bool(row.agent)) for row in await tx.execute(saved)}
        await KEYRING.destroy(tx, caller.tenant, of_person(owner), caller.clock.at, "erasure")
    assert rows == {
        "contact:CL-1": (True, False), "contact:CL-2": (True, False), "contact:CL-3": (False, True),
    }  # fmt: skip
    shown = (await caller.get(ROUTE, params={"action": "contact.saved"})).json()["items"]
    assert [one["erased"] for one in shown] == [False, True, True]
