"""Technicians as the firm knows them, and the days on which they are away."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, func, null, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.maintenance.tables import technician, technician_absence, visit
from database.shared.contacts import contact_of
from domain.errors import Conflict, NotFound
from domain.maintenance.planning.intake import Absence, AbsenceReason, Worker
from domain.maintenance.planning.model import Break, Point, Shift

ACTIVE, LEFT = "active", "left"
who, away = technician.c, technician_absence.c


async def save_technician(tx: AsyncConnection, tenant: str, worker: Worker, now: datetime) -> bool:
    """True if the technician is new; one who had left is back. Raises NotFound."""
    await contact_of(tx, tenant, worker.contact_ref)
    row = {**_row(worker), "updated_at": now}
    key = {"tenant_id": tenant, "ref": worker.ref}
    new = insert(technician).values(**key, **row).on_conflict_do_nothing().returning(who.ref)
    if (await tx.execute(new)).first() is not None:
        return True
    await tx.execute(update(technician).where(who.tenant_id == tenant, who.ref == worker.ref).values(**row))
    return False


async def let_go(tx: AsyncConnection, tenant: str, ref: str, today: date, now: datetime) -> Worker:
    """Nothing is planned for them from now on. Raises NotFound, Conflict while visits are."""
    known = await technician_of(tx, tenant, ref)
    ahead = select(func.count()).select_from(visit).where(
        visit.c.tenant_id == tenant, visit.c.technician_ref == ref, visit.c.planned_on >= today,
        visit.c.state.in_(["planned", "started"]),
    )  # fmt: skip
    if left := (await tx.execute(ahead)).scalar_one():
        raise Conflict(f"{ref} has {left} visits planned from today on; plan them for somebody else first")
    gone = update(technician).where(who.tenant_id == tenant, who.ref == ref)
    await tx.execute(gone.values(state=LEFT, updated_at=now))
    return known


async def technician_of(tx: AsyncConnection, tenant: str, ref: str) -> Worker:
    """Raises NotFound."""
    row = (await tx.execute(select(technician).where(who.tenant_id == tenant, who.ref == ref))).first()
    if row is None:
        raise NotFound("technician", ref)
    return _worker(row)


async def refs_of(tx: AsyncConnection, tenant: str) -> list[str]:
    """Of all, those who left among them."""
    return list((await tx.execute(select(who.ref).where(who.tenant_id == tenant))).scalars())


async def technician_behind(tx: AsyncConnection, tenant: str, contact_ref: str) -> Worker | None:
    """Who of those that work here is this person."""
    query = select(technician).where(
        who.tenant_id == tenant, who.contact_ref == contact_ref, who.state == ACTIVE
    )
    row = (await tx.execute(query.order_by(who.ref).limit(1))).first()
    return None if row is None else _worker(row)


async def technicians(
    tx: AsyncConnection, tenant: str, after: str = "", limit: int = 50, state: str = ""
) -> list[Worker]:
    """In the order of their references."""
    query = select(technician).where(who.tenant_id == tenant, who.ref > after)
    if state:
        query = query.where(who.state == state)
    return [_worker(row) for row in await tx.execute(query.order_by(who.ref).limit(limit))]


async def workforce(tx: AsyncConnection, tenant: str, refs: Iterable[str] = ()) -> tuple[Worker, ...]:
    """Those who work here, all of them or these, in the order of their references. Raises NotFound."""
    named = set(refs)
    query = select(technician).where(who.tenant_id == tenant, who.state == ACTIVE)
    if named:
        query = query.where(who.ref.in_(named))
    found = tuple(_worker(row) for row in await tx.execute(query.order_by(who.ref)))
    if missing := named - {one.ref for one in found}:
        raise NotFound("technician", min(missing))
    return found


async def save_absence(tx: AsyncConnection, tenant: str, absence: Absence) -> bool:
    """By its first day. True if it is new. Raises NotFound, Conflict where another one lies on these days."""
    await technician_of(tx, tenant, absence.technician)
    known = await absences(tx, tenant, absence.begins_on, absence.ends_on, [absence.technician])
    for other in known:
        if other.begins_on != absence.begins_on:
            raise Conflict(f"an absence from {other.begins_on} to {other.ends_on} lies on these days")
    row = {"ends_on": absence.ends_on, "reason": absence.reason.value}
    key = {"tenant_id": tenant, "technician_ref": absence.technician, "begins_on": absence.begins_on}
    existed = await _absence_row(tx, tenant, absence.technician, absence.begins_on)
    saved = insert(technician_absence).values(**key, **row)
    await tx.execute(saved.on_conflict_do_update(index_elements=list(key), set_=row))
    return existed is None


async def absence_of(tx: AsyncConnection, tenant: str, ref: str, begins_on: date) -> Absence:
    """Raises NotFound."""
    row = await _absence_row(tx, tenant, ref, begins_on)
    if row is None:
        raise NotFound("absence", f"{ref} {begins_on}")
    return _absence(row)


async def end_absence(tx: AsyncConnection, tenant: str, ref: str, begins_on: date) -> Absence:
    """It does not happen after all. Raises NotFound."""
    known = await absence_of(tx, tenant, ref, begins_on)
    await tx.execute(delete(technician_absence).where(
        away.tenant_id == tenant, away.technician_ref == ref, away.begins_on == begins_on
    ))  # fmt: skip
    return known


async def absences(
    tx: AsyncConnection, tenant: str, first_on: date, last_on: date, refs: Iterable[str] | None = None
) -> tuple[Absence, ...]:
    """Those that touch these days."""
    query = select(technician_absence).where(
        away.tenant_id == tenant, away.begins_on <= last_on, away.ends_on >= first_on
    )
    if refs is not None:
        query = query.where(away.technician_ref.in_(list(refs)))
    rows = await tx.execute(query.order_by(away.technician_ref, away.begins_on))
    return tuple(_absence(row) for row in rows)


async def _absence_row(tx: AsyncConnection, tenant: str, ref: str, begins_on: date) -> Row[Any] | None:
    mine = (away.tenant_id == tenant, away.technician_ref == ref, away.begins_on == begins_on)
    return (await tx.execute(select(technician_absence).where(*mine))).first()


def _absence(row: Row[Any]) -> Absence:
    return Absence(row.technician_ref, row.begins_on, row.ends_on, AbsenceReason(row.reason))


def _row(worker: Worker) -> dict[str, Any]:
    return {
        "contact_ref": worker.contact_ref, "state": ACTIVE if worker.active else LEFT,
        "start_latitude": worker.start.latitude, "start_longitude": worker.start.longitude,
        "end_latitude": worker.end.latitude, "end_longitude": worker.end.longitude,
        "skills": dict(worker.skills), "zones": sorted(worker.zones),
        "week": {str(day): asdict(shift) for day, shift in worker.week.items()},
        "parts": null() if worker.parts is None else dict(worker.parts),
        "per_hour_minor": worker.per_hour, "overtime_per_hour_minor": worker.overtime_per_hour,
        "per_km_minor": worker.per_km, "per_day_minor": worker.per_day,
    }  # fmt: skip


def _worker(row: Row[Any]) -> Worker:
    return Worker(
        row.ref, row.contact_ref, Point(row.start_latitude, row.start_longitude),
        Point(row.end_latitude, row.end_longitude),
        {int(day): shift_from(one) for day, one in sorted(row.week.items())}, row.skills,
        frozenset(row.zones), row.parts, row.per_hour_minor, row.overtime_per_hour_minor, row.per_km_minor,
        row.per_day_minor, row.state == ACTIVE,
    )  # fmt: skip


def shift_from(value: dict[str, Any]) -> Shift:
    breaks = tuple(Break(**one) for one in value["breaks"])
    return Shift(value["begin"], value["end"], value["ordinary"], value["overtime_most"], breaks)
