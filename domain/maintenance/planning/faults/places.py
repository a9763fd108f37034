"""Coordinates that are nowhere, at sea, or written the wrong way round."""

from collections.abc import Sequence
from dataclasses import replace
from math import asin, cos, isfinite, radians, sin, sqrt
from typing import Any

from domain.maintenance.planning.faults.trouble import Kind, Trouble, trouble
from domain.maintenance.planning.model import Point, Problem, Shift, Technician
from domain.maintenance.planning.roads import Land

NEAR, FAR = 300_000, 1_000_000
"""Metres to the nearest technician: nobody works that far away who would be that near the other way round."""


def places(problem: Problem, land: Land | None) -> tuple[Problem, list[Trouble]]:
    """Who is at a bad place is left out. Who brings a matrix of their own may measure places as they like."""
    if problem.travel.seconds:
        return problem, []
    bad = {index: kind for index, one in enumerate(problem.places) if (kind := _wrong(one, land))}
    technicians = [one for one in problem.technicians if not bad.keys() & _at(one)]
    homes = [problem.places[one.start] for one in technicians]
    for place in {one.place for one in problem.visits} - bad.keys():
        if _turned(problem.places[place], homes):
            bad[place] = Kind.SWAPPED
    visits = [one for one in problem.visits if one.place not in bad]
    if len(visits) == len(problem.visits) and len(technicians) == len(problem.technicians):
        return problem, []
    left = replace(problem, technicians=tuple(technicians), visits=tuple(visits))
    return _renumbered(left), _told(problem, bad)


def _told(problem: Problem, bad: dict[int, Kind]) -> list[Trouble]:
    found = []
    for technician in problem.technicians:
        for at in sorted(bad.keys() & _at(technician))[:1]:
            about = _about(problem.places[at])
            found.append(trouble(bad[at], technicians=(technician.id,), left_out=True, **about))
    for visit in problem.visits:
        if visit.place in bad:
            about = _about(problem.places[visit.place])
            found.append(trouble(bad[visit.place], visits=(visit.id,), left_out=True, **about))
    return found


def _wrong(point: Point, land: Land | None) -> Kind | None:
    other = Point(point.longitude, point.latitude)
    if not _on_earth(point):
        on_land = _on_earth(other) and land is not None and land.holds(other)
        return Kind.SWAPPED if on_land else Kind.NO_SUCH_PLACE
    return Kind.AT_SEA if land is not None and not land.holds(point) else None


def _on_earth(point: Point) -> bool:
    """Not a number is nowhere."""
    both = isfinite(point.latitude) and isfinite(point.longitude)
    return both and abs(point.latitude) <= 90 and abs(point.longitude) <= 180


def _turned(point: Point, homes: Sequence[Point]) -> bool:
    if not homes or abs(point.longitude) > 90 or any(_metres(point, one) < FAR for one in homes):
        return False
    other = Point(point.longitude, point.latitude)
    return any(_metres(other, one) < NEAR for one in homes)


def _metres(a: Point, b: Point) -> float:
    half = sin(radians(a.latitude - b.latitude) / 2) ** 2
    across = sin(radians(a.longitude - b.longitude) / 2) ** 2
    half += cos(radians(a.latitude)) * cos(radians(b.latitude)) * across
    return 2 * 6_371_000 * asin(sqrt(min(half, 1)))


def _at(technician: Technician) -> set[int]:
    starts = {one.start for one in technician.shifts.values() if one.start is not None}
    return {technician.start, technician.end} | starts


def _about(point: Point) -> dict[str, Any]:
    return {"lat": point.latitude, "lon": point.longitude}


def _renumbered(problem: Problem) -> Problem:
    """Without the places that nobody is at any more: the roads are not asked about them."""
    used = {one.place for one in problem.visits}.union(*(_at(one) for one in problem.technicians))
    number = {old: new for new, old in enumerate(sorted(used))}

    def moved(shift: Shift) -> Shift:
        return shift if shift.start is None else replace(shift, start=number[shift.start])

    return replace(
        problem,
        places=tuple(problem.places[one] for one in number),
        visits=tuple(replace(one, place=number[one.place]) for one in problem.visits),
        technicians=tuple(
            replace(
                one, start=number[one.start], end=number[one.end],
                shifts={day: moved(shift) for day, shift in one.shifts.items()},
            )
            for one in problem.technicians
        ),
    )  # fmt: skip
