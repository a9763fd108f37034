"""What the process maintenance.scheduling knows of a visit."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.maintenance.tables import visit
from domain.errors import NotFound
from domain.maintenance.planning.intake import VisitState
from domain.maintenance.scheduling import SchedulingFacts, scheduling_facts


@dataclass(frozen=True)
class Waiting:
    """``technician`` is whose round it is in, None when it has no place."""

    facts: SchedulingFacts
    work: str
    technician: str | None


async def facts_of(tx: AsyncConnection, tenant: str, ref: str, day: date) -> Waiting:
    """Raises NotFound."""
    mine = visit.c
    query = select(mine.due_on, mine.state, mine.planned_on, mine.technician_ref, mine.work)
    row = (await tx.execute(query.where(mine.tenant_id == tenant, mine.ref == ref))).first()
    if row is None:
        raise NotFound("visit", ref)
    facts = scheduling_facts(row.due_on, VisitState(row.state), row.planned_on, day=day)
    return Waiting(facts, row.work, row.technician_ref if facts.placed else None)
