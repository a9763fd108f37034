"""Slots: when a visit fits in best, what each of them costs; held for a while, and confirmed."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.commands import Command, Reading, Result, asks
from api.fields import Amount, Day, Given, Ref, Shown, examples
from api.maintenance.planning_board import Opening, opening
from api.maintenance.planning_fields import Clock, Moment, ReadsPlanning, WritesPlanning
from api.maintenance.planning_opened import valued
from api.pages import Cursor, Limit, Page, begin_after, page
from api.problems import Refused
from database.maintenance import rounds, slots, visits
from database.maintenance.slots import Reservation
from database.shared.contacts import tenant_of
from domain.calendar import local_date
from domain.maintenance.planning.intake import Hold, Told
from domain.maintenance.planning.slots import Slot
from domain.money import Money

router = APIRouter(prefix="/v1/planning", tags=["Planning"])

MOST_LEFT = 5
"""Slots that are offered in place of one that is taken."""
DAYS = 5


class SlotsGiven(Given):
    """Days from ``first_on`` (left out: today), ``most`` slots in all and ``each_day`` on one day at most."""

    visit_ref: Ref
    first_on: Day | None = None
    days: int = Field(DAYS, strict=True, ge=1, le=31)
    most: int = Field(10, strict=True, ge=1, le=100)
    each_day: int | None = Field(None, strict=True, ge=1, le=100)

    model_config = examples({"visit_ref": "V-0001", "days": 5, "each_day": 2})


class ToldShown(Shown):
    """What the customer is told: when the technician comes."""

    opens: Moment
    closes: Moment


class SlotShown(Shown):
    """``cost`` and ``metres``: by how much the rounds are dearer and longer with the visit; below 0 where it
    spares more than it costs.
    """

    technician_ref: str
    on: date
    position: int
    begins: Moment
    ends: Moment
    told: ToldShown
    cost: Amount
    metres: int


class SlotsShown(Shown):
    items: list[SlotShown] = Field(description="The cheapest first.")


class ReservationGiven(Given):
    """A slot as it was offered, held for so many minutes until the customer has made up their mind."""

    visit_ref: Ref
    technician_ref: Ref
    on: Day
    begins: Clock
    minutes: int = Field(15, strict=True, ge=1, le=7 * 24 * 60)

    model_config = examples(
        {"visit_ref": "V-0001", "technician_ref": "T-0001", "on": "2026-03-23", "begins": "09:40"}
    )


class ReservationShown(Shown):
    id: str
    visit_ref: str
    technician_ref: str
    on: date
    begins: Moment
    ends: Moment
    state: Literal["held", "confirmed", "released", "expired"]
    held_at: datetime
    expires_at: datetime


Asks = Annotated[Reading, asks("planning:read")]
State = Annotated[Literal["", "held", "confirmed", "released", "expired"], Query()]


@router.post("/slots")
async def find_slots(given: SlotsGiven, here: Asks) -> SlotsShown:
    """Every place of every round is tried, at the prices of the plans. A slot breaks nothing: no window, no
    working hours, nothing that another customer was told; what is held for others counts as taken. For a
    visit that stands in a round, it is as if it did not.
    """
    first_on = given.first_on or await _today(here)
    found = await opening(here, given.visit_ref, first_on, given.days)
    offered = await asyncio.to_thread(found.slots, given.most, given.each_day)
    currency = (await tenant_of(here.tx, here.tenant)).currency
    return SlotsShown(items=[slot_shown(found, one, currency) for one in offered])


@router.post("/reservations", status_code=201, response_model=ReservationShown)
async def hold_slot(given: ReservationGiven, command: WritesPlanning) -> Response:
    """Held until it is confirmed, released, or its time is up. 409 with the slots that are left."""
    await slots.take_turns(command.tx, command.tenant)
    found = await opening(command, given.visit_ref, given.on, 1)
    await _valid(command, found, given.technician_ref, given.on, given.begins)
    ends = given.begins + found.visit.order.duration
    place = Hold(given.visit_ref, given.technician_ref, given.on, given.begins, ends)
    until = command.now + timedelta(minutes=given.minutes)
    made = await slots.hold(command.tx, command.tenant, place, command.now, until)
    return await command.reply(_result("held", made, command.now), 201)


@router.post("/reservations/{ref}/confirm", response_model=ReservationShown)
async def confirm_slot(ref: Ref, command: WritesPlanning) -> Response:
    """The visit stands in the round from now on, and its customer holds the time. It is looked at once more
    whether it fits; 409 with the slots that are left.
    """
    await slots.take_turns(command.tx, command.tenant)
    known = await slots.reservation_of(command.tx, command.tenant, ref)
    if known.state == slots.CONFIRMED:
        return await command.reply(_result("confirmed", known, command.now))
    found = await opening(command, known.visit, known.on, 1)
    if not known.stands(command.now):
        raise await _taken(command, found, f"the reservation {ref} is {known.state_at(command.now)}")
    slot = await _valid(command, found, known.technician, known.on, known.begins)
    made = await slots.settle(command.tx, command.tenant, ref, slots.CONFIRMED, command.now)
    await _put(command, found, slot, known)
    return await command.reply(_result("confirmed", made, command.now))


@router.post("/reservations/{ref}/release", response_model=ReservationShown)
async def release_slot(ref: Ref, command: WritesPlanning) -> Response:
    """The customer wants another one, or none."""
    made = await slots.settle(command.tx, command.tenant, ref, slots.RELEASED, command.now)
    return await command.reply(_result("released", made, command.now))


@router.get("/reservations")
async def list_reservations(
    here: ReadsPlanning, state: State = "", limit: Limit = 50, cursor: Cursor = ""
) -> Page[ReservationShown]:
    """In the order of their ids."""
    (after,) = begin_after(cursor, (state,))
    found = await slots.reservations(here.tx, here.tenant, here.now, after, limit + 1, state)
    return page(found, limit, lambda one: _shown(one, here.now), lambda one: (one.id,), (state,))


@router.get("/reservations/{ref}")
async def read_reservation(ref: Ref, here: ReadsPlanning) -> ReservationShown:
    """One reservation."""
    return _shown(await slots.reservation_of(here.tx, here.tenant, ref), here.now)


async def _valid(here: Reading, found: Opening, technician: str, on: date, begins: int) -> Slot:
    """As the rounds are now. Raises Refused with the slots that are left."""
    day = found.problem.days.index(on)
    slot = await asyncio.to_thread(found.valid, technician, day, begins)
    if slot is None:
        raise await _taken(here, found, f"{technician} cannot come to {found.visit.ref} on {on} at that time")
    return slot


async def _taken(here: Reading, found: Opening, why: str) -> Refused:
    """With what can be offered in its place."""
    first_on = max(await _today(here), found.problem.days[0])
    coming = await opening(here, found.visit.ref, first_on, DAYS)
    left = await asyncio.to_thread(coming.slots, MOST_LEFT)
    currency = (await tenant_of(here.tx, here.tenant)).currency
    told = [slot_shown(coming, one, currency).model_dump(mode="json") for one in left]
    mend = "choose one of the slots" if told else "there is no slot on the days that follow"
    return Refused("slot-taken", f"{why[0].upper()}{why[1:]}; {mend}.", more={"slots": told})


async def _put(command: Command, found: Opening, slot: Slot, known: Reservation) -> None:
    """Into the rounds in force: its own, and those that its leaving another one changes."""
    promise = replace(slot, begins=known.begins).promise
    before = {(one.technician, one.day): one for one in (await valued(found.problem, found.standing)).rounds}
    after = await valued(found.told(replace(slot, begins=known.begins)), found.with_visit(slot))
    there = {(one.technician, one.day): one for one in after.rounds}
    changed = [one for key, one in there.items() if before.get(key) != one]
    emptied = [key for key in before if key not in there]
    await rounds.change(
        command.tx, command.tenant, found.visit, changed, emptied, found.problem.days, command.now
    )
    told = Told(known.on, promise.at, promise.tolerance, promise.technician)
    await visits.promise(command.tx, command.tenant, found.visit.ref, told, command.now)


async def _today(here: Reading) -> date:
    return local_date(here.now, (await tenant_of(here.tx, here.tenant)).zone)


def slot_shown(found: Opening, one: Slot, currency: str) -> SlotShown:
    told = one.told
    return SlotShown(
        technician_ref=one.technician, on=found.problem.days[one.day], position=one.position,
        begins=one.begins, ends=one.ends, told=ToldShown(opens=told.opens, closes=told.closes),
        cost=Amount.of(Money(currency, one.cost)), metres=one.metres,
    )  # fmt: skip


def _shown(one: Reservation, now: datetime) -> ReservationShown:
    return ReservationShown.model_validate(
        {
            "id": one.id, "visit_ref": one.visit, "technician_ref": one.technician, "on": one.on,
            "begins": one.begins, "ends": one.ends, "state": one.state_at(now), "held_at": one.held_at,
            "expires_at": one.expires_at,
        }
    )  # fmt: skip


def _result(what: str, one: Reservation, now: datetime) -> Result:
    return Result(f"maintenance.slot.{what}", f"maintenance.visit:{one.visit}", _shown(one, now))
