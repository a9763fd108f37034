"""Technicians: where they begin, when they work, what they can do, what they cost, when they are away."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field, model_validator

from api.commands import Command, Reading, Result, reads
from api.fields import Amount, Day, Given, Ref, Shown, examples, wrong
from api.maintenance.planning_fields import (
    Clock,
    Lasting,
    Name,
    Named,
    PlaceGiven,
    ReadsPlanning,
    WritesPlanning,
    check_land,
    minor_units,
    untold,
)
from api.pages import Cursor, Limit, Page, begin_after, page
from database.maintenance import technicians
from database.shared.contacts import check_opaque, tenant_of
from domain.calendar import local_date
from domain.errors import BadInput, Mistake
from domain.maintenance.planning.breaks import in_turn
from domain.maintenance.planning.intake import Absence, AbsenceReason, Worker
from domain.maintenance.planning.model import HOUR, Break, Shift
from domain.money import Money

router = APIRouter(prefix="/v1/planning/technicians", tags=["Planning"])

SHIFT = {
    "begin": "08:00", "end": "18:00", "ordinary": "07:00", "overtime_most": "01:00",
    "breaks": [{"earliest": "11:30", "latest": "13:30", "duration": "00:45"}],
}  # fmt: skip
EXAMPLE = {
    "contact_ref": "X-0007", "start": {"latitude": 45.8992, "longitude": 6.1294},
    "skills": {"boiler": 2, "heat_pump": 1}, "zones": ["annecy"], "week": {"1": SHIFT, "2": SHIFT},
    "per_hour": {"amount": "32.00", "currency": "EUR"},
    "overtime_per_hour": {"amount": "40.00", "currency": "EUR"},
    "per_km": {"amount": "0.45", "currency": "EUR"},
}  # fmt: skip
PLACES = ("start", "end")
Weekday = Literal["1", "2", "3", "4", "5", "6", "7"]


class BreakGiven(Given):
    """It begins between both moments, and is not paid."""

    earliest: Clock
    latest: Clock
    duration: Lasting

    @model_validator(mode="after")
    def _in_order(self) -> "BreakGiven":
        if self.latest < self.earliest:
            raise wrong("latest lies before earliest", "exchange them")
        return self


class ShiftGiven(Given):
    """``ordinary`` hours are paid at the ordinary price; beyond them, overtime up to ``overtime_most``."""

    begin: Clock
    end: Clock
    ordinary: Clock = 8 * HOUR
    overtime_most: Clock = HOUR
    breaks: list[BreakGiven] = Field([], max_length=4)

    @model_validator(mode="after")
    def _in_order(self) -> "ShiftGiven":
        if self.end <= self.begin:
            raise wrong("end lies before begin", "give a shift that ends on its own day")
        if len(in_turn(self._breaks)) < len(self.breaks):
            raise wrong("two breaks overlap", "let each begin after the one before it, taken at its latest")
        return self

    @property
    def _breaks(self) -> list[Break]:
        return [Break(one.earliest, one.latest, one.duration) for one in self.breaks]

    @property
    def shift(self) -> Shift:
        return Shift(self.begin, self.end, self.ordinary, self.overtime_most, in_turn(self._breaks))

    @classmethod
    def of(cls, one: Shift) -> "ShiftGiven":
        breaks = [BreakGiven.model_construct(**vars(each)) for each in one.breaks]
        return cls.model_construct(
            begin=one.begin, end=one.end, ordinary=one.ordinary, overtime_most=one.overtime_most,
            breaks=breaks,
        )  # fmt: skip


class TechnicianGiven(Given):
    """``week``: a shift by weekday, "1" is Monday; a weekday that is missing is not worked. Without ``end``
    the round ends where it began. ``zones``: none means everywhere. ``parts``: what is in the van every
    morning; null where nobody counts.
    """

    contact_ref: Ref
    start: PlaceGiven
    end: PlaceGiven | None = None
    week: dict[Weekday, ShiftGiven]
    skills: Named = Field({})
    zones: list[Name] = Field([], max_length=50)
    parts: Named | None = None
    per_hour: Amount | None = None
    overtime_per_hour: Amount | None = None
    per_km: Amount | None = None
    per_day: Amount | None = Field(None, description="For each day with a round.")

    model_config = examples(EXAMPLE)


class TechnicianShown(Shown):
    ref: str
    contact_ref: str
    state: Literal["active", "left"]
    start: PlaceGiven
    end: PlaceGiven
    week: dict[str, ShiftGiven]
    skills: dict[str, int]
    zones: list[str]
    parts: dict[str, int] | None
    per_hour: Amount
    overtime_per_hour: Amount
    per_km: Amount
    per_day: Amount


class AbsenceGiven(Given):
    """``ends_on`` is the last day."""

    ends_on: Day
    reason: AbsenceReason = AbsenceReason.OTHER

    model_config = examples({"ends_on": "2026-03-27", "reason": "leave"})


class AbsenceShown(Shown):
    technician_ref: str
    begins_on: date
    ends_on: date
    reason: AbsenceReason


class AbsencesShown(Shown):
    items: list[AbsenceShown]


ReadsOwn = Annotated[Reading, reads("planning:read", own="technician")]
NEW_TECHNICIAN: dict[int | str, Any] = {201: {"description": "New.", "model": TechnicianShown}}
NEW_ABSENCE: dict[int | str, Any] = {201: {"description": "New.", "model": AbsenceShown}}
FirstDay = Annotated[Day, Field(description="Its first day.", examples=["2026-03-23"])]


@router.put("/{ref}", response_model=TechnicianShown, responses=NEW_TECHNICIAN)
async def save_technician(ref: Ref, given: TechnicianGiven, command: WritesPlanning) -> Response:
    """New, or said anew; who had left is back. Plans made before keep what they were made of."""
    await check_opaque(command.tx, command.tenant, ref, given.contact_ref)
    await check_land(command, start=given.start, end=given.end)
    costs = await minor_units(
        command, per_hour=given.per_hour, overtime_per_hour=given.overtime_per_hour, per_km=given.per_km,
        per_day=given.per_day,
    )  # fmt: skip
    worker = Worker(
        ref, given.contact_ref, given.start.point, (given.end or given.start).point,
        {int(day): one.shift for day, one in given.week.items()}, given.skills, frozenset(given.zones),
        given.parts, costs["per_hour"], costs["overtime_per_hour"], costs["per_km"], costs["per_day"],
    )  # fmt: skip
    new = await technicians.save_technician(command.tx, command.tenant, worker, command.now)
    known = await shown(command, await technicians.technician_of(command.tx, command.tenant, ref))
    result = Result("maintenance.technician.saved", thing(ref), known, after=untold(known, *PLACES))
    return await command.reply(result, 201 if new else 200)


@router.delete("/{ref}", response_model=TechnicianShown)
async def let_technician_go(ref: Ref, command: WritesPlanning) -> Response:
    """Nothing is planned for them any more. 409 while visits are planned for them from today on."""
    today = local_date(command.now, (await tenant_of(command.tx, command.tenant)).zone)
    await technicians.let_go(command.tx, command.tenant, ref, today, command.now)
    known = await shown(command, await technicians.technician_of(command.tx, command.tenant, ref))
    result = Result("maintenance.technician.left", thing(ref), known, after=untold(known, *PLACES))
    return await command.reply(result)


@router.get("")
async def list_technicians(
    here: ReadsPlanning, state: Literal["", "active", "left"] = "", limit: Limit = 50, cursor: Cursor = ""
) -> Page[TechnicianShown]:
    """In the order of their references."""
    (after,) = begin_after(cursor, (state,))
    found = await technicians.technicians(here.tx, here.tenant, after, limit + 1, state)
    currency = (await tenant_of(here.tx, here.tenant)).currency
    return page(found, limit, lambda one: _shown(one, currency), lambda one: (one.ref,), (state,))


@router.get("/{ref}")
async def read_technician(ref: Ref, here: ReadsOwn) -> TechnicianShown:
    """One technician; a technician reads nobody else."""
    return await shown(here, await technicians.technician_of(here.tx, here.tenant, ref))


@router.put("/{ref}/absences/{begins_on}", response_model=AbsenceShown, responses=NEW_ABSENCE)
async def save_absence(
    ref: Ref, begins_on: FirstDay, given: AbsenceGiven, command: WritesPlanning
) -> Response:  # fmt: skip
    """Rounds in force stay as they are: plan these days anew, or re-plan today."""
    if given.ends_on < begins_on:
        raise BadInput(Mistake("ends_on", "it lies before the first day", f"give {begins_on} or later"))
    absence = Absence(ref, begins_on, given.ends_on, given.reason)
    new = await away(command, absence)
    return await command.answer(_absence(absence), 201 if new else 200)


async def away(command: Command, absence: Absence) -> bool:
    """Kept, and told to the trail. True if it is new."""
    new = await technicians.save_absence(command.tx, command.tenant, absence)
    await command.record(Result("maintenance.absence.saved", thing(absence.technician), _absence(absence)))
    return new


@router.delete("/{ref}/absences/{begins_on}", response_model=AbsenceShown)
async def end_absence(ref: Ref, begins_on: FirstDay, command: WritesPlanning) -> Response:
    """It does not happen after all."""
    known = await technicians.end_absence(command.tx, command.tenant, ref, begins_on)
    return await command.reply(Result("maintenance.absence.ended", thing(ref), _absence(known)))


@router.get("/{ref}/absences")
async def list_absences(
    ref: Ref, here: ReadsOwn, since: Annotated[Day, Query()], until: Annotated[Day, Query()]
) -> AbsencesShown:
    """Those that touch these days."""
    await technicians.technician_of(here.tx, here.tenant, ref)
    found = await technicians.absences(here.tx, here.tenant, since, until, [ref])
    return AbsencesShown(items=[_absence(one) for one in found])


async def shown(here: Reading, one: Worker) -> TechnicianShown:
    return _shown(one, (await tenant_of(here.tx, here.tenant)).currency)


def _shown(one: Worker, currency: str) -> TechnicianShown:
    costs = {
        name: Amount.of(Money(currency, getattr(one, name)))
        for name in ("per_hour", "overtime_per_hour", "per_km", "per_day")
    }  # fmt: skip
    return TechnicianShown(
        ref=one.ref, contact_ref=one.contact_ref, state="active" if one.active else "left",
        start=PlaceGiven.of(one.start), end=PlaceGiven.of(one.end),
        week={str(day): ShiftGiven.of(shift) for day, shift in one.week.items()}, skills=dict(one.skills),
        zones=sorted(one.zones), parts=None if one.parts is None else dict(one.parts), **costs,
    )  # fmt: skip


def _absence(one: Absence) -> AbsenceShown:
    return AbsenceShown(
        technician_ref=one.technician, begins_on=one.begins_on, ends_on=one.ends_on, reason=one.reason
    )


def thing(ref: str) -> str:
    return f"maintenance.technician:{ref}"
