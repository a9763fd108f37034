"""Rounds and the rights of persons: what is known of a customer or a technician, and what becomes of it."""

import io
import json
import zipfile
from typing import Any

import pytest
from sqlalchemy import select

from database.maintenance.tables import plan, technician, technician_absence, visit
from tests.api.conftest import Caller, is_problem
from tests.api.planning_samples import PLANS, TECHNICIANS, VISITS, asked, firm, moves

REQUESTS = "/v1/privacy/requests"
MONDAY = "2031-03-10"


@pytest.fixture
async def annecy(caller: Caller) -> Caller:
    """A visit stands in T-1's round."""
    await firm(caller)
    await asked(caller, "V-1")
    made = (await caller.post(PLANS, json={"first_on": MONDAY, "days": 1, "seconds": 0})).json()
    await moves(caller, made["id"], ("V-1", "T-1", MONDAY))
    assert (await caller.post(f"{PLANS}/{made['id']}/accept", json={})).is_success
    return caller


async def requested(caller: Caller, kind: str, contact: str) -> str:
    made = await caller.post(REQUESTS, json={"kind": kind, "contact_ref": contact})
    return str(made.json()["id"])


async def row(caller: Caller, table: Any) -> Any:
    async with caller.database.tenant(caller.tenant) as tx:
        return (await tx.execute(select(table).order_by(table.c.tenant_id))).first()


async def test_a_customer_is_erased_once_nothing_is_open(annecy: Caller) -> None:
    id = await requested(annecy, "erasure", "CL-1")
    said = is_problem(await annecy.post(f"{REQUESTS}/{id}/erase", json={}), 409, "conflict")
    assert "visit V-1" in said["detail"]
    assert (await annecy.post(f"{VISITS}/V-1/cancel", json={})).is_success
    done = await annecy.post(f"{REQUESTS}/{id}/erase", json={})
    assert done.status_code == 200, done.text
    kept = await row(annecy, visit)
    assert (kept.work, kept.address, kept.latitude, kept.longitude) == ("[erased]", "", 0, 0)
    assert (await row(annecy, plan)).problem is None
    trail = [one for one in await annecy.audited() if one.action == "maintenance.visit.saved"]
    assert "sealed" in json.dumps(trail[0].after)


async def test_a_technician_is_erased_once_they_left(annecy: Caller) -> None:
    away = f"{TECHNICIANS}/T-1/absences/2031-03-20"
    assert (await annecy.put(away, json={"ends_on": "2031-03-21", "reason": "ill"})).is_success
    id = await requested(annecy, "erasure", "X-1")
    said = is_problem(await annecy.post(f"{REQUESTS}/{id}/erase", json={}), 409, "conflict")
    assert "technician T-1" in said["detail"]
    is_problem(await annecy.call("DELETE", f"{TECHNICIANS}/T-1"), 409, "conflict")
    assert (await annecy.post(f"{VISITS}/V-1/cancel", json={})).is_success
    assert (await annecy.call("DELETE", f"{TECHNICIANS}/T-1")).is_success
    assert (await annecy.post(f"{REQUESTS}/{id}/erase", json={})).status_code == 200
    async with annecy.database.tenant(annecy.tenant) as tx:
        [kept] = await tx.execute(select(technician).where(technician.c.ref == "T-1"))
    assert (kept.start_latitude, kept.end_longitude) == (0, 0)
    assert await row(annecy, technician_absence) is None


async def test_the_archive_of_a_person_has_their_visits_and_rounds(annecy: Caller) -> None:
    for contact, found in (("CL-1", "Entretien de chaudière"), ("X-1", "6.1294")):
        id = await requested(annecy, "access", contact)
        assert (await annecy.post(f"{REQUESTS}/{id}/export", json={})).is_success
        archive = await annecy.get(f"{REQUESTS}/{id}/archive")
        with zipfile.ZipFile(io.BytesIO(archive.content)) as whole:
            text = "".join(whole.read(name).decode("utf-8", "replace") for name in whole.namelist())
        assert found in text, contact
        assert ("Seynod" in text) == (contact == "CL-1"), contact
