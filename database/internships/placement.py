"""Facts about placements of students in companies."""

from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.internships.tables import placement as placements
from database.shared.contacts import contact_of
from domain.errors import Conflict, NotFound
from domain.internships.placement import Placement

ACTIVE, CANCELLED = "active", "cancelled"


@dataclass(frozen=True)
class KnownPlacement:
    """``state`` is active or cancelled."""

    placement: Placement
    state: str


async def create_placement(tx: AsyncConnection, tenant: str, given: Placement) -> bool:
    """Write a placement. False if the same one is known. Raises NotFound (a person) and Conflict."""
    for person in (given.student_ref, given.school_tutor_ref, given.company_tutor_ref):
        await contact_of(tx, tenant, person)
    made = await tx.execute(
        insert(placements)
        .values({"tenant_id": tenant, "state": ACTIVE, **asdict(given)})
        .on_conflict_do_nothing()
        .returning(placements.c.ref)
    )
    if made.first() is not None:
        return True
    if (await placement_of(tx, tenant, given.ref)).placement != given:
        raise Conflict(f"the placement {given.ref} exists already and is another one")
    return False


async def placement_of(tx: AsyncConnection, tenant: str, ref: str) -> KnownPlacement:
    """Raises NotFound."""
    query = select(placements).where(placements.c.tenant_id == tenant, placements.c.ref == ref)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("placement", ref)
    known = Placement(
        row.ref, row.student_ref, row.school_tutor_ref, row.company_tutor_ref, row.company, row.starts_on,
        row.ends_on,
    )  # fmt: skip
    return KnownPlacement(known, row.state)
