"""The rule books of one tenant on one of its days, for routes and pages."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import rules
from database.shared.contacts import tenant_of
from database.shared.rules import Versions
from domain.calendar import local_date
from domain.publication import Version
from rules.engine import Book
from rules.errors import BookError
from rules.library import Fetch, Library


@dataclass(frozen=True)
class TenantBooks:
    """``versions`` are the tenant's own revisions in force on its local day ``today``."""

    tx: AsyncConnection
    tenant: str
    library: Library
    today: date
    versions: Versions

    async def book(self, name: str) -> Book:
        """What is in force: the tenant's own revision, or the shipped one. Raises NotFound."""
        return await self.library.in_force(name, self.versions.get(name, ()), self._fetch(name))

    async def problems(self, name: str) -> tuple[BookError, ...]:
        """Why something else is in force than what should be: its file, or its revision, cannot be read."""
        refused = await self.library.refused(name, self.versions.get(name, ()), self._fetch(name))
        files = (error for error in self.library.problems() if error.file == f"{name}.yaml")
        return (*files, *(error for errors in refused.values() for error in errors))

    async def own_text(self, name: str) -> str | None:
        """The text of the tenant's revision that should be in force, if there is one."""
        version = next(iter(self.versions.get(name, ())), Version())
        return await self._fetch(name)(version.revision) if version.revision else None

    def _fetch(self, name: str) -> Fetch:
        return partial(rules.revision_content, self.tx, self.tenant, name)


async def books_of(tx: AsyncConnection, tenant: str, library: Library, at: datetime) -> TenantBooks:
    """Raises NotFound."""
    today = local_date(at, (await tenant_of(tx, tenant)).zone)
    return TenantBooks(tx, tenant, library, today, await rules.in_force(tx, tenant, today))
