"""What is in the store and belongs to no row, and what rows have given up: deleted."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta

from sqlalchemy import select, update

from database.session import Database
from database.shared.file_tables import file
from database.shared.files import SHOWN, stored_name
from domain.file import Entry
from domain.ports import Files

YOUNG = timedelta(days=1)
"""A content may be older than its row by as long as a transaction lasts; this is far more."""

BATCH = 500


async def sweep(database: Database, files: Files, tenants: Iterable[str], at: datetime) -> AsyncIterator[int]:
    """Deletes the contents of removed files, then those that no row knows and that are older than a day.

    Gives how many, batch after batch. A store that is not ours alone loses nothing: only names of these
    tenants are looked at.
    """
    for tenant in tenants:
        yield await _delete_removed(database, files, tenant, at)
        async for batch in _batches(files.entries(f"{tenant}/")):
            yield await _delete_orphans(database, files, tenant, batch, at - YOUNG)


async def _delete_removed(database: Database, files: Files, tenant: str, at: datetime) -> int:
    """Content first: a kill between leaves the row to be swept again."""
    total = 0
    while True:
        gone = (file.c.tenant_id == tenant, file.c.removed_at.is_not(None), file.c.swept_at.is_(None))
        async with database.tenant(tenant) as tx:
            ids = list((await tx.execute(select(file.c.id).where(*gone).limit(BATCH))).scalars())
        for id in ids:
            for name in (id, f"{id}{SHOWN}"):
                await files.delete(stored_name(tenant, name))
        async with database.tenant(tenant) as tx:
            await tx.execute(update(file).where(*gone, file.c.id.in_(ids)).values(swept_at=at))
        total += len(ids)
        if len(ids) < BATCH:
            return total


async def _delete_orphans(
    database: Database, files: Files, tenant: str, entries: list[Entry], before: datetime
) -> int:
    """The rows are asked after the store: a row that is written meanwhile belongs to a young content."""
    old = {
        entry.name: entry.name.rpartition("/")[2].partition(".")[0] for entry in entries if entry.at < before
    }
    async with database.tenant(tenant) as tx:
        query = select(file.c.id).where(file.c.tenant_id == tenant, file.c.id.in_(set(old.values())))
        known = set((await tx.execute(query)).scalars())
    lost = [name for name, id in old.items() if id not in known or _is_draft(name)]
    for name in lost:
        await files.delete(name)
    return len(lost)


def _id(name: str) -> str:
    return name.rpartition("/")[2].partition(".")[0]


def _is_draft(name: str) -> bool:
    """What a kill in the middle of writing left beside the content itself."""
    return name.endswith(".draft")


async def _batches(entries: AsyncIterator[Entry]) -> AsyncIterator[list[Entry]]:
    batch: list[Entry] = []
    async for entry in entries:
        batch.append(entry)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
