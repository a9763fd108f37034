"""Visits as they are asked for: where, how long, what for, when it may be, and what the customer was told."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, Field, model_validator

from api.commands import Reading, Result, reads
from api.fields import Amount, Day, Given, Line, Ref, Shown, examples, printable, wrong
from api.maintenance.planning_fields import (
    Clock,
    Lasting,
    Moment,
    Name,
    Named,
    PlaceGiven,
    WritesPlanning,
    check_land,
    minor_units,
    untold,
)
from api.pages import Cursor, Limit, Page, begin_after, page
from database.maintenance import visits
from database.shared.contacts import check_opaque, tenant_of
from domain.maintenance.planning.intake import KnownVisit, Opening, Order, Told, VisitState
from domain.money import Money

router = APIRouter(prefix="/v1/planning/visits", tags=["Planning"])

EXAMPLE = {
    "contact_ref": "CL-0001", "work": "Entretien de chaudière", "address": "12 rue des Lilas, 74600 Seynod",
    "place": {"latitude": 45.8873, "longitude": 6.0906}, "duration": "01:15", "skills": {"boiler": 1},
    "windows": [{"weekdays": [1, 2, 3], "opens": "08:00", "closes": "12:00"}], "due_on": "2026-03-27",
    "urgency": {"amount": "5.00", "currency": "EUR"},
}  # fmt: skip


class WindowGiven(Given):
    """The whole visit lies in it: of one day, of these weekdays (Monday is 1), or of every day."""

    opens: Clock
    closes: Clock
    on: Day | None = None
    weekdays: list[Annotated[int, Field(strict=True, ge=1, le=7)]] = Field([], max_length=7)

    @model_validator(mode="after")
    def _in_order(self) -> "WindowGiven":
        if self.closes <= self.opens:
            raise wrong("it closes before it opens", "exchange them")
        if self.on is not None and self.weekdays:
            raise wrong("it has a day and weekdays", "give one of them")
        return self

    @property
    def opening(self) -> Opening:
        return Opening(self.opens, self.closes, self.on, frozenset(self.weekdays))

    @classmethod
    def of(cls, one: Opening) -> "WindowGiven":
        weekdays = sorted(one.weekdays)
        return cls.model_construct(opens=one.opens, closes=one.closes, on=one.on, weekdays=weekdays)


class PromiseGiven(Given):
    """What the customer was told. Nobody begins sooner than ``tolerance`` before ``at``; later, on another
    day or with another technician than the one named has its price.
    """

    on: Day
    at: Clock
    tolerance: Clock = 900
    technician_ref: Ref | None = None

    @property
    def told(self) -> Told:
        return Told(self.on, self.at, self.tolerance, self.technician_ref)

    @classmethod
    def of(cls, one: Told) -> "PromiseGiven":
        return cls.model_construct(
            on=one.on, at=one.at, tolerance=one.tolerance, technician_ref=one.technician
        )


class PinGiven(Given):
    """What no plan changes: the day, the moment it begins, who comes."""

    on: Day | None = None
    at: Clock | None = None
    technician_ref: Ref | None = None


class VisitGiven(Given):
    """``due_on`` is the last day that does, ``urgency`` the price of each day that it waits, ``penalty`` the
    price of leaving it out. Without ``windows`` it may be at any time.
    """

    contact_ref: Ref = Field(description="The customer.")
    work: Line
    address: Annotated[str, Field(max_length=200), AfterValidator(printable)] = ""
    place: PlaceGiven
    duration: Lasting
    skills: Named = Field({})
    zone: Name | None = None
    parts: Named = Field({})
    windows: list[WindowGiven] = Field([], max_length=30)
    not_before_on: Day | None = None
    due_on: Day | None = None
    promise: PromiseGiven | None = None
    preferred_technician_ref: Ref | None = None
    pin: PinGiven | None = None
    urgency: Amount | None = None
    penalty: Amount | None = None
    optional: bool = Field(False, strict=True)

    model_config = examples(EXAMPLE)

    @model_validator(mode="after")
    def _possible(self) -> "VisitGiven":
        if self.due_on and self.not_before_on and self.due_on < self.not_before_on:
            raise wrong("due_on lies before not_before_on", "exchange them")
        if self.windows and max(one.closes - one.opens for one in self.windows) < self.duration:
            raise wrong("no window is as long as the visit", "widen a window, or shorten the duration")
        if self.pin and self.pin.on and self.due_on and self.pin.on > self.due_on:
            raise wrong("it is pinned to a day after due_on", "change one of them")
        return self


class StandingShown(Shown):
    """Where it stands by the rounds in force, and when it really was."""

    technician_ref: str | None
    on: date | None
    begins: Moment | None
    ends: Moment | None
    position: int | None
    started_at: datetime | None
    ended_at: datetime | None


class VisitShown(Shown):
    ref: str
    state: VisitState
    contact_ref: str
    work: str
    address: str
    place: PlaceGiven
    duration: Moment
    skills: dict[str, int]
    zone: str | None
    parts: dict[str, int]
    windows: list[WindowGiven]
    not_before_on: date | None
    due_on: date | None
    promise: PromiseGiven | None
    preferred_technician_ref: str | None
    pin: PinGiven | None
    urgency: Amount
    penalty: Amount
    optional: bool
    planned: StandingShown


ReadsOwn = Annotated[Reading, reads("planning:read", own="visit")]
NEW: dict[int | str, Any] = {201: {"description": "New.", "model": VisitShown}}
State = Literal["", "to_plan", "planned", "started", "done", "missed", "cancelled"]


@router.put("/{ref}", response_model=VisitShown, responses=NEW)
async def save_visit(ref: Ref, given: VisitGiven, command: WritesPlanning) -> Response:
    """New, or said anew. One that stands in a round keeps its place there until a plan gives it another."""
    await check_opaque(command.tx, command.tenant, ref, given.contact_ref)
    await check_land(command, place=given.place)
    costs = await minor_units(command, urgency=given.urgency, penalty=given.penalty)
    order = _order(ref, given, costs)
    new = await visits.save_visit(command.tx, command.tenant, order, command.now)
    return await command.reply(await told(command, "saved", ref), 201 if new else 200)


@router.get("")
async def list_visits(
    here: ReadsOwn, state: State = "", technician: Annotated[str, Query(max_length=64)] = "",
    on: Annotated[Day | None, Query()] = None, limit: Limit = 50, cursor: Cursor = "",
) -> Page[VisitShown]:  # fmt: skip
    """In the order of their references; a technician sees those of their own rounds."""
    filters = (state, technician, on or "")
    (after,) = begin_after(cursor, filters)
    found = await visits.visits(here.tx, here.tenant, after, limit + 1, state, technician, on)
    currency = (await tenant_of(here.tx, here.tenant)).currency
    return page(found, limit, lambda one: shown(one, currency), lambda one: (one.ref,), filters)


@router.get("/{ref}")
async def read_visit(ref: Ref, here: ReadsOwn) -> VisitShown:
    """One visit."""
    currency = (await tenant_of(here.tx, here.tenant)).currency
    return shown(await visits.visit_of(here.tx, here.tenant, ref), currency)


async def told(here: Reading, what: str, ref: str) -> Result:
    """The visit as it is now, kept in the trail without its place."""
    known = await read_visit(ref, here)
    return Result(f"maintenance.visit.{what}", thing(ref), known, after=untold(known, "place"))


def thing(ref: str) -> str:
    return f"maintenance.visit:{ref}"


def _order(ref: str, given: VisitGiven, costs: dict[str, int]) -> Order:
    pin = given.pin or PinGiven()
    penalty = costs["penalty"] if given.penalty else 100_000
    return Order(
        ref, given.contact_ref, given.work, given.place.point, given.duration, given.address.strip(),
        given.skills, given.zone, given.parts, tuple(one.opening for one in given.windows),
        given.not_before_on, given.due_on, given.promise.told if given.promise else None,
        given.preferred_technician_ref, pin.on, pin.at, pin.technician_ref, costs["urgency"], penalty,
        given.optional,
    )  # fmt: skip


def shown(known: KnownVisit, currency: str) -> VisitShown:
    one, at = known.order, known.standing
    pin = PinGiven.model_construct(on=one.pinned_on, at=one.pinned_at, technician_ref=one.pinned_technician)
    pinned = any(value is not None for value in (pin.on, pin.at, pin.technician_ref))
    return VisitShown(
        ref=one.ref, state=at.state, contact_ref=one.contact_ref, work=one.work, address=one.address,
        place=PlaceGiven.of(one.point), duration=one.duration, skills=dict(one.skills),
        zone=one.zone, parts=dict(one.parts), windows=[WindowGiven.of(each) for each in one.openings],
        not_before_on=one.not_before_on, due_on=one.due_on,
        promise=PromiseGiven.of(one.told) if one.told else None, preferred_technician_ref=one.preferred,
        pin=pin if pinned else None, urgency=Amount.of(Money(currency, one.urgency)),
        penalty=Amount.of(Money(currency, one.penalty)), optional=one.optional,
        planned=StandingShown(
            technician_ref=at.technician, on=at.on, begins=at.begins, ends=at.ends, position=at.position,
            started_at=at.started_at, ended_at=at.ended_at,
        ),
    )  # fmt: skip
