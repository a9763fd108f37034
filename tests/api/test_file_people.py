"""Whose file is whose: a student's report is theirs and their tutors', and nobody else's."""

from dataclasses import replace

import httpx
import pytest

from api.parts import Parts
from database.shared.files import FileStore, files_of
from database.shared.ownership import narrow
from domain.file import NewFile
from serving import assemble
from tests.api.callers import person
from tests.api.conftest import START, Caller, is_problem
from tests.api.test_files import hand_in
from tests.files.samples import photo
from tests.ground import PUBLIC

PLACEMENT = {
    "ref": "S-2", "student_ref": "E-2", "school_tutor_ref": "T-9", "company_tutor_ref": "T-9",
    "company": "Atelier", "starts_on": "2031-02-01", "ends_on": "2031-07-31",
}  # fmt: skip


@pytest.fixture
def placed(school: Caller, parts: Parts) -> Caller:
    transport = httpx.ASGITransport(app=assemble(parts))
    return replace(school, http=httpx.AsyncClient(transport=transport, base_url=PUBLIC))


async def test_a_report_is_its_students_and_their_tutors(placed: Caller) -> None:
    content = photo(secret="Jeanne Secrète")
    file = (await hand_in(placed, "photo.jpg", content)).json()["file_id"]
    for contact in ("E-2", "T-9"):
        await placed.contact(contact)
    await placed.post("/v1/internships/placements", json=PLACEMENT)
    for role, contact in (("student", "E-1"), ("school_tutor", "T-1"), ("company_tutor", "T-2")):
        who = await person(placed, role, contact)
        assert (await who.get(f"/v1/files/{file}")).json()["name"] == "photo.jpg"
        read = await who.get(f"/v1/files/{file}/content")
        assert read.status_code == 200
        assert b"Jeanne" not in read.content
        is_problem(await who.get(f"/v1/files/{file}/content?original=true"), 403, "forbidden")
        is_problem(await who.get("/v1/files"), 403, "forbidden")
        is_problem(await who.post(f"/v1/files/{file}/remove", json={"reason": "x"}), 403, "forbidden")
    for role, contact in (("student", "E-2"), ("school_tutor", "T-9"), ("driver", "T-9"), ("driver", "")):
        stranger = await person(placed, role, contact)
        for path in (f"/v1/files/{file}", f"/v1/files/{file}/content"):
            assert (await stranger.get(path)).status_code in (403, 404)
    officer = await person(placed, "internship_officer")
    assert (await officer.get(f"/v1/files/{file}/content?original=true")).content == content


async def test_files_are_read_by_who_reads_their_business(placed: Caller) -> None:
    """A permission for files opens no business that is not one's own."""
    file = (await hand_in(placed)).json()["file_id"]
    share = {"contact_ref": "T-1", "hours": 1}
    for role in ("technician", "planner", "finance"):
        who = await person(placed, role)
        assert (await who.get("/v1/files")).json()["items"] == []
        for path in (f"/v1/files/{file}", f"/v1/files/{file}/content"):
            is_problem(await who.get(path), 404, "not-found")
        is_problem(await who.post(f"/v1/files/{file}/links", json=share), 404, "not-found")
        is_problem(await who.post(f"/v1/files/{file}/remove", json={"reason": "x"}), 404, "not-found")
    reader = await placed.with_scopes("files:read", "internships:read")
    assert (await reader.get(f"/v1/files/{file}/content")).status_code == 200


async def test_what_a_law_keeps_or_a_dispute_holds_is_not_removed(placed: Caller, store: FileStore) -> None:
    issued = NewFile("deed.pdf", "application/pdf", b"x", "fleet.contract", "C-1", "document", "test", START)
    async with placed.database.tenant(placed.tenant) as tx:
        deed = (await store.keep(tx, placed.tenant, issued)).id
    reason = {"reason": "By mistake."}
    said = is_problem(await placed.post(f"/v1/files/{deed}/remove", json=reason), 409, "conflict")
    assert "a law keeps it" in said["detail"]
    file = (await hand_in(placed)).json()["file_id"]
    contact = (await placed.get(f"/v1/files/{file}")).json()["contact_ref"]
    hold = {"contact_ref": contact, "reason": "Litige"}
    held = (await placed.post("/v1/privacy/holds", json=hold)).json()
    said = is_problem(await placed.post(f"/v1/files/{file}/remove", json=reason), 409, "conflict")
    assert contact in said["detail"]
    await placed.post(f"/v1/privacy/holds/{held['id']}/lift", json={})
    assert (await placed.post(f"/v1/files/{file}/remove", json=reason)).json()["state"] == "removed"


async def test_an_archive_of_a_person_asks_for_a_fresh_proof_wherever_it_is_fetched(placed: Caller) -> None:
    """Their own, too: a telephone that was left lying gives nobody a whole life."""
    asked = {"kind": "access", "contact_ref": "E-1"}
    made = (await placed.post("/v1/privacy/requests", json=asked)).json()
    done = (await placed.post(f"/v1/privacy/requests/{made['id']}/export", json={})).json()
    file = done["file_id"]
    for role, contact in (("administrator", ""), ("student", "E-1")):
        stale = await person(placed, role, contact, proved=False)
        fresh = await person(placed, role, contact)
        is_problem(await stale.get(f"/v1/files/{file}/content"), 401, "proof-needed")
        assert (await fresh.get(f"/v1/files/{file}/content")).status_code == 200
    is_problem(await (await person(placed, "operator")).get(f"/v1/files/{file}"), 404, "not-found")


async def test_the_database_itself_shows_a_person_their_own_files_only(placed: Caller) -> None:
    file = (await hand_in(placed)).json()["file_id"]
    seen = {}
    for contact in ("E-1", "T-1", "E-2", "T-9"):
        async with placed.database.tenant(placed.tenant) as tx:
            await narrow(tx, contact)
            seen[contact] = [one.id for one in await files_of(tx, placed.tenant)]
    assert seen == {"E-1": [file], "T-1": [file], "E-2": [], "T-9": []}
