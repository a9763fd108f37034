"""Files of contracts, payments and swaps, imported row by row; a file goes on where it was interrupted."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, BinaryIO, Generic, TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet import kept_aside
from database.fleet.contract import Written, create_all_signed
from database.fleet.payments import record_payments
from database.fleet.swaps import record_swaps
from database.fleet.tables import import_job, import_row
from database.session import Database
from database.shared.bulk import insert_all
from database.shared.contacts import tenant_of
from database.shared.tables import contact
from domain.errors import BadInput, DomainError, Mistake
from domain.fleet.intake import ContractEntry, Driver, FleetFiles, Line, PaymentEntry
from domain.fleet.swap import SwapEntry
from domain.ports import Holidays

BATCH = 500
CONTRACTS_AT_ONCE = 200
"""Each brings hundreds of dues."""
CONTRACTS, PAYMENTS, SWAPS = "contracts", "payments", "swaps"

Entry = TypeVar("Entry", ContractEntry, PaymentEntry, SwapEntry)
Tell = Callable[[int], Awaitable[None]]
"""Hears, after each batch, of the last line that was read; what it raises ends the import, to go on later."""


async def quietly(line: int) -> None:
    """Nobody waits to hear."""


@dataclass(frozen=True)
class Report:
    """``repeated``: the same file was imported completely before, and nothing was changed now."""

    kind: str
    sha256: str
    created: int
    unchanged: int
    refused: int
    repeated: bool = False

    @property
    def rows(self) -> int:
        return self.created + self.unchanged + self.refused


@dataclass(frozen=True)
class RowReport:
    """``outcome`` is created, unchanged or refused."""

    line: int
    ref: str
    outcome: str
    mistakes: tuple[Mistake, ...] = ()


async def import_contracts(
    database: Database, files: FleetFiles, tenant: str, source: BinaryIO, at: datetime, holidays: Holidays,
    tell: Tell = quietly,
) -> Report:  # fmt: skip
    """Enter signed contracts with their drivers. ``source`` can seek.

    Raises BadInput for the file as a whole.
    """

    async def enter(tx: AsyncConnection, entries: Sequence[ContractEntry]) -> list[Written]:
        return await enter_contracts(tx, tenant, entries, at, holidays)

    digest = await asyncio.to_thread(fingerprint, source)
    home = await _home(database, tenant)
    work = Work(database, tenant, CONTRACTS, digest, at, enter, tell)
    return await work.through(await asyncio.to_thread(files.contracts, source, home.country, home.zone))


async def enter_contracts(
    tx: AsyncConnection, tenant: str, entries: Sequence[ContractEntry], at: datetime, holidays: Holidays
) -> list[Written]:
    """With their drivers."""
    await _enter_drivers(tx, tenant, [entry.driver for entry in entries])
    return await create_all_signed(tx, tenant, [entry.contract for entry in entries], at, holidays)


async def import_payments(
    database: Database, files: FleetFiles, tenant: str, source: BinaryIO, at: datetime,
    tell: Tell = quietly,
) -> Report:  # fmt: skip
    """Record payments. ``source`` can seek. Raises BadInput for the file as a whole."""

    async def enter(tx: AsyncConnection, entries: Sequence[PaymentEntry]) -> list[Written]:
        return await record_payments(tx, tenant, entries, at)

    digest = await asyncio.to_thread(fingerprint, source)
    home = await _home(database, tenant)
    work = Work(database, tenant, PAYMENTS, digest, at, enter, tell)
    return await work.through(await asyncio.to_thread(files.payments, source, home.currency, home.zone))


async def import_swaps(
    database: Database, files: FleetFiles, tenant: str, source: BinaryIO, at: datetime,
    tell: Tell = quietly,
) -> Report:  # fmt: skip
    """Record battery swaps. ``source`` can seek. Raises BadInput for the file as a whole."""

    async def enter(tx: AsyncConnection, entries: Sequence[SwapEntry]) -> list[Written]:
        return await record_swaps(tx, tenant, entries, at)

    digest = await asyncio.to_thread(fingerprint, source)
    home = await _home(database, tenant)
    work = Work(database, tenant, SWAPS, digest, at, enter, tell)
    return await work.through(await asyncio.to_thread(files.swaps, source, home.currency, home.zone))


async def report_of(tx: AsyncConnection, tenant: str, kind: str, sha256: str) -> Report | None:
    """As far as the file has come; None: nothing of it yet."""
    mine = (import_job.c.tenant_id == tenant, import_job.c.kind == kind, import_job.c.sha256 == sha256)
    job = (await tx.execute(select(import_job).where(*mine))).first()
    return Report(kind, sha256, job.created, job.unchanged, job.refused) if job else None


async def rows_of(
    tx: AsyncConnection, tenant: str, kind: str, sha256: str, *, after: int = 0, limit: int = 500,
    outcome: str = "",
) -> list[RowReport]:  # fmt: skip
    """A page of a file's report in the order of its lines, beginning after the line ``after``."""
    query = select(import_row).where(
        import_row.c.tenant_id == tenant, import_row.c.kind == kind, import_row.c.sha256 == sha256,
        import_row.c.line > after,
    )  # fmt: skip
    if outcome:
        query = query.where(import_row.c.outcome == outcome)
    found = await tx.execute(query.order_by(import_row.c.line).limit(limit))
    return [
        RowReport(row.line, row.ref, row.outcome, tuple(Mistake(**one) for one in row.mistakes))
        for row in found
    ]  # fmt: skip


