"""The API over real PostgreSQL, called in process, with a clock that the test sets."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import insert, select

from adapters import identifiers
from adapters.csv_fleet import CsvFleetFiles
from adapters.history_codec import HistoryCodec, HistoryReader
from adapters.holidays import PublicHolidays
from adapters.links import SignedFileLinks, SignedLinks, SignedPersonLinks
from adapters.local.signing import EventSigner
from adapters.planning.earth import Earth
from adapters.planning.land import LandMask
from adapters.planning.repair import Repair
from adapters.planning.slots import Board
from adapters.typesetting import Typst
from adapters.uploads.inspector import UploadInspector
from adapters.webhooks import SendGridWebhook, TwilioWebhook
from api.maintenance.planning_tools import Tools
from api.parts import Parts
from api.tokens import JwtTokens
from database.session import Database
from database.shared.api_keys import create_key
from database.shared.files import FileStore
from database.shared.payload_keys import CaseKeys
from database.shared.signing_keys import SigningKeys
from database.shared.tables import audit, outbox, tenant
from database.shared.uploads import Uploads
from database.training import fund_call
from database.training.projects import case_of
from rules.library import Library
from serving import assemble
from tests.api.samples import CONTRACTS, DELIVERABLES, PROJECTS, eur, signed
from tests.engine import ENGINE
from tests.ground import KEYRING, PUBLIC, ROOT, store_in

TWILIO_TOKEN = "a token for tests"
MOBILE_MONEY = "a secret for tests"
START = datetime(2031, 3, 3, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: int) -> None:
        self.at += timedelta(**span)


@dataclass
class Caller:
    """A tenant's program: its key goes with every call."""

    http: httpx.AsyncClient
    database: Database
    tenant: str
    key: str
    clock: Clock
    headers: dict[str, str] = field(default_factory=dict)

    async def call(self, method: str, path: str, **given: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}", **self.headers, **given.pop("headers", {})}
        return await self.http.request(method, path, headers=headers, **given)

    async def get(self, path: str, **given: Any) -> httpx.Response:
        return await self.call("GET", path, **given)

    async def post(self, path: str, **given: Any) -> httpx.Response:
        return await self.call("POST", path, **given)

    async def put(self, path: str, **given: Any) -> httpx.Response:
        return await self.call("PUT", path, **given)

    async def with_scopes(self, *scopes: str) -> "Caller":
        async with self.database.tenant(self.tenant) as tx:
            return replace(self, key=await create_key(tx, self.tenant, "narrow", frozenset(scopes)))

    async def audited(self) -> list[Any]:
        async with self.database.tenant(self.tenant) as tx:
            return list(await tx.execute(select(audit).order_by(audit.c.id)))

    async def owed(self) -> list[str]:
        async with self.database.tenant(self.tenant) as tx:
            rows = await tx.execute(select(outbox).order_by(outbox.c.id))
            return [f"{row.kind} {row.process}:{row.ref} {row.fact}" for row in rows]

    async def contact(self, ref: str = "CL-1", **given: Any) -> None:
        body = {"full_name": "Claire Martin", "email": f"{ref.lower()}@example.org", **given}
        assert (await self.put(f"/v1/contacts/{ref}", json=body)).status_code in (200, 201)


@pytest.fixture(scope="session")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def signer(tmp_path_factory: pytest.TempPathFactory) -> EventSigner:
    return EventSigner(tmp_path_factory.mktemp("signer"))


@pytest.fixture(scope="session")
def links() -> SignedLinks:
    return SignedLinks(["a secret for tests"], PUBLIC)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> FileStore:
    return store_in(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="session")
def parts(
    database: Database, clock: Clock, signer: EventSigner, links: SignedLinks, store: FileStore
) -> Parts:
    async def ping() -> None:
        return None

    return Parts(
        database=database, clock=clock, links=links,
        mail_webhook=SendGridWebhook(signer.public_key), sms_webhook=TwilioWebhook(TWILIO_TOKEN, PUBLIC),
        holidays=PublicHolidays(), fleet_files=CsvFleetFiles(), identifiers=identifiers,
        typesetter=Typst(ROOT / "templates"),
        mobile_money_secret=MOBILE_MONEY, templates=ROOT / "templates",
        ping_temporal=ping, book_problems=list, library=Library.load(ROOT / "rules", ENGINE), keyring=KEYRING,
        tokens=JwtTokens(SigningKeys(database, KEYRING.master), PUBLIC),
        files=store, uploads=Uploads(store, UploadInspector()),
        file_links=SignedFileLinks(["a secret for tests"], PUBLIC),
        person_links=SignedPersonLinks(["a secret for tests"], PUBLIC),
        histories=HistoryReader(HistoryCodec(CaseKeys(database, KEYRING))),
        planning=Tools(Earth(), LandMask(), Board, Repair()),
    )  # fmt: skip


