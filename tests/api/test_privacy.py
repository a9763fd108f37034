"""Requests of persons: written down, answered by an archive, a correction, an erasure or a refusal."""

import asyncio
import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import people, sign_in
from database.shared.api_keys import create_key
from database.shared.people import Invited
from database.shared.tables import ledger_entry
from domain.file import NewFile
from tests.api.conftest import START, Caller, is_problem
from tests.api.samples import CONTRACTS, paid, signed
from tests.ground import KEYRING

REQUESTS, HOLDS = "/v1/privacy/requests", "/v1/privacy/holds"


async def asked(caller: Caller, kind: str, ref: str = "D-1", **given: Any) -> dict[str, Any]:
    body = {"kind": kind, "contact_ref": ref, **given}
    answer = await caller.post(REQUESTS, json=body)
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def ended(fleet: Caller) -> None:
    done = await fleet.post(f"{CONTRACTS}/C-1/terminate", json={"reason": "Moto rendue par Claire Martin"})
    assert done.status_code == 200, done.text


async def test_a_request_is_due_in_a_month_and_watched(fleet: Caller) -> None:
    made = await asked(fleet, "access", note="Par courriel, de sa main.")
    assert (made["received_on"], made["due_on"], made["state"]) == ("2031-03-03", "2031-04-03", "open")
    assert f"start platform.privacy_request:{made['id']} privacy.access" in await fleet.owed()
    late = await asked(fleet, "objection", received_on="2031-01-31")
    assert late["due_on"] == "2031-02-28"
    listed = (await fleet.get(REQUESTS, params={"state": "open"})).json()["items"]
    assert {one["id"] for one in listed} == {made["id"], late["id"]}
    assert "de sa main" not in json.dumps([row.after for row in await fleet.audited()])


@pytest.mark.parametrize(
    ("given", "field"),
    [({"received_on": "2031-03-04"}, "received_on"), ({"received_on": "2029-01-01"}, "received_on"),
     ({"person_id": "p5e0c2a77b1d4"}, ""), ({"kind": "curiosity"}, "kind")],
)  # fmt: skip
async def test_what_cannot_be_is_refused(fleet: Caller, given: dict[str, str], field: str) -> None:
    answer = await fleet.post(REQUESTS, json={"kind": "access", "contact_ref": "D-1", **given})
    said = is_problem(answer, 422, "bad-input")
    assert field in {one["field"] for one in said["errors"]} or not field


async def test_nobody_asks_for_somebody_who_is_not_there(fleet: Caller) -> None:
    is_problem(await fleet.post(REQUESTS, json={"kind": "access", "contact_ref": "Z-9"}), 404, "not-found")


async def test_an_archive_holds_all_of_a_person_and_nothing_of_another(fleet: Caller) -> None:
    await fleet.contact("D-2", full_name="Bertrand Autre")
    await fleet.post("/v1/fleet/payments", json=paid("P-1"))
    async with fleet.database.tenant(fleet.tenant) as tx:
        store = fleet_store(fleet)
        await store.keep(tx, fleet.tenant, NewFile(
            "carte.txt", "text/plain", b"une piece", "fleet.contract", "C-1", "upload", "test", START, "D-1",
        ))  # fmt: skip
    made = await asked(fleet, "portability")
    done = (await fleet.post(f"{REQUESTS}/{made['id']}/export", json={})).json()
    assert (done["state"], done["archive"]) == ("done", True)
    answer = await fleet.get(f"{REQUESTS}/{made['id']}/archive")
    assert answer.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    data = json.loads(archive.read("data.json"))
    assert data["contact"][0]["full_name"] == "Claire Martin"
    assert data["payment"][0]["ref"] == "P-1"
    assert {"fleet_contract", "due", "ledger_entry", "privacy_request"} <= data.keys()
    assert "P-1" in archive.read("csv/payment.csv").decode("utf-8-sig")
    assert [archive.read(name) for name in archive.namelist() if name.startswith("documents/")] == [
        b"une piece"
    ]
    assert "Bertrand" not in archive.read("data.json").decode()
    assert "LISEZMOI-README.txt" in archive.namelist()
    assert (await fleet.audited())[-1].action == "privacy.archive_taken"
    is_problem(await fleet.post(f"{REQUESTS}/{made['id']}/export", json={}), 409, "conflict")