@dataclass(frozen=True)
class Work(Generic[Entry]):
    """One file on its way into the database."""

    database: Database
    tenant: str
    kind: str
    sha256: str
    at: datetime
    enter: Callable[[AsyncConnection, Sequence[Entry]], Awaitable[list[Written]]]
    tell: Tell = quietly

    async def through(self, lines: Iterator[Line[Entry]]) -> Report:
        async with self.database.tenant(self.tenant) as tx:
            job = await self._job(tx)
        if job.finished_at:
            return self._report(job, repeated=True)
        most = min(BATCH, CONTRACTS_AT_ONCE) if self.kind == CONTRACTS else BATCH
        while batch := await asyncio.to_thread(lambda: list(islice(lines, most))):
            if batch[-1].number > job.last_line:
                await self._write(batch)
            await self.tell(batch[-1].number)
        async with self.database.tenant(self.tenant) as tx:
            await tx.execute(update(import_job).where(*self._mine()).values(finished_at=func.now()))
            return self._report(await self._job(tx))

    async def _write(self, batch: list[Line[Entry]]) -> None:
        """All at once; row by row when the database refuses the whole."""
        try:
            async with self.database.tenant(self.tenant) as tx:
                await self._progress(tx, batch, self.enter)
        except DBAPIError:
            async with self.database.tenant(self.tenant) as tx:
                await self._progress(tx, batch, partial(_one_by_one, self.enter))

    async def _progress(
        self, tx: AsyncConnection, batch: list[Line[Entry]],
        enter: Callable[[AsyncConnection, Sequence[Entry]], Awaitable[list[Written]]],
    ) -> None:  # fmt: skip
        """The rows, their report and how far the file has come are written together."""
        last = (await self._job(tx)).last_line
        batch = [line for line in batch if line.number > last]
        written = iter(await enter(tx, [line.entry for line in batch if line.entry]))
        made = [_said(line, next(written) if line.entry else BadInput(*line.mistakes)) for line in batch]
        if not made:
            return
        await self._keep_aside(tx, batch, made)
        mine = {"tenant_id": self.tenant, "kind": self.kind, "sha256": self.sha256}
        rows = [{**mine, **asdict(one), "mistakes": [asdict(m) for m in one.mistakes]} for one in made]
        await tx.execute(insert_all(import_row, rows))
        counts = {
            name: import_job.c[name] + sum(one.outcome == name for one in made)
            for name in ("created", "unchanged", "refused")
        }  # fmt: skip
        await tx.execute(update(import_job).where(*self._mine()).values(last_line=made[-1].line, **counts))

    async def _keep_aside(
        self, tx: AsyncConnection, batch: Sequence[Line[Entry]], made: Sequence[RowReport]
    ) -> None:
        """Each refused row is there to be corrected; one that is right now need not be any more."""
        aside = [
            (f"{self.sha256}:{line.number}", line.values, row.mistakes, row.ref)
            for line, row in zip(batch, made, strict=True) if row.outcome == "refused"
        ]  # fmt: skip
        await kept_aside.keep_all_aside(tx, self.tenant, self.kind, aside, self.at)
        entered = [row.ref for row in made if row.outcome != "refused"]
        sources = kept_aside.SAME_THINGS.get(self.kind, (self.kind,))
        await kept_aside.entered_elsewhere(tx, self.tenant, sources, entered, self.at)

    async def _job(self, tx: AsyncConnection) -> Any:
        """The job's row, locked: a second import of the same file waits, and finds the work done."""
        mine = {"tenant_id": self.tenant, "kind": self.kind, "sha256": self.sha256}
        await tx.execute(upsert(import_job).values(mine).on_conflict_do_nothing())
        return (await tx.execute(select(import_job).where(*self._mine()).with_for_update())).one()

    def _mine(self) -> tuple[Any, ...]:
        return (
            import_job.c.tenant_id == self.tenant, import_job.c.kind == self.kind,
            import_job.c.sha256 == self.sha256,
        )  # fmt: skip

    def _report(self, job: Any, repeated: bool = False) -> Report:
        return Report(self.kind, self.sha256, job.created, job.unchanged, job.refused, repeated)


async def _one_by_one(
    enter: Callable[[AsyncConnection, Sequence[Entry]], Awaitable[list[Written]]],
    tx: AsyncConnection,
    entries: Sequence[Entry],
) -> list[Written]:
    """Each row in a savepoint of its own, so that one the database refuses leaves the others."""
    written: list[Written] = []
    for entry in entries:
        try:
            async with tx.begin_nested():
                written += await enter(tx, [entry])
        except (DataError, IntegrityError) as wrong:  # a deadlock or a lost connection is no fault of the row
            problem = str(wrong.orig).partition("\n")[0]
            written.append(BadInput(Mistake("row", problem, "correct the row and import the file again")))
    return written


def _said(line: Line[Any], written: Written) -> RowReport:
    if isinstance(written, BadInput):
        return RowReport(line.number, line.ref[:64], "refused", written.mistakes)
    if isinstance(written, DomainError):
        mistake = Mistake("reference", str(written), "correct the reference or the row")
        return RowReport(line.number, line.ref[:64], "refused", (mistake,))
    return RowReport(line.number, line.ref[:64], "created" if written else "unchanged")


async def _enter_drivers(tx: AsyncConnection, tenant: str, drivers: Sequence[Driver]) -> None:
    """Who is known already keeps what is known: an old file does not undo a corrected address."""
    rows = {driver.ref: {"tenant_id": tenant, **asdict(driver)} for driver in reversed(drivers)}
    ordered = [rows[ref] for ref in sorted(rows)]
    if ordered:
        await tx.execute(upsert(contact).on_conflict_do_nothing(), ordered)


async def _home(database: Database, tenant: str) -> Any:
    async with database.tenant(tenant) as tx:
        return await tenant_of(tx, tenant)


def fingerprint(source: BinaryIO) -> str:
    digest = hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]
    source.seek(0)
    return digest
