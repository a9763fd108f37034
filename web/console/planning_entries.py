"""Technicians and visits as planners enter and change them, each in a form of its own."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from api.commands import Command
from api.maintenance import planning_technicians, planning_visits
from api.maintenance.planning_technicians import TechnicianGiven, TechnicianShown
from api.maintenance.planning_visits import VisitGiven, VisitShown
from api.platform import contacts
from api.platform.contacts import ContactGiven
from database.maintenance import technicians, visits
from database.shared.contacts import contact_of, contact_or_none
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.money import Money
from domain.principal import Extent
from web.console.acts import Values
from web.console.planning_typed import (
    Read,
    breaks_of,
    breaks_text,
    clock_text,
    counted,
    counted_text,
    hour_text,
    hours_text,
    kept,
    lasting,
    names_in,
    names_text,
    place_of,
    place_text,
    span_of,
    span_text,
    windows_of,
    windows_text,
)
from web.console.visit import Visit

NO_BREAKS = frozenset({"aucune", "none", "-", "0"})
PAID = ("ordinary", "overtime_most")
PRICES = ("per_hour", "overtime_per_hour", "per_km", "per_day")
BLANK = ContactGiven.model_fields.keys()
PERSON = ("full_name", "phone", "email")


async def add_technician(command: Command, values: Values) -> str:
    ref = values["technician"]
    if await _exists(technicians.technician_of, command, ref):
        raise Conflict(f"there is a technician {ref} already; change that one, or choose another reference")
    contact = await _person(command, values["contact"], ref, values)
    return await _save_technician(command, ref, contact, values, {})


async def change_technician(command: Command, values: Values) -> str:
    ref = values["technician"]
    known = await planning_technicians.read_technician(ref, command)
    await _person(command, known.contact_ref, "", values, whole=True)
    return await _save_technician(command, ref, known.contact_ref, values, _as_given(known, TechnicianGiven))


async def _save_technician(
    command: Command, ref: str, contact: str, values: Values, known: Mapping[str, Any]
) -> str:
    start = kept("start", values["start"], known.get("start"), place_text, place_of)
    end = kept("end", values["end"], known.get("end"), place_text, place_of) if values["end"] else start
    given = {
        **known, "contact_ref": contact, "start": start, "end": end,
        "week": _week(values, known.get("week", {})),
        "skills": kept("skills", values["skills"], known.get("skills"), counted_text, counted),
        "zones": kept("zones", values["zones"], known.get("zones"), names_text, names_in),
        "parts": _parts(values["parts"], known.get("parts")),
        **{name: values[name] for name in PRICES if values[name]},
    }  # fmt: skip
    await planning_technicians.save_technician(ref, TechnicianGiven.model_validate(given), command)
    return f"/technicians/{ref}"


def _parts(text: str, known: Mapping[str, int] | None) -> Mapping[str, int] | None:
    """Nothing: nobody counts them; a van that is known to be empty stays empty."""
    if text:
        read: Mapping[str, int] = kept("parts", text, known, counted_text, counted)
        return read
    return None if known else known


def _week(values: Values, known: Mapping[str, Any]) -> dict[str, Any]:
    """Hours by weekday. What is left empty stays as each day had it."""
    none = values["breaks"].casefold() in NO_BREAKS
    breaks = [] if none else breaks_of("breaks", values["breaks"])
    week = {}
    for day in range(1, 8):
        name = f"day{day}"
        if values[name]:
            before = known.get(str(day))
            said = dict(kept(name, values[name], before, span_text, span_of))
            said |= {one: lasting(one, values[one]) for one in PAID if values[one]}
            said |= {"breaks": breaks} if breaks or none else {}
            week[str(day)] = {**(before or {}), **said}
    return week


async def fill_technician(visit: Visit, tx: AsyncConnection, given: Values) -> Values:
    ref = given["technician"]
    try:
        known = await technicians.technician_of(tx, visit.tenant.id, ref)
    except NotFound:
        return {}
    person = await contact_of(tx, visit.tenant.id, known.contact_ref)
    shifts = list(known.week.values())
    alike = len({one.breaks for one in shifts}) == 1
    paid = {name: {getattr(one, name) for one in shifts} for name in PAID}
    prices = {name: getattr(known, name) for name in PRICES}
    return {
        "full_name": person.full_name, "phone": person.phone or "", "email": person.email or "",
        "start": place_text(vars(known.start)),
        "end": place_text(vars(known.end)) if known.end != known.start else "",
        "skills": counted_text(known.skills), "zones": names_text(known.zones),
        "parts": counted_text(known.parts or {}),
        "breaks": breaks_text(shifts[0].breaks) if alike else "",
        **{name: clock_text(next(iter(times))) if len(times) == 1 else "" for name, times in paid.items()},
        **{f"day{day}": hours_text(known.week[day]) if day in known.week else "" for day in range(1, 8)},
        **{name: f"{Money(visit.tenant.currency, price).decimal:f}" for name, price in prices.items()},
    }  # fmt: skip


async def add_visit(command: Command, values: Values) -> str:
    ref = values["visit"]
    if await _exists(visits.visit_of, command, ref):
        raise Conflict(f"there is a visit {ref} already; change that one, or choose another reference")
    contact = await _person(command, values["contact"], f"C-{ref}"[:64], values)
    return await _save_visit(command, ref, contact, values, {})


async def change_visit(command: Command, values: Values) -> str:
    ref = values["visit"]
    known = await planning_visits.read_visit(ref, command)
    return await _save_visit(command, ref, known.contact_ref, values, _as_given(known, VisitGiven))


async def _save_visit(
    command: Command, ref: str, contact: str, values: Values, known: Mapping[str, Any]
) -> str:
    def said(name: str, shown: Callable[[Any], str], read: Read) -> Any:
        return kept(name, values[name], known.get(name), shown, read)

    given = {
        **known, "contact_ref": contact, "work": values["work"], "address": values["address"],
        "place": said("place", place_text, place_of), "duration": said("duration", hour_text, lasting),
        "skills": said("skills", counted_text, counted), "zone": values["zone"] or None,
        "windows": said("windows", windows_text, windows_of),
        "not_before_on": values["not_before_on"] or None, "due_on": values["due_on"] or None,
        "preferred_technician_ref": values["preferred"] or None, "promise": _promise(values, known),
        "optional": values["optional"],
        **({"urgency": values["urgency"]} if values["urgency"] else {}),
    }  # fmt: skip
    await planning_visits.save_visit(ref, VisitGiven.model_validate(given), command)
    return f"/visits/{ref}"


def _promise(values: Values, known: Mapping[str, Any]) -> dict[str, Any] | None:
    """What else was told with it stays."""
    on, at = values["promised_on"], values["promised_at"]
    if not on and not at:
        return None
    if not on or not at:
        field = "promised_at" if on else "promised_on"
        raise BadInput(Mistake(field, "one is missing", "give the day and the hour, or neither"))
    before = {name: value for name, value in (known.get("promise") or {}).items() if value is not None}
    return {**before, "on": on, "at": kept("promised_at", at, before.get("at"), hour_text, lasting)}


async def fill_visit(visit: Visit, tx: AsyncConnection, given: Values) -> Values:
    ref = given["visit"]
    try:
        known = await visits.visit_of(tx, visit.tenant.id, ref)
    except NotFound:
        return {"visit": f"V-{visit.moments.now:%y%m%d-%H%M%S}"}
    said = planning_visits.shown(known, visit.tenant.currency).model_dump(mode="json")
    promise = said["promise"] or {}
    return {
        "work": said["work"], "address": said["address"], "place": place_text(said["place"]),
        "duration": hour_text(said["duration"]), "skills": counted_text(said["skills"]),
        "zone": said["zone"] or "", "windows": windows_text(said["windows"]),
        "not_before_on": said["not_before_on"] or "", "due_on": said["due_on"] or "",
        "preferred": said["preferred_technician_ref"] or "",
        "promised_on": promise.get("on", ""), "promised_at": hour_text(promise.get("at", "")),
        "urgency": said["urgency"]["amount"], "optional": "yes" if said["optional"] else "",
    }  # fmt: skip


async def _person(command: Command, known: str, new: str, values: Values, whole: bool = False) -> str:
    """Who is meant: a contact that is there, whose name or addresses may be mended, or a new one. ``whole``:
    the form showed all of it, so that what is empty now was taken out.
    """
    tx, tenant = command.tx, command.tenant
    ref = known or new
    there = await contact_or_none(tx, tenant, ref)
    if known and there is None and not values["full_name"]:
        raise NotFound("contact", known)
    if not known and there is not None:
        raise Conflict(f"there is a contact {ref} already; name it as the contact, or take another reference")
    said = {name: values[name] or None for name in PERSON if values[name] or whole}
    if not said:
        if there is None:
            raise BadInput(Mistake("full_name", "it is missing", "give a name, or somebody who is there"))
        return ref
    before = {name: vars(there)[name] for name in BLANK} if there else {}
    after = {**before, **said}
    if after != before:
        if command.who.extent("contacts:write") is not Extent.ALL:
            raise Conflict("you may not write contacts; give the reference of one that is there")
        await contacts.write_contact(ref, ContactGiven.model_validate(after), command)
    return ref


async def _exists(find: Any, command: Command, ref: str) -> bool:
    try:
        await find(command.tx, command.tenant, ref)
    except NotFound:
        return False
    return True


def _as_given(known: TechnicianShown | VisitShown, schema: type[Any]) -> dict[str, Any]:
    """What the form does not show stays as it is."""
    said = known.model_dump(mode="json")
    return {name: said[name] for name in schema.model_fields if name in said}