def fleet_store(fleet: Caller) -> Any:
    return fleet.http._transport.app.state.parts.files  # type: ignore[attr-defined]


async def test_an_erasure_waits_for_what_is_not_over(fleet: Caller) -> None:
    made = await asked(fleet, "erasure")
    assert made["obstacles"] == ["the contract C-1 is not over; end it first"]
    said = is_problem(await fleet.post(f"{REQUESTS}/{made['id']}/erase", json={}), 409, "conflict")
    assert "C-1 is not over" in said["detail"]
    await ended(fleet)
    hold = await fleet.post(HOLDS, json={"contact_ref": "D-1", "reason": "Litige en cours"})
    assert hold.status_code == 201, hold.text
    said = is_problem(await fleet.post(f"{REQUESTS}/{made['id']}/erase", json={}), 409, "conflict")
    assert hold.json()["id"] in said["detail"]
    lifted = await fleet.post(f"{HOLDS}/{hold.json()['id']}/lift", json={})
    assert lifted.json()["lifted_at"]
    is_problem(await fleet.post(f"{HOLDS}/{hold.json()['id']}/lift", json={}), 409, "conflict")
    assert (await fleet.post(f"{REQUESTS}/{made['id']}/erase", json={})).status_code == 200
    assert len((await fleet.get(HOLDS)).json()["items"]) == 1


async def test_an_erased_person_is_gone_and_the_books_still_balance(fleet: Caller) -> None:
    await fleet.post("/v1/fleet/payments", json=paid("P-1", source="Caisse de Claire Martin"))
    async with fleet.database.tenant(fleet.tenant) as tx:
        for owner in ("person:D-1", "case:fleet.contract:C-1"):
            await KEYRING.of(tx, fleet.tenant, owner)
    await ended(fleet)
    made = await asked(fleet, "erasure", note="Claire Martin demande")
    done = (await fleet.post(f"{REQUESTS}/{made['id']}/erase", json={})).json()
    assert done["state"] == "done"
    assert done["note"] == ""
    assert done["result"]["keys"] == 2
    kept = {one["table"]: one for one in done["result"]["kept"]}
    assert {"payment", "fleet_contract", "ledger_transaction"} <= kept.keys()
    assert kept["payment"]["until"] == "2041-02-01"
    assert "L123-22" in kept["payment"]["law"]
    person = (await fleet.get("/v1/contacts/D-1")).json()
    assert (person["full_name"], person["email"], person["phone"]) == ("", None, None)
    is_problem(await fleet.put("/v1/contacts/D-1", json={"full_name": "X", "email": "x@example.org"}),
               409, "conflict")  # fmt: skip
    is_problem(await fleet.post(CONTRACTS, json=signed("C-2")), 409, "conflict")
    late = await asked(fleet, "correction")
    given = {"full_name": "Claire Martin", "email": "claire@example.org"}
    is_problem(await fleet.post(f"{REQUESTS}/{late['id']}/correct", json=given), 409, "conflict")
    driver = {**given, "roles": ["driver"], "contact_ref": "D-1"}
    is_problem(await fleet.post("/v1/people", json=driver), 409, "conflict")
    assert (await fleet.get("/v1/contacts")).json()["items"] == []
    assert (await fleet.get(f"{CONTRACTS}/C-1")).status_code == 200
    async with fleet.database.tenant(fleet.tenant) as tx:
        assert await tx.scalar(select(func.sum(ledger_entry.c.amount_minor))) == 0
        tables = (await tx.execute(TABLES)).scalars().all()
        rows = [
            str(row) for table in tables for row in await tx.execute(text(f"select x::text from {table} x"))
        ]
    assert [row for row in rows if "Claire" in row] == []


