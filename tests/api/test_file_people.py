"""Whose file is whose: a student's report is theirs and their tutors', and nobody else's."""

from dataclasses import replace

import httpx
import pytest

from api.parts import Parts
from database.shared.files import files_of
from database.shared.ownership import narrow
from serving import assemble
from tests.api.callers import person
from tests.api.conftest import Caller, is_problem
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


async def test_the_database_itself_shows_a_person_their_own_files_only(placed: Caller) -> None:
    file = (await hand_in(placed)).json()["file_id"]
    seen = {}
    for contact in ("E-1", "T-1", "E-2", "T-9"):
        async with placed.database.tenant(placed.tenant) as tx:
            await narrow(tx, contact)
            seen[contact] = [one.id for one in await files_of(tx, placed.tenant)]
    assert seen == {"E-1": [file], "T-1": [file], "E-2": [], "T-9": []}
