"""Places in rounds that are held for customers who have not confirmed yet."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.maintenance.tables import slot_reservation, visit
from domain.errors import Conflict, NotFound
from domain.maintenance.planning.intake import Hold

HELD, CONFIRMED, RELEASED, EXPIRED = "held", "confirmed", "released", "expired"
LONGEST = timedelta(days=7)

mine = slot_reservation.c


@dataclass(frozen=True)
class Reservation:
    """From ``begins`` to ``ends`` the technician is there, give or take what the customer is told."""

    id: str
    visit: str
    technician: str
    on: date
    begins: int
    ends: int
    state: str
    held_at: datetime
    expires_at: datetime

    def state_at(self, now: datetime) -> str:
        return EXPIRED if self.state == HELD and self.expires_at <= now else self.state

    def stands(self, now: datetime) -> bool:
        return self.state_at(now) == HELD


async def hold(
    tx: AsyncConnection, tenant: str, place: Hold, now: datetime, until: datetime
) -> Reservation:  # fmt: skip
    """One at a time for a visit: an older one is released. The caller sees to it that the place is free."""
    await _expire(tx, tenant, now)
    old = update(slot_reservation).where(
        mine.tenant_id == tenant, mine.visit_ref == place.visit, mine.state == HELD
    )
    await tx.execute(old.values(state=RELEASED, updated_at=now))
    id = f"s{secrets.token_hex(8)}"
    row = {
        "tenant_id": tenant, "id": id, "visit_ref": place.visit, "technician_ref": place.technician,
        "on_day": place.on, "begins_s": place.begins, "ends_s": place.ends, "state": HELD, "held_at": now,
        "expires_at": until, "updated_at": now,
    }  # fmt: skip
    await tx.execute(insert(slot_reservation).values(row))
    return await reservation_of(tx, tenant, id)


async def reservation_of(tx: AsyncConnection, tenant: str, id: str) -> Reservation:
    """Raises NotFound."""
    query = select(slot_reservation).where(mine.tenant_id == tenant, mine.id == id)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("reservation", id)
    return _reservation(row)


async def reservations(
    tx: AsyncConnection, tenant: str, now: datetime, after: str = "", limit: int = 50, state: str = ""
) -> list[Reservation]:
    """In the order of their ids, by the state in which they are now."""
    query = select(slot_reservation).where(mine.tenant_id == tenant, mine.id > after)
    over = and_(mine.state == HELD, mine.expires_at <= now)
    if state == EXPIRED:
        query = query.where(or_(mine.state == EXPIRED, over))
    elif state:
        query = query.where(mine.state == state, ~over)
    return [_reservation(row) for row in await tx.execute(query.order_by(mine.id).limit(limit))]


async def held_with(
    tx: AsyncConnection, tenant: str, one: Reservation, mates: Collection[str], now: datetime
) -> Reservation | None:
    """The other place of two technicians at once, held for the same moment."""
    query = select(slot_reservation).where(
        mine.tenant_id == tenant, mine.visit_ref.in_(list(mates)), mine.state == HELD, mine.expires_at > now,
        mine.on_day == one.on, mine.begins_s == one.begins,
    )  # fmt: skip
    row = (await tx.execute(query.order_by(mine.id).limit(1))).first()
    return None if row is None else _reservation(row)


async def settle(tx: AsyncConnection, tenant: str, id: str, state: str, now: datetime) -> Reservation:
    """Confirmed or released. Raises NotFound, and Conflict for one that is not held any more."""
    query = select(slot_reservation).where(mine.tenant_id == tenant, mine.id == id)
    row = (await tx.execute(query.with_for_update())).first()
    if row is None:
        raise NotFound("reservation", id)
    known = _reservation(row)
    if not known.stands(now):
        raise Conflict(f"the reservation {id} is {known.state_at(now)}")
    settled = update(slot_reservation).where(mine.tenant_id == tenant, mine.id == id)
    await tx.execute(settled.values(state=state, updated_at=now))
    return await reservation_of(tx, tenant, id)


async def holds_on(
    tx: AsyncConnection, tenant: str, first_on: date, last_on: date, now: datetime
) -> Sequence[Hold]:
    """Of visits that wait for their place. What is confirmed stands in a round by then."""
    query = (
        select(slot_reservation)
        .join(visit, (visit.c.tenant_id == mine.tenant_id) & (visit.c.ref == mine.visit_ref))
        .where(mine.tenant_id == tenant, mine.state == HELD, mine.expires_at > now)
        .where(mine.on_day.between(first_on, last_on), visit.c.state == "to_plan")
        .order_by(mine.id)
    )
    return [
        Hold(row.visit_ref, row.technician_ref, row.on_day, row.begins_s, row.ends_s)
        for row in await tx.execute(query)
    ]


async def take_turns(tx: AsyncConnection, tenant: str) -> None:
    """Whoever changes rounds in force does it alone until the transaction ends."""
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{tenant} rounds", 0))))


async def _expire(tx: AsyncConnection, tenant: str, now: datetime) -> None:
    over = update(slot_reservation).where(
        mine.tenant_id == tenant, mine.state == HELD, mine.expires_at <= now
    )
    await tx.execute(over.values(state=EXPIRED, updated_at=now))


def _reservation(row: Row[Any]) -> Reservation:
    return Reservation(
        row.id, row.visit_ref, row.technician_ref, row.on_day, row.begins_s, row.ends_s, row.state,
        row.held_at, row.expires_at,
    )  # fmt: skip
