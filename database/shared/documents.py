"""Contents of documents as they were issued."""

from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.session import Database
from database.shared.contacts import tenants
from database.shared.files import FileStore
from database.shared.tables import document
from domain.file import NewFile

RETENTION = "document"
BY = "platform"


async def content_of(tx: AsyncConnection, store: FileStore, row: Row[Any]) -> bytes:
    """Out of its file or, from before there were files, its row. Raises what `FileStore.read` raises."""
    if row.file_id is None:
        return bytes(row.content)
    return await store.read(tx, row.tenant_id, row.file_id)


async def move_out(database: Database, store: FileStore) -> int:
    """Take contents that are still in rows out into files, one after the other; several may do so at once."""
    moved = 0
    async with database.anyone() as tx:
        known = await tenants(tx)
    for tenant in known:
        while await _move_one(database, store, tenant):
            moved += 1
    return moved


async def _move_one(database: Database, store: FileStore, tenant: str) -> bool:
    async with database.tenant(tenant) as tx:
        inside = (document.c.tenant_id == tenant, document.c.content.is_not(None))
        query = select(document).where(*inside).order_by(document.c.id).limit(1)
        row = (await tx.execute(query.with_for_update(skip_locked=True))).first()
        if row is None:
            return False
        new = NewFile(
            row.name, row.media_type, bytes(row.content), row.process, row.ref, RETENTION, BY, row.issued_at
        )
        kept = await store.keep(tx, tenant, new)
        mine = (document.c.tenant_id == tenant, document.c.id == row.id)
        await tx.execute(update(document).where(*mine).values(content=None, file_id=kept.id))
    return True
