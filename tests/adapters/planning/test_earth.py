"""Ways by the shape of the earth, and what is at sea."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.planning.earth import Earth
from adapters.planning.land import LandMask
from domain.maintenance.planning.model import Point

ANNECY, GENEVA, DOUALA = Point(45.899, 6.129), Point(46.204, 6.143), Point(4.051, 9.768)
points = st.lists(st.builds(Point, st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=6)


def test_a_degree_along_the_equator_is_a_known_length() -> None:
    travel = Earth(detour=1.0, metres_per_second=10, set_off=0).ways([Point(0, 0), Point(0, 1)])
    assert travel.metres[0][1] == pytest.approx(111_195, abs=1)
    assert travel.seconds[0][1] == pytest.approx(11_119.5, abs=1)


def test_roads_are_longer_and_nobody_drives_to_where_they_are() -> None:
    travel = Earth().ways([ANNECY, GENEVA, ANNECY])
    assert 43_000 < travel.metres[0][1] < 45_000
    assert 57 * 60 < travel.seconds[0][1] < 61 * 60
    assert travel.seconds[0][2] == travel.metres[0][0] == 0


@given(points)
def test_both_ways_are_alike_and_none_is_longer_than_half_the_earth(places: list[Point]) -> None:
    travel = Earth(detour=1.0).ways(places)
    size = range(len(places))
    assert all(0 <= travel.metres[a][b] == travel.metres[b][a] <= 20_015_087 for a in size for b in size)
    assert all((travel.seconds[a][b] == 0) == (travel.metres[a][b] == 0) for a in size for b in size)


@pytest.fixture(scope="module")
def land() -> LandMask:
    return LandMask()


@pytest.mark.parametrize(
    "place", [ANNECY, GENEVA, Point(48.6493, -2.0257), Point(45.86, 6.17), Point(71, 25.8)]
)
def test_towns_lakes_and_ports_are_on_land(land: LandMask, place: Point) -> None:
    assert land.holds(place)


@pytest.mark.parametrize(
    "place", [Point(46.5, -4.5), Point(55.0, 3.0), Point(90, 0), Point(60.0, -180), Point(60, 180)]
)
def test_the_open_sea_is_not(land: LandMask, place: Point) -> None:
    assert not land.holds(place)


def test_a_cell_with_a_little_land_is_land() -> None:
    rows = np.ones((12, 43_200), dtype=np.bool_)
    rows[7, 21_605] = False
    land = LandMask(lambda: io.BytesIO(rows.tobytes()))
    assert land.holds(Point(90 - 6.5 / 120, 0.001))
    assert not land.holds(Point(90 - 5.5 / 120, 0.001))
    assert not land.holds(Point(90 - 6.5 / 120, 0.07))
