"""Links by which one person fetches one file, until they expire or the person is gone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.contacts import contact_of
from database.shared.files import FileStore, known_file
from database.shared.keys import Keyring, of_person
from database.shared.tables import person
from domain.errors import NotFound
from domain.links import FileTarget

ACTIVE = frozenset({"invited", "active"})


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
    await contact_of(tx, tenant, audience)
    key = await keyring.of(tx, tenant, of_person(audience))
    return FileTarget(tenant, file_id, audience, key.id, until)


async def fetch(tx: AsyncConnection, store: FileStore, target: FileTarget) -> Fetched:
    """What a link that has not expired opens. Raises NotFound when the person is gone, else as `read`."""
    await _check_audience(tx, store.keyring, target)
    found = await known_file(tx, target.tenant, target.file)
    content = await store.read(tx, target.tenant, target.file, shown=found.contact != target.audience)
    return Fetched(found.name, found.media_type, content)


async def _check_audience(tx: AsyncConnection, keyring: Keyring, target: FileTarget) -> None:
    """Erased (their key is destroyed), deleted, or suspended everywhere they sign in. Raises NotFound."""
    await contact_of(tx, target.tenant, target.audience)
    mine = (person.c.tenant_id == target.tenant, person.c.contact_ref == target.audience)
    states = set((await tx.execute(select(person.c.state).where(*mine))).scalars())
    key = await keyring.by_id(tx, target.tenant, target.key)
    if key is None or (states and not states & ACTIVE):
        raise NotFound("file", target.file)
