"""The ground of a picture: how degrees become pixels, how long a kilometre is, and what lies around."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from domain.errors import BadInput, Mistake
from domain.maintenance.planning.model import Point, Problem
from domain.maintenance.planning.naming import Names

METRES_PER_DEGREE = 111_195
WIDE = 1000
FLATTEST, TALLEST = 0.62, 1.0
"""Height over width."""
MARGIN = 46
SMALLEST = 2_000
"""Metres across, so that a single address does not fill a picture."""
TOWN = re.compile(r"\b\d{4,5}\s+([^\d,]+?)\s*$")
XY = tuple[float, float]


@dataclass(frozen=True)
class Backdrop:
    """Outlines of waters, and places with a name and how much they weigh; the heaviest are written first."""

    waters: tuple[tuple[Point, ...], ...] = ()
    towns: tuple[tuple[str, Point, int], ...] = ()


@dataclass(frozen=True)
class Ground:
    """Equal scales to all sides at the middle latitude: right for a region, and what is drawn is one."""

    west: float
    north: float
    scale: float
    squeeze: float
    height: int

    def xy(self, point: Point) -> XY:
        x = (point.longitude - self.west) * self.squeeze * self.scale
        return round(x, 1), round((self.north - point.latitude) * self.scale, 1)

    @property
    def metres(self) -> float:
        """To a pixel."""
        return METRES_PER_DEGREE / self.scale

    def inside(self, at: XY, margin: float = 0) -> bool:
        return margin <= at[0] <= WIDE - margin and margin <= at[1] <= self.height - margin

    def rule(self, most: float = 190) -> tuple[int, float]:
        """A round number of metres that is at most so many pixels long, and how many."""
        steps = [digit * 10**power for power in range(6) for digit in (1, 2, 5)]
        fitting = [step for step in steps if step / self.metres <= most]
        metres = max(fitting, default=1)
        return metres, round(metres / self.metres, 1)


def ground_of(points: Sequence[Point]) -> Ground:
    """Around all points, with a margin; at least so wide that it is not a street."""
    south, north = _ends([one.latitude for one in points])
    west, east = _ends([one.longitude for one in points])
    squeeze = max(cos(radians((south + north) / 2)), 0.01)
    across, down = (east - west) * squeeze, north - south
    least = SMALLEST / METRES_PER_DEGREE
    room = WIDE - 2 * MARGIN
    share = min(max((max(down, least)) / max(across, least), FLATTEST), TALLEST)
    height = round(WIDE * share)
    scale = min(room / max(across, least), (height - 2 * MARGIN) / max(down, least))
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    return Ground(
        middle_x - WIDE / 2 / scale / squeeze, middle_y + height / 2 / scale, scale, squeeze, height
    )


def _ends(values: Sequence[float]) -> tuple[float, float]:
    return min(values, default=0.0), max(values, default=0.0)


def points_of(problem: Problem) -> list[Point]:
    """Where technicians begin and end, and where the visits are."""
    used = {place for one in problem.technicians for place in (one.start, one.end)}
    used |= {shift.start for one in problem.technicians for shift in one.shifts.values() if shift.start}
    used |= {visit.place for visit in problem.visits}
    return [problem.places[place] for place in sorted(used)]


def towns_of(problem: Problem, names: Names) -> Backdrop:
    """The towns that addresses name, or else the zones, each in the middle of its visits."""
    by: dict[str, list[Point]] = defaultdict(list)
    for visit in problem.visits:
        found = TOWN.search(names.visit(visit.id).address)
        if town := found[1].strip() if found else visit.zone:
            by[town].append(problem.places[visit.place])
    return Backdrop(towns=tuple((town, _middle(at), len(at)) for town, at in sorted(by.items())))


def _middle(points: Sequence[Point]) -> Point:
    count = len(points)
    return Point(sum(one.latitude for one in points) / count, sum(one.longitude for one in points) / count)


def backdrop_of(document: Mapping[str, Any]) -> Backdrop:
    """From GeoJSON: polygons are waters, points with a `name` are towns. Raises BadInput."""
    waters: list[tuple[Point, ...]] = []
    towns: list[tuple[str, Point, int]] = []
    try:
        for feature in document["features"]:
            shape, told = feature["geometry"], feature.get("properties") or {}
            if shape["type"] == "Polygon":
                waters.append(tuple(_point(one) for one in shape["coordinates"][0]))
            elif shape["type"] == "Point" and told.get("name"):
                towns.append((str(told["name"]), _point(shape["coordinates"]), int(told.get("weight", 1))))
    except (KeyError, TypeError, ValueError, IndexError):
        mend = "give a GeoJSON FeatureCollection of polygons and points"
        raise BadInput(Mistake("backdrop", "it cannot be read", mend)) from None
    return Backdrop(tuple(waters), tuple(towns))


def _point(position: Sequence[float]) -> Point:
    return Point(float(position[1]), float(position[0]))
