"""Tells a case's life day by day on the real engine, in virtual time.

story = await telling.begin("duret", zone="Europe/Paris", country="FR", currency="EUR")
async with story.fact("2027-10-01 10:00") as (tx, at): ... write a fact as the API would
await story.until("2028-02-29 12:00")
assert await story.told("maintenance.renewal", "K-1") == ["2028-01-01 09:00 email notice → C-1", ...]
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.simulation import Simulation
from database.relay import Relay
from database.session import Database
from database.shared import timeline
from database.shared.contacts import Contact, save_contact
from database.shared.tables import outbox, tenant
from database.shared.timeline import Happening
from domain.case import Case
from tests.ground import Twin
from worker import Ground


@dataclass
class Telling:
    database: Database
    owner: Database
    simulation: Simulation
    ground: Ground
    twin: Twin
    begun: "list[Story]" = field(default_factory=list)

    async def begin(
        self, name: str, *, zone: str, country: str, currency: str, locale: str = "fr"
    ) -> "Story":
        """A story has a tenant of its own."""
        tenant_id = f"{name}-{uuid4().hex[:8]}"
        row = {
            "id": tenant_id,
            "name": name,
            "country": country,
            "zone": zone,
            "currency": currency,
            "locale": locale,
        }
        async with self.owner.anyone() as tx:
            await tx.execute(insert(tenant).values(row))
        self.begun.append(Story(self, tenant_id, zone))
        return self.begun[-1]


@dataclass
class Story:
    telling: Telling
    tenant: str
    zone: str
    cases: set[Case] = field(default_factory=set)

    def instant(self, local: str) -> datetime:
        """``2028-02-29 12:00`` on the tenant's wall, in UTC."""
        return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    async def person(self, ref: str, **details: str | None) -> None:
        given = {
            "full_name": ref,
            "email": f"{ref.lower()}@example.org",
            "phone": "+33612345678",
            "locale": "fr",
        }
        async with self.telling.database.tenant(self.tenant) as tx:
            await save_contact(tx, self.tenant, Contact(ref, **{**given, **details}))  # type: ignore[arg-type]

    @asynccontextmanager
    async def fact(self, local: str) -> AsyncIterator[tuple[AsyncConnection, datetime]]:
        """Move everything to this moment, write facts in one transaction, and let them be seen."""
        await self.until(local)
        async with self.telling.database.tenant(self.tenant) as tx:
            yield tx, self.instant(local)
        await self.settle(self.instant(local))

    async def until(self, local: str) -> None:
        """Everything that happens up to this moment happens."""
        await self.settle(self.instant(local))

    async def settle(self, to: datetime) -> None:
        """Processes may owe one another starts and rings on the way: go on until nothing is owed."""
        relay = Relay(self.telling.database, self.telling.simulation)
        while True:
            await relay.drain([self.tenant])
            self.cases |= {case for case in self.telling.simulation.started if case.tenant == self.tenant}
            await self.telling.simulation.forward(self.cases, to)
            async with self.telling.database.tenant(self.tenant) as tx:
                query = select(outbox.c.id).where(outbox.c.delivered_at.is_(None)).limit(1)
                if (await tx.execute(query)).first() is None:
                    return

    async def told(self, process: str, ref: str) -> list[str]:
        """What was sent and to whom, raised and issued, and the end, each with its local moment."""
        case = Case(self.tenant, process, ref, self.zone)
        async with self.telling.database.tenant(self.tenant) as tx:
            happened = await timeline.timeline(tx, case)
        return [line for happening in happened if (line := self._line(happening))]

    def _line(self, told: Happening) -> str:
        at = told.at.astimezone(ZoneInfo(self.zone)).strftime("%Y-%m-%d %H:%M")
        details = told.details
        match told.kind:
            case "message":
                note = f" ({details['state']}: {details['reason']})" if details["state"] != "accepted" else ""
                return f"{at} {details['channel']} {told.what} → {details['contact']}{note}"
            case "alert":
                return f"{at} alert {told.what}: {details['title']['fr']}"
            case "document":
                return f"{at} document {told.what}"
            case "decision" if details["closes"]:
                return f"{at} closed: {details['closes']}"
            case _:
                return ""
