"""A firm with a trail, and a superuser who would rather have another one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from database.session import Database
from database.shared import audit_chain
from database.shared.audit import Actor, write
from database.shared.marks import Marks
from database.shared.sealing import MasterKeys
from database.shared.tables import audit, tenant
from domain.trail import Finding, Head

MARKS = Marks(MasterKeys(["a master key for tests that is long enough"]))
TRIGGERS = (
    ("audit", "audit_is_sealed"), ("audit", "audit_is_append_only"),
    ("audit_seal", "audit_seal_is_genuine"), ("audit_seal", "audit_seal_is_append_only"),
)  # fmt: skip
ANNE = Actor("key:anne", "192.0.2.7", "curl/8", "r-1")


@dataclass(frozen=True)
class Trail:
    database: Database
    owner: Database
    tenant: str

    async def act(self, *things: str) -> None:
        for thing in things:
            async with self.database.tenant(self.tenant) as tx:
                await write(tx, self.tenant, ANNE, "contract.signed", thing, None, {"terms": {"n": 1.50}})

    async def acted_at(self, at: datetime, *things: str) -> None:
        """As a row that has been there since."""
        row = {"tenant_id": self.tenant, "who": "key:anne", "action": "contract.signed", "ip": "",
               "agent": "", "request_id": "", "at": at}  # fmt: skip
        async with self.database.tenant(self.tenant) as tx:
            for thing in things:
                await tx.execute(insert(audit).values({**row, "object": thing}))

    async def tamper(self, *statements: str, **given: Any) -> None:
        """As a superuser who has put the triggers out of the way."""
        async with self.owner.tenant(self.tenant) as tx:
            await self._triggers(tx, "disable")
            for statement in statements:
                await tx.execute(text(statement), {"t": self.tenant, **given})
            await self._triggers(tx, "enable always")

    @staticmethod
    async def _triggers(tx: AsyncConnection, switch: str) -> None:
        for table, trigger in TRIGGERS:
            await tx.execute(text(f"alter table {table} {switch} trigger {trigger}"))

    async def row(self, number: int) -> int:
        """The row's id, by its place in the chain."""
        query = text("select audit_id from audit_seal where tenant_id = :t and seq = :n")
        async with self.database.tenant(self.tenant) as tx:
            return int((await tx.execute(query, {"t": self.tenant, "n": number})).scalar_one())

    async def head(self) -> Head:
        async with self.database.tenant(self.tenant) as tx:
            head = await audit_chain.head_of(tx, self.tenant)
        assert head is not None
        return head

    async def verify(self, anchors: Sequence[Head] = ()) -> list[Finding]:
        async with self.database.moment(self.tenant) as tx:
            return (await audit_chain.check(tx, self.tenant, MARKS, anchors)).findings

    async def kinds(self, anchors: Sequence[Head] = ()) -> list[str]:
        return [one.kind for one in await self.verify(anchors)]


async def founded(database: Database, owner: Database) -> Trail:
    name = f"firm-{uuid4().hex[:8]}"
    row = {"id": name, "name": name, "country": "FR", "zone": "Europe/Paris", "currency": "EUR"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(row))
    return Trail(database, owner, name)
