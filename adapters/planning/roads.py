"""Ways by roads, from a server of OSRM or Valhalla: in blocks, each pair of places asked once a day."""

import asyncio
from array import array
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from time import monotonic
from typing import Any, Literal

import httpx

from adapters.planning.earth import Earth
from adapters.planning.road_cache import KnownWays
from adapters.planning.road_servers import Block, NoRoadNear, Osrm, RoadServer, Valhalla
from domain.maintenance.planning.model import Point
from domain.maintenance.planning.roads import EVEN, HOLE, Roads
from domain.maintenance.planning.travel import Travel

BLOCK = 50
"""Places on each side: a server of the shipped configuration takes 100 places, or 2,500 pairs."""
AT_ONCE = 4
WITHIN = 30.0
MOST_KEPT = 4_000
KEPT_FOR = 24 * 3600.0
"""Seconds; then a road that was closed is noticed."""
Numbers = list[int]


@dataclass
class ServerRoads:
    """Implements ``domain.maintenance.planning.roads.Roads``.

    A place without a road around has holes in its row and its column, and does not hinder the others.
    """

    server: RoadServer
    percent: tuple[int, ...] = EVEN
    clock: Callable[[], float] = monotonic
    _known: KnownWays = field(default_factory=KnownWays)
    _since: float | None = None

    async def travel(self, points: Sequence[Point]) -> Travel:
        known = self._fresh(points)
        new = len(known)
        numbers = known.numbers(points)
        at = dict(zip(numbers, points, strict=True))
        free, lost = asyncio.Semaphore(AT_ONCE), set[Point]()
        async with httpx.AsyncClient(timeout=WITHIN, trust_env=False) as http:

            async def ask(sources: Numbers, targets: Numbers) -> None:
                async with free:
                    leave, reach = [at[one] for one in sources], [at[one] for one in targets]
                    known.learn(sources, targets, *await self._block(http, leave, reach, lost))

            await _all([ask(*block) for block in _blocks(known, sorted(at), new)])
        seconds, metres = known.ways(numbers)
        rows = [tuple(array("i", row.tobytes()) for row in matrix) for matrix in (seconds, metres)]
        return Travel(rows[0], rows[1], self.percent)

    def _fresh(self, points: Sequence[Point]) -> KnownWays:
        """Begun anew rather than grown without end; who asks meanwhile goes on with the old one."""
        now = self.clock()
        old = self._since is None or now - self._since > KEPT_FOR
        if old or len(self._known) + self._known.new(points) > MOST_KEPT:
            self._known, self._since = KnownWays(), now
        return self._known

    async def _block(
        self, http: httpx.AsyncClient, sources: Sequence[Point], targets: Sequence[Point], lost: set[Point]
    ) -> Block:  # fmt: skip
        """With what has no road left out of the question, and holes in its place."""
        while True:
            leave = [one for one in sources if one not in lost]
            reach = [one for one in targets if one not in lost]
            if not leave or not reach:
                return _holes(len(sources), len(targets)), _holes(len(sources), len(targets))
            try:
                seconds, metres = await self.server.block(http, leave, reach)
            except NoRoadNear as error:
                lost |= error.points
                continue
            gone = {*sources, *targets}.difference(leave, reach)
            return _spread(seconds, sources, targets, gone), _spread(metres, sources, targets, gone)


async def _all(questions: Sequence[Coroutine[Any, Any, None]]) -> None:
    """The first that fails ends the others."""
    tasks = [asyncio.ensure_future(one) for one in questions]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _blocks(known: KnownWays, numbers: Numbers, new: int) -> Iterator[tuple[Numbers, Numbers]]:
    """What was not asked yet, with the places from ``new`` on in blocks of their own."""
    kinds = ([one for one in numbers if one < new], [one for one in numbers if one >= new])
    parts = [kind[start : start + BLOCK] for kind in kinds for start in range(0, len(kind), BLOCK)]
    for sources, targets in product(parts, parts):
        missing = known.unasked(sources, targets)
        if missing.any():
            yield (
                [one for one, row in zip(sources, missing, strict=True) if row.any()],
                [one for one, column in zip(targets, missing.T, strict=True) if column.any()],
            )


def _holes(high: int, wide: int) -> list[list[int]]:
    return [[HOLE] * wide for _ in range(high)]


def _spread(
    rows: list[list[int]], sources: Sequence[Point], targets: Sequence[Point], lost: set[Point]
) -> list[list[int]]:
    whole, left = _holes(len(sources), len(targets)), iter(rows)
    columns = [index for index, one in enumerate(targets) if one not in lost]
    for line, source in zip(whole, sources, strict=True):
        if source not in lost:
            for index, value in zip(columns, next(left), strict=True):
                line[index] = value
    return whole


def roads_of(kind: Literal["osrm", "valhalla"], url: str, percent: tuple[int, ...]) -> Roads:
    """The shape of the earth where no server is set."""
    if not url:
        return Earth(percent=percent)
    address = url.rstrip("/")
    return ServerRoads(Osrm(address) if kind == "osrm" else Valhalla(address), percent)