async def test_of_what_was_refused_only_rows_about_the_person_are_emptied(fleet: Caller) -> None:
    await fleet.contact("D-2", full_name="Bertrand Autre")
    head = "payment_ref,contract_ref,received_at,amount_minor,channel\n"
    told = ("C-1,hier", "C-9,claire martin", "C-9,le (679) 28-42-12", "C-2,chez Bertrand", "C-9,avant-hier")
    rows = "".join(f"P-{n},{one},6000,cash\n" for n, one in enumerate(told))
    sent = await fleet.post(
        "/v1/fleet/imports/payments", content=head + rows, headers={"Content-Type": "text/csv"}
    )
    assert sent.json()["refused"] == len(told), sent.text
    await ended(fleet)
    made = await asked(fleet, "erasure")
    assert (await fleet.post(f"{REQUESTS}/{made['id']}/erase", json={})).json()["state"] == "done"
    path = f"/v1/fleet/imports/payments/{sent.json()['sha256']}"
    kept = [row["ref"] for row in (await fleet.get(path)).json()["items"] if row["mistakes"]]
    assert kept == ["P-3", "P-4"]
    async with fleet.database.tenant(fleet.tenant) as tx:
        aside = await tx.execute(text("select given ->> 'received_at' from kept_aside order by given"))
        assert {told for told in aside.scalars() if told} == {"chez Bertrand", "avant-hier"}


TABLES = text(
    "select table_name from information_schema.columns where column_name = 'tenant_id' "
    "and table_schema = 'public'"
)


async def test_a_correction_reaches_what_waits_and_an_objection_follows(fleet: Caller) -> None:
    async with fleet.database.tenant(fleet.tenant) as tx:
        await tx.execute(text(
            "insert into opt_out (tenant_id, channel, address, reason) "
            "values (:tenant, 'email', 'd-1@example.org', 'STOP')"
        ), {"tenant": fleet.tenant})  # fmt: skip
    made = await asked(fleet, "correction")
    given = {"email": "claire.martin@example.net", "full_name": "Claire Martin-Diallo"}
    done = await fleet.post(f"{REQUESTS}/{made['id']}/correct", json=given)
    assert done.json()["result"] == {"corrected": ["email", "full_name"]}
    assert (await fleet.get("/v1/contacts/D-1")).json()["email"] == given["email"]
    async with fleet.database.tenant(fleet.tenant) as tx:
        addresses = (await tx.execute(text("select address from opt_out order by 1"))).scalars().all()
    assert addresses == ["claire.martin@example.net", "d-1@example.org"]
    is_problem(await fleet.post(f"{REQUESTS}/{(await asked(fleet, 'correction'))['id']}/correct", json={}),
               422, "bad-input")  # fmt: skip


async def test_an_invitation_to_a_wrong_address_opens_nothing_once_it_is_corrected(caller: Caller) -> None:
    async with caller.database.tenant(caller.tenant) as tx:
        who = Invited("ann@example.org", "Anne Roy", frozenset({"operator"}))
        id = (await people.invite(tx, caller.tenant, who, "test")).id
        secret = await sign_in.issue_ticket(tx, caller.tenant, id, "invitation", START)
    made = await asked(caller, "correction", "", contact_ref=None, person_id=id)
    given = {"email": "anne@example.org"}
    assert (await caller.post(f"{REQUESTS}/{made['id']}/correct", json=given)).status_code == 200
    async with caller.database.tenant(caller.tenant) as tx:
        assert await sign_in.see_ticket(tx, caller.tenant, secret, ("invitation",), START) is None
    assert [one.split()[-1] for one in await caller.owed()][-2:] == ["letter.invitation", "privacy.done"]


