"""A problem as JSON: what has its usual value is left out, so that people can read it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.maintenance.planning.model import (
    Break,
    Link,
    Pin,
    Point,
    Problem,
    Promise,
    Shift,
    Technician,
    Visit,
    Window,
)
from domain.maintenance.planning.moments import written
from domain.maintenance.planning.values.days import promised_on
from domain.maintenance.planning.values.problem import PENALTY, PRICES, PROMISE_TOLERANCE
from domain.maintenance.planning.values.travel import travel_value


def problem_value(problem: Problem, packed: bool = False, roads: bool = True) -> dict[str, Any]:
    """With the matrix, the places are listed and named by their numbers.

    ``packed`` hands it on between machines. Without ``roads`` it is left out, and places stand where they
    are used: `problem_of` then numbers them anew.
    """
    inline = roads and bool(problem.travel.seconds)
    place: Callable[[int], Any] = (lambda index: index) if inline else lambda at: point(problem.places[at])
    write = Writer(problem.days, place)
    travel = travel_value(problem.travel, packed)
    if not inline:
        travel = {name: value for name, value in travel.items() if name == "percent"}
    return _short(
        {
            "currency": problem.currency,
            "days": [day.isoformat() for day in problem.days],
            "prices": _other(vars(problem.prices), vars(PRICES)),
            "zone_most": dict(problem.zone_most),
            "technicians": [write.technician(one) for one in problem.technicians],
            "visits": [write.visit(one) for one in problem.visits],
            "links": [link(one) for one in problem.links],
            "places": [point(one) for one in problem.places] if inline else None,
            "travel": travel,
        }
    )


def point(place: Point) -> dict[str, float]:
    return {"lat": place.latitude, "lon": place.longitude}


def link(given: Link) -> dict[str, str]:
    return {"tie": given.tie.value, "first": given.first, "second": given.second}


@dataclass(frozen=True)
class Writer:
    days: Sequence[date]
    place: Callable[[int], Any]

    def technician(self, one: Technician) -> dict[str, Any]:
        told = {
            "id": one.id, "start": self.place(one.start), "skills": dict(one.skills),
            "end": self.place(one.end) if one.end != one.start else None, "zones": sorted(one.zones),
            "per_hour": one.per_hour, "overtime_per_hour": one.overtime_per_hour, "per_km": one.per_km,
            "per_day": one.per_day,
        }  # fmt: skip
        parts = {} if one.parts is None else {"parts": dict(one.parts)}
        return _short(told) | parts | self._shifts(one.shifts)

    def _shifts(self, shifts: Mapping[int, Shift]) -> dict[str, Any]:
        given = [shifts.get(index) for index in range(len(self.days))]
        if given and given[0] and all(one == given[0] for one in given):
            return {"shift": self.shift(given[0])}
        told = {self.days[index].isoformat(): self.shift(one) for index, one in sorted(shifts.items())}
        return {"shifts": told} if told else {}

    def shift(self, one: Shift) -> dict[str, Any]:
        told = {
            "begin": written(one.begin), "end": written(one.end), "ordinary": written(one.ordinary),
            "overtime_most": written(one.overtime_most), "breaks": [_break(each) for each in one.breaks],
        }  # fmt: skip
        start = {} if one.start is None else {"start": self.place(one.start)}
        return _short(told) | start | ({"out": True} if one.out else {})

    def visit(self, one: Visit) -> dict[str, Any]:
        told = {
            "id": one.id, "place": self.place(one.place), "duration": written(one.duration),
            "skills": dict(one.skills), "zone": one.zone, "parts": dict(one.parts),
            "windows": [self.window(each) for each in one.windows],
            "promise": self.promise(one.promise), "preferred": one.preferred, "pin": self.pin(one.pin),
            "urgency": one.urgency,
        }  # fmt: skip
        penalty = {} if one.penalty == PENALTY else {"penalty": one.penalty}
        return _short(told) | penalty | ({"optional": True} if one.optional else {})

    def window(self, one: Window) -> dict[str, str]:
        day = self.days[one.day].isoformat()
        return {"day": day, "opens": written(one.opens), "closes": written(one.closes)}

    def promise(self, one: Promise | None) -> dict[str, Any]:
        if one is None:
            return {}
        day = promised_on(one.day, self.days).isoformat()
        told = {"day": day, "at": written(one.at), "technician": one.technician}
        usual = one.tolerance == PROMISE_TOLERANCE
        return _short(told) | ({} if usual else {"tolerance": written(one.tolerance)})

    def pin(self, one: Pin | None) -> dict[str, Any]:
        if one is None:
            return {}
        day = None if one.day is None else self.days[one.day].isoformat()
        at = None if one.at is None else written(one.at)
        return _short({"day": day, "at": at, "technician": one.technician})


def _break(one: Break) -> dict[str, str]:
    return {
        "earliest": written(one.earliest),
        "latest": written(one.latest),
        "duration": written(one.duration),
    }


def _other(given: Mapping[str, int], usual: Mapping[str, int]) -> dict[str, int]:
    return {name: value for name, value in given.items() if value != usual[name]}


def _short(told: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing; a place may have the number 0."""
    bare = ("per_hour", "overtime_per_hour", "per_km", "per_day", "urgency")
    empty = {name for name, value in told.items() if value in (None, {}, [])}
    return {
        name: value for name, value in told.items() if name not in empty and not (name in bare and value == 0)
    }
