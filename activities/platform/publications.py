"""Rule books of tenants: what comes into force rings its cases, what is shipped is kept, what broke shows."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from database.session import Database
from database.shared import publications, rules
from database.shared.contacts import tenant_of, tenants
from domain.calendar import local_date
from rules.errors import BookError
from rules.library import Library, Passed


@dataclass(frozen=True)
class Publications:
    database: Database

    @activity.defn(name="platform.publications.bring_in_force")
    async def bring_in_force(self, at: datetime) -> int:
        """Ring the cases of every publication whose local day has begun. Returns how many there were.

        Each in a transaction of its own with its mark, so that a repetition rings nobody twice.
        """
        async with self.database.anyone() as tx:
            known = await tenants(tx)
        begun = 0
        for tenant in known:
            activity.heartbeat(begun)
            begun += await self.for_tenant(tenant, at)
        return begun

    async def for_tenant(self, tenant: str, at: datetime) -> int:
        begun = 0
        while await self._next(tenant, at):
            begun += 1
        return begun

    async def _next(self, tenant: str, at: datetime) -> bool:
        async with self.database.tenant(tenant) as tx:
            today = local_date(at, (await tenant_of(tx, tenant)).zone)
            found = await publications.begun(tx, tenant, today, 1)
            for one in found:
                await publications.come_into_force(tx, tenant, one, today, at)
        return bool(found)


@dataclass(frozen=True)
class Books:
    """The folder's books and the database's, seen together by one process."""

    database: Database
    library: Library

    async def keep_shipped(self) -> int:
        """So that every decision can be taken again. Returns how many revisions were new."""
        texts = {(book.name, book.revision): book.content for book in self.library.books()}
        async with self.database.anyone() as tx:
            return await rules.record_shipped(tx, texts)

    async def survey(self, at: datetime) -> None:
        """Read what every tenant has in force, so that what is broken shows before a case asks for it."""
        async with self.database.anyone() as tx:
            known = await tenants(tx)
        refused: dict[tuple[str, str], tuple[BookError, ...]] = {}
        for tenant in known:
            async with self.database.tenant(tenant) as tx:
                refused |= await self.refused(tx, tenant, at)
        self.library.pass_over(refused)

    async def refused(self, tx: AsyncConnection, tenant: str, at: datetime) -> Passed:
        """What one tenant should have in force and cannot be read."""
        refused: dict[tuple[str, str], tuple[BookError, ...]] = {}
        today = local_date(at, (await tenant_of(tx, tenant)).zone)
        for name, versions in (await rules.in_force(tx, tenant, today)).items():
            fetch = partial(rules.revision_content, tx, tenant, name)
            refused |= await self.library.refused(name, versions, fetch)
        return refused