async def test_of_a_correction_and_an_erasure_at_once_each_is_answered(caller: Caller) -> None:
    for ref in ("X-1", "X-2", "X-3"):
        await caller.contact(ref)
        first, second = await asked(caller, "correction", ref), await asked(caller, "erasure", ref)
        corrected, erased = await asyncio.gather(
            caller.post(f"{REQUESTS}/{first['id']}/correct", json={"full_name": "Anne Roy"}),
            caller.post(f"{REQUESTS}/{second['id']}/erase", json={}),
        )
        assert (corrected.status_code in (200, 409), erased.status_code) == (True, 200), corrected.text
        assert (await caller.get(f"/v1/contacts/{ref}")).json()["full_name"] == ""


async def test_a_refusal_has_a_reason_and_ends_the_watch(fleet: Caller) -> None:
    made = await asked(fleet, "erasure")
    is_problem(await fleet.post(f"{REQUESTS}/{made['id']}/refuse", json={}), 422, "bad-input")
    done = await fleet.post(f"{REQUESTS}/{made['id']}/refuse", json={"reason": "Contrat en cours."})
    assert done.json()["state"] == "refused"
    assert f"ring platform.privacy_request:{made['id']} privacy.refused" in await fleet.owed()
    other = await asked(fleet, "objection")
    done = await fleet.post(f"{REQUESTS}/{other['id']}/done", json={"answer": "Plus aucun SMS."})
    assert done.json()["answer"] == "Plus aucun SMS."
    third = await asked(fleet, "erasure")
    is_problem(await fleet.post(f"{REQUESTS}/{third['id']}/done", json={"answer": "Fait."}), 409, "conflict")


async def test_the_register_tells_what_is_held_and_how_long(caller: Caller) -> None:
    entries = {one["name"]: one for one in (await caller.get("/v1/privacy/register")).json()["entries"]}
    assert "message: 36 months" in entries["messages"]["kept"]
    assert "payment" in entries["fleet"]["tables"]
    assert "address" in entries["contacts"]["data"]
    assert entries["fleet"]["laws"]


async def test_who_only_signs_in_is_exported_and_erased_too(caller: Caller) -> None:
    async with caller.database.tenant(caller.tenant) as tx:
        admin = await invited(tx, caller, "anne@example.org")
        token = await create_key(tx, caller.tenant, "Clé d’Anne", frozenset({"*"}), owner=admin)
    made = await asked(caller, "access", "", contact_ref=None, person_id=admin)
    await caller.post(f"{REQUESTS}/{made['id']}/export", json={})
    content = (await caller.get(f"{REQUESTS}/{made['id']}/archive")).content
    data = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("data.json"))
    assert data["person"][0]["email"] == "anne@example.org"
    assert "secret_sha256" not in data["api_key"][0]
    made = await asked(caller, "erasure", "", contact_ref=None, person_id=admin)
    assert made["obstacles"] == ["the tenant would be left without an administrator; make another one first"]
    async with caller.database.tenant(caller.tenant) as tx:
        await invited(tx, caller, "bruno@example.org")
    done = await caller.post(f"{REQUESTS}/{made['id']}/erase", json={})
    assert done.status_code == 200, done.text
    is_problem(await replace(caller, key=token).get("/v1/me"), 401, "unauthorized")
    person = (await caller.get(f"/v1/people/{admin}")).json()
    assert (person["state"], person["email"], person["full_name"]) == ("erased", "", "")
    late = await asked(caller, "correction", "", contact_ref=None, person_id=admin)
    given = {"full_name": "Anne Roy", "email": "anne@example.org"}
    is_problem(await caller.post(f"{REQUESTS}/{late['id']}/correct", json=given), 409, "conflict")
    assert (await caller.get(f"/v1/people/{admin}")).json()["email"] == ""
    again = await asked(caller, "erasure", "", contact_ref=None, person_id=admin)
    assert (await caller.post(f"{REQUESTS}/{again['id']}/erase", json={})).status_code == 200


async def invited(tx: AsyncConnection, caller: Caller, email: str) -> str:
    who = Invited(email, "Anne Roy", frozenset({"administrator"}))
    return (await people.invite(tx, caller.tenant, who, "test", people.ACTIVE)).id
