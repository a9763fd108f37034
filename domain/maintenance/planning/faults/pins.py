"""Pins that contradict what else is known of a visit: it is left out, for nobody may move a pin."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

from domain.maintenance.planning.faults.trouble import Kind, Trouble, trouble
from domain.maintenance.planning.leaving import without
from domain.maintenance.planning.model import Pin, Problem, Shift, Technician, Visit
from domain.maintenance.planning.moments import written

Check = Callable[[Problem, Visit, Pin], Trouble | None]


def pins(problem: Problem) -> tuple[Problem, list[Trouble]]:
    if not problem.technicians:
        return problem, []
    found = [told for visit in problem.visits if visit.pin and (told := _first(problem, visit, visit.pin))]
    sound = without(problem, [one.visits[0] for one in found])
    overlaps = _overlaps(sound)
    sound = without(sound, [one.visits[0] for one in overlaps])
    return sound, [*found, *overlaps, *_names(sound)]


def _first(problem: Problem, visit: Visit, pin: Pin) -> Trouble | None:
    checks: tuple[Check, ...] = (_technician, _window, _shift, _promise)
    return next((told for check in checks if (told := check(problem, visit, pin))), None)


def _technician(problem: Problem, visit: Visit, pin: Pin) -> Trouble | None:
    if pin.technician is None:
        return None
    who = problem.technician.get(pin.technician)
    about: dict[str, Any] = {"visits": (visit.id,), "technicians": (pin.technician,)}
    if who is None:
        return _left(Kind.PIN_TECHNICIAN, **about)
    for skill, level in visit.skills.items():
        if who.skills.get(skill, 0) < level:
            return _left(Kind.PIN_SKILL, **about, skill=skill, level=level)
    if visit.zone and who.zones and visit.zone not in who.zones:
        return _left(Kind.PIN_ZONE, **about, zone=visit.zone)
    if pin.day is not None and pin.day not in who.shifts:
        return _left(Kind.PIN_DAY_OFF, **about, day=problem.days[pin.day].isoformat(), who=who.id)
    return None


def _window(problem: Problem, visit: Visit, pin: Pin) -> Trouble | None:
    inside = (
        one
        for one in visit.windows
        if pin.day in (None, one.day)
        and (pin.at is None or one.opens <= pin.at <= one.closes - visit.duration)
    )
    if not visit.windows or any(inside):
        return None
    day = "" if pin.day is None else problem.days[pin.day].isoformat()
    at = "" if pin.at is None else written(pin.at)
    return _left(Kind.PIN_WINDOW, visits=(visit.id,), pin=f"{day} {at}".strip())


def _shift(problem: Problem, visit: Visit, pin: Pin) -> Trouble | None:
    """On none of the days on which it may be is anybody at work who may come."""
    if pin.at is None or any(_holds(one, visit, pin.at) for one in _shifts(problem, pin)):
        return None
    return _left(Kind.PIN_SHIFT, visits=(visit.id,), at=written(pin.at))


def _holds(shift: Shift, visit: Visit, at: int) -> bool:
    return shift.begin <= at <= shift.end - visit.duration


def _shifts(problem: Problem, pin: Pin) -> list[Shift]:
    people: list[Technician] = [one for one in problem.technicians if pin.technician in (None, one.id)]
    return [shift for one in people for day, shift in one.shifts.items() if pin.day in (None, day)]


def _promise(_: Problem, visit: Visit, pin: Pin) -> Trouble | None:
    promise = visit.promise
    if promise is None or pin.at is None or pin.day != promise.day:
        return None
    if pin.at >= promise.at - promise.tolerance:
        return None
    about: dict[str, Any] = {"at": written(pin.at), "promised": written(promise.at)}
    return _left(Kind.PIN_PROMISE, visits=(visit.id,), **about)


def _overlaps(problem: Problem) -> list[Trouble]:
    """The later in the file is left out; ways between the two are the evaluator's."""
    by: dict[tuple[str, int], list[tuple[int, int, Visit]]] = {}
    for visit in problem.visits:
        pin = visit.pin
        if pin and pin.technician is not None and pin.day is not None and pin.at is not None:
            span = (pin.at, pin.at + visit.duration, visit)
            by.setdefault((pin.technician, pin.day), []).append(span)
    found: dict[str, Trouble] = {}
    for (technician, _), spans in by.items():
        for (begins, ends, first), (opens, closes, second) in combinations(spans, 2):
            if begins < closes and opens < ends and not found.keys() & {first.id, second.id}:
                about: dict[str, Any] = {"visits": (second.id, first.id), "technicians": (technician,)}
                found[second.id] = _left(Kind.PIN_OVERLAP, **about)
    return list(found.values())


def _names(problem: Problem) -> list[Trouble]:
    """Who is preferred or promised and is not there costs their price, and hinders nothing."""
    found = []
    for visit in problem.visits:
        named = [visit.preferred, visit.promise.technician if visit.promise else None]
        for name in dict.fromkeys(named):
            if name is not None and name not in problem.technician:
                found.append(trouble(Kind.UNKNOWN_TECHNICIAN, visits=(visit.id,), technicians=(name,)))
    return found


def _left(kind: Kind, **about: Any) -> Trouble:
    return trouble(kind, left_out=True, **about)
