"""Ways by roads: asked in blocks, asked once, with holes where no way leads."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from adapters.planning.earth import Earth
from adapters.planning.roads import KEPT_FOR, ServerRoads, roads_of
from domain.maintenance.planning.checking import check
from domain.maintenance.planning.faults.trouble import Kind
from domain.maintenance.planning.model import Point, Problem, Shift, Technician, Visit
from domain.maintenance.planning.roads import HOLE, RoadsDown, with_roads
from domain.maintenance.planning.travel import Travel
from tests.adapters.planning.roads_twin import RoadsTwin, serve_roads

HOME, EAST, NORTH = Point(45.0, 6.0), Point(45.0, 6.5), Point(45.25, 6.0)
EVEN = (100,) * 24


@pytest.fixture
async def served() -> AsyncIterator[tuple[RoadsTwin, str]]:
    async with serve_roads() as twin:
        yield twin


@pytest.fixture(params=["osrm", "valhalla"])
def roads(request: pytest.FixtureRequest, served: tuple[RoadsTwin, str]) -> ServerRoads:
    found = roads_of(request.param, served[1] + "/", EVEN)
    assert isinstance(found, ServerRoads)
    return found


@pytest.fixture
def twin(served: tuple[RoadsTwin, str]) -> RoadsTwin:
    return served[0]


def line(many: int) -> list[Point]:
    return [Point(45.0, 6 + index / 1000) for index in range(many)]


async def test_there_and_back_are_two_ways(roads: ServerRoads) -> None:
    travel = await roads.travel([HOME, EAST, NORTH])
    assert [list(row) for row in travel.seconds] == [[0, 900, 900], [1800, 0, 2700], [900, 1800, 0]]
    assert [list(row) for row in travel.metres] == [[0, 9000, 9000], [18000, 0, 27000], [9000, 18000, 0]]


async def test_many_places_are_asked_in_blocks_that_the_server_takes(
    roads: ServerRoads, twin: RoadsTwin
) -> None:
    travel = await roads.travel(line(120))
    assert (len(twin.asked), max(twin.asked)) == (9, 100)
    assert travel.seconds[0][119] == round(0.119 * 1800)
    assert travel.seconds[119][0] == round(0.119 * 3600)


async def test_what_was_asked_is_not_asked_again(roads: ServerRoads, twin: RoadsTwin) -> None:
    first = await roads.travel(line(40))
    twin.asked.clear()
    assert await roads.travel(line(40)) == first
    assert twin.asked == []
    more = await roads.travel([*line(40), NORTH, NORTH])
    assert sorted(twin.asked) == [41, 41]
    assert more.seconds[40] == more.seconds[41]
    assert more.seconds[0][40] == 900


async def test_after_a_day_it_is_asked_again(roads: ServerRoads, twin: RoadsTwin) -> None:
    now = 0.0
    roads.clock = lambda: now
    await roads.travel([HOME, EAST])
    now = KEPT_FOR + 1
    await roads.travel([HOME, EAST])
    assert len(twin.asked) == 2


async def test_more_places_than_are_kept_begin_anew(
    roads: ServerRoads, twin: RoadsTwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.planning.roads.MOST_KEPT", 3)
    await roads.travel([HOME, EAST])
    await roads.travel([HOME, NORTH, Point(46, 6)])
    assert (await roads.travel([HOME, EAST])).seconds[0][1] == 900
    assert len(twin.asked) == 3


async def test_a_place_without_a_road_has_holes_and_the_others_their_ways(
    roads: ServerRoads, twin: RoadsTwin
) -> None:
    twin.wild = {(45.25, 6.0), (45.0, 6.003)}
    travel = await roads.travel([*line(60), NORTH])
    assert {travel.seconds[60][b] for b in range(60)} == {HOLE}
    assert {travel.metres[a][3] for a in range(61) if a != 3} == {HOLE}
    assert travel.seconds[60][60] == 0
    assert travel.seconds[0][59] == round(0.059 * 1800)


async def test_an_island_is_told_by_name_and_the_others_are_planned(
    roads: ServerRoads, twin: RoadsTwin
) -> None:
    twin.island = {(45.25, 6.0)}
    visits = (Visit("V1", 1, 600), Visit("V2", 2, 600))
    ana = Technician("Ana", 0, 0, {0: Shift()})
    problem = Problem((date(2026, 3, 9),), (HOME, EAST, NORTH), Travel((), ()), (ana,), visits)
    sound, troubles = check(await with_roads(problem, roads))
    assert [one.kind for one in troubles] == [Kind.MATRIX_HOLES, Kind.UNREACHABLE]
    assert troubles[1].visits == ("V2",)
    assert [one.id for one in sound.visits] == ["V1"]


BROKEN = [
    PlainTextResponse("<html>", 502),
    JSONResponse({"code": "TooBig", "error_code": 154}, 400),
    JSONResponse([]),
    JSONResponse({"code": "Ok", "durations": [[0]], "distances": [[0]], "sources_to_targets": [[{}]]}),
    JSONResponse({"code": "Ok", "durations": 5, "sources_to_targets": 5}),
    JSONResponse(
        {"code": "Ok", "durations": [["x"]], "sources_to_targets": [[{"time": "x", "distance": 1}]]}
    ),
]


@pytest.mark.parametrize("answer", BROKEN)
async def test_a_server_that_answers_otherwise_is_down_and_no_place_is_told(
    roads: ServerRoads, twin: RoadsTwin, answer: Response
) -> None:
    twin.answers = answer
    with pytest.raises(RoadsDown) as raised:
        await roads.travel([HOME, EAST])
    assert "45" not in str(raised.value)
    twin.answers = None
    assert (await roads.travel([HOME, EAST])).seconds[0][1] == 900


async def test_a_server_that_is_not_there_is_down() -> None:
    with pytest.raises(RoadsDown, match="ConnectError"):
        await roads_of("osrm", "http://127.0.0.1:9", EVEN).travel([HOME, EAST])


async def test_without_a_server_the_shape_of_the_earth_answers() -> None:
    rush = (100,) * 7 + (150,) * 17
    roads = roads_of("valhalla", "", rush)
    assert roads == Earth(percent=rush)
    assert (await roads.travel([HOME, EAST])).percent == rush
