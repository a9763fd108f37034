"""How OSRM and Valhalla are asked for the ways between places, and how they say that they know none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from domain.maintenance.planning.model import Point
from domain.maintenance.planning.roads import HOLE, RoadsDown

Rows = list[list[int]]
Block = tuple[Rows, Rows]
"""Seconds and metres, a row for each place one leaves from."""
LOST = re.compile(r"coordinate (\d+)")


class NoRoadNear(Exception):
    """These places have no road around, for which the server refuses the whole question."""

    def __init__(self, points: set[Point]) -> None:
        super().__init__(f"{len(points)} places")
        self.points = points


class RoadServer(Protocol):
    async def block(
        self, http: httpx.AsyncClient, sources: Sequence[Point], targets: Sequence[Point]
    ) -> Block:  # fmt: skip
        """Raises NoRoadNear, RoadsDown."""
        ...


@dataclass(frozen=True)
class Osrm:
    """``url`` as far as before ``/table``; a car's profile is called driving."""

    url: str

    async def block(
        self, http: httpx.AsyncClient, sources: Sequence[Point], targets: Sequence[Point]
    ) -> Block:  # fmt: skip
        places = [*sources, *targets]
        path = ";".join(f"{one.longitude:.6f},{one.latitude:.6f}" for one in places)
        asked = {
            "sources": ";".join(map(str, range(len(sources)))),
            "destinations": ";".join(map(str, range(len(sources), len(places)))),
            "annotations": "duration,distance",
        }
        said = await _json(http, "GET", f"{self.url}/table/v1/driving/{path}", params=asked)
        code = said.get("code")
        if code == "NoSegment" and (found := LOST.search(str(said.get("message")))):
            number = int(found[1])
            if number < len(places):
                raise NoRoadNear({places[number]})
        if code != "Ok":
            raise RoadsDown(f"it answers {_word(code)}")
        shape = (len(sources), len(targets))
        return _rows(said.get("durations"), *shape), _rows(said.get("distances"), *shape)


@dataclass(frozen=True)
class Valhalla:
    url: str

    async def block(
        self, http: httpx.AsyncClient, sources: Sequence[Point], targets: Sequence[Point]
    ) -> Block:  # fmt: skip
        asked = {
            "sources": [_place(one) for one in sources], "targets": [_place(one) for one in targets],
            "costing": "auto", "units": "kilometers",
        }  # fmt: skip
        said = await _json(http, "POST", f"{self.url}/sources_to_targets", json=asked)
        if said.get("error_code") == 171:
            raise NoRoadNear(await self._lost(http, {*sources, *targets}))
        if "sources_to_targets" not in said:
            raise RoadsDown(f"it answers error {_word(said.get('error_code'))}")
        cells = said["sources_to_targets"]
        shape = (len(sources), len(targets))
        return _rows(_field(cells, "time", 1), *shape), _rows(_field(cells, "distance", 1000), *shape)

    async def _lost(self, http: httpx.AsyncClient, places: set[Point]) -> set[Point]:
        """Valhalla does not say which place it cannot find; each has its edges, or none."""
        listed = sorted(places, key=lambda one: (one.latitude, one.longitude))
        asked = {"locations": [_place(one) for one in listed], "costing": "auto", "verbose": False}
        said = await _json(http, "POST", f"{self.url}/locate", json=asked)
        found = said.get("list")
        if not isinstance(found, list) or len(found) != len(listed):
            raise RoadsDown("it does not say which place has no road")
        lost = {
            place
            for place, one in zip(listed, found, strict=True)
            if not isinstance(one, dict) or not one.get("edges")
        }
        if not lost:
            raise RoadsDown("it knows a road at every place, and gives no ways")
        return lost


def _place(one: Point) -> dict[str, float]:
    return {"lat": round(one.latitude, 6), "lon": round(one.longitude, 6)}


def _field(cells: Any, name: str, times: int) -> Any:
    try:
        return [[None if one[name] is None else one[name] * times for one in row] for row in cells]
    except (TypeError, KeyError, IndexError):
        raise RoadsDown("it answers no matrix") from None


def _rows(value: Any, high: int, wide: int) -> Rows:
    """Raises RoadsDown for what has another shape. Null is a hole."""
    try:
        rows = [[HOLE if one is None else max(0, round(one)) for one in row] for row in value]
    except (TypeError, ValueError, OverflowError):
        raise RoadsDown("it answers no matrix") from None
    if len(rows) != high or any(len(row) != wide or max(row, default=0) >= 2**31 for row in rows):
        raise RoadsDown("it answers a matrix of another size")
    return rows


async def _json(http: httpx.AsyncClient, method: str, address: str, **asked: Any) -> dict[str, Any]:
    """Both say in JSON what they cannot do, too. Addresses hold where customers live: no error tells them."""
    try:
        answer = await http.request(method, address, **asked)
    except (httpx.HTTPError, httpx.InvalidURL) as lost:
        raise RoadsDown(type(lost).__name__) from None
    try:
        said = answer.json()
    except (ValueError, RecursionError):
        raise RoadsDown(f"it answers {answer.status_code} and no JSON") from None
    if isinstance(said, list):
        return {"list": said}
    return said if isinstance(said, dict) else {}


def _word(given: Any) -> str:
    return re.sub(r"\W", "", str(given))[:40]
