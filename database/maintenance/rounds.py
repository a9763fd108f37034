"""Rounds in force: whose day has which visits, and at what times."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.maintenance.tables import service_round, visit
from database.maintenance.visits import NOWHERE
from database.maintenance.watches import watch_rounds, watch_visits
from domain.errors import Conflict
from domain.maintenance.planning.codec import round_value
from domain.maintenance.planning.evaluation import Evaluation, Round
from domain.maintenance.planning.intake import KnownVisit, VisitState

mine = service_round.c


@dataclass(frozen=True)
class Placing:
    """Where and when a plan puts a visit."""

    visit: str
    technician: str
    on: date
    begins: int
    ends: int
    position: int

    @property
    def value(self) -> dict[str, Any]:
        return {**vars(self), "on": self.on.isoformat()}

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "Placing":
        return cls(**{**value, "on": date.fromisoformat(value["on"])})

    @classmethod
    def standing(cls, one: KnownVisit) -> "Placing | None":
        at = one.standing
        if at.on is None or at.technician is None or at.begins is None or at.ends is None:
            return None
        return cls(one.ref, at.technician, at.on, at.begins, at.ends, at.position or 0)


@dataclass(frozen=True)
class InForce:
    """``times`` as the codec writes a round; ``acceptance`` is empty once the round was changed by hand."""

    technician: str
    on: date
    times: Mapping[str, Any]
    acceptance: str | None
    updated_at: datetime


def placings(evaluation: Evaluation, days: Sequence[date], technicians: Collection[str]) -> list[Placing]:
    found = (one for one in evaluation.rounds if one.technician in technicians)
    return [placing for one in found for placing in stops_of(one, days)]


def stops_of(one: Round, days: Sequence[date]) -> list[Placing]:
    return [
        Placing(stop.visit, one.technician, days[one.day], stop.begins, stop.ends, position)
        for position, stop in enumerate(one.stops)
    ]


def placing_value(one: KnownVisit) -> dict[str, Any]:
    at = one.standing
    return {
        "ref": one.ref, "state": at.state.value, "technician": at.technician,
        "on": at.on.isoformat() if at.on else None, "begins": at.begins, "ends": at.ends,
        "position": at.position,
    }  # fmt: skip


def placed_before(rows: Iterable[Mapping[str, Any]]) -> list[Placing]:
    """Of rows of ``placing_value``, those that were planned."""
    return [
        Placing(one["ref"], one["technician"], date.fromisoformat(one["on"]), one["begins"], one["ends"],
                one["position"])
        for one in rows if one["state"] == VisitState.PLANNED
    ]  # fmt: skip


def round_row(one: InForce) -> dict[str, Any]:
    return {
        "technician": one.technician, "on": one.on.isoformat(), "times": dict(one.times),
        "acceptance": one.acceptance,
    }  # fmt: skip


async def in_force(
    tx: AsyncConnection, tenant: str, first_on: date, last_on: date,
    technicians: Collection[str] | None = None,
) -> list[InForce]:  # fmt: skip
    """In the order of days and technicians."""
    query = select(service_round).where(mine.tenant_id == tenant, mine.on_day.between(first_on, last_on))
    if technicians is not None:
        query = query.where(mine.technician_ref.in_(list(technicians)))
    return [_in_force(row) for row in await tx.execute(query.order_by(mine.on_day, mine.technician_ref))]


async def place(
    tx: AsyncConnection, tenant: str, touched: Collection[str], given: Iterable[Placing]
) -> None:  # fmt: skip
    """These visits leave their rounds; those that are given a place get it. None of them has begun."""
    state = visit.c.state
    open_ = (visit.c.tenant_id == tenant, or_(state == VisitState.TO_PLAN, state == VisitState.PLANNED))
    if touched:
        off = update(visit).where(*open_, visit.c.ref.in_(list(touched)))
        await tx.execute(off.values(state=VisitState.TO_PLAN, **NOWHERE))
    on = update(visit).where(*open_, visit.c.ref == bindparam("placed")).values(
        state=VisitState.PLANNED, technician_ref=bindparam("who"), planned_on=bindparam("day"),
        planned_begins_s=bindparam("begins"), planned_ends_s=bindparam("ends"), position=bindparam("place"),
    )  # fmt: skip
    rows = [
        {"placed": one.visit, "who": one.technician, "day": one.on, "begins": one.begins, "ends": one.ends,
         "place": one.position}
        for one in given
    ]  # fmt: skip
    if rows:
        await tx.execute(on, rows)


async def put_in_force(
    tx: AsyncConnection, tenant: str, technicians: Collection[str], days: Sequence[date],
    times: Mapping[tuple[str, date], Mapping[str, Any]], acceptance: str | None, now: datetime,
) -> None:  # fmt: skip
    """In place of all the rounds of these technicians on these days."""
    await tx.execute(delete(service_round).where(
        mine.tenant_id == tenant, mine.on_day.in_(list(days)), mine.technician_ref.in_(list(technicians))
    ))  # fmt: skip
    rows = [
        {"tenant_id": tenant, "technician_ref": who, "on_day": on, "acceptance_id": acceptance,
         "times": dict(told), "updated_at": now}
        for (who, on), told in sorted(times.items())
    ]  # fmt: skip
    if rows:
        await tx.execute(insert(service_round), rows)


async def change(
    tx: AsyncConnection, tenant: str, moved: Sequence[KnownVisit], changed: Iterable[Round],
    emptied: Iterable[tuple[str, int]], days: Sequence[date], now: datetime,
) -> None:  # fmt: skip
    """Visits come into a round by hand, or go to another one: these rounds have new times."""
    changed = list(changed)
    given = [one for round in changed for one in stops_of(round, days)]
    await place(tx, tenant, [one.ref for one in moved], given)
    for round in changed:
        on, told = days[round.day], round_value(round, days)
        await put_in_force(tx, tenant, [round.technician], [on], {(round.technician, on): told}, None, now)
    for technician, day in emptied:
        await put_in_force(tx, tenant, [technician], [days[day]], {}, None, now)
    await watch(tx, tenant, moved, given, "round.changed", now)


async def refuse_later(
    tx: AsyncConnection, tenant: str, acceptance: str, given: Iterable[Placing]
) -> None:  # fmt: skip
    """Raises Conflict if one of these rounds was changed since they were accepted."""
    wanted = {(one.technician, one.on) for one in given}
    if not wanted:
        return
    days = [on for _, on in wanted]
    found = await in_force(tx, tenant, min(days), max(days), {who for who, _ in wanted})
    there = {(one.technician, one.on): one.acceptance for one in found}
    changed = sorted(f"{who} on {on}" for who, on in wanted if there.get((who, on)) != acceptance)
    if changed:
        raise Conflict(
            f"the round of {', '.join(changed[:5])} was changed since; undo that first, or plan again"
        )


async def bring_back(
    tx: AsyncConnection, tenant: str, acceptance: str, before: Iterable[Mapping[str, Any]], now: datetime
) -> None:  # fmt: skip
    await tx.execute(
        delete(service_round).where(mine.tenant_id == tenant, mine.acceptance_id == acceptance)
    )  # fmt: skip
    for one in before:
        row = {
            "tenant_id": tenant, "technician_ref": one["technician"], "on_day": date.fromisoformat(one["on"]),
            "acceptance_id": one["acceptance"], "times": one["times"], "updated_at": now,
        }  # fmt: skip
        await tx.execute(insert(service_round).values(row).on_conflict_do_nothing())


async def watch(
    tx: AsyncConnection, tenant: str, touched: Iterable[KnownVisit], given: Iterable[Placing], fact: str,
    now: datetime,
) -> None:  # fmt: skip
    """Wake whoever follows these visits and the rounds they leave and come into."""
    touched = list(touched)
    left = {
        (one.standing.technician, one.standing.on) for one in touched
        if one.standing.technician and one.standing.on
    }  # fmt: skip
    came = {(one.technician, one.on) for one in given}
    await watch_rounds(tx, tenant, [(str(who), on) for who, on in left | came if on], fact, now)
    due = [one.ref for one in touched if one.order.due_on is not None]
    await watch_visits(tx, tenant, due, fact, now)


def _in_force(row: Row[Any]) -> InForce:
    return InForce(row.technician_ref, row.on_day, row.times, row.acceptance_id, row.updated_at)
