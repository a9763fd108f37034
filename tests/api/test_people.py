"""People are invited, given roles, suspended; keys are made for no more than their maker may do."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from api.parts import Parts
from database.session import Database
from database.shared import oauth, sessions
from database.shared.sign_in_tables import letter
from database.shared.tables import api_key, idempotency
from serving import assemble
from tests.api.callers import person as acting
from tests.api.conftest import Caller, Clock, is_problem, new_caller
from tests.ground import PUBLIC

PEOPLE, KEYS = "/v1/people", "/v1/keys"
PAUL = {"email": "paul.etoa@example.org", "full_name": "Paul Etoa", "roles": ["operator"]}


@pytest.fixture
async def here(parts: Parts, database: Database, owner: Database, clock: Clock) -> Caller:
    app = assemble(parts)
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC)
    return await new_caller(http, database, owner, clock)


@pytest.fixture
async def admin(here: Caller) -> Caller:
    return await acting(here, "administrator")


async def test_an_invited_person_gets_a_letter_and_the_trail_names_nobody(admin: Caller) -> None:
    made = (await admin.post(PEOPLE, json=PAUL)).json()
    assert (made["state"], made["roles"], made["contact_ref"]) == ("invited", ["operator"], "")
    async with admin.database.tenant(admin.tenant) as tx:
        assert [(row.person_id, row.kind) for row in await tx.execute(select(letter))] == [
            (made["id"], "invitation")
        ]
    assert any(line.startswith("start platform.letter:l") for line in await admin.owed())
    [row] = await admin.audited()
    assert (row.action, row.object, row.before) == ("person.invited", f"person:{made['id']}", None)
    assert row.after == {"roles": ["operator"], "state": "invited"}
    assert "Paul" not in repr(row)
    assert row.who.startswith("person:p")
    listed = (await admin.get(PEOPLE)).json()["items"]
    assert made in listed


async def test_one_address_is_one_person_whatever_its_letters(admin: Caller) -> None:
    assert (await admin.post(PEOPLE, json=PAUL)).status_code == 201
    again = {**PAUL, "email": "PAUL.Etoa@Example.org"}
    is_problem(await admin.post(PEOPLE, json=again), 409, "conflict")


@pytest.mark.parametrize(
    "wrong", [{"roles": ["boss"]}, {"roles": []}, {"email": "nobody"}, {"contact_ref": "X"}]
)
async def test_wrong_invitations_are_refused(admin: Caller, wrong: dict[str, Any]) -> None:
    assert (await admin.post(PEOPLE, json={**PAUL, **wrong})).status_code in (404, 422)
    assert await admin.audited() == []


async def test_a_role_that_is_taken_away_is_gone_at_the_next_request(here: Caller, admin: Caller) -> None:
    operator = await acting(here, "operator")
    id = (await operator.get("/v1/me")).json()["who"].removeprefix("person:")
    assert (await operator.get("/v1/processes")).status_code == 200
    assert (await admin.post(f"{PEOPLE}/{id}/roles", json={"roles": ["technician"]})).status_code == 200
    is_problem(await operator.get("/v1/processes"), 403, "forbidden")
    assert (await admin.post(f"{PEOPLE}/{id}/suspend")).json()["state"] == "suspended"
    is_problem(await operator.get("/v1/me"), 401, "unauthorized")
    assert (await admin.post(f"{PEOPLE}/{id}/reinstate")).json()["state"] == "active"
    assert (await operator.get("/v1/me")).json()["roles"] == ["technician"]


async def test_suspension_ends_every_session(here: Caller, admin: Caller) -> None:
    operator = await acting(here, "operator")
    id = (await operator.get("/v1/me")).json()["who"].removeprefix("person:")
    now = here.clock.at
    async with here.database.tenant(here.tenant) as tx:
        cookie = await sessions.open_session(tx, here.tenant, id, "password", now)
        assert await sessions.session_of(tx, cookie, now) is not None
        phone = await oauth.create_client(tx, here.tenant, "Phone", ["com.example.app:/in"])
        await oauth.issue(tx, here.tenant, oauth.Grant("family", id, phone.id, now), now)
        assert await oauth.is_live(tx, here.tenant, "family", now)
    assert (await admin.post(f"{PEOPLE}/{id}/suspend")).status_code == 200
    async with here.database.tenant(here.tenant) as tx:
        assert await sessions.session_of(tx, cookie, now) is None
        assert not await oauth.is_live(tx, here.tenant, "family", now)


async def test_the_last_administrator_stays(admin: Caller) -> None:
    id = (await admin.get("/v1/me")).json()["who"].removeprefix("person:")
    for path, body in (("roles", {"roles": ["operator"]}), ("suspend", {})):
        is_problem(await admin.post(f"{PEOPLE}/{id}/{path}", json=body), 409, "conflict")
    assert (await admin.get("/v1/me")).json()["roles"] == ["administrator"]


async def test_a_key_is_shown_once_and_does_no_more_than_its_maker(admin: Caller) -> None:
    given = {"name": "Comptabilité", "scopes": ["fleet:read"]}
    headers = {"Idempotency-Key": "one"}
    made = (await admin.post(KEYS, json=given, headers=headers)).json()
    program = replace(admin, key=made["key"])
    assert (await program.get("/v1/me")).json()["permissions"] == {"fleet:read": "all"}
    is_problem(await program.get(PEOPLE), 403, "forbidden")
    async with admin.database.tenant(admin.tenant) as tx:
        assert [row.kind for row in await tx.execute(select(letter))] == ["key_made"]
    again = await admin.post(KEYS, json=given, headers=headers)
    assert (again.json()["id"], again.json()["key"]) == (made["id"], None)
    secret = made["key"].rpartition("_")[2]
    async with admin.database.tenant(admin.tenant) as tx:
        for table in (api_key, idempotency):
            assert secret not in repr((await tx.execute(select(table))).all())
    assert secret not in repr(await admin.audited())
    assert (await admin.post(f"{KEYS}/{made['id']}/revoke")).json()["revoked_at"]
    is_problem(await program.get("/v1/me"), 401, "unauthorized")


async def test_nobody_makes_a_key_that_may_do_more_than_they(here: Caller) -> None:
    maker = await here.with_scopes("keys:write", "fleet:read")
    for scopes in (["fleet:write"], ["*"], ["no:thing"], ["fleet:read", "people:write"]):
        said = is_problem(await maker.post(KEYS, json={"name": "x", "scopes": scopes}), 422, "bad-input")
        assert said["errors"][0]["field"] == "scopes"
    past = {"name": "x", "scopes": ["fleet:read"], "expires_at": "2031-03-03T08:00:00Z"}
    is_problem(await maker.post(KEYS, json=past), 422, "bad-input")
    short = {"name": "x", "scopes": ["fleet:read"], "expires_at": "2031-03-03T10:00:00Z"}
    made = (await maker.post(KEYS, json=short)).json()
    program = replace(here, key=made["key"])
    assert (await program.get("/v1/fleet/contracts")).status_code == 200
    here.clock.forward(hours=1)
    is_problem(await program.get("/v1/fleet/contracts"), 401, "unauthorized")


async def test_nobody_gives_a_role_that_may_do_more_than_they(here: Caller, admin: Caller) -> None:
    scopes = ("people:write", "people:read", "contacts:read", "files:read", "fleet:read")
    maker = await here.with_scopes(*scopes)
    said = is_problem(await maker.post(PEOPLE, json={**PAUL, "roles": ["administrator"]}), 422, "bad-input")
    assert said["errors"][0]["field"] == "roles"
    made = (await maker.post(PEOPLE, json={**PAUL, "roles": ["investor"]})).json()
    roles = f"{PEOPLE}/{made['id']}/roles"
    is_problem(await maker.post(roles, json={"roles": ["investor", "operator"]}), 422, "bad-input")
    assert (await admin.post(roles, json={"roles": ["operator"]})).status_code == 200


async def test_a_key_does_no_more_than_its_maker_may_do_today(here: Caller, admin: Caller) -> None:
    await acting(here, "administrator", proved=False)  # another one, who stays
    given = {"name": "Tableau", "scopes": ["fleet:read", "people:read"]}
    program = replace(here, key=(await admin.post(KEYS, json=given)).json()["key"])
    maker = (await admin.get("/v1/me")).json()["who"].removeprefix("person:")
    stepped = await here.post(f"{PEOPLE}/{maker}/roles", json={"roles": ["finance"]})
    assert stepped.status_code == 200
    assert (await program.get("/v1/me")).json()["permissions"] == {"fleet:read": "all"}
    is_problem(await program.get(PEOPLE), 403, "forbidden")
    assert (await here.post(f"{PEOPLE}/{maker}/suspend")).status_code == 200
    is_problem(await program.get("/v1/me"), 401, "unauthorized")


async def test_the_same_human_does_not_approve_by_a_key_of_their_own(
    admin: Caller, owner: Database, here: Caller
) -> None:
    async with owner.anyone() as tx:
        await tx.exec_driver_sql(
            f"update tenant set rules_need_approval = true where id = '{admin.tenant}'"
        )  # fmt: skip
    made = (await admin.post(KEYS, json={"name": "x", "scopes": ["rules:approve"]})).json()
    kept = await admin.get("/v1/rules/fleet/dunning")
    content = kept.json()["content"].replace('version: "1"', 'version: "2"', 1)
    revision = (await admin.post("/v1/rules/fleet/dunning/revisions", json={"content": content})).json()
    proposal = {"revision": revision["revision"], "note": "x"}
    proposed = (await admin.post("/v1/rules/fleet/dunning/publications", json=proposal)).json()
    approve = f"/v1/rules/publications/{proposed['id']}/approve"
    for same in (admin, replace(admin, key=made["key"])):
        is_problem(await same.post(approve), 409, "conflict")
    assert (await here.post(approve)).status_code == 200
