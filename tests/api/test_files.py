"""Files over the API: handed in, read, shared by links that end, removed."""

from dataclasses import replace
from typing import cast
from uuid import uuid4

import httpx
import pytest
from sqlalchemy.pool import QueuePool

from adapters.links import SignedFileLinks
from adapters.uploads.inspector import UploadInspector
from api.downloads import HEADERS
from api.idempotency import REPLAYED
from api.parts import Parts
from database.shared.keys import of_person
from domain.upload import LARGEST, Checked, Given
from serving import assemble
from tests.api.conftest import Caller, is_problem
from tests.api.samples import DELIVERABLES
from tests.files.samples import pdf, photo, word
from tests.ground import KEYRING, PUBLIC

FILE = f"{DELIVERABLES}/R-1/file"


async def hand_in(
    caller: Caller, name: str = "rapport.pdf", content: bytes = b"", headers: dict[str, str] | None = None
) -> httpx.Response:
    files = {"file": (name, content or pdf(), "application/x-whatever")}
    return await caller.post(FILE, files=files, headers=headers or {})


async def kept(caller: Caller, name: str = "rapport.pdf", content: bytes = b"") -> str:
    answer = await hand_in(caller, name, content)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["file_id"])


async def link(caller: Caller, file: str, contact: str = "T-1", hours: int = 24) -> str:
    made = await caller.post(f"/v1/files/{file}/links", json={"contact_ref": contact, "hours": hours})
    assert made.status_code == 201, made.text
    return str(made.json()["url"]).removeprefix(PUBLIC)


async def test_a_report_is_handed_in_and_read(school: Caller) -> None:
    file = await kept(school, "Mémoire d’été.docx", word())
    known = (await school.get(f"/v1/files/{file}")).json()
    assert (known["name"], known["state"], known["contact_ref"]) == ("Mémoire d’été.docx", "unscanned", "E-1")
    assert known["size"] == len(word())
    read = await school.get(f"/v1/files/{file}/content")
    assert read.content == word()
    name = "M%C3%A9moire%20d%E2%80%99%C3%A9t%C3%A9.docx"
    assert read.headers["content-disposition"] == f"attachment; filename*=UTF-8''{name}"
    for name, value in HEADERS.items():
        assert read.headers[name] == value
    listed = (await school.get("/v1/files?contact=E-1")).json()
    assert [one["id"] for one in listed["items"]] == [file]
    assert "ring internships.deliverable:R-1 deliverable.handed_in" in await school.owed()
    actions = [row.action for row in await school.audited()]
    assert actions[-2:] == ["internships.deliverable.handed_in", "file.downloaded"]


async def test_the_same_file_again_changes_nothing_and_another_one_is_late(school: Caller) -> None:
    file = await kept(school)
    assert await kept(school) == file
    is_problem(await hand_in(school, content=pdf(b"another")), 409, "conflict")
    listed = (await school.get("/v1/files?process=internships.deliverable&ref=R-1")).json()
    assert len(listed["items"]) == 1


async def test_a_hand_in_that_is_sent_again_under_its_key_is_one(school: Caller) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    first = await hand_in(school, headers=key)
    again = await hand_in(school, headers=key)
    assert again.headers[REPLAYED] == "true"
    assert again.json() == first.json()
    is_problem(await hand_in(school, content=pdf(b"x"), headers=key), 422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("rapport.pdf", b"MZ" + bytes(100), "this kind of file is not accepted"),
        ("a/../../etc/passwd.pdf", pdf(), "the name of the file has a forbidden sign"),
        ("rapport\u202efdp.exe", pdf(), "the name of the file has a forbidden sign"),
        ("nul.pdf", pdf(), "Windows reserves this name of a file"),
        ("rapport.pdf", pdf() + word(), "the file is damaged, or two files in one"),
        ("rapport.pdf", pdf(b"x" * LARGEST), "the file is too large"),
    ],
)  # fmt: skip
async def test_what_is_wrong_with_a_file_is_told_with_what_mends_it(
    school: Caller, name: str, content: bytes, problem: str
) -> None:
    said = is_problem(await hand_in(school, name, content), 422, "bad-input")
    assert [one["field"] for one in said["errors"]] == ["file"]
    assert said["errors"][0]["problem"] == problem
    assert said["errors"][0]["mend"]
    assert (await school.get("/v1/files")).json()["items"] == []
    assert (await school.get(f"{DELIVERABLES}/R-1")).json()["state"] == "announced"


async def test_what_is_no_form_is_refused(school: Caller) -> None:
    form = {"Content-Type": "multipart/form-data; boundary=xxxxxxxx"}
    for body in (b"", b"--xxxxxxxx", b"--xxxxxxxx\r\nno header\r\n\r\nx\r\n--xxxxxxxx--", b"\x00" * 100):
        answer = await school.post(FILE, content=body, headers=form)
        assert answer.status_code in (400, 422), answer.text
    bare = {"Content-Type": "multipart/form-data"}
    is_problem(await school.post(FILE, content=b"x", headers=bare), 400, "bad-request")
    is_problem(await school.post(FILE, json={"file": "x"}), 415, "unsupported-media-type")
    is_problem(await school.post(FILE, content=bytes(LARGEST + 2**21), headers=form), 413, "too-large")
    two = [("file", ("a.pdf", pdf())), ("file", ("b.pdf", pdf()))]
    is_problem(await school.post(FILE, files=two), 400, "bad-request")


