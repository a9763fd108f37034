"""Carries owed starts and rings from the outbox to Temporal, at least once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from datetime import datetime

from psycopg import AsyncConnection as Listener
from psycopg import OperationalError
from sqlalchemy.exc import SQLAlchemyError

from database.session import Database
from database.shared import outbox
from database.shared.backups import gaps
from database.shared.contacts import tenants
from database.shared.outbox import Owed
from domain.case import Case
from domain.ports import Doorbell

log = logging.getLogger(__name__)

IDLE = 5.0
"""Seconds between two looks at every tenant when nothing is announced: an announcement can be lost."""

AFTER_TROUBLE = 1.0


Ending = Callable[[datetime, datetime], Awaitable[list[str]]]
"""Ends the processes that began between two moments, and names them."""


class Relay:
    """Several may run beside each other: each takes rows that no other holds."""

    def __init__(self, database: Database, doorbell: Doorbell, end_forgotten: Ending | None = None) -> None:
        self.database = database
        self.doorbell = doorbell
        self._end_forgotten = end_forgotten
        self._announced: set[str] = set()
        self._bell = asyncio.Event()
        self._swept_at = -IDLE

    async def drain(self, only: Collection[str] = ()) -> int:
        """Deliver all that is owed now, by these tenants or by all. Returns how many rows were delivered."""
        if not only:
            async with self.database.anyone() as tx:
                only = await tenants(tx)
        total = 0
        for tenant in only:
            while delivered := await self._deliver_some(tenant):
                total += delivered
        return total

    async def deliver(self, tenant: str, ref: str) -> int:
        """Deliver what is owed to the processes of one reference. Returns how many rows were delivered."""
        return await self._deliver_some(tenant, ref)

    async def _deliver_some(self, tenant: str, ref: str | None = None) -> int:
        async with self.database.tenant(tenant) as tx:
            rows = await outbox.take(tx, tenant, ref=ref)
            by_case: dict[Case, list[Owed]] = {}
            for row in rows:
                by_case.setdefault(row.case, []).append(row)
            delivered = await asyncio.gather(*(self._in_order(owed) for owed in by_case.values()))
            settled: dict[str, list[int]] = {}
            for row, note in (pair for pairs in delivered for pair in pairs):
                if isinstance(note, Exception):
                    log.warning("outbox %s of %s waits: %s", row.id, tenant, type(note).__name__)
                    await outbox.postpone(tx, tenant, row.id, f"{type(note).__name__}: {note}")
                else:
                    settled.setdefault(note, []).append(row.id)
            for note, ids in settled.items():
                await outbox.settle(tx, tenant, ids, note)
        return sum(map(len, settled.values()))

    async def _in_order(self, rows: list[Owed]) -> list[tuple[Owed, str | Exception]]:
        """One case's rows one after the other: a case begins with its first start. Cases go side by side."""
        notes: list[tuple[Owed, str | Exception]] = []
        for row in rows:
            try:
                notes.append((row, await self._deliver(row)))
            except Exception as error:
                notes.append((row, error))
        return notes

    async def _deliver(self, row: Owed) -> str:
        if row.kind == outbox.START:
            return await self.doorbell.start(row.case, row.fact, row.at)
        return await self.doorbell.ring(row.case, row.fact, row.at)

    async def run(self) -> None:
        """Relay until cancelled."""
        listening = asyncio.create_task(self._listen())
        try:
            while True:
                try:
                    await self._end_what_was_forgotten()
                    await self._look(asyncio.get_running_loop().time())
                except (SQLAlchemyError, OSError) as error:
                    log.warning("the relay waits for the database: %s", type(error).__name__)
                    await asyncio.sleep(AFTER_TROUBLE)
                except Exception:  # whatever it is, facts must go on reaching their processes
                    log.exception("the relay met trouble that it does not know")
                    await asyncio.sleep(AFTER_TROUBLE)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._bell.wait(), IDLE)
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

    async def _end_what_was_forgotten(self) -> None:
        """After a restore, and before anything is started: a start would only ring what can never go on."""
        if self._end_forgotten is None:
            return
        async with self.database.anyone() as tx:
            found = await gaps(tx)
        for gap in found:
            for id in await self._end_forgotten(gap.taken_at, gap.restored_at):
                log.warning("%s began after the backup that was restored; it was ended", id)
        self._end_forgotten = None

    async def _look(self, now: float) -> None:
        """At those who announced something; at every tenant when the last such look is IDLE ago."""
        announced, self._announced = self._announced, set()
        self._bell.clear()
        if now - self._swept_at >= IDLE:
            await self.drain()
            self._swept_at = now
        elif announced:
            await self.drain(announced)

    async def _listen(self) -> None:
        url = self.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            try:
                async with await Listener.connect(url, autocommit=True) as connection:
                    await connection.execute("listen outbox")
                    async for notice in connection.notifies():
                        self._announced.add(notice.payload)
                        self._bell.set()
            except (OperationalError, OSError):
                await asyncio.sleep(AFTER_TROUBLE)
