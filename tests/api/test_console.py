"""The console: who enters, what is shown, what is ordered, and what is never let in."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from starlette.applications import Starlette

from api.app import create_app
from api.parts import Parts
from database.session import Database
from database.shared import cases, effects, messages, people, publications, rules
from database.shared.audit import Actor, write
from database.shared.files import FileStore
from database.shared.passwords import set_password
from database.shared.people import Invited
from database.shared.publications import Proposal
from database.shared.rules import Draft
from database.shared.tables import alert, audit, message, outbox, person, standing_order, tenant
from domain.case import Case, Review
from domain.decision import Bilingual, Decision, NearMiss, Reason, Step, Waiting
from domain.file import FileState, NewFile
from domain.message import MessageState
from rules.library import Library
from rules.vocabulary import shipped_vocabulary
from tests.api.conftest import Clock, new_caller
from tests.engine import ENGINE
from tests.ground import PUBLIC, ROOT
from web.console.english import ENGLISH
from web.console.french import FRENCH
from web.console.language import preferred
from web.console.parts import Parts as ConsoleParts
from web.console.router import mount_console

PASSWORD = "sept girafes sous la pluie"
STOLEN = "une phrase que d’autres ont perdue"
EVIL = "<script>alert('x')</script><img src=x onerror=y>"
PROCESS = "maintenance.renewal"


@dataclass
class Operator:
    """A person at a browser: its own cookies, the forms of the pages it has seen."""

    http: httpx.AsyncClient
    database: Database
    tenant: str
    key: str
    clock: Clock
    zone: str = "Europe/Paris"

    email: str = "paul@example.org"

    async def join(self, role: str = "administrator", password: str = PASSWORD) -> str:
        """Somebody who may sign in. Returns their id."""
        async with self.database.tenant(self.tenant) as tx:
            who = Invited(self.email, "Paul Etoa", frozenset({role}))
            made = await people.invite(tx, self.tenant, who, "test", people.ACTIVE)
            await people.seen(tx, self.tenant, made.id, self.clock.at)
            if password:
                await set_password(tx, self.tenant, made, password, self.clock.at)
        return made.id

    async def sign_in(self, password: str = PASSWORD, **given: Any) -> httpx.Response:
        form = {"workspace": self.tenant, "email": self.email, "password": password}
        return await self.http.post("/console/sign-in", data=form, **given)

    async def becomes(self, role: str) -> None:
        async with self.database.tenant(self.tenant) as tx:
            await tx.execute(update(person).values(roles=[role]))

    async def see(self, path: str, **given: Any) -> str:
        answer = await self.http.get(f"/console{path}", **given)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def send(self, path: str, **fields: str) -> httpx.Response:
        token = re.search(r'name="form_token" value="([^"]+)"', await self.see("/"))
        assert token is not None
        return await self.http.post(f"/console{path}", data={"form_token": token.group(1), **fields})

    def case(self, ref: str) -> Case:
        return Case(self.tenant, PROCESS, ref, self.zone)

    async def reviewed(self, ref: str, made: Decision) -> Case:
        async with self.database.tenant(self.tenant) as tx:
            await cases.record(tx, Review(self.case(ref), self.clock.at, "run", 1), made)
        return self.case(ref)

    async def alerted(self, ref: str, title: str = "Appeler le client") -> int:
        step = Step(
            "phone", "alert", f"{PROCESS}:{ref}:phone:{title}", date(2031, 3, 4), to="maintenance",
            title=Bilingual(title, "Call the customer"),
        )  # fmt: skip
        async with self.database.tenant(self.tenant) as tx:
            await effects.raise_alert(tx, self.case(ref), step, self.clock.at - timedelta(hours=5))
            found = await tx.execute(select(alert.c.id).where(alert.c.key == step.key))
            return int(found.scalar_one())

    async def rows(self, table: Any) -> list[Any]:
        async with self.database.tenant(self.tenant) as tx:
            return list(await tx.execute(select(table).order_by(*table.primary_key)))

    async def acts(self) -> list[Any]:
        """The trail, but for how the person came in and what was refused."""
        return [row for row in await self.rows(audit) if not row.action.startswith(("sign_in.", "access."))]

    async def owed(self) -> list[Any]:
        return [row for row in await self.rows(outbox) if row.process == PROCESS]


def decided(**given: Any) -> Decision:
    about: dict[str, Any] = {
        "stage": "notice",
        "waiting": Waiting(
            Bilingual("la réponse du client", "the customer’s answer"),
            Bilingual("L’information légale est partie.", "The legal notice has gone out."),
        ),
        "due_on": date(2031, 4, 30),
        "book": "maintenance/renewal",
        "revision": "abc123",
        "facts": {"decide_by": "2031-04-30", "answer": "none", "tacit": True},
        "reasons": (Reason("notice", 42, Bilingual("La loi le demande.", "The law asks for it.")),),
        "near": (NearMiss("refused", 9, "answer", "none", "refused", Bilingual("Il refuse.", "Refused.")),),
    }
    return Decision(**{**about, **given})


@pytest.fixture(scope="module")
def console_parts(parts: Parts) -> ConsoleParts:
    library = Library(ROOT / "rules", shipped_vocabulary(ROOT / "templates"), ENGINE)
    return ConsoleParts(parts, library, ROOT / "rules", ("a secret for tests",), is_stolen=STOLEN.__eq__)


@pytest.fixture(scope="module")
def console_app(parts: Parts, console_parts: ConsoleParts) -> FastAPI:
    app = create_app(parts)
    mount_console(app, console_parts)
    return app


@pytest.fixture
async def stranger(
    console_app: FastAPI, database: Database, owner: Database, clock: Clock
) -> AsyncIterator[Operator]:
    transport = httpx.ASGITransport(app=console_app)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as http:
        caller = await new_caller(http, database, owner, clock)
        async with owner.anyone() as tx:
            await tx.execute(update(tenant).where(tenant.c.id == caller.tenant).values(second_factor="off"))
        yield Operator(http, database, caller.tenant, caller.key, clock)


@pytest.fixture
async def operator(stranger: Operator) -> Operator:
    await stranger.join()
    assert (await stranger.sign_in()).headers["location"] == "/console/"
    return stranger


async def test_the_first_address_leads_to_the_console_and_the_console_to_its_door(stranger: Operator) -> None:
    assert (await stranger.http.get("/")).headers["location"] == "/console/"
    for page in ("/", "/cases", "/cases/x/y", "/messages", "/books", "/documents/1"):
        answer = await stranger.http.get(f"/console{page}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/sign-in")


async def test_a_person_without_the_right_is_told_whom_to_ask(operator: Operator) -> None:
    await operator.becomes("technician")
    answer = await operator.http.get("/console/cases")
    assert answer.status_code == 403
    assert "Demandez-le à votre administrateur" in answer.text
    [refused] = [row for row in await operator.rows(audit) if row.action == "access.refused"]
    assert (refused.object, refused.after["needed"]) == ("route:GET /console/cases", "processes:read")
    await operator.becomes("driver")
    assert (await operator.http.get("/console/")).headers["location"] == "/console/account"
    assert "conducteur" in await operator.see("/account")


async def test_a_form_of_another_site_is_refused_and_changes_nothing(operator: Operator) -> None:
    await operator.reviewed("K-1", decided())
    path = f"/console/cases/{PROCESS}/K-1/pause"
    assert (await operator.http.post(path, data={"reason": "x"})).status_code == 403
    forged = {"form_token": "x" * 27, "reason": "x"}
    assert (await operator.http.post(path, data=forged)).status_code == 403
    real = re.search(r'form_token" value="([^"]+)"', await operator.see("/"))
    assert real is not None
    cross = await operator.http.post(
        path, data={"form_token": real.group(1), "reason": "x"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert cross.status_code == 403
    sign_in = await operator.http.post(
        "/console/sign-in", data={"email": operator.email}, headers={"sec-fetch-site": "cross-site"}
    )
    assert sign_in.status_code == 403
    assert await operator.rows(standing_order) == []
    [refused] = [row for row in await operator.rows(audit) if row.action == "access.refused"]
    assert refused.object == "route:POST /console/cases/{process}/{ref}/{order}"


async def test_a_case_is_told_with_its_reasons_and_the_facts_behind_them(operator: Operator) -> None:
    await operator.reviewed("K-1", decided())
    page = await operator.see(f"/cases/{PROCESS}/K-1")
    for said in (
        "Attend la réponse du client", "L’information légale est partie.", "La loi le demande.", "ligne 42",
        "révision abc123", "dernier jour pour refuser", "mer. 30 avr. 2031", "oui", "Il refuse.",
        "si «\u00a0réponse du client\u00a0» était refusé au lieu de —",
    ):  # fmt: skip
        assert said in page, said


async def test_what_time_alone_will_bring_is_said_as_a_day(operator: Operator) -> None:
    """Counted from the day of the decision, however much later the page is read."""
    near = NearMiss("firm", 80, "days_late", "4", "8", Bilingual("Le ton devient ferme.", "Firm."))
    past = NearMiss("courtesy", 60, "days_late", "4", "3", Bilingual("Un rappel courtois.", "Courtesy."))
    await operator.reviewed("K-1", decided(book="fleet/dunning", near=(near, past)))
    operator.clock.forward(days=3)
    assert (await operator.sign_in()).status_code == 303
    page = await operator.see(f"/cases/{PROCESS}/K-1")
    assert "ven. 7 mars, demain" in page
    assert "Le ton devient ferme." in page
    assert "Un rappel courtois." not in page


async def test_why_is_asked_on_the_page_of_a_case(operator: Operator) -> None:
    book = Library.load(ROOT / "rules").book("maintenance/renewal")
    facts = {"decide_by": "2031-05-02", "answer": "none", "tacit": False, "reachable": False}
    await operator.reviewed("K-1", decided(revision=book.revision, facts=facts))
    page, today = f"/cases/{PROCESS}/K-1", operator.clock.at.date()
    assert "Pourquoi pas maintenance/renewal/notice" in await operator.see(page)
    told = await operator.see(f"{page}?on={today}")
    assert "Règle notice (ligne 42)\u00a0: La loi le demande." in told
    silent = await operator.see(f"{page}?on={today}&message=maintenance/renewal/notice&lang=en")
    assert "&#39;reachable by email&#39; is no and would have to be yes." in silent
    for wrong, status in (("on=soon", 400), (f"on={today}&message=nothing", 404)):
        assert (await operator.http.get(f"/console{page}?{wrong}")).status_code == status


async def test_a_case_whose_book_is_gone_is_shown_all_the_same(operator: Operator) -> None:
    await operator.reviewed("K-1", decided(book="maintenance/forgotten"))
    assert "Règle notice" in await operator.see(f"/cases/{PROCESS}/K-1?on={operator.clock.at.date()}")


async def test_the_list_shows_what_a_case_waits_for_and_can_be_narrowed(operator: Operator) -> None:
    await operator.reviewed("K-1", decided())
    await operator.reviewed("K-2", decided(stage="refused", closes="refused"))
    open_only = await operator.see("/cases")
    assert "K-1" in open_only
    assert "K-2" not in open_only
    assert "dans 58 jours" in open_only
    assert "K-2" in await operator.see("/cases?state=closed")
    assert "K-1" not in await operator.see("/cases?state=all&text=k-2")
    assert "K-1" not in await operator.see("/cases?stage=reminder")
    assert "Aucun dossier" in await operator.see("/cases?text=%25")


async def test_a_long_list_is_read_page_by_page_without_a_gap_or_a_double(operator: Operator) -> None:
    for number in range(120):
        due = date(2031, 4, 1) + timedelta(days=number % 7) if number % 10 else None
        await operator.reviewed(f"K-{number:03}", decided(due_on=due))
    seen, path = [], "/cases"
    while path:
        page = await operator.see(path)
        seen += re.findall(r">(K-\d{3})<", page)
        following = re.search(r'href="/console([^"]+)" rel="next"', page)
        path = following.group(1).replace("&amp;", "&") if following else ""
    assert sorted(seen) == [f"K-{number:03}" for number in range(120)]


@pytest.mark.parametrize(
    "cursor",
    [
        "x", "W10", "WyJhIl0", "%00", "WyJ4IiwgInkiLCAieiJd", "bm90IGpzb24",
        "WyIyMDMxLTAzLTAzIiwiXHVkODAwIiwieCJd",  # half a character
    ],
)  # fmt: skip
async def test_a_cursor_that_is_not_ours_is_refused(operator: Operator, cursor: str) -> None:
    for page in ("cases", "messages"):
        answer = await operator.http.get(f"/console/{page}?after={cursor}")
        assert answer.status_code in (200, 400)
        assert answer.status_code == 200 if cursor == "%00" else answer.status_code == 400


async def test_an_alert_is_taken_once_and_closed_with_a_note(operator: Operator) -> None:
    await operator.reviewed("K-1", decided())
    found = await operator.alerted("K-1")
    page = await operator.see("/")
    assert "Appeler le client" in page
    assert "depuis 5\u00a0h" in page
    assert (await operator.send(f"/alerts/{found}/take")).status_code == 303
    assert (await operator.send(f"/alerts/{found}/take")).status_code == 409
    assert "pris par Paul Etoa" in await operator.see("/")
    assert (await operator.send(f"/alerts/{found}/close", note="  ")).status_code == 422
    note = "Le client rappelle lundi."
    assert (await operator.send(f"/alerts/{found}/close", note=note)).status_code == 303
    assert (await operator.send(f"/alerts/{found}/close", note="encore")).status_code == 409
    assert "Appeler le client" not in await operator.see("/")
    (row,) = await operator.rows(alert)
    [me] = [one.id for one in await operator.rows(person)]
    assert (row.taken_by, row.closed_by, row.note) == (f"person:{me}", f"person:{me}", note)
    assert [line.action for line in await operator.acts()] == ["alert.taken", "alert.closed"]
    assert note in await operator.see(f"/cases/{PROCESS}/K-1")


@pytest.mark.parametrize("id", ["99999999", str(2**63), "9" * 30])
async def test_an_alert_that_is_not_there_is_said_so(operator: Operator, id: str) -> None:
    assert (await operator.send(f"/alerts/{id}/take")).status_code == 404


async def test_a_pause_is_a_standing_order_an_audit_line_and_a_wake_up(operator: Operator) -> None:
    await operator.reviewed("K-1", decided())
    path = f"/cases/{PROCESS}/K-1"
    assert (await operator.send(f"{path}/pause", reason="")).status_code == 422
    assert (await operator.send(f"{path}/pause", reason="Le client est à l’hôpital.")).status_code == 303
    (order,) = await operator.rows(standing_order)
    assert (order.state, order.reason) == ("paused", "Le client est à l’hôpital.")
    (owed,) = await operator.owed()
    assert (owed.kind, owed.fact) == ("ring", "operations.paused")
    (line,) = await operator.acts()
    assert (line.action, line.object) == ("process.paused", f"{PROCESS}:K-1")
    assert line.request_id
    page = await operator.see(path)
    assert "Le client est à l’hôpital." in page
    assert "/resume" in page
    assert "/pause" not in page


async def test_an_answer_by_a_link_is_in_the_story_without_a_reason(operator: Operator) -> None:
    await operator.reviewed("K-1", decided())
    async with operator.database.tenant(operator.tenant) as tx:
        after = {"answer": "renewed", "who": "somebody else"}
        await write(tx, operator.tenant, Actor("link:CL-1"), "link.answered", f"{PROCESS}:K-1", after=after)
    page = await operator.see(f"/cases/{PROCESS}/K-1")
    assert "par link:CL-1" in page
    assert "somebody else" not in page


async def test_a_resumed_case_is_woken_and_an_order_that_no_longer_fits_is_refused(
    operator: Operator,
) -> None:
    await operator.reviewed("K-1", decided())
    path = f"/cases/{PROCESS}/K-1"
    assert (await operator.send(f"{path}/resume", reason="x")).status_code == 409
    await operator.send(f"{path}/pause", reason="x")
    assert (await operator.send(f"{path}/pause", reason="y")).status_code == 409
    assert (await operator.send(f"{path}/resume", reason="Il est rentré.")).status_code == 303
    assert await operator.rows(standing_order) == []
    assert [row.kind for row in await operator.owed()] == ["ring", "start"]
    assert "Il est rentré." in await operator.see(path)
    assert (await operator.send(f"{path}/destroy", reason="x")).status_code == 409


async def test_what_people_wrote_is_shown_and_never_obeyed(operator: Operator) -> None:
    await operator.reviewed(
        "K-1", decided(waiting=Waiting(Bilingual(EVIL, EVIL), Bilingual(EVIL, EVIL)), facts={EVIL: EVIL},
                       reasons=(Reason(EVIL, 1, Bilingual(EVIL, EVIL)),)),
    )  # fmt: skip
    await operator.alerted("K-1", EVIL)
    await letter(operator, "K-1", text=EVIL)
    await operator.send(f"/cases/{PROCESS}/K-1/pause", reason=EVIL)
    for path in ("/", "/cases", f"/cases/{PROCESS}/K-1", "/messages", f"/cases?text={EVIL}"):
        page = await operator.see(path)
        assert "<script" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;" in page


async def letter(operator: Operator, ref: str, text: str, withheld: str = "") -> None:
    draft = messages.Draft(
        f"{operator.tenant}.{ref}", operator.case(ref), f"{PROCESS}:{ref}:notice:2031-03-01", "CL-1", "email",
        "claire@example.org", "maintenance/renewal/notice", "fr", text[:20], text, "", operator.clock.at,
    )  # fmt: skip
    async with operator.database.tenant(operator.tenant) as tx:
        await messages.write(tx, draft, withheld)


async def test_a_message_is_shown_whole_but_nobody_can_answer_in_its_readers_place(
    operator: Operator,
) -> None:
    await operator.reviewed("K-1", decided())
    await letter(operator, "K-1", f"Répondez ici : {PUBLIC}/a/WyJ0Il0.sEcReT-signature", "opted out")
    for path in ("/messages?state=withheld", f"/cases/{PROCESS}/K-1"):
        page = await operator.see(path)
        assert "Répondez ici" in page
        assert "opted out" in page
        assert "sEcReT" not in page
    assert "Répondez ici" not in await operator.see("/messages?state=failed")


async def test_a_document_is_downloaded_as_it_was_issued(operator: Operator, store: FileStore) -> None:
    case = await operator.reviewed("K-1", decided())
    step = Step("proof", "document", f"{PROCESS}:K-1:proof:2031-03-01", date(2031, 3, 1), template="x/y")
    at = operator.clock.at
    new = NewFile("reçu n°1.pdf", "application/pdf", b"%PDF-1.7", PROCESS, "K-1", "document", "platform", at)
    async with operator.database.tenant(operator.tenant) as tx:
        kept = await store.keep(tx, operator.tenant, new)
        issued = effects.Issued(kept.name, kept.media_type, kept.sha256, kept.id, "fr")
        await effects.keep_document(tx, case, step, at, issued)
    link = re.search(r'href="/console(/documents/\d+)"', await operator.see(f"/cases/{PROCESS}/K-1"))
    assert link is not None
    answer = await operator.http.get(f"/console{link.group(1)}")
    assert answer.content == b"%PDF-1.7"
    assert answer.headers["content-disposition"].startswith("attachment;")


async def test_what_was_handed_in_is_in_the_story_of_its_case(operator: Operator, store: FileStore) -> None:
    await operator.reviewed("K-1", decided())
    at, kept = operator.clock.at, {}
    for state in (FileState.CLEAN, FileState.QUARANTINED, FileState.INFECTED):
        new = NewFile(
            f"{state}.pdf", "application/pdf", b"%PDF", PROCESS, "K-1", "x", "link:E-1", at, state=state
        )
        async with operator.database.tenant(operator.tenant) as tx:
            kept[state] = (await store.keep(tx, operator.tenant, new)).id
    page = await operator.see(f"/cases/{PROCESS}/K-1")
    assert re.findall(r'href="/console/files/(\w+)"', page) == [kept[FileState.CLEAN]]
    assert "En attente du contrôle antivirus" in page
    answer = await operator.http.get(f"/console/files/{kept[FileState.CLEAN]}")
    assert answer.content == b"%PDF"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["content-security-policy"]
    refused = await operator.http.get(f"/console/files/{kept[FileState.INFECTED]}")
    assert refused.status_code == 410
    assert "pas lisible" in refused.text


async def test_what_belongs_to_another_tenant_is_not_there(
    operator: Operator, database: Database, owner: Database, clock: Clock
) -> None:
    neighbour = await new_caller(operator.http, database, owner, clock)
    theirs = Operator(operator.http, database, neighbour.tenant, neighbour.key, clock)
    await theirs.reviewed("K-9", decided())
    found = await theirs.alerted("K-9")
    answer = await operator.http.get(f"/console/cases/{PROCESS}/K-9")
    assert answer.status_code == 404
    assert "n’est pas à vous" in answer.text
    assert (await operator.send(f"/alerts/{found}/close", note="x")).status_code == 404
    assert (await operator.send(f"/cases/{PROCESS}/K-9/stop", reason="x")).status_code == 404
    assert "K-9" not in await operator.see("/cases?state=all")


async def test_no_page_asks_anything_of_another_site_or_runs_anything(operator: Operator) -> None:
    await operator.reviewed("K-1", decided())
    await operator.alerted("K-1")
    for path in ("/", "/cases", f"/cases/{PROCESS}/K-1", "/messages", "/books"):
        answer = await operator.http.get(f"/console{path}")
        targets = re.findall(r'(?:href|src|action)="([^"]*)"', answer.text)
        assert all(target.startswith(("/console/", "#")) for target in targets), path
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", answer.text)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"
    sheet = await operator.http.get("/console/static/console.css")
    assert sheet.headers["content-type"].startswith("text/css")
    assert "://" not in sheet.text
    assert "@import" not in sheet.text
    assert (await operator.http.get("/console/static/..%2Fconsole%2Fbase.html.j2")).status_code == 404


async def test_the_books_are_shown_with_their_revision_and_text(operator: Operator) -> None:
    page = await operator.see("/books")
    assert "Reconduction du contrat d’entretien" in page
    assert "policy: ladder" in await operator.see("/books/maintenance/renewal")


async def test_a_tenant_sees_its_own_revision_and_what_is_wrong_with_it(
    operator: Operator, console_parts: ConsoleParts, clock: Clock
) -> None:
    text = (ROOT / "rules/fleet/dunning.yaml").read_text("utf-8")
    for revision, content in [
        ("a" * 12, text.replace('"1"', '"17"')),
        ("b" * 12, text.replace("firm,", "frm,")),
    ]:
        async with operator.database.tenant(operator.tenant) as tx:
            draft = Draft("fleet/dunning", revision, content, "17")
            await rules.add_revision(tx, operator.tenant, Actor("key:1"), draft, clock.at)
            proposal = Proposal("fleet/dunning", revision)
            await publications.propose(tx, operator.tenant, Actor("key:1"), proposal, clock.at)
        page = await operator.see("/books")
        assert "publié par votre entreprise" in page
        assert "version 17" in page
    assert "fleet/dunning/frm, to: driver" in page
    assert f"fleet/dunning@{'b' * 12}.yaml:82:" in page
    assert f"fleet/dunning@{'b' * 12}.yaml:82:" in await operator.see("/")
    assert console_parts.library.problems() == ()


async def test_a_refused_book_is_shown_with_the_place_to_mend_and_what_stays_in_force(
    console_parts: ConsoleParts, database: Database, owner: Database, clock: Clock, tmp_path: Path
) -> None:
    copytree(ROOT / "rules", tmp_path / "rules", ignore=ignore_patterns("*.py", "__pycache__"))
    library = Library(tmp_path / "rules", shipped_vocabulary(ROOT / "templates"))
    app = Starlette()
    mount_console(app, replace(console_parts, library=library, rules_folder=tmp_path / "rules"))
    book = tmp_path / "rules/fleet/dunning.yaml"
    book.write_text(book.read_text("utf-8").replace("days: 4..7", "days: 4..<b>x"), "utf-8")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC) as http:
        caller = await new_caller(http, database, owner, clock)
        someone = Operator(http, database, caller.tenant, caller.key, clock)
        async with owner.anyone() as tx:
            await tx.execute(update(tenant).where(tenant.c.id == caller.tenant).values(second_factor="off"))
        await someone.join()
        await someone.sign_in()
        line = 1 + book.read_text("utf-8").partition("days: 4..<b>x")[0].count("\n")
        assert f"fleet/dunning.yaml:{line}:" in await someone.see("/")
        page = await someone.see("/books")
    assert f"La révision {library.book('fleet/dunning').revision} reste en vigueur" in page
    assert "days: 4..&lt;b&gt;x" in page
    assert '<li class="wrong">' in page


async def test_a_message_of_unknown_fate_asks_for_a_person(operator: Operator) -> None:
    await letter(operator, "K-1", "Bonjour")
    assert "sort inconnu" not in await operator.see("/")
    async with operator.database.tenant(operator.tenant) as tx:
        await tx.execute(update(message).values(state=MessageState.UNKNOWN))
    page = await operator.see("/")
    assert "Messages au sort inconnu" in page
    assert "Bonjour" in page


async def test_english_is_spoken_to_who_asks_for_it_and_goes_on(operator: Operator) -> None:
    await operator.reviewed("K-1", decided())
    assert "What it waits for" in await operator.see("/cases", headers={"accept-language": "en-GB,fr;q=0.5"})
    assert "Ce qu’il attend" in await operator.see("/cases", headers={"accept-language": "de,fr;q=0.1"})
    asked = await operator.http.get("/console/cases?lang=en")
    assert "Waiting for the customer’s answer" in asked.text
    cookie = asked.headers["set-cookie"]
    assert cookie.startswith("__Host-")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "What it waits for" in await operator.see("/cases")


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "fr"), ("en", "en"), ("fr,en", "fr"), ("en;q=0.2,fr;q=0.9", "fr"), ("de", "fr"), ("en;q=x", "fr")],
)
def test_the_browsers_preference_is_read_as_the_standard_says(header: str, language: str) -> None:
    assert preferred(header) == language


def test_both_languages_say_the_same_things() -> None:
    named = ("stage.", "team.", "value.")
    assert {key for key in FRENCH if not key.startswith(named)} == ENGLISH.keys()
    holes = re.compile(r"{\w+}")
    for key, sentence in ENGLISH.items():
        assert sorted(holes.findall(sentence)) == sorted(holes.findall(FRENCH[key])), key


async def test_the_trail_shows_who_did_what_and_runs_nothing(operator: Operator) -> None:
    async with operator.database.tenant(operator.tenant) as tx:
        for number in range(51):
            actor = Actor("key:k1", "192.0.2.7", EVIL)
            thing = f"contract:{number}"
            await write(tx, operator.tenant, actor, "contract.signed", thing, after={"n": EVIL})
    page = await operator.see("/audit")
    assert "Journal d’audit" in page
    assert "contract:50" in page
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "192.0.2.7" in page
    older = re.search(r'href="(/console/audit\?before=\d+)" rel="next"', page)
    assert older is not None
    assert ">contract:0<" in await operator.see(older.group(1).removeprefix("/console"))
    found = await operator.see("/audit?object=contract:7&from_on=2026-01-01&lang=en")
    assert "Audit trail" in found
    assert found.count("<tr>") == 2
    assert "No line fits these filters." in await operator.see("/audit?who=nobody&lang=en")
    for wrong in ("from_on=x", "until_on=0001-01-01", "from_on=2031-03-02&until_on=2031-03-01"):
        assert (await operator.http.get(f"/console/audit?{wrong}")).status_code == 400


async def test_the_trail_is_not_for_every_operator(operator: Operator) -> None:
    await operator.becomes("operator")
    assert "/console/audit" not in await operator.see("/")
    answer = await operator.http.get("/console/audit")
    assert answer.status_code == 403
    assert "Vous n’avez pas le droit" in answer.text
