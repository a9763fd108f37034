"""Links by which one person fetches one file, until they expire or the person is gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.audience import check_audience, key_of
from database.shared.effects import document_of
from database.shared.files import FileStore, known_file
from database.shared.keys import Keyring
from domain.links import FileTarget


@dataclass(frozen=True)
class Fetched:
    name: str
    media_type: str
    content: bytes


async def link_to(
    tx: AsyncConnection, keyring: Keyring, tenant: str, file_id: str, audience: str, until: datetime
) -> FileTarget:
    """Raises NotFound for a file or a contact that is not there."""
    await known_file(tx, tenant, file_id)
    key = await key_of(tx, keyring, tenant, audience)
    return FileTarget(tenant, file_id, audience, key, until)


async def links_to(
    tx: AsyncConnection, keyring: Keyring, tenant: str, keys: Mapping[str, str], audience: str,
    until: datetime,
) -> dict[str, FileTarget]:  # fmt: skip
    """To documents by their keys, under what the caller calls them; what is not issued is left out."""
    rows = {name: await document_of(tx, tenant, key) for name, key in keys.items()}
    return {
        name: await link_to(tx, keyring, tenant, row.file_id, audience, until)
        for name, row in rows.items() if row is not None
    }  # fmt: skip


async def fetch(tx: AsyncConnection, store: FileStore, target: FileTarget) -> Fetched:
    """What a link that has not expired opens. Raises NotFound when the person is gone, else as `read`."""
    await check_audience(tx, store.keyring, target.tenant, target.audience, target.key)
    found = await known_file(tx, target.tenant, target.file)
    content = await store.read(tx, target.tenant, target.file, shown=found.contact != target.audience)
    return Fetched(found.name, found.media_type, content)