@pytest.fixture(scope="session")
def app(parts: Parts) -> FastAPI:
    return assemble(parts)


@pytest.fixture(scope="session")
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
        yield client


async def new_caller(http: httpx.AsyncClient, database: Database, owner: Database, clock: Clock,
                     **details: str) -> Caller:  # fmt: skip
    name = f"api-{uuid4().hex[:10]}"
    row = {
        "id": name, "name": "Duret Ascenseurs", "country": "FR", "zone": "Europe/Paris", "currency": "EUR",
        **details,
    }  # fmt: skip
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(row))
    async with database.tenant(name) as tx:
        key = await create_key(tx, name, "test", frozenset("*"))
    clock.at = START
    return Caller(http, database, name, key, clock)


@pytest.fixture
async def caller(http: httpx.AsyncClient, database: Database, owner: Database, clock: Clock) -> Caller:
    """A tenant in Paris of its own, with a key for everything."""
    return await new_caller(http, database, owner, clock)


@pytest.fixture
async def other(http: httpx.AsyncClient, database: Database, owner: Database, clock: Clock) -> Caller:
    return await new_caller(http, database, owner, clock)


@pytest.fixture
async def douala(http: httpx.AsyncClient, database: Database, owner: Database, clock: Clock) -> Caller:
    return await new_caller(
        http, database, owner, clock, name="Moto Douala", country="CM", zone="Africa/Douala", currency="XAF"
    )


def is_problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said: dict[str, Any] = answer.json()
    assert said["type"].endswith(f"/{slug}")
    assert said["status"] == status
    assert said["request_id"] == answer.headers["x-request-id"]
    assert said["title"]
    assert said["title_fr"]
    assert said["detail"]
    return said


@pytest.fixture
async def fleet(douala: Caller) -> Caller:
    await douala.contact("D-1", phone="679 28 42 12")
    assert (await douala.post(CONTRACTS, json=signed())).status_code == 201
    return douala


@pytest.fixture
async def training(caller: Caller) -> Caller:
    await caller.contact("CL-1")
    client = {
        "ref": "CL-1", "name": "Boulangerie Morel", "siren": "732 829 320",
        "address": "4 rue des Lilas, 69003 Lyon", "contact_ref": "CL-1",
    }  # fmt: skip
    assert (await caller.post("/v1/training/clients", json=client)).json()["siren"] == "732829320"
    project = {
        "ref": "PR-1", "client_ref": "CL-1", "name": "Hygiène", "initial_budget": eur("1000.00"),
        "threshold_percent": "80", "starts_on": "2031-01-05",
    }  # fmt: skip
    assert (await caller.post(PROJECTS, json=project)).status_code == 201
    return caller


async def opened(caller: Caller) -> None:
    """What the process does when the threshold is crossed."""
    async with caller.database.tenant(caller.tenant) as tx:
        case = await case_of(tx, caller.tenant, "PR-1")
        assert await fund_call.open_call(tx, case, caller.clock.at)


@pytest.fixture
async def school(caller: Caller) -> Caller:
    for ref in ("E-1", "T-1", "T-2"):
        await caller.contact(ref)
    placement = {
        "ref": "S-1", "student_ref": "E-1", "school_tutor_ref": "T-1", "company_tutor_ref": "T-2",
        "company": "Atelier Morvan", "starts_on": "2031-02-01", "ends_on": "2031-07-31",
    }  # fmt: skip
    assert (await caller.post("/v1/internships/placements", json=placement)).status_code == 201
    for ref, due_on in (("R-1", "2031-03-31"), ("R-2", "2031-06-30")):
        body = {"ref": ref, "placement_ref": "S-1", "kind": "report", "title": "Rapport", "due_on": due_on}
        assert (await caller.post(DELIVERABLES, json=body)).status_code == 201
    return caller
