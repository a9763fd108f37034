"""What happens to a visit: begun, done, nobody there, cancelled, asked for again."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from database.maintenance import visits
from database.maintenance.visits import NOWHERE
from domain.errors import BadInput, Mistake
from domain.maintenance.planning.intake import KnownVisit, VisitState

EARLY = timedelta(days=31)
"""Before its round; what is said to have begun even earlier is a slip."""

PLANNED, STARTED, DONE = VisitState.PLANNED, VisitState.STARTED, VisitState.DONE
MISSED, TO_PLAN, CANCELLED = VisitState.MISSED, VisitState.TO_PLAN, VisitState.CANCELLED


async def start(tx: AsyncConnection, tenant: str, ref: str, at: datetime, now: datetime) -> KnownVisit:
    """Raises NotFound, Conflict, BadInput."""
    _refuse_future(at, now)
    on = (await visits.locked(tx, tenant, ref)).standing.on
    if on is not None and at.date() < on - EARLY:
        raise BadInput(Mistake("at", f"its round is on {on}", "give a moment of that day, or leave it out"))
    return await visits.move(tx, tenant, ref, frozenset({PLANNED}), STARTED, now, started_at=at)


async def finish(tx: AsyncConnection, tenant: str, ref: str, at: datetime, now: datetime) -> KnownVisit:
    """Raises NotFound, Conflict, BadInput."""
    _refuse_future(at, now)
    known = await visits.locked(tx, tenant, ref)
    begun = known.standing.started_at
    if known.standing.state is STARTED and begun is not None and at < begun:
        raise BadInput(Mistake("at", "it ends before it began", "give a later moment"))
    return await visits.move(tx, tenant, ref, frozenset({STARTED}), DONE, now, ended_at=at)


async def miss(tx: AsyncConnection, tenant: str, ref: str, now: datetime) -> KnownVisit:
    """Nobody was there. It stays in its round, as what happened. Raises NotFound, Conflict."""
    return await visits.move(tx, tenant, ref, frozenset({PLANNED, STARTED}), MISSED, now)


async def cancel(tx: AsyncConnection, tenant: str, ref: str, now: datetime) -> KnownVisit:
    """It leaves its round, whose other visits keep their times. Raises NotFound, Conflict."""
    return await visits.move(
        tx, tenant, ref, frozenset({TO_PLAN, PLANNED, MISSED}), CANCELLED, now, **NOWHERE
    )  # fmt: skip


async def reopen(tx: AsyncConnection, tenant: str, ref: str, now: datetime) -> KnownVisit:
    """It waits for a place again, and nobody was told when. Raises NotFound, Conflict."""
    nothing = {
        **NOWHERE, "started_at": None, "ended_at": None, "promised_on": None, "promised_s": None,
        "promised_technician_ref": None, "pinned_on": None, "pinned_s": None,
    }  # fmt: skip
    return await visits.move(tx, tenant, ref, frozenset({MISSED, CANCELLED}), TO_PLAN, now, **nothing)


def _refuse_future(at: datetime, now: datetime) -> None:
    if at > now:
        raise BadInput(Mistake("at", "it lies in the future", "leave it out for this moment"))
