"""Twins of OSRM and Valhalla: their wire formats, their limits, and how they refuse a question."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.ground import serve

Spot = tuple[float, float]
"""Latitude and longitude."""


@dataclass
class RoadsTwin:
    """A land where a degree of latitude is an hour, and one of longitude half an hour and only to the east
    free of charge: back it is twice as long. ``wild`` has no road near; nothing leads to ``island`` or away.
    """

    wild: set[Spot] = field(default_factory=set)
    island: set[Spot] = field(default_factory=set)
    asked: list[int] = field(default_factory=list)
    answers: Response | None = None

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/table/v1/driving/{places}", self._table),
                Route("/sources_to_targets", self._matrix, methods=["POST"]),
                Route("/locate", self._locate, methods=["POST"]),
            ]
        )

    def _way(self, a: Spot, b: Spot) -> tuple[float, float] | None:
        if (a in self.island) != (b in self.island):
            return None
        east = b[1] - a[1]
        seconds = abs(b[0] - a[0]) * 3600 + (east * 1800 if east >= 0 else -east * 3600)
        return round(seconds, 1), round(seconds * 10, 1)

    async def _table(self, request: Request) -> Response:
        places = [_spot(one) for one in request.path_params["places"].split(";")]
        self.asked.append(len(places))
        if self.answers:
            return self.answers
        if len(places) > 100:
            return JSONResponse({"code": "TooBig", "message": "Too many table coordinates"}, 400)
        for index, one in enumerate(places):
            if one in self.wild:
                message = f"Could not find a matching segment for coordinate {index}"
                return JSONResponse({"code": "NoSegment", "message": message}, 400)
        rows, columns = (_numbers(request, name) for name in ("sources", "destinations"))
        assert request.query_params["annotations"] == "duration,distance"
        ways = [[self._way(places[a], places[b]) for b in columns] for a in rows]
        return JSONResponse(
            {
                "code": "Ok",
                "durations": [[way and way[0] for way in row] for row in ways],
                "distances": [[way and way[1] for way in row] for row in ways],
            }
        )

    async def _matrix(self, request: Request) -> Response:
        given = json.loads(await request.body())
        sources, targets = (
            [(one["lat"], one["lon"]) for one in given[name]] for name in ("sources", "targets")
        )
        self.asked.append(len(sources) + len(targets))
        if self.answers:
            return self.answers
        if self.wild & {*sources, *targets}:
            return _refusal(171, "No suitable edges near location")
        if len(sources) * len(targets) > 2_500:
            return _refusal(154, "Path distance exceeds the max distance limit")
        rows = [
            [self._cell(index, a, number, b) for number, b in enumerate(targets)]
            for index, a in enumerate(sources)
        ]
        return JSONResponse({"sources_to_targets": rows, "units": given["units"]})

    def _cell(self, index: int, a: Spot, number: int, b: Spot) -> dict[str, Any]:
        way = self._way(a, b)
        time, distance = (round(way[0]), way[1] / 1000) if way else (None, None)
        return {"from_index": index, "to_index": number, "time": time, "distance": distance}

    async def _locate(self, request: Request) -> Response:
        given = json.loads(await request.body())
        spots = [(one["lat"], one["lon"]) for one in given["locations"]]
        edges = [None if one in self.wild else [{"way_id": 1}] for one in spots]
        return JSONResponse(
            [
                {"edges": found, "input_lat": lat, "input_lon": lon}
                for found, (lat, lon) in zip(edges, spots, strict=True)
            ]
        )


def _spot(text: str) -> Spot:
    longitude, latitude = map(float, text.split(","))
    return latitude, longitude


def _numbers(request: Request, name: str) -> list[int]:
    return [int(one) for one in request.query_params[name].split(";")]


def _refusal(code: int, text: str) -> Response:
    return JSONResponse({"error_code": code, "error": text, "status_code": 400, "status": "Bad Request"}, 400)


@asynccontextmanager
async def serve_roads() -> AsyncIterator[tuple[RoadsTwin, str]]:
    twin = RoadsTwin()
    server = uvicorn.Server(uvicorn.Config(twin.app, "127.0.0.1", 0, log_level="error", lifespan="off"))
    async with serve(server) as address:
        yield twin, address