async def test_while_a_file_is_looked_at_no_transaction_is_held(school: Caller, parts: Parts) -> None:
    """Or a few slow scans would hold every connection, and the whole API with them."""
    held: list[int] = []

    class Slow(UploadInspector):
        async def check(self, given: Given) -> Checked:
            held.append(cast(QueuePool, parts.database.engine.pool).checkedout())
            return await super().check(given)

    slow = replace(parts, uploads=replace(parts.uploads, inspector=Slow()))
    transport = httpx.ASGITransport(app=assemble(slow))
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as http:
        assert (await hand_in(replace(school, http=http))).status_code == 200
    assert held == [0]


async def test_a_photo_is_given_to_others_without_what_the_camera_knows(school: Caller) -> None:
    content = photo(secret="Jeanne Secrète")
    file = await kept(school, "photo.jpg", content)
    others = await school.get(f"/v1/files/{file}/content")
    assert b"Jeanne" not in others.content
    assert (await school.get(f"/v1/files/{file}/content?original=true")).content == content
    assert b"Jeanne" not in (await school.http.get(await link(school, file))).content
    assert (await school.http.get(await link(school, file, "E-1"))).content == content


async def test_a_link_opens_one_file_until_its_end(school: Caller) -> None:
    path = await link(school, await kept(school), hours=2)
    page = await school.http.get(path)
    assert page.content == pdf()
    assert page.headers["content-disposition"].startswith("attachment;")
    assert page.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
    assert (await school.audited())[-1].who == "link:T-1"
    school.clock.forward(hours=1, minutes=59)
    assert (await school.http.get(path)).status_code == 200
    school.clock.forward(minutes=1)
    late = await school.http.get(path)
    assert late.status_code == 410
    assert "Ce lien a expiré" in late.text
    english = await school.http.get(path, params={"lang": "en"})
    assert "This link has expired" in english.text


async def test_a_link_that_is_not_ours_or_whose_person_is_gone_opens_nothing(
    school: Caller, other: Caller
) -> None:
    file = await kept(school)
    path = await link(school, file)
    mine = school.http.get
    target = SignedFileLinks(["a secret for tests"], PUBLIC).read(path.rpartition("/")[2])
    forged = SignedFileLinks(["another secret"], PUBLIC).to(target).removeprefix(PUBLIC)
    answer_link = path.replace("/f/", "/a/")
    changed = path[:-4] + ("B" if path[-4] == "A" else "A") + path[-3:]
    for wrong in (changed, "/f/x", forged, answer_link, "/f/" + "x" * 5000):
        assert (await mine(wrong)).status_code == 404
    async with school.database.tenant(school.tenant) as tx:
        await KEYRING.destroy(tx, school.tenant, of_person("T-1"), school.clock.at, "erasure")
    gone = await mine(path)
    assert gone.status_code == 404
    assert "Ce lien n’est pas valable" in gone.text
    is_problem(await other.post(f"/v1/files/{file}/links", json={"contact_ref": "T-1"}), 404, "not-found")
    is_problem(await school.post(f"/v1/files/{file}/links", json={"contact_ref": "X-9"}), 404, "not-found")


async def test_a_file_whose_subject_was_erased_is_gone_for_everybody(school: Caller) -> None:
    file = await kept(school)
    path = await link(school, file)
    async with school.database.tenant(school.tenant) as tx:
        await KEYRING.destroy(tx, school.tenant, of_person("E-1"), school.clock.at, "erasure")
    is_problem(await school.get(f"/v1/files/{file}/content"), 410, "unopenable")
    assert (await school.http.get(path)).status_code == 404


async def test_a_removed_file_is_gone_and_its_link_with_it(school: Caller) -> None:
    file = await kept(school)
    path = await link(school, file)
    removed = await school.post(f"/v1/files/{file}/remove", json={"reason": "By mistake."})
    assert (removed.json()["state"], removed.json()["name"]) == ("removed", "")
    is_problem(await school.get(f"/v1/files/{file}/content"), 409, "conflict")
    assert (await school.http.get(path)).status_code == 409
    assert (await school.get(f"{DELIVERABLES}/R-1")).json()["state"] == "handed_in"


async def test_a_link_is_shown_once(school: Caller) -> None:
    file, key = await kept(school), {"Idempotency-Key": str(uuid4())}
    body = {"contact_ref": "T-1"}
    first = await school.post(f"/v1/files/{file}/links", json=body, headers=key)
    again = await school.post(f"/v1/files/{file}/links", json=body, headers=key)
    assert first.json()["url"]
    assert again.json()["url"] is None


async def test_nobody_else_reads_it(school: Caller, other: Caller) -> None:
    file = await kept(school)
    for path in (f"/v1/files/{file}", f"/v1/files/{file}/content"):
        is_problem(await other.get(path), 404, "not-found")
        is_problem(await (await school.with_scopes("fleet:read")).get(path), 403, "forbidden")
    assert (await other.get("/v1/files")).json()["items"] == []
