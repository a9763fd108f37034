"""Visits that cannot be: with impossible durations and windows, or needing what nobody has."""

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from typing import Any

from domain.maintenance.planning.faults.trouble import Kind, Trouble, trouble
from domain.maintenance.planning.leaving import without
from domain.maintenance.planning.model import Prices, Problem, Technician, Visit
from domain.maintenance.planning.moments import written
from domain.maintenance.planning.pricing import DEAREST

Checked = tuple[Problem, list[Trouble]]
OF_TECHNICIANS = ("per_hour", "overtime_per_hour", "per_km", "per_day")
OF_VISITS = ("urgency", "penalty")
OF_PRICES = tuple(one.name for one in fields(Prices))


def amounts(problem: Problem) -> Checked:
    """A price below zero would pay for detours, for delay or for leaving visits out; one beyond all bounds is
    a slip, and no solver can reckon with it.
    """
    found: list[Trouble] = []
    prices = problem.prices
    for name in OF_PRICES:
        amount, wrong = _price(getattr(prices, name), f"prices: {name}")
        if wrong:
            found.append(wrong)
            prices = replace(prices, **{name: amount})
    technicians = [_technician(one, found) for one in problem.technicians]
    visits = [_visit(one, found) for one in problem.visits]
    if not found:
        return problem, []
    return replace(problem, prices=prices, technicians=tuple(technicians), visits=tuple(visits)), found


def _technician(one: Technician, found: list[Trouble]) -> Technician:
    for name in OF_TECHNICIANS:
        amount, wrong = _price(getattr(one, name), f"{one.id}: {name}", technicians=(one.id,))
        if wrong:
            found.append(wrong)
            one = replace(one, **{name: amount})  # type: ignore[arg-type]
    return one


def _visit(one: Visit, found: list[Trouble]) -> Visit:
    for name in OF_VISITS:
        amount, wrong = _price(getattr(one, name), f"{one.id}: {name}", visits=(one.id,))
        if wrong:
            found.append(wrong)
            one = replace(one, **{name: amount})  # type: ignore[arg-type]
    if one.promise and one.promise.tolerance < 0:
        found.append(trouble(Kind.NEGATIVE, visits=(one.id,), field=f"{one.id}: tolerance"))
        one = replace(one, promise=replace(one.promise, tolerance=0))
    return one


def _price(
    amount: int, field: str, visits: tuple[str, ...] = (), technicians: tuple[str, ...] = ()
) -> tuple[int, Trouble | None]:
    """What is taken in its place, and why."""
    taken = min(max(amount, 0), DEAREST)
    if taken == amount:
        return amount, None
    kind = Kind.NEGATIVE if amount < 0 else Kind.DEAREST
    return taken, trouble(kind, visits=visits, technicians=technicians, field=field, most=DEAREST)


def durations(problem: Problem) -> Checked:
    """Windows that are too short do not count; who has none left cannot come at any other time."""
    found: list[Trouble] = []
    visits = []
    for visit in problem.visits:
        fits = tuple(one for one in visit.windows if one.closes - one.opens >= visit.duration)
        if visit.duration < 0:
            found.append(trouble(Kind.DURATION, visits=(visit.id,), left_out=True))
        elif visit.windows and not fits:
            about: dict[str, Any] = {"duration": written(visit.duration)}
            found.append(trouble(Kind.NO_WINDOW, visits=(visit.id,), left_out=True, **about))
        else:
            found += _short(problem, visit)
            visits.append(replace(visit, windows=fits) if fits != visit.windows else visit)
    return (replace(problem, visits=tuple(visits)), found) if found else (problem, [])


def _short(problem: Problem, visit: Visit) -> list[Trouble]:
    return [
        trouble(
            Kind.WINDOW_SHORT, visits=(visit.id,), duration=written(visit.duration),
            day=problem.days[one.day].isoformat(), opens=written(one.opens), closes=written(one.closes),
        )
        for one in visit.windows
        if one.closes - one.opens < visit.duration
    ]  # fmt: skip


def needs(problem: Problem) -> Checked:
    """What nobody has, on whatever day. Who is merely not there on these days is a reason, and no trouble."""
    if not any(one.shifts for one in problem.technicians):
        return problem, []
    found = []
    longest = _most(one.end - one.begin for each in problem.technicians for one in each.shifts.values())
    checks: tuple[Callable[[Problem, Visit], Trouble | None], ...] = (
        _skill, _zone, _part, lambda _, visit: _length(visit, longest),
    )  # fmt: skip
    for visit in problem.visits:
        found += [told for check in checks if (told := check(problem, visit))][:1]
    return without(problem, [one.visits[0] for one in found]), found


def _skill(problem: Problem, visit: Visit) -> Trouble | None:
    for skill, level in visit.skills.items():
        best = _most(one.skills.get(skill, 0) for one in problem.technicians)
        if best < level:
            about: dict[str, Any] = {"skill": skill, "level": level, "best": best}
            return trouble(Kind.SKILL, visits=(visit.id,), left_out=True, **about)
    return None


def _zone(problem: Problem, visit: Visit) -> Trouble | None:
    if visit.zone is None or any(not one.zones or visit.zone in one.zones for one in problem.technicians):
        return None
    return trouble(Kind.ZONE, visits=(visit.id,), left_out=True, zone=visit.zone)


def _part(problem: Problem, visit: Visit) -> Trouble | None:
    for part, wanted in visit.parts.items():
        vans = [one.parts for one in problem.technicians]
        best = _most(van.get(part, 0) for van in vans if van is not None)
        if None not in vans and best < wanted:
            about: dict[str, Any] = {"part": part, "wanted": wanted, "best": best}
            return trouble(Kind.PARTS, visits=(visit.id,), left_out=True, **about)
    return None


def _length(visit: Visit, longest: int) -> Trouble | None:
    if visit.duration <= longest:
        return None
    about: dict[str, Any] = {"duration": written(visit.duration), "longest": written(longest)}
    return trouble(Kind.TOO_LONG, visits=(visit.id,), left_out=True, **about)


def _most(numbers: Iterable[int]) -> int:
    return max(numbers, default=0)
