"""What people hand in: looked at, scanned, and kept sealed; in quarantine while the scan does not answer."""

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.session import Database
from database.shared.file_tables import file
from database.shared.files import FileStore, KeptFile, files_of, known_file
from domain.errors import NotFound
from domain.file import FileState, NewFile, ScannerDown
from domain.ports import Inspector, Scanner
from domain.upload import BadFile, Checked, Given

log = logging.getLogger(__name__)

AT_ONCE = 20


Found = tuple[Checked, FileState]
"""What was looked at, and what the scan says of it."""


@dataclass(frozen=True)
class Place:
    """Where an upload belongs; ``contact`` is whom it is about, ``by`` who hands it in."""

    process: str
    ref: str
    retention: str
    by: str
    at: datetime
    contact: str = ""


@dataclass(frozen=True)
class Uploads:
    """``scanner`` None: what comes in is not scanned, and the health page says so."""

    store: FileStore
    inspector: Inspector
    scanner: Scanner | None = None

    async def look(self, given: Given) -> Found:
        """Needs no transaction, and should be asked before one is held. Raises BadFile."""
        found = await self.inspector.check(given)
        return found, await self._scanned(found.content)

    async def accept(self, tx: AsyncConnection, tenant: str, found: Found, place: Place) -> KeptFile:
        """Keep what `look` found in order. Raises FilesDown."""
        checked, state = found
        new = NewFile(
            checked.name, checked.media_type, checked.content, place.process, place.ref, place.retention,
            place.by, place.at, place.contact, checked.shown, state,
        )  # fmt: skip
        return await self.store.keep(tx, tenant, new)

    async def _scanned(self, content: bytes) -> FileState:
        """Raises BadFile. A scan that is away holds nobody's deadline up: the file waits for it."""
        if self.scanner is None:
            return FileState.UNSCANNED
        try:
            finding = await self.scanner.finding(content)
        except ScannerDown as down:
            log.warning("%s", down)
            return FileState.QUARANTINED
        if finding:
            log.warning("the virus scan found %r in an upload", finding)
            raise BadFile("infected")
        return FileState.CLEAN

    async def scan_again(self, database: Database, tenant: str, at: datetime) -> list[KeptFile]:
        """What waits in quarantine, as far as the scan answers. Returns what is infected."""
        if self.scanner is None:
            return []
        infected, after = [], ""
        while True:
            async with database.tenant(tenant) as tx:
                waiting = await files_of(
                    tx, tenant, states=[FileState.QUARANTINED], after=after, limit=AT_ONCE
                )
            for one in waiting:
                try:
                    if await self._again(database, tenant, one, at) is FileState.INFECTED:
                        infected.append(one)
                except ScannerDown:
                    return infected
                after = one.id
            if len(waiting) < AT_ONCE:
                return infected

    async def _again(self, database: Database, tenant: str, one: KeptFile, at: datetime) -> FileState | None:
        """None when it was removed meanwhile. Raises ScannerDown."""
        assert self.scanner is not None
        try:
            async with database.tenant(tenant) as tx:
                content = await self.store.read_withheld(tx, tenant, await known_file(tx, tenant, one.id))
        except NotFound:
            return None
        finding = await self.scanner.finding(content)
        state = FileState.INFECTED if finding else FileState.CLEAN
        waits = (file.c.tenant_id == tenant, file.c.id == one.id, file.c.state == FileState.QUARANTINED)
        async with database.tenant(tenant) as tx:
            turned = update(file).where(*waits).values(state=state, finding=finding, scanned_at=at)
            return state if (await tx.execute(turned)).rowcount else None
