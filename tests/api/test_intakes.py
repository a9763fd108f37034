"""Files given over the API, that a process takes in by itself."""

import pytest

from activities.fleet.intake import Intakes
from adapters.csv_fleet import CsvFleetFiles
from adapters.holidays import PublicHolidays
from api.parts import Parts
from tests.api.conftest import Caller, is_problem

INTAKES = "/v1/fleet/intakes"
CSV = {"Content-Type": "text/csv"}
HEADER = "payment_ref,contract_ref,received_at,amount_minor,channel"
ROWS = f"{HEADER}\nQ-1,C-1,2031-02-01T10:00:00+01:00,500,cash\nQ-2,C-9,2031-02-01T10:00:00+01:00,500,cash\n"


@pytest.fixture
def worker(parts: Parts) -> Intakes:
    return Intakes(parts.database, parts.files, CsvFleetFiles(), PublicHolidays())


async def test_a_file_is_given_followed_and_let_go_of(fleet: Caller, worker: Intakes) -> None:
    asked = {"kind": "payments", "name": "mars.csv"}
    once = {**CSV, "Idempotency-Key": "march"}
    given = await fleet.post(INTAKES, params=asked, content=ROWS.encode(), headers=once)
    again = await fleet.post(INTAKES, params=asked, content=ROWS.encode(), headers=once)
    assert (given.status_code, again.json()) == (202, given.json())
    id = given.json()["id"]
    assert f"start fleet.intake:{id} import.asked" in await fleet.owed()
    [kept] = (await fleet.get("/v1/files", params={"process": "fleet.intake"})).json()["items"]
    assert (kept["ref"], kept["name"], kept["contact_ref"]) == (id, "mars.csv", "")
    await worker.go_on(fleet.tenant, id, lambda _: None)
    found = (await fleet.get(f"{INTAKES}/{id}")).json()
    assert {name: found[name] for name in ("state", "percent", "total", "created", "refused")} == {
        "state": "done", "percent": 100, "total": 2, "created": 1, "refused": 1,
    }  # fmt: skip
    assert (await fleet.get(INTAKES)).json()["items"] == [found]
    [aside] = (await fleet.get("/v1/fleet/kept-aside")).json()["items"]
    assert (aside["ref"], aside["origin"]) == ("Q-2", f"{found['sha256']}:3")
    # Names stood in it: it is gone once its rows are in.
    is_problem(await fleet.get(f"/v1/files/{kept['id']}/content"), 409, "conflict")
    is_problem(await fleet.post(f"{INTAKES}/{id}/stop"), 409, "conflict")
    trail = [row.after for row in await fleet.audited() if row.action == "import.asked"]
    assert trail == [{"kind": "payments", "sha256": found["sha256"], "rows": 2}]


async def test_what_spoils_the_whole_file_is_told_at_once(fleet: Caller) -> None:
    for kind, content, field in (
        ("swaps", ROWS.encode(), "swap_ref"), ("payments", b"", "file"), ("payments", b"PK\x03\x04x", "file"),
        ("wishes", ROWS.encode(), "kind"),
    ):  # fmt: skip
        answer = await fleet.post(INTAKES, params={"kind": kind}, content=content, headers=CSV)
        assert is_problem(answer, 422, "bad-input")["errors"][0]["field"] == field
    is_problem(await fleet.post(INTAKES, params={"kind": "payments"}, json={}), 415, "unsupported-media-type")
    assert (await fleet.get(INTAKES)).json()["items"] == []
    is_problem(await fleet.get(f"{INTAKES}/i-none"), 404, "not-found")


async def test_a_file_that_operations_removed_meanwhile_fails(fleet: Caller, worker: Intakes) -> None:
    given = await fleet.post(INTAKES, params={"kind": "payments"}, content=ROWS.encode(), headers=CSV)
    id = given.json()["id"]
    [kept] = (await fleet.get("/v1/files", params={"process": "fleet.intake"})).json()["items"]
    removed = await fleet.post(f"/v1/files/{kept['id']}/remove", json={"reason": "Given by mistake."})
    assert removed.status_code == 200, removed.text
    await worker.go_on(fleet.tenant, id, lambda _: None)
    found = (await fleet.get(f"{INTAKES}/{id}")).json()
    assert (found["state"], found["created"], "removed" in found["problem"]) == ("failed", 0, True)
