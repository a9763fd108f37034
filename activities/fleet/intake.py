"""A file that somebody gave goes in, batch by batch; whoever waits sees how far it is."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

from sqlalchemy import func, select
from temporalio import activity

from database.fleet import imports, intake
from database.fleet.imports import Report, Tell
from database.fleet.intake import Intake
from database.session import Database
from database.shared.files import FileStore
from database.shared.sealing import Unopenable
from domain.case import Case
from domain.errors import BadInput
from domain.file import Withheld
from domain.fleet.intake import FleetFiles
from domain.ports import Holidays

Heard = Callable[[int], None]
"""How many rows were read."""


class Stopped(Exception):
    """By a person, meanwhile."""


@dataclass(frozen=True)
class Intakes:
    database: Database
    files: FileStore
    reader: FleetFiles
    holidays: Holidays

    @activity.defn(name="fleet.intake.run")
    async def run(self, case: Case) -> str:
        """The state in which it ends. One that a worker left behind goes on after its last batch."""
        try:
            ended = await self.go_on(case.tenant, case.ref, activity.heartbeat)
        except asyncio.CancelledError:
            details = activity.cancellation_details()
            if details and details.cancel_requested:
                async with self.database.tenant(case.tenant) as tx:
                    await intake.fail(tx, case.tenant, case.ref, "operations ended its process")
                await self._let_go(case.tenant, case.ref)
            raise
        return ended.state

    async def go_on(self, tenant: str, id: str, heard: Heard) -> Intake:
        """Raises NotFound."""
        async with self.database.tenant(tenant) as tx:
            found = await intake.intake_of(tx, tenant, id)
        if found.is_open:
            with suppress(Stopped):
                try:
                    report = await self._take_in(tenant, found, heard)
                    again = report.repeated and not found.done
                    await self._finish(tenant, id, report, again)
                except (BadInput, Withheld, Unopenable) as wrong:
                    mistakes = wrong.mistakes if isinstance(wrong, BadInput) else ()
                    async with self.database.tenant(tenant) as tx:
                        await intake.fail(tx, tenant, id, str(wrong), mistakes)
        return await self._let_go(tenant, id)

    async def _take_in(self, tenant: str, found: Intake, heard: Heard) -> Report:
        """What is entered carries the moment at which the file was given. Raises BadInput, Stopped."""
        async with self.database.tenant(tenant) as tx:
            source = BytesIO(await self.files.read(tx, tenant, found.file))
        at, tell = found.created_at, self._telling(found, tenant, heard)
        await tell(1)
        if found.kind == imports.CONTRACTS:
            return await imports.import_contracts(
                self.database, self.reader, tenant, source, at, self.holidays, tell
            )
        enter = imports.import_payments if found.kind == imports.PAYMENTS else imports.import_swaps
        return await enter(self.database, self.reader, tenant, source, at, tell)

    def _telling(self, found: Intake, tenant: str, heard: Heard) -> Tell:
        """The header is line 1."""

        async def tell(line: int) -> None:
            async with self.database.tenant(tenant) as tx:
                if not await intake.advance(tx, tenant, found.id, line - 1):
                    raise Stopped
            heard(line - 1)

        return tell

    async def _finish(self, tenant: str, id: str, report: Report, again: bool) -> None:
        """``again``: the file was in before it was given."""
        async with self.database.tenant(tenant) as tx:
            await intake.finish(tx, tenant, id, report.rows, again)

    async def _let_go(self, tenant: str, id: str) -> Intake:
        """Its rows are in, or kept aside with what stood in them: the file is full of names for nothing."""
        async with self.database.tenant(tenant) as tx:
            found = await intake.intake_of(tx, tenant, id)
            if found.file and not found.is_open:
                now = (await tx.execute(select(func.now()))).scalar_one()
                await self.files.remove(tx, tenant, found.file, f"import {id} {found.state}", now)
        return found
