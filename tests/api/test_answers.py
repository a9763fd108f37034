"""The pages behind the links of our messages."""

from typing import Any

import httpx
import pytest

from adapters.links import SignedLinks
from domain.links import Target
from tests.api.conftest import Caller, opened
from tests.api.samples import CONTRACTS, DELIVERABLES, PROJECTS, SESSION, contract
from tests.files.samples import pdf
from tests.ground import PUBLIC

TERM = "K-1.20320229"


def link(links: SignedLinks, caller: Caller, process: str, ref: str, audience: str) -> str:
    return links.to(Target(caller.tenant, process, ref, audience)).removeprefix(PUBLIC)


async def hand_in(caller: Caller, path: str, name: str, content: bytes) -> httpx.Response:
    files = {"file": (name, content, "application/pdf")}
    return await caller.http.post(path, files=files, data={"answer": "handed_in"}, follow_redirects=True)


async def send(caller: Caller, path: str, **form: str) -> httpx.Response:
    return await caller.http.post(path, data=form, follow_redirects=True)


@pytest.fixture
async def renewal(caller: Caller, links: SignedLinks) -> str:
    await caller.contact("CL-1", locale="fr")
    assert (await caller.post("/v1/maintenance/contracts", json=contract())).status_code == 201
    return link(links, caller, "maintenance.renewal", TERM, "CL-1")


async def test_a_question_is_asked_in_the_persons_language(caller: Caller, renewal: str) -> None:
    page = await caller.http.get(renewal)
    assert page.status_code == 200
    assert page.headers["content-language"] == "fr"
    for words in ("Duret Ascenseurs", "Je renouvelle", "Je ne renouvelle pas", "29 février 2032", "480,00"):
        assert words in page.text
    english = await caller.http.get(renewal, params={"lang": "en"})
    assert "I renew" in english.text
    assert "29 February 2032" in english.text


async def test_a_page_is_private_and_loads_nothing(caller: Caller, renewal: str) -> None:
    page = await caller.http.get(renewal)
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "noindex" in page.headers["x-robots-tag"]
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    for outside in ("<script", "src=", "http://", "https://", "@import", "url("):
        assert outside not in page.text


async def test_an_answer_is_written_once_and_shown(caller: Caller, renewal: str) -> None:
    shown = await send(caller, renewal, answer="renewed")
    assert shown.status_code == 200
    assert "Merci, c’est noté." in shown.text
    assert "Vous renouvelez ce contrat" in shown.text
    assert "<form" not in shown.text
    assert (await send(caller, renewal, answer="renewed")).status_code == 200
    other = await send(caller, renewal, answer="refused")
    assert other.status_code == 409
    assert "la vôtre n’a rien changé" in other.text
    known = (await caller.get("/v1/maintenance/contracts/K-1")).json()
    assert known["answer"] == "renewed"
    row = (await caller.audited())[-1]
    assert (row.who, row.action, row.object) == ("link:CL-1", "link.answered", f"maintenance.renewal:{TERM}")
    assert (await caller.owed())[-1] == f"ring maintenance.renewal:{TERM} renewal.renewed"


@pytest.mark.parametrize("form", [{}, {"answer": "maybe"}, {"answer": "none"}])
async def test_no_answer_is_told(caller: Caller, renewal: str, form: dict[str, str]) -> None:
    page = await send(caller, renewal, **form)
    assert page.status_code == 422
    assert "Choisissez une réponse." in page.text
    assert (await caller.get("/v1/maintenance/contracts/K-1")).json()["answer"] == "none"


async def test_a_link_of_a_past_term_decides_nothing(
    caller: Caller, links: SignedLinks, renewal: str
) -> None:
    assert renewal
    past = link(links, caller, "maintenance.renewal", "K-1.20310228", "CL-1")
    assert "Cette échéance est passée" in (await caller.http.get(past)).text
    assert (await send(caller, past, answer="refused")).status_code == 409
    assert (await caller.get("/v1/maintenance/contracts/K-1")).json()["answer"] == "none"


