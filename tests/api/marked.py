"""A person who leaves a word of their own in every place where the platform takes one."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select

from adapters.links import SignedLinks
from database.shared import desk, effects, events, people, sessions
from database.shared.api_keys import create_key
from database.shared.audit import Actor, write
from database.shared.contacts import write_opt_out
from database.shared.files import FileStore
from database.shared.keys import of_person
from database.shared.messages import apply_event
from database.shared.people import ACTIVE, Invited
from database.shared.tables import alert, message
from database.shared.token_tables import identity, passkey
from domain.case import Case
from domain.decision import Bilingual, Step
from domain.file import NewFile
from domain.links import Target
from domain.message import DeliveryEvent, MessageState
from tests.api.conftest import Caller
from tests.api.samples import (
    CONTRACTS,
    DELIVERABLES,
    PAYMENTS,
    PROJECTS,
    SESSION,
    contract,
    eur,
    paid,
    signed,
)
from tests.files.samples import photo
from tests.ground import KEYRING, PUBLIC

CSV = {"Content-Type": "text/csv; charset=utf-8"}


@dataclass
class Marked:
    """``marks`` by the place they were planted in. ``sealed`` are those that no query ever shows in clear."""

    caller: Caller
    store: FileStore
    links: SignedLinks
    n: int
    marks: dict[str, str] = field(default_factory=dict)
    sealed: set[str] = field(default_factory=set)
    person: str = ""
    document: str = ""

    def mark(self, place: str, sealed: bool = False) -> str:
        made = f"mk{self.n}{uuid4().hex[:10]}"
        self.marks[place] = made
        if sealed:
            self.sealed.add(place)
        return made

    @property
    def ref(self) -> str:
        return f"X-{self.n}"

    async def live(self) -> None:
        await self.is_known()
        for part in (self.drives, self.trains, self.is_maintained, self.studies):
            await part()
        await self.is_written_to()
        await self.signs_in()
        await self.hands_over()

    async def does(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        """With a key of its own, so that the answer is kept for a repetition."""
        headers = {"Idempotency-Key": uuid4().hex, **given.pop("headers", {})}
        answer = await self.caller.call(method, path, headers=headers, **given)
        assert answer.is_success, (path, answer.text)
        said: dict[str, Any] = answer.json()
        return said

    async def is_known(self) -> None:
        self.marks["phone"] = f"+23767{self.n}{uuid4().int % 10**6:06}"
        body = {"full_name": self.mark("name"), "phone": self.marks["phone"],
                "email": f"{self.mark('old email')}@example.org"}  # fmt: skip
        await self.does("PUT", f"/v1/contacts/{self.ref}", json=body)
        body["email"] = f"{self.mark('email')}@example.org"
        await self.does("PUT", f"/v1/contacts/{self.ref}", json=body)
        await self.does(
            "PUT", f"/v1/contacts/T-{self.n}", json={"full_name": "Tutor", "email": "t@example.org"}
        )

    async def drives(self) -> None:
        n = self.n
        await self.does("POST", CONTRACTS, json=signed(f"C-{n}", driver_ref=self.ref))
        given = paid(f"P-{n}", contract_ref=f"C-{n}", source=self.mark("who paid"))
        await self.does("POST", PAYMENTS, json=given)
        reason = {"reason": self.mark("why a payment was taken back")}
        await self.does("POST", f"{PAYMENTS}/P-{n}/reverse", json=reason)
        promise = {"amount": {"amount": "4000", "currency": "XAF"}, "until_on": "2031-03-10"}
        await self.does("POST", f"{CONTRACTS}/C-{n}/promises", json=promise)
        row = f"P-{n}9,C-{n},{self.mark('refused value of a file')},6000,cash\n"
        head = "payment_ref,contract_ref,received_at,amount_minor,channel\n"
        await self.does("POST", "/v1/fleet/imports/payments", content=head + row, headers=CSV)

    async def trains(self) -> None:
        """A sole trader: the firm has the person's name."""
        n = self.n
        client = {
            "ref": f"CL-{n}", "name": self.marks["name"], "siren": "732829320" if n == 1 else "552100554",
            "address": self.mark("address"), "contact_ref": self.ref,
        }  # fmt: skip
        await self.does("POST", "/v1/training/clients", json=client)
        project = {
            "ref": f"PR-{n}", "client_ref": f"CL-{n}", "name": "Hygiène", "threshold_percent": "80",
            "initial_budget": eur("1000.00"), "starts_on": "2031-01-05",
        }  # fmt: skip
        await self.does("POST", PROJECTS, json=project)
        await self.does("POST", f"{PROJECTS}/PR-{n}/sessions", json={**SESSION, "ref": f"SE-{n}"})
        note = {"amount": eur("500.00"), "note": self.mark("note of a fund call")}
        await self.does("POST", f"{PROJECTS}/PR-{n}/fund-calls", json=note)

    async def is_maintained(self) -> None:
        await self.does(
            "POST", "/v1/maintenance/contracts", json=contract(f"K-{self.n}", customer_ref=self.ref)
        )

    async def answers(self) -> None:
        """By the link of a message, in a browser that says what it is."""
        target = Target(self.caller.tenant, "maintenance.renewal", f"K-{self.n}.20320229", self.ref)
        path = self.links.to(target).removeprefix(PUBLIC)
        agent = {"User-Agent": self.mark("browser of a link", sealed=True)}
        said = await self.caller.http.post(path, data={"answer": "refused"}, headers=agent)
        assert said.status_code == 303, said.text

    async def studies(self) -> None:
        n = self.n
        placement = {
            "ref": f"S-{n}", "student_ref": self.ref, "school_tutor_ref": f"T-{n}",
            "company_tutor_ref": f"T-{n}", "company": "Atelier", "starts_on": "2031-02-01",
            "ends_on": "2031-07-31",
        }  # fmt: skip
        await self.does("POST", "/v1/internships/placements", json=placement)
        for ref in (f"R-{n}1", f"R-{n}2"):
            report = {"ref": ref, "placement_ref": f"S-{n}", "kind": "report", "due_on": "2031-06-30",
                      "title": self.mark(f"title of {ref[-1]}")}  # fmt: skip
            await self.does("POST", DELIVERABLES, json=report)
        later = {"to_on": "2031-07-07", "reason": self.mark("why a date was moved")}
        await self.does("POST", f"{DELIVERABLES}/R-{n}1/extend", json=later)
        name = f"{self.mark('name of a file')}.jpg"
        content = photo(secret=self.mark("content of a file", sealed=True))
        await self.does("POST", f"{DELIVERABLES}/R-{n}2/file", files={"file": (name, content, "image/jpeg")})

    async def is_written_to(self) -> None:
        tenant, at, case = (
            self.caller.tenant,
            self.caller.clock.at,
            self.case("fleet.contract", f"C-{self.n}"),
        )
        id = f"{tenant}.{uuid4()}"
        key, title = f"{case.process}:{case.ref}:call:{uuid4().hex}", Bilingual("Appeler", "Call")
        step = Step("call", "alert", key, at.date(), to="operations", title=title)
        async with self.caller.database.tenant(tenant) as tx:
            await tx.execute(insert(message).values(
                tenant_id=tenant, id=id, key=id, step_key="s", process=case.process, ref=case.ref,
                state="accepted", contact_ref=self.ref, channel="email", template="t", locale="fr",
                address=f"{self.marks['email']}@example.org", subject=self.mark("subject"),
                text=self.mark("text"), html=self.mark("html"), wrote_at=at,
            ))  # fmt: skip
            heard = self.mark("answer by SMS")
            title = Bilingual(f"SMS de {self.ref} : « {heard} »", f"SMS from {self.ref}: “{heard}”")
            sms = Step("sms", "alert", f"a.b:c:sms:{uuid4().hex}", at.date(), to="operations", title=title)
            await effects.raise_alert(tx, self.case("internships.deliverable", "R-elsewhere"), sms, at)
            said = self.mark("what a provider said")
            await apply_event(tx, tenant, DeliveryEvent(uuid4().hex, id, MessageState.FAILED, "pv-1", said))
            await write_opt_out(tx, tenant, "sms", self.marks["phone"], self.mark("why no SMS"))
            await effects.raise_alert(tx, case, step, at)
            raised = (await tx.execute(select(alert.c.id).where(alert.c.key == step.key))).scalar_one()
            await desk.close_alert(tx, tenant, raised, "test", self.mark("note of an alert"), at)

    async def signs_in(self) -> None:
        tenant, at = self.caller.tenant, self.caller.clock.at
        who = Invited(f"{self.mark('email of an account')}@example.org", self.mark("name of an account"),
                      frozenset({"driver"}), contact_ref=self.ref)  # fmt: skip
        async with self.caller.database.tenant(tenant) as tx:
            made = await people.invite(tx, tenant, who, "test", ACTIVE)
            self.person = made.id
            origin = sessions.Origin("198.51.100.7", self.mark("browser of a session", sealed=True))
            await sessions.open_session(tx, tenant, made.id, "password", at, origin, KEYRING)
            scopes = frozenset({"fleet:read"})
            await create_key(tx, tenant, self.mark("name of a key"), scopes, owner=made.id)
            await write(tx, tenant, self.actor(), "session.ended", f"person:{made.id}")
            mine = {"tenant_id": tenant, "person_id": made.id, "created_at": at}
            given = {"credential_id": uuid4().hex, "public_key": b"", "sign_count": 0}
            await tx.execute(insert(passkey).values(**mine, **given, name=self.mark("name of a passkey")))
            subject = self.mark("subject of an identity elsewhere")
            await tx.execute(insert(identity).values(**mine, issuer="https://id.example", subject=subject))

    def actor(self) -> Actor:
        agent = self.mark("browser of an act", sealed=True)
        return Actor(f"person:{self.person}", "198.51.100.7", agent, "r-1", of_person(self.ref), KEYRING)

    async def hands_over(self) -> None:
        """A document that the platform issued: a law keeps it."""
        tenant, at = self.caller.tenant, self.caller.clock.at
        content = self.mark("content of a document", sealed=True).encode()
        async with self.caller.database.tenant(tenant) as tx:
            kept = await self.store.keep(tx, tenant, NewFile(
                f"letter-C-{self.n}.pdf", "application/pdf", content, "fleet.contract", f"C-{self.n}",
                "document", "platform", at, self.ref,
            ))  # fmt: skip
            self.document = kept.id
            await events.receive(tx, tenant, events.Received("/crm", uuid4().hex, "t", self.ref, "f"))

    async def ends_everything(self) -> None:
        """With a reason each time."""
        n, c = self.n, f"fleet.contract:C-{self.n}"
        pause = {"reason": self.mark("why a case was paused")}
        await self.does("POST", f"/v1/processes/{c}/pause", json=pause)
        resume = {"reason": self.mark("why a case was resumed", sealed=True)}
        await self.does("POST", f"/v1/processes/{c}/resume", json=resume)
        await self.does(
            "POST", f"{CONTRACTS}/C-{n}/terminate", json={"reason": self.mark("why a contract ended")}
        )
        reason = {"reason": self.mark("why a training was cancelled")}
        await self.does("POST", f"/v1/training/sessions/SE-{n}/trainings/1/cancel", json=reason)
        await self.does("POST", f"{PROJECTS}/PR-{n}/close", json={})
        reason = {"reason": self.mark("why a placement was cancelled")}
        await self.does("POST", f"/v1/internships/placements/S-{n}/cancel", json=reason)
        await self.answers()

    async def asks(self) -> str:
        """An objection that was answered, a hold that was lifted; then the erasure. Its id."""
        first = await self.does("POST", "/v1/privacy/requests", json={
            "kind": "objection", "contact_ref": self.ref, "note": self.mark("note of a request"),
        })  # fmt: skip
        answer = {"answer": self.mark("answer to a request")}
        await self.does("POST", f"/v1/privacy/requests/{first['id']}/done", json=answer)
        hold = {"contact_ref": self.ref, "reason": self.mark("why everything was held")}
        held = await self.does("POST", "/v1/privacy/holds", json=hold)
        await self.does("POST", f"/v1/privacy/holds/{held['id']}/lift", json={})
        made = await self.does(
            "POST", "/v1/privacy/requests", json={"kind": "erasure", "contact_ref": self.ref}
        )
        return str(made["id"])

    async def archive(self) -> bytes:
        given = {"kind": "access", "contact_ref": self.ref}
        made = await self.does("POST", "/v1/privacy/requests", json=given)
        await self.does("POST", f"/v1/privacy/requests/{made['id']}/export", json={})
        return (await self.caller.get(f"/v1/privacy/requests/{made['id']}/archive")).content

    def case(self, process: str, ref: str) -> Case:
        return Case(self.caller.tenant, process, ref, "Africa/Douala")
