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
from adapters.holidays import PublicHolidays
from adapters.links import SignedLinks
from adapters.local.signing import EventSigner
from adapters.webhooks import SendGridWebhook, TwilioWebhook
from api.parts import Parts
from database.session import Database
from database.shared.api_keys import create_key
from database.shared.tables import audit, outbox, tenant
from serving import assemble
from tests.ground import PUBLIC, ROOT

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
def parts(database: Database, clock: Clock, signer: EventSigner, links: SignedLinks) -> Parts:
    async def ping() -> None:
        return None

    return Parts(
        database=database, clock=clock, links=links,
        mail_webhook=SendGridWebhook(signer.public_key), sms_webhook=TwilioWebhook(TWILIO_TOKEN, PUBLIC),
        holidays=PublicHolidays(), fleet_files=CsvFleetFiles(), identifiers=identifiers,
        mobile_money_secret=MOBILE_MONEY, templates=ROOT / "templates",
        ping_temporal=ping, book_problems=list,
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


def contract(ref: str = "K-1", **given: Any) -> dict[str, Any]:
    return {
        "ref": ref, "customer_ref": "CL-1", "level": "silver", "starts_on": "2031-03-01",
        "ends_on": "2032-02-29", "notice_days": 30, "tacit": True,
        "amount": {"amount": "480.00", "currency": "EUR"}, **given,
    }  # fmt: skip


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