async def test_a_link_that_is_not_ours_opens_nothing(
    caller: Caller, links: SignedLinks, renewal: str
) -> None:
    forged = renewal[:-2] + "xx"
    strange = [
        forged, "/a/x", link(links, caller, "maintenance.renewal", "K-9.20320229", "CL-1"),
        link(links, caller, "maintenance.renewal", TERM, "gone"),
        link(links, caller, "no.process", TERM, "CL-1"),
        link(SignedLinks(["another secret"], PUBLIC), caller, "maintenance.renewal", TERM, "CL-1"),
    ]  # fmt: skip
    for path in strange:
        for page in (await caller.http.get(path), await send(caller, path, answer="refused")):
            assert page.status_code == 404
            assert "Ce lien n’est pas valable" in page.text
    spoken = await caller.http.get(forged, headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert "This link is not valid" in spoken.text


async def test_a_link_of_one_tenant_opens_nothing_of_another(
    caller: Caller, other: Caller, links: SignedLinks, renewal: str
) -> None:
    assert renewal
    await other.contact("CL-1")
    assert (await caller.http.get(link(links, other, "maintenance.renewal", TERM, "CL-1"))).status_code == 404


@pytest.mark.parametrize(
    ("form", "understood"),
    [
        ({"answer": "approved"}, "Vous accordez"),
        ({"answer": "adjusted", "amount": "1 250,50"}, "1\u202f250,50"),
        ({"answer": "refused"}, "Vous avez refusé"),
    ],
)
async def test_a_client_answers_a_fund_call(
    training: Caller, links: SignedLinks, form: dict[str, str], understood: str
) -> None:
    await training.post(f"{PROJECTS}/PR-1/sessions", json=SESSION)
    path = link(links, training, "training.fund_call", "PR-1", "CL-1")
    assert (await training.http.get(path)).status_code == 404
    await opened(training)
    assert "J’approuve" in (await training.http.get(path)).text
    for amount in ("", "many", "-5", "1.234"):
        page = await send(training, path, answer="adjusted", amount=amount)
        assert page.status_code == 422
        assert "Ce montant n’est pas valable." in page.text
    assert understood in (await send(training, path, **form)).text


async def test_a_driver_promises_a_day(fleet: Caller, links: SignedLinks) -> None:
    path = link(links, fleet, "fleet.dunning", "C-1", "D-1")
    page = await fleet.http.get(path)
    assert 'min="2031-03-03" max="2031-04-03"' in page.text
    for until in ("2031-02-30", "2031-03-02", "2031-05-01", ""):
        wrong = await send(fleet, path, until=until, amount="4000")
        assert wrong.status_code == 422
        assert 'role="alert"' in wrong.text
    shown = await send(fleet, path, until="2031-03-10", amount="14 000")
    assert "10 mars 2031" in shown.text
    assert "ring fleet.dunning:C-1 payment.promised" in await fleet.owed()


async def test_nothing_is_asked_of_who_owes_nothing(fleet: Caller, links: SignedLinks) -> None:
    body: dict[str, Any] = {
        "ref": "P-1", "contract_ref": "C-1", "received_at": "2031-03-01T10:00:00Z", "channel": "cash",
        "amount": {"amount": "30000", "currency": "XAF"},
    }  # fmt: skip
    await fleet.post("/v1/fleet/payments", json=body)
    page = await fleet.http.get(link(links, fleet, "fleet.dunning", "C-1", "D-1"))
    assert "Rien n’est en retard" in page.text
    assert "<form" not in page.text
    await fleet.post(f"{CONTRACTS}/C-1/terminate", json={"reason": "Ended."})


async def test_a_student_hands_in(school: Caller, links: SignedLinks) -> None:
    path = link(links, school, "internships.deliverable", "R-1", "E-1")
    assert 'enctype="multipart/form-data"' in (await school.http.get(path)).text
    none = await hand_in(school, path, "", b"")
    assert none.status_code == 422
    assert "Choisissez un fichier." in none.text
    disguised = await hand_in(school, path, "rapport.pdf", b"MZ" + bytes(100))
    assert disguised.status_code == 422
    assert "Ce type de fichier n’est pas accepté" in disguised.text
    shown = await hand_in(school, path, "rapport d’été & fin.pdf", pdf())
    assert "rapport d’été &amp; fin.pdf" in shown.text
    assert (await hand_in(school, path, "rapport d’été & fin.pdf", pdf())).status_code == 200
    assert (await hand_in(school, path, "autre.pdf", pdf(b"x"))).status_code == 409
    known = (await school.get(f"{DELIVERABLES}/R-1")).json()
    assert known["file_name"] == "rapport d’été & fin.pdf"
    assert (await school.get(f"/v1/files/{known['file_id']}/content")).content == pdf()
    late = await hand_in(school, path[:-2] + "xx", "rapport.pdf", pdf())
    assert late.status_code == 404
