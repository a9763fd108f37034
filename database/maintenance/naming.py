"""What technicians and visits are called, for maps, calendars and tables of their rounds."""

from collections.abc import Collection

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.maintenance.tables import technician, visit
from database.shared.contacts import tenant_of
from database.shared.tables import contact
from domain.maintenance.planning.naming import Called, Names


async def names_of(
    tx: AsyncConnection, tenant: str, technicians: Collection[str], visits: Collection[str]
) -> Names:
    """Of those that are named here; what is not known any more keeps its reference. Raises NotFound."""
    firm = await tenant_of(tx, tenant)
    hands = select(technician.c.ref, contact.c.full_name).join(
        contact,
        and_(contact.c.tenant_id == technician.c.tenant_id, contact.c.ref == technician.c.contact_ref),
    ).where(technician.c.tenant_id == tenant, technician.c.ref.in_(list(technicians)))  # fmt: skip
    asked = select(visit.c.ref, contact.c.full_name, visit.c.work, visit.c.address).join(
        contact, and_(contact.c.tenant_id == visit.c.tenant_id, contact.c.ref == visit.c.contact_ref)
    ).where(visit.c.tenant_id == tenant, visit.c.ref.in_(list(visits)))  # fmt: skip
    return Names(
        firm.name,
        {row.ref: row.full_name for row in await tx.execute(hands)},
        {ref: Called(who, what or "", where or "") for ref, who, what, where in await tx.execute(asked)},
        firm.zone,
    )
