"""Files: the row here, the content outside, sealed under a secret of its own.

The content is written before the row and deleted after it, so that no row is ever without its content; what
a kill leaves behind without a row, the sweep deletes. The secret of a file is sealed under the key of the
person it is about: with that key, or with the row's secret, the content is gone wherever copies of it are.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.file_sealing import seal, unseal
from database.shared.file_tables import file
from database.shared.keys import TENANT, Keyring, of_person
from database.shared.sealing import new_secret
from domain.errors import NotFound
from domain.file import READABLE, FileState, NewFile, Withheld
from domain.ports import Files

SHOWN = ".shown"
"""Ends the name of the copy that others see."""


@dataclass(frozen=True)
class KeptFile:
    """A row without its secret. ``shown_size`` is that of the copy that others see; None: there is none."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    contact: str
    process: str
    ref: str
    retention: str
    state: FileState
    finding: str
    by: str
    at: datetime
    scanned_at: datetime | None
    removed_at: datetime | None
    shown_size: int | None

    @property
    def readable(self) -> bool:
        return self.state in READABLE


@dataclass(frozen=True)
class FileStore:
    files: Files
    keyring: Keyring = field(repr=False)

    async def keep(self, tx: AsyncConnection, tenant: str, new: NewFile) -> KeptFile:
        """Raises FilesDown."""
        id, secret = secrets.token_hex(12), new_secret()
        owner = of_person(new.contact) if new.contact else TENANT
        wrapped = await self.keyring.seal(tx, tenant, owner, secret, _about(id))
        await self._put(tenant, id, secret, new.content)
        if new.shown:
            await self._put(tenant, f"{id}{SHOWN}", secret, new.shown)
        row = {
            "tenant_id": tenant, "id": id, "contact_ref": new.contact or None, "process": new.process,
            "ref": new.ref, "retention": new.retention, "name": new.name, "media_type": new.media_type,
            "size": len(new.content), "sha256": hashlib.sha256(new.content).hexdigest(),
            "shown_size": len(new.shown) or None, "secret": wrapped, "state": new.state, "kept_by": new.by,
            "kept_at": new.at,
        }  # fmt: skip
        await tx.execute(insert(file).values(row))
        return await known_file(tx, tenant, id)

    async def read(self, tx: AsyncConnection, tenant: str, id: str, shown: bool = False) -> bytes:
        """The original, or with ``shown`` the copy for others if there is one.

        Raises NotFound, Withheld (in quarantine, infected, removed), Unopenable (its key was destroyed) and
        FilesDown.
        """
        found = await known_file(tx, tenant, id)
        if not found.readable:
            raise Withheld(_WITHHELD[found.state])
        return await self.read_withheld(tx, tenant, found, shown)

    async def read_withheld(
        self, tx: AsyncConnection, tenant: str, found: KeptFile, shown: bool = False
    ) -> bytes:
        """For the scanner and for who takes out a person's data: whatever the file's state."""
        wrapped = await tx.scalar(select(file.c.secret).where(*_mine(tenant, found.id)))
        if wrapped is None:
            raise NotFound("file", found.id)
        secret = await self.keyring.open(tx, tenant, bytes(wrapped), _about(found.id))
        name = f"{found.id}{SHOWN}" if shown and found.shown_size else found.id
        content = await self.files.get(stored_name(tenant, name))
        return await unseal(secret, content, f"{tenant}:{name}")

    async def remove(self, tx: AsyncConnection, tenant: str, id: str, why: str, at: datetime) -> bool:
        """Unreadable from the end of the transaction on; the sweep deletes the content. False if it was."""
        gone = {
            "state": FileState.REMOVED, "secret": None, "name": "", "sha256": "", "finding": "",
            "removed_at": at, "removed_for": why,
        }  # fmt: skip
        done = update(file).where(*_mine(tenant, id), file.c.removed_at.is_(None)).values(gone)
        return bool((await tx.execute(done)).rowcount)

    async def entrust(self, tx: AsyncConnection, tenant: str, id: str) -> None:
        """Put a file that a law keeps under the tenant's key, before its person's key is destroyed."""
        wrapped = await tx.scalar(select(file.c.secret).where(*_mine(tenant, id)))
        if wrapped is None:
            raise NotFound("file", id)
        secret = await self.keyring.open(tx, tenant, bytes(wrapped), _about(id))
        sealed = await self.keyring.seal(tx, tenant, TENANT, secret, _about(id))
        await tx.execute(update(file).where(*_mine(tenant, id)).values(secret=sealed))

    async def _put(self, tenant: str, name: str, secret: bytes, content: bytes) -> None:
        await self.files.put(stored_name(tenant, name), await seal(secret, content, f"{tenant}:{name}"))


_WITHHELD = {
    FileState.QUARANTINED: "the file waits for the virus scan; try again in some minutes",
    FileState.INFECTED: "the virus scan found something in the file: it is not given out",
    FileState.REMOVED: "the file was removed",
}


def stored_name(tenant: str, name: str) -> str:
    return f"{tenant}/{name[:2]}/{name}"


def _about(id: str) -> str:
    return f"file:{id}"


def _mine(tenant: str, id: str) -> tuple[ColumnElement[bool], ...]:
    return file.c.tenant_id == tenant, file.c.id == id


async def known_file(tx: AsyncConnection, tenant: str, id: str) -> KeptFile:
    """Raises NotFound."""
    row = (await tx.execute(select(file).where(*_mine(tenant, id)))).first()
    if row is None:
        raise NotFound("file", id)
    return _known(row)


async def files_of(
    tx: AsyncConnection, tenant: str, *, contact: str = "", process: str = "", ref: str = "",
    states: Iterable[FileState] = (), after: str = "", limit: int = 1000,
) -> list[KeptFile]:  # fmt: skip
    """In the order of their ids, beginning after the id ``after``. Empty values do not filter."""
    query = select(file).where(file.c.tenant_id == tenant, file.c.id > after)
    for column, wanted in ((file.c.contact_ref, contact), (file.c.process, process), (file.c.ref, ref)):
        if wanted:
            query = query.where(column == wanted)
    if listed := list(states):
        query = query.where(file.c.state.in_(listed))
    return [_known(row) for row in await tx.execute(query.order_by(file.c.id).limit(limit))]


def _known(row: Row[Any]) -> KeptFile:
    return KeptFile(
        row.id, row.name, row.media_type, row.size, row.sha256, row.contact_ref or "", row.process, row.ref,
        row.retention, FileState(row.state), row.finding, row.kept_by, row.kept_at, row.scanned_at,
        row.removed_at, row.shown_size,
    )  # fmt: skip
