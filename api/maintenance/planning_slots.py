"""Slots: when a visit fits in best, what each of them costs; held for a while, and confirmed."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.commands import Command, Reading, Result, asks
from api.fields import Amount, Day, Given, Ref, Shown, examples
from api.maintenance.planning_board import Opening, mates_of, opening
from api.maintenance.planning_fields import Clock, Moment, ReadsPlanning, Said, WritesPlanning
from api.maintenance.planning_opened import valued
from api.pages import Cursor, Limit, Page, begin_after, page
from api.problems import Refused
from database.maintenance import naming, rounds, slots, visits
from database.maintenance.slots import Reservation
from database.shared.contacts import tenant_of
from domain.calendar import local_date
from domain.maintenance.planning.intake import Hold, KnownVisit, Told
from domain.maintenance.planning.teams import Offer
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


class MateShown(Shown):
    """The other of two technicians at once, who begins in the same moment."""

    visit_ref: str
    technician_ref: str
    position: int


class SlotShown(Shown):
    """``cost`` and ``metres``: by how much the rounds are dearer and longer with the visit; below 0 where it
    spares more than it costs. ``mate``: of a visit that two technicians make at once and of which the other
    half has no place yet; ``cost`` and ``metres`` are of both.
    """

    technician_ref: str
    on: date
    position: int
    begins: Moment
    ends: Moment
    told: ToldShown
    cost: Amount
    metres: int
    mate: MateShown | None = None


class SlotsShown(Shown):
    items: list[SlotShown] = Field(description="The cheapest first.")
    why: list[Said] = Field([], description="Without any slot: what is in the way.")


class ReservationGiven(Given):
    """A slot as it was offered, held for so many minutes until the customer has made up their mind.
    ``mate_technician_ref``: who comes to its mate, which is held with it.
    """

    visit_ref: Ref
    technician_ref: Ref
    mate_technician_ref: Ref | None = None
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
    offered = await asyncio.to_thread(found.offers, given.most, given.each_day)
    currency = (await tenant_of(here.tx, here.tenant)).currency
    items = [slot_shown(found, one, currency) for one in offered]
    return SlotsShown(items=items, why=[] if items else await _why(here, found))


@router.post("/reservations", status_code=201, response_model=ReservationShown)
async def hold_slot(given: ReservationGiven, command: WritesPlanning) -> Response:
    """Held until it is confirmed, released, or its time is up. 409 with the slots that are left."""
    await slots.take_turns(command.tx, command.tenant)
    found = await opening(command, given.visit_ref, given.on, 1)
    other = given.mate_technician_ref
    await _valid(command, found, given.technician_ref, given.on, given.begins, other)
    until = command.now + timedelta(minutes=given.minutes)
    made = await _hold(command, _place(given, found.visit), until)
    if other is not None and found.mate is not None:
        mate = await visits.visit_of(command.tx, command.tenant, found.mate)
        place = replace(_place(given, mate), technician=other)
        await command.record(_result("held", await _hold(command, place, until), command.now))
    return await command.reply(_result("held", made, command.now), 201)


@router.post("/reservations/{ref}/confirm", response_model=ReservationShown)
async def confirm_slot(ref: Ref, command: WritesPlanning) -> Response:
    """The visit stands in the round from now on, and its customer holds the time; its mate with it. It is
    looked at once more whether it fits; 409 with the slots that are left.
    """
    await slots.take_turns(command.tx, command.tenant)
    known = await slots.reservation_of(command.tx, command.tenant, ref)
    if known.state == slots.CONFIRMED:
        return await command.reply(_result("confirmed", known, command.now))
    found = await opening(command, known.visit, known.on, 1)
    if not known.stands(command.now):
        raise await _taken(command, found, f"the reservation {ref} is {known.state_at(command.now)}")
    mate = await slots.held_with(command.tx, command.tenant, known, found.mates, command.now)
    offer = await _valid(
        command, found, known.technician, known.on, known.begins, mate.technician if mate else None
    )
    if mate is not None:
        settled = await slots.settle(command.tx, command.tenant, mate.id, slots.CONFIRMED, command.now)
        await command.record(_result("confirmed", settled, command.now))
    made = await slots.settle(command.tx, command.tenant, ref, slots.CONFIRMED, command.now)
    await _put(command, found, offer, known.begins)
    return await command.reply(_result("confirmed", made, command.now))


@router.post("/reservations/{ref}/release", response_model=ReservationShown)
async def release_slot(ref: Ref, command: WritesPlanning) -> Response:
    """The customer wants another one, or none; its mate’s place is free with it."""
    await slots.take_turns(command.tx, command.tenant)
    known = await slots.reservation_of(command.tx, command.tenant, ref)
    mates = await mates_of(command, known.visit)
    mate = await slots.held_with(command.tx, command.tenant, known, mates, command.now)
    made = await slots.settle(command.tx, command.tenant, ref, slots.RELEASED, command.now)
    if mate is not None:
        settled = await slots.settle(command.tx, command.tenant, mate.id, slots.RELEASED, command.now)
        await command.record(_result("released", settled, command.now))
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


def _place(given: ReservationGiven, known: KnownVisit) -> Hold:
    ends = given.begins + known.order.duration
    return Hold(known.ref, given.technician_ref, given.on, given.begins, ends)


async def _hold(command: Command, place: Hold, until: datetime) -> Reservation:
    return await slots.hold(command.tx, command.tenant, place, command.now, until)


async def _valid(
    here: Reading, found: Opening, technician: str, on: date, begins: int, other: str | None
) -> Offer:
    """As the rounds are now. Raises Refused with the slots that are left."""
    day = found.problem.days.index(on)
    offer = await asyncio.to_thread(found.valid, technician, day, begins, other)
    if offer is None:
        raise await _taken(here, found, f"{technician} cannot come to {found.visit.ref} on {on} at that time")
    return offer


async def _taken(here: Reading, found: Opening, why: str) -> Refused:
    """With what can be offered in its place."""
    first_on = max(await _today(here), found.problem.days[0])
    coming = await opening(here, found.visit.ref, first_on, DAYS)
    left = await asyncio.to_thread(coming.offers, MOST_LEFT)
    currency = (await tenant_of(here.tx, here.tenant)).currency
    told = [slot_shown(coming, one, currency).model_dump(mode="json") for one in left]
    mend = "choose one of the slots" if told else "there is no slot on the days that follow"
    return Refused("slot-taken", f"{why[0].upper()}{why[1:]}; {mend}.", more={"slots": told})


async def _why(here: Reading, found: Opening) -> list[Said]:
    problem = found.problem
    names = await naming.names_of(here.tx, here.tenant, problem.technician.keys(), problem.visit.keys())
    return [Said.of(one) for one in await asyncio.to_thread(found.why, names)]


async def _put(command: Command, found: Opening, offer: Offer, begins: int) -> None:
    """Into the rounds in force: its own, and those that its leaving another one changes."""
    told = replace(offer, slot=replace(offer.slot, begins=begins))
    if offer.mate is not None:
        told = replace(told, mate=replace(offer.mate, begins=begins))
    before = {(one.technician, one.day): one for one in (await valued(found.problem, found.standing)).rounds}
    after = await valued(found.told(told), found.with_visit(offer))
    there = {(one.technician, one.day): one for one in after.rounds}
    changed = [one for key, one in there.items() if before.get(key) != one]
    emptied = [key for key in before if key not in there]
    moved = [found.visit]
    if found.mate is not None:
        moved.append(await visits.visit_of(command.tx, command.tenant, found.mate))
    days = found.problem.days
    await rounds.change(command.tx, command.tenant, moved, changed, emptied, days, command.now)
    for slot in filter(None, (told.slot, told.mate)):
        promise = slot.promise
        kept = Told(days[slot.day], promise.at, promise.tolerance, promise.technician)
        await visits.promise(command.tx, command.tenant, slot.visit, kept, command.now)


async def _today(here: Reading) -> date:
    return local_date(here.now, (await tenant_of(here.tx, here.tenant)).zone)


def slot_shown(found: Opening, offer: Offer, currency: str) -> SlotShown:
    one, mate = offer.slot, offer.mate
    told = one.told
    return SlotShown(
        technician_ref=one.technician, on=found.problem.days[one.day], position=one.position,
        begins=one.begins, ends=one.ends, told=ToldShown(opens=told.opens, closes=told.closes),
        cost=Amount.of(Money(currency, one.cost)), metres=one.metres,
        mate=None if mate is None else MateShown(
            visit_ref=mate.visit, technician_ref=mate.technician, position=mate.position
        ),
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
