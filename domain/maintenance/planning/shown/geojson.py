"""A plan as GeoJSON (RFC 7946) for maps of other makers; colours as simplestyle names them."""

from collections.abc import Iterator, Mapping
from typing import Any

from domain.calendar import zone_info
from domain.maintenance.planning.evaluation import Evaluation, Round
from domain.maintenance.planning.model import Point, Problem
from domain.maintenance.planning.naming import Names
from domain.maintenance.planning.shown.marks import marks
from domain.maintenance.planning.shown.told import local

Feature = Mapping[str, Any]
DIGITS = 6
"""After the point: a decimetre."""


def geojson(problem: Problem, evaluation: Evaluation, names: Names) -> dict[str, Any]:
    """A line for each round, a point for each stop in its order, and one for each visit without a place.

    Lines are straight from stop to stop. Instants are local with their offset.
    """
    features = [*_rounds(problem, evaluation, names), *_left_out(problem, evaluation, names)]
    found: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    positions = [one for feature in features for one in _positions(feature)]
    if positions:
        west, south = (min(one[place] for one in positions) for place in (0, 1))
        east, north = (max(one[place] for one in positions) for place in (0, 1))
        found["bbox"] = [west, south, east, north]
    return found


def _rounds(problem: Problem, evaluation: Evaluation, names: Names) -> Iterator[Feature]:
    shown = marks(problem, evaluation)
    for round in evaluation.rounds:
        if round.stops:
            colour = shown[round.technician].light
            yield _line(problem, round, names, colour)
            yield from _stops(problem, round, names, colour)


def _line(problem: Problem, round: Round, names: Names, colour: str) -> Feature:
    technician, day = problem.technician[round.technician], problem.days[round.day]
    shift = technician.shifts.get(round.day)
    start = technician.start if shift is None or shift.start is None else shift.start
    places = [start, *(problem.visit[one.visit].place for one in round.stops), technician.end]
    return _feature(
        {"type": "LineString", "coordinates": [_position(problem.places[one]) for one in places]},
        kind="round", technician=round.technician, name=names.technician(round.technician),
        day=day.isoformat(), leaves=_at(problem, round, round.leaves, names),
        returns=_at(problem, round, round.returns, names), visits=len(round.stops), metres=round.metres,
        paid_seconds=round.paid, overtime_seconds=round.overtime, stroke=colour, **{"stroke-width": 3},
    )  # fmt: skip


def _stops(problem: Problem, round: Round, names: Names, colour: str) -> Iterator[Feature]:
    for number, stop in enumerate(round.stops, start=1):
        called = names.visit(stop.visit)
        yield _feature(
            _point(problem, stop.visit),
            kind="stop", visit=stop.visit, technician=round.technician, order=number, what=called.what,
            who=called.who, address=called.address, arrives=_at(problem, round, stop.arrives, names),
            begins=_at(problem, round, stop.begins, names), ends=_at(problem, round, stop.ends, names),
            metres=stop.metres, late_seconds=stop.late,
            **{"marker-color": colour, "marker-symbol": str(number) if number < 10 else "circle"},
        )  # fmt: skip


def _left_out(problem: Problem, evaluation: Evaluation, names: Names) -> Iterator[Feature]:
    for visit in evaluation.unplanned:
        called = names.visit(visit)
        yield _feature(
            _point(problem, visit),
            kind="unplanned", visit=visit, what=called.what, who=called.who, address=called.address,
            **{"marker-color": "#53636d", "marker-symbol": "cross"},
        )  # fmt: skip


def _feature(geometry: Mapping[str, Any], **told: Any) -> Feature:
    return {"type": "Feature", "geometry": geometry, "properties": told}


def _point(problem: Problem, visit: str) -> Mapping[str, Any]:
    return {"type": "Point", "coordinates": _position(problem.places[problem.visit[visit].place])}


def _position(point: Point) -> list[float]:
    """Longitude first."""
    return [round(point.longitude, DIGITS), round(point.latitude, DIGITS)]


def _positions(feature: Feature) -> list[list[float]]:
    found = feature["geometry"]["coordinates"]
    return found if feature["geometry"]["type"] == "LineString" else [found]


def _at(problem: Problem, round: Round, seconds: int, names: Names) -> str:
    instant = local(problem.days[round.day], seconds, names.zone)
    return instant.astimezone(zone_info(names.zone)).isoformat(timespec="seconds")
