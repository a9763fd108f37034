"""Lists as files by the API: who may ask for which, how far it is, and who fetches it."""

import pytest

from activities.platform.export import Exports
from adapters.table_files import TableFiles
from api.parts import Parts
from database.listings import LISTINGS
from tests.api.callers import person
from tests.api.conftest import Caller, is_problem
from tests.api.samples import paid, signed

EXPORTS = "/v1/exports"


async def asked(caller: Caller, **given: object) -> str:
    answer = await caller.post(EXPORTS, json={"list": "contracts", "format": "csv", **given})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


@pytest.fixture
def runner(parts: Parts) -> Exports:
    return Exports(parts.database, parts.files, TableFiles(), LISTINGS)


async def test_a_list_is_asked_for_followed_and_fetched(douala: Caller, runner: Exports) -> None:
    await douala.contact("D-1", full_name="Fabrice Nguema")
    assert (await douala.post("/v1/fleet/contracts", json=signed())).status_code == 201
    assert (await douala.post("/v1/fleet/payments", json=paid())).status_code == 201
    id = await asked(douala, filters={"state": "active", "text": "Nguema"}, locale="en")
    assert f"start platform.export:{id} export.asked" in await douala.owed()
    is_problem(await douala.get(f"{EXPORTS}/{id}/content"), 409, "conflict")
    await runner.go_on(douala.tenant, id, lambda _: None)
    found = (await douala.get(f"{EXPORTS}/{id}")).json()
    assert (found["state"], found["done"], found["percent"]) == ("done", 1, 100)
    fetched = await douala.get(f"{EXPORTS}/{id}/content")
    assert fetched.headers["content-disposition"].startswith("attachment; filename*=UTF-8''Contracts%20")
    assert "Fabrice Nguema" in fetched.text
    assert len(fetched.content) == found["size"]
    trail = await douala.audited()
    assert [row.action for row in trail if row.object.startswith(("export:", "file:"))] == [
        "export.asked", "file.downloaded",
    ]  # fmt: skip
    # What was typed to find somebody is no part of a trail that can never be changed.
    assert "Nguema" not in str([row.after for row in trail if row.object == f"export:{id}"])


async def test_bad_questions_name_the_place_and_the_mend(caller: Caller) -> None:
    for body, field in (
        ({"list": "engines"}, "list"),
        ({"list": "contracts", "filters": {"colour": "red"}}, "filters.colour"),
        ({"list": "contracts", "filters": {"state": "lost"}}, "state"),
        ({"list": "contracts", "order": "colour"}, "order"),
        ({"list": "contracts", "format": "ods"}, "format"),
    ):
        problem = is_problem(await caller.post(EXPORTS, json=body), 422, "bad-input")
        assert problem["errors"][0]["field"] == field


async def test_who_may_not_read_a_list_may_not_take_it_away(caller: Caller, runner: Exports) -> None:
    id = await asked(caller)
    await runner.go_on(caller.tenant, id, lambda _: None)
    narrow = await caller.with_scopes("reports:read", "reports:write", "alerts:read")
    is_problem(await narrow.post(EXPORTS, json={"list": "contracts"}), 403, "forbidden")
    is_problem(await narrow.get(f"{EXPORTS}/{id}/content"), 403, "forbidden")
    assert "contracts" not in [one["name"] for one in (await narrow.get(f"{EXPORTS}/lists")).json()["items"]]
    for role in ("technician", "driver", "investor"):
        is_problem(await (await person(caller, role)).get(f"{EXPORTS}/{id}"), 403, "forbidden")


async def test_every_list_tells_how_it_can_be_asked(caller: Caller) -> None:
    lists = {one["name"]: one for one in (await caller.get(f"{EXPORTS}/lists")).json()["items"]}
    assert set(lists) == set(LISTINGS)
    state = next(one for one in lists["contracts"]["filters"] if one["name"] == "state")
    assert "active" in state["choices"]
    for name, one in lists.items():
        for order in one["orders"]:
            assert (await caller.post(EXPORTS, json={"list": name, "order": order})).status_code in (202, 409)


async def test_too_many_at_once_are_refused_and_a_stopped_one_makes_room(caller: Caller) -> None:
    ids = [await asked(caller) for _ in range(20)]
    is_problem(await caller.post(EXPORTS, json={"list": "contracts"}), 409, "conflict")
    assert (await caller.post(f"{EXPORTS}/{ids[0]}/stop")).json()["state"] == "stopped"
    is_problem(await caller.post(f"{EXPORTS}/{ids[0]}/stop"), 409, "conflict")
    last = await asked(caller)
    page = (await caller.get(EXPORTS, params={"limit": "15"})).json()
    rest = (await caller.get(EXPORTS, params={"limit": "15", "cursor": page["next"]})).json()
    assert {one["id"] for one in (*page["items"], *rest["items"])} == {*ids, last}
    is_problem(await caller.get(f"{EXPORTS}/x1"), 404, "not-found")


async def test_another_firm_sees_nothing_of_it(caller: Caller, douala: Caller, runner: Exports) -> None:
    id = await asked(caller)
    await runner.go_on(caller.tenant, id, lambda _: None)
    for path in (f"{EXPORTS}/{id}", f"{EXPORTS}/{id}/content"):
        is_problem(await douala.get(path), 404, "not-found")


async def test_a_list_is_no_file_among_others(caller: Caller, runner: Exports) -> None:
    """Whoever may read documents may not read the whole list of drivers by its file."""
    await runner.go_on(caller.tenant, await asked(caller), lambda _: None)
    [file] = (await caller.get("/v1/files")).json()["items"]
    assert file["process"] == "platform.export"
    technician = await person(caller, "technician")
    assert (await technician.get("/v1/files")).json()["items"] == []
    reader = await caller.with_scopes("files:read", "files:write", "reports:read")
    for who in (technician, reader):
        is_problem(await who.get(f"/v1/files/{file['id']}"), 404, "not-found")
        is_problem(await who.get(f"/v1/files/{file['id']}/content"), 404, "not-found")
    given = {"contact_ref": "CL-1", "hours": 1}
    await caller.contact()
    is_problem(await reader.post(f"/v1/files/{file['id']}/links", json=given), 404, "not-found")
