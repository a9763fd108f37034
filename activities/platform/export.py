"""A list into a file, row by row from a cursor of the database; whoever waits sees how far it is."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from database.session import Database
from database.shared import exports
from database.shared.contacts import Tenant, tenant_of
from database.shared.exports import MEDIA_TYPES, Export
from database.shared.files import FileStore
from database.shared.jobs import RUNNING
from database.shared.listing import Listing, Scope, asked_of, count_of, whole
from domain.calendar import local_date
from domain.case import Case
from domain.errors import BadInput
from domain.file import NewFile
from domain.ports import TableWriter
from domain.table import Row, Table

MOST_ROWS = 1_000_000
EVERY = 2000
"""Rows between two words on how far it is."""

Tell = Callable[[Export], None]


class Stopped(Exception):
    """By a person, meanwhile."""


@dataclass(frozen=True)
class Exports:
    """``listings`` by their names; which there are, the composition root knows."""

    database: Database
    files: FileStore
    writer: TableWriter
    listings: Mapping[str, Listing]

    @activity.defn(name="platform.export.run")
    async def run(self, case: Case) -> str:
        """The state in which it ends. One that a worker left behind begins anew: its file was never kept."""
        try:
            ended = await self.go_on(case.tenant, case.ref, lambda now: activity.heartbeat(now.done))
        except asyncio.CancelledError:
            details = activity.cancellation_details()
            if details and details.cancel_requested:
                async with self.database.tenant(case.tenant) as tx:
                    await exports.fail(tx, case.tenant, case.ref, "operations ended its process")
            raise
        return ended.state

    async def go_on(self, tenant: str, id: str, tell: Tell) -> Export:
        """Raises NotFound."""
        async with self.database.tenant(tenant) as tx:
            firm, found = await tenant_of(tx, tenant), await exports.export_of(tx, tenant, id)
        if not found.is_open:
            return found
        with suppress(Stopped):
            try:
                await self._write(firm, found, tell)
            except BadInput as wrong:
                async with self.database.tenant(tenant) as tx:
                    await exports.fail(tx, tenant, id, str(wrong))
        async with self.database.tenant(tenant) as tx:
            return await exports.export_of(tx, tenant, id)

    async def _write(self, firm: Tenant, found: Export, tell: Tell) -> None:
        with tempfile.TemporaryDirectory(prefix="echeance-export-") as folder:
            into = Path(folder) / f"export.{found.wish.format}"
            async with self.database.moment(firm.id) as tx:
                table = await self._table(tx, firm, found)
                told = replace(table, rows=self._telling(firm.id, found, table, tell))
                rows = await self.writer.write(
                    told, found.wish.format, found.wish.locale, str(into), _quietly
                )
            await self._keep(firm, found, table, rows, into)

    async def _table(self, tx: AsyncConnection, firm: Tenant, found: Export) -> Table:
        """Raises BadInput for a list that is gone or too long."""
        listing = self.listings.get(found.wish.listing)
        if listing is None:
            raise exports.unknown_list(found.wish.listing, self.listings)
        scope = Scope(firm.id, local_date(found.created_at, firm.zone), firm.zone, firm.currency)
        asked = asked_of(listing, {**found.wish.values, "order": found.wish.order})
        total = await count_of(tx, scope, listing, asked, MOST_ROWS)
        if total > MOST_ROWS:
            raise exports.too_long(MOST_ROWS)
        return whole(tx, scope, listing, asked, total)

    async def _telling(self, tenant: str, found: Export, table: Table, tell: Tell) -> AsyncIterator[Row]:
        """The rows, and on the way how many they are. Raises Stopped."""
        done = 0
        await self._advance(tenant, found, done, table.total, tell)
        async for row in table.rows:
            yield row
            done += 1
            if done % EVERY == 0:
                await self._advance(tenant, found, done, table.total, tell)

    async def _advance(self, tenant: str, found: Export, done: int, total: int, tell: Tell) -> None:
        async with self.database.tenant(tenant) as tx:
            if not await exports.advance(tx, tenant, found.id, done, total):
                raise Stopped
        tell(replace(found, state=RUNNING, done=done, total=total))

    async def _keep(self, firm: Tenant, found: Export, table: Table, rows: int, into: Path) -> None:
        wish, content = found.wish, await asyncio.to_thread(into.read_bytes)
        day = local_date(found.created_at, firm.zone)
        new = NewFile(
            f"{table.title.to(wish.locale)} {day}.{wish.format}", MEDIA_TYPES[wish.format], content,
            exports.PROCESS, found.id, "export", found.asked_by, found.created_at,
        )  # fmt: skip
        async with self.database.tenant(firm.id) as tx:
            kept = await self.files.keep(tx, firm.id, new)
            if not await exports.finish(tx, firm.id, found.id, rows, kept.size, kept.id):
                raise Stopped


def _quietly(done: int) -> None:
    """The rows tell of themselves."""
