"""Visits: as they were asked for, and where they stand."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.maintenance.tables import visit, visit_link
from database.maintenance.technicians import technician_of
from database.maintenance.watches import watch_rounds, watch_visits
from database.shared.contacts import contact_of
from domain.errors import Conflict, NotFound
from domain.maintenance.planning.intake import (
    OPEN,
    KnownVisit,
    Opening,
    Order,
    Standing,
    Told,
    VisitState,
)
from domain.maintenance.planning.model import Link, Point, Tie

mine, bound = visit.c, visit_link.c
NOWHERE = {
    "technician_ref": None, "planned_on": None, "planned_begins_s": None, "planned_ends_s": None,
    "position": None,
}  # fmt: skip


async def save_visit(tx: AsyncConnection, tenant: str, order: Order, now: datetime) -> bool:
    """True if it is new. Raises NotFound, and Conflict once it has begun or is over."""
    await contact_of(tx, tenant, order.contact_ref)
    named = {order.preferred, order.pinned_technician, order.told.technician if order.told else None}
    for technician in named - {None}:
        await technician_of(tx, tenant, str(technician))
    row = {**_row(order), "updated_at": now}
    new = insert(visit).values(tenant_id=tenant, ref=order.ref, **row).on_conflict_do_nothing()
    made = (await tx.execute(new.returning(mine.ref))).first() is not None
    if not made:
        known = await locked(tx, tenant, order.ref)
        if known.standing.state not in OPEN:
            raise Conflict(f"the visit {order.ref} is {known.standing.state}; it cannot be changed")
        await tx.execute(update(visit).where(mine.tenant_id == tenant, mine.ref == order.ref).values(**row))
    await _watched(tx, tenant, order.ref, "visit.saved", now)
    return made


async def visit_of(tx: AsyncConnection, tenant: str, ref: str) -> KnownVisit:
    """Raises NotFound."""
    row = (await tx.execute(_visits(tenant).where(mine.ref == ref))).first()
    if row is None:
        raise NotFound("visit", ref)
    return _visit(row)


async def locked(tx: AsyncConnection, tenant: str, ref: str) -> KnownVisit:
    """Changes of one visit take turns. Raises NotFound."""
    query = _visits(tenant).where(mine.ref == ref)
    row = (await tx.execute(query.with_for_update())).first()
    if row is None:
        raise NotFound("visit", ref)
    return _visit(row)


async def visits(
    tx: AsyncConnection, tenant: str, after: str = "", limit: int = 50, state: str = "", technician: str = "",
    on: date | None = None,
) -> list[KnownVisit]:  # fmt: skip
    """In the order of their references."""
    query = _visits(tenant).where(mine.ref > after)
    if state:
        query = query.where(mine.state == state)
    if technician:
        query = query.where(mine.technician_ref == technician)
    if on is not None:
        query = query.where(mine.planned_on == on)
    return [_visit(row) for row in await tx.execute(query.order_by(mine.ref).limit(limit))]


async def visits_named(tx: AsyncConnection, tenant: str, refs: Iterable[str]) -> dict[str, KnownVisit]:
    named = list(refs)
    query = _visits(tenant).where(mine.ref.in_(named))
    return {row.ref: _visit(row) for row in await tx.execute(query)} if named else {}


async def waiting(tx: AsyncConnection, tenant: str, until: date) -> list[KnownVisit]:
    """Those without a place that may be done by that day, in the order of their references."""
    query = _visits(tenant).where(
        mine.state == VisitState.TO_PLAN, or_(mine.not_before_on.is_(None), mine.not_before_on <= until)
    )
    return [_visit(row) for row in await tx.execute(query.order_by(mine.ref))]


async def in_rounds(
    tx: AsyncConnection, tenant: str, first_on: date, last_on: date, technicians: Iterable[str] | None = None
) -> list[KnownVisit]:
    """What stands in the rounds of these days, what was missed among it, in the order of the rounds."""
    states = [VisitState.PLANNED, VisitState.STARTED, VisitState.DONE, VisitState.MISSED]
    query = _visits(tenant).where(mine.planned_on.between(first_on, last_on), mine.state.in_(states))
    if technicians is not None:
        query = query.where(mine.technician_ref.in_(list(technicians)))
    rows = await tx.execute(query.order_by(mine.planned_on, mine.technician_ref, mine.position, mine.ref))
    return [_visit(row) for row in rows]


async def move(
    tx: AsyncConnection, tenant: str, ref: str, states: frozenset[VisitState], state: VisitState,
    now: datetime, **values: Any,
) -> KnownVisit:  # fmt: skip
    """From one of these states to another; what is there already stays. Raises NotFound, Conflict."""
    known = await locked(tx, tenant, ref)
    if known.standing.state is state:
        return known
    if known.standing.state not in states:
        raise Conflict(f"the visit {ref} is {known.standing.state}, not {' or '.join(sorted(states))}")
    changed = update(visit).where(mine.tenant_id == tenant, mine.ref == ref)
    await tx.execute(changed.values(state=state, updated_at=now, **values))
    at = known.standing
    if at.technician and at.on:
        await watch_rounds(tx, tenant, [(at.technician, at.on)], f"visit.{state}", now)
    await _watched(tx, tenant, ref, f"visit.{state}", now)
    return await visit_of(tx, tenant, ref)


async def promise(tx: AsyncConnection, tenant: str, ref: str, told: Told, now: datetime) -> None:
    """The customer was told, and holds it."""
    kept = update(visit).where(mine.tenant_id == tenant, mine.ref == ref)
    await tx.execute(kept.values(**_told_row(told), updated_at=now))


async def link(tx: AsyncConnection, tenant: str, made: Link, now: datetime) -> bool:
    """True if it is new. Raises NotFound, and Conflict for two that would wait for each other."""
    for ref in sorted({made.first, made.second}):
        await locked(tx, tenant, ref)
    if made.tie is Tie.BEFORE and made.first in await _after(tx, tenant, made.second):
        raise Conflict(f"{made.second} comes before {made.first} already; they would wait for each other")
    row = {"tenant_id": tenant, "tie": made.tie, "first_ref": made.first, "second_ref": made.second}
    new = insert(visit_link).values(row).on_conflict_do_nothing().returning(bound.tie)
    done = (await tx.execute(new)).first() is not None
    touched = update(visit).where(mine.tenant_id == tenant, mine.ref.in_([made.first, made.second]))
    await tx.execute(touched.values(updated_at=now))
    return done


async def unlink(tx: AsyncConnection, tenant: str, gone: Link, now: datetime) -> None:
    """Raises NotFound."""
    done = await tx.execute(delete(visit_link).where(
        bound.tenant_id == tenant, bound.tie == gone.tie, bound.first_ref == gone.first,
        bound.second_ref == gone.second,
    ))  # fmt: skip
    if not done.rowcount:
        raise NotFound("link", f"{gone.first} {gone.tie} {gone.second}")
    touched = update(visit).where(mine.tenant_id == tenant, mine.ref.in_([gone.first, gone.second]))
    await tx.execute(touched.values(updated_at=now))


async def links_of(tx: AsyncConnection, tenant: str, refs: Iterable[str]) -> tuple[Link, ...]:
    """Those that bind one of these visits."""
    named = list(refs)
    query = select(visit_link).where(
        bound.tenant_id == tenant, or_(bound.first_ref.in_(named), bound.second_ref.in_(named))
    )
    rows = await tx.execute(query.order_by(bound.tie, bound.first_ref, bound.second_ref))
    return tuple(Link(Tie(row.tie), row.first_ref, row.second_ref) for row in rows)


async def _after(tx: AsyncConnection, tenant: str, ref: str) -> set[str]:
    """All that waits for this visit, and the visit itself."""
    query = select(bound.first_ref, bound.second_ref).where(
        bound.tenant_id == tenant, bound.tie == Tie.BEFORE
    )
    pairs = [(row.first_ref, row.second_ref) for row in await tx.execute(query)]
    found, new = {ref}, {ref}
    while new:
        new = {second for first, second in pairs if first in new} - found
        found |= new
    return found


async def _watched(tx: AsyncConnection, tenant: str, ref: str, fact: str, now: datetime) -> None:
    if (await visit_of(tx, tenant, ref)).order.due_on is not None:
        await watch_visits(tx, tenant, [ref], fact, now)


def _visits(tenant: str) -> Select[Any]:
    return select(visit).where(mine.tenant_id == tenant)


def _row(order: Order) -> dict[str, Any]:
    return {
        "contact_ref": order.contact_ref, "work": order.work, "address": order.address,
        "latitude": order.point.latitude, "longitude": order.point.longitude, "duration_s": order.duration,
        "skills": dict(order.skills), "zone": order.zone, "parts": dict(order.parts),
        "windows": [_opening_value(one) for one in order.openings], "not_before_on": order.not_before_on,
        "due_on": order.due_on, **_told_row(order.told), "preferred_technician_ref": order.preferred,
        "pinned_on": order.pinned_on, "pinned_s": order.pinned_at,
        "pinned_technician_ref": order.pinned_technician, "urgency_minor": order.urgency,
        "penalty_minor": order.penalty, "optional": order.optional,
    }  # fmt: skip


def _told_row(told: Told | None) -> dict[str, Any]:
    return {
        "promised_on": told.on if told else None, "promised_s": told.at if told else None,
        "promise_tolerance_s": told.tolerance if told else 900,
        "promised_technician_ref": told.technician if told else None,
    }  # fmt: skip


def _opening_value(one: Opening) -> dict[str, Any]:
    on = one.on.isoformat() if one.on else None
    return {"on": on, "weekdays": sorted(one.weekdays), "opens": one.opens, "closes": one.closes}


def _opening(value: dict[str, Any]) -> Opening:
    on = date.fromisoformat(value["on"]) if value["on"] else None
    return Opening(value["opens"], value["closes"], on, frozenset(value["weekdays"]))


def _visit(row: Row[Any]) -> KnownVisit:
    told = None
    if row.promised_on is not None:
        told = Told(row.promised_on, row.promised_s, row.promise_tolerance_s, row.promised_technician_ref)
    order = Order(
        row.ref, row.contact_ref, row.work, Point(row.latitude, row.longitude), row.duration_s, row.address,
        row.skills, row.zone, row.parts, tuple(_opening(one) for one in row.windows), row.not_before_on,
        row.due_on, told, row.preferred_technician_ref, row.pinned_on, row.pinned_s,
        row.pinned_technician_ref, row.urgency_minor, row.penalty_minor, row.optional,
    )  # fmt: skip
    standing = Standing(
        VisitState(row.state), row.technician_ref, row.planned_on, row.planned_begins_s, row.planned_ends_s,
        row.position, row.started_at, row.ended_at,
    )  # fmt: skip
    return KnownVisit(order, standing, row.updated_at)
