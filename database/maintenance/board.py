"""What a planner sees of certain days: who works, who goes where and when, and what waits for its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.maintenance.tables import service_round, technician, technician_absence, visit
from database.shared.tables import contact
from domain.maintenance.planning.codec import round_of
from domain.maintenance.planning.evaluation import Round

MOST_WAITING = 200


@dataclass(frozen=True)
class Card:
    """A visit as it stands. Moments are seconds from local midnight."""

    ref: str
    customer: str
    customer_ref: str
    work: str
    address: str
    duration: int
    state: str
    technician: str | None
    on: date | None
    begins: int | None
    ends: int | None
    due_on: date | None
    promised_on: date | None
    promised: int | None
    tolerance: int
    pinned: bool

    @property
    def is_late(self) -> bool:
        """For what the customer was told."""
        if self.promised is None or self.begins is None:
            return False
        return self.on != self.promised_on or self.begins > self.promised + self.tolerance


@dataclass(frozen=True)
class Hand:
    """A technician, with the weekdays they work (Monday is 1) and the days on which they are away."""

    ref: str
    name: str
    weekdays: frozenset[int]
    away: tuple[tuple[date, date, str], ...] = ()

    def absence(self, day: date) -> str:
        return next((reason for first, last, reason in self.away if first <= day <= last), "")


@dataclass(frozen=True)
class Board:
    """``rounds`` by technician and day, with the times in force. ``waiting`` is how many wait in all."""

    hands: tuple[Hand, ...]
    cards: tuple[Card, ...]
    rounds: Mapping[tuple[str, date], Round]
    tray: tuple[Card, ...]
    waiting: int


async def board_of(tx: AsyncConnection, tenant: str, first: date, last: date) -> Board:
    """Both days included."""
    hands = await _hands(tx, tenant, first, last)
    planned = visit.c.planned_on.between(first, last), visit.c.state != "cancelled"
    cards = tuple(_card(row) for row in await tx.execute(_cards(tenant, and_(*planned))))
    wait = visit.c.state == "to_plan"
    tray = await tx.execute(_cards(tenant, wait, visit.c.due_on.asc().nulls_last()).limit(MOST_WAITING))
    counted = select(func.count()).select_from(visit).where(visit.c.tenant_id == tenant, wait)
    times = select(service_round).where(
        service_round.c.tenant_id == tenant, service_round.c.on_day.between(first, last)
    )
    rounds = {
        (row.technician_ref, row.on_day): round_of(row.times, (row.on_day,))
        for row in await tx.execute(times)
    }
    waiting = (await tx.execute(counted)).scalar_one()
    return Board(hands, cards, rounds, tuple(_card(row) for row in tray), waiting)


async def card_of(tx: AsyncConnection, tenant: str, ref: str) -> Card | None:
    row = (await tx.execute(_cards(tenant, visit.c.ref == ref))).first()
    return _card(row) if row else None


async def cards_of_customer(tx: AsyncConnection, tenant: str, customer: str) -> list[Card]:
    """All visits of a customer, the latest first; those that wait before them."""
    newest = visit.c.planned_on.desc().nulls_first()
    return [_card(row) for row in await tx.execute(_cards(tenant, visit.c.contact_ref == customer, newest))]


async def cards_of_round(tx: AsyncConnection, tenant: str, technician: str, on: date) -> list[Card]:
    """The visits of one technician's day, in the order in which they are made."""
    mine = and_(visit.c.technician_ref == technician, visit.c.planned_on == on, visit.c.state != "cancelled")
    return [_card(row) for row in await tx.execute(_cards(tenant, mine, visit.c.position))]


def _cards(tenant: str, where: ColumnElement[bool], order: Any = None) -> Select[Any]:
    of = visit.c
    query = select(
        of.ref, contact.c.full_name, of.contact_ref, of.work, of.address, of.duration_s, of.state,
        of.technician_ref, of.planned_on, of.planned_begins_s, of.planned_ends_s, of.due_on, of.promised_on,
        of.promised_s, of.promise_tolerance_s,
        or_(of.pinned_on.is_not(None), of.pinned_s.is_not(None), of.pinned_technician_ref.is_not(None)),
    ).join(contact, and_(contact.c.tenant_id == of.tenant_id, contact.c.ref == of.contact_ref))  # fmt: skip
    first = [order] if order is not None else []
    return query.where(of.tenant_id == tenant, where).order_by(*first, of.planned_begins_s, of.ref)


def _card(row: Any) -> Card:
    return Card(row[0], row[1], *row[2:])


async def _hands(tx: AsyncConnection, tenant: str, first: date, last: date) -> tuple[Hand, ...]:
    """Who is here, and who left but has a round on these days."""
    of, gone = technician.c, technician_absence.c
    rounds = select(service_round.c.technician_ref).where(
        service_round.c.tenant_id == tenant, service_round.c.on_day.between(first, last)
    )
    query = select(of.ref, contact.c.full_name, of.week).join(
        contact, and_(contact.c.tenant_id == of.tenant_id, contact.c.ref == of.contact_ref)
    )
    query = query.where(of.tenant_id == tenant, or_(of.state == "active", of.ref.in_(rounds)))
    absent = select(gone.technician_ref, gone.begins_on, gone.ends_on, gone.reason).where(
        gone.tenant_id == tenant, gone.begins_on <= last, gone.ends_on >= first
    )
    away: dict[str, list[tuple[date, date, str]]] = {}
    for row in await tx.execute(absent):
        away.setdefault(row[0], []).append((row[1], row[2], row[3]))
    rows = await tx.execute(query.order_by(contact.c.sorting_name, of.ref))
    return tuple(
        Hand(row.ref, row.full_name, frozenset(map(int, row.week)), tuple(away.get(row.ref, ())))
        for row in rows
    )
