"""Facts about the clients of the training business."""

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.contacts import contact_of
from database.training.tables import training_client
from domain.errors import Conflict, NotFound
from domain.training.client import Client


async def create_client(tx: AsyncConnection, tenant: str, client: Client) -> bool:
    """False if the same client is known. Raises NotFound (contact), Conflict (reference, SIREN)."""
    await contact_of(tx, tenant, client.contact_ref)
    made = await tx.execute(
        insert(training_client)
        .values(tenant_id=tenant, **asdict(client))
        .on_conflict_do_nothing()
        .returning(training_client.c.ref)
    )
    if made.first():
        return True
    taken = select(training_client.c.ref).where(
        training_client.c.tenant_id == tenant, training_client.c.siren == client.siren
    )
    owner = (await tx.execute(taken)).scalar()
    if owner not in (None, client.ref):
        raise Conflict(f"the SIREN {client.siren} is that of the client {owner} already")
    if await client_of(tx, tenant, client.ref) != client:
        raise Conflict(f"the client {client.ref} exists already with other details")
    return False


async def client_of(tx: AsyncConnection, tenant: str, ref: str) -> Client:
    """Raises NotFound."""
    query = select(training_client).where(training_client.c.tenant_id == tenant, training_client.c.ref == ref)
    row = (await tx.execute(query)).mappings().first()
    if row is None:
        raise NotFound("training client", ref)
    return Client(**{name: value for name, value in row.items() if name != "tenant_id"})
