"""Small problems of every kind, drawn at random, and plans for them that need not be good."""

from array import array
from collections.abc import Mapping
from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from domain.maintenance.planning.breaks import in_turn
from domain.maintenance.planning.model import (
    DAY,
    HOUR,
    Break,
    Link,
    Pin,
    Plan,
    Point,
    Prices,
    Problem,
    Promise,
    Route,
    Shift,
    Technician,
    Tie,
    Visit,
    Window,
)
from domain.maintenance.planning.travel import Travel

MONDAY = date(2026, 3, 9)
SKILLS = ("boiler", "heat pump")
ZONES = ("north", "south")
PARTS = ("filter", "valve")
TECHNICIANS = ("Ana", "Bo", "Cyd")
QUARTER = 900

minutes = st.integers(0, 3 * 60).map(lambda one: one * 60)
quarters = st.integers(24, 80).map(lambda one: one * QUARTER)
moments = st.one_of(quarters, st.integers(6 * HOUR, 20 * HOUR))
amounts = st.integers(0, 5_000)


def some(names: tuple[str, ...], counts: SearchStrategy[int]) -> SearchStrategy[Mapping[str, int]]:
    return st.dictionaries(st.sampled_from(names), counts, max_size=len(names))


@st.composite
def travels(draw: st.DrawFn, size: int) -> Travel:
    """Asymmetric, without the triangle's inequality, and one hour slower than another."""
    way = st.one_of(st.just(0), st.integers(1, 2 * HOUR), st.integers(1, 60).map(lambda one: one * 60))
    matrix = st.lists(st.lists(way, min_size=size, max_size=size), min_size=size, max_size=size)
    seconds, metres = draw(matrix), draw(matrix)
    for index in range(size):
        seconds[index][index] = metres[index][index] = 0
    hours = st.one_of(st.just((100,) * 24), st.tuples(*[st.sampled_from((50, 80, 100, 130, 250))] * 24))
    return Travel(
        tuple(array("i", row) for row in seconds), tuple(array("i", row) for row in metres), draw(hours)
    )


@st.composite
def breaks(draw: st.DrawFn) -> tuple[Break, ...]:
    """One after the other, though one may be open before the other has to be begun."""
    found = []
    for _ in range(draw(st.sampled_from((0, 0, 1, 1, 2, 3)))):
        earliest = draw(st.integers(40, 72)) * QUARTER
        latest = earliest + draw(st.sampled_from((0, 1, 4, 8, 16))) * QUARTER
        found.append(Break(earliest, latest, draw(st.integers(1, 6)) * QUARTER))
    return in_turn(found)


@st.composite
def shifts(draw: st.DrawFn, places: int) -> Shift:
    begin = draw(st.integers(24, 44)) * QUARTER
    end = begin + draw(st.sampled_from((48, 40, 32, 24, 12, 2))) * QUARTER
    return Shift(
        begin, end, draw(st.integers(4, 36)) * QUARTER,
        draw(st.integers(0, 8)) * QUARTER, draw(breaks()),
        draw(st.none() | st.integers(0, places - 1)), draw(st.booleans()) and draw(st.booleans()),
    )  # fmt: skip


@st.composite
def technicians(draw: st.DrawFn, name: str, places: int, days: int) -> Technician:
    place = st.integers(0, places - 1)
    return Technician(
        name, draw(place), draw(place),
        draw(st.dictionaries(st.integers(0, days - 1), shifts(places), min_size=1, max_size=days)),
        draw(some(SKILLS, st.integers(1, 3))),
        draw(st.just(frozenset()) | st.frozensets(st.sampled_from(ZONES))),
        draw(st.none() | some(PARTS, st.integers(0, 3))), draw(amounts), draw(amounts), draw(amounts),
        draw(amounts),
    )  # fmt: skip


@st.composite
def windows(draw: st.DrawFn, days: int, duration: int) -> Window:
    opens = draw(moments)
    closes = opens + duration + draw(st.integers(0, 24)) * QUARTER
    return Window(draw(st.integers(0, days - 1)), opens, closes)


@st.composite
def visits(draw: st.DrawFn, name: str, places: int, days: int) -> Visit:
    day, who = st.integers(0, days - 1), st.sampled_from(TECHNICIANS)
    promises = st.builds(Promise, day, moments, minutes, st.none() | who)
    pins = st.builds(Pin, st.none() | day, st.none() | moments, who)
    rare = st.integers(0, 7).map(lambda one: one == 7)
    duration = draw(minutes)
    return Visit(
        name, draw(st.integers(0, places - 1)), duration,
        draw(some(SKILLS, st.integers(1, 3))) if draw(rare) else {},
        tuple(draw(st.lists(windows(days, duration), max_size=3))) if draw(st.booleans()) else (),
        draw(st.none() | st.sampled_from(ZONES)),
        draw(some(PARTS, st.integers(1, 2))) if draw(rare) else {},
        draw(st.none() | promises), draw(st.none() | who), draw(pins) if draw(rare) else None,
        draw(amounts), draw(amounts), draw(rare),
    )  # fmt: skip


@st.composite
def links(draw: st.DrawFn, names: list[str]) -> Link:
    first, second = draw(st.lists(st.sampled_from(names), min_size=2, max_size=2, unique=True))
    return Link(draw(st.sampled_from(list(Tie))), first, second)


@st.composite
def problems(draw: st.DrawFn, most: int = 6) -> Problem:
    places, days = draw(st.integers(1, 5)), draw(st.sampled_from((1, 1, 2, 3)))
    people = TECHNICIANS[: draw(st.integers(1, 3))]
    names = [f"V{index}" for index in range(draw(st.integers(1, most)))]
    bound = st.lists(links(names), max_size=3) if len(names) > 1 else st.just([])
    return Problem(
        tuple(MONDAY + timedelta(days=one) for one in range(days)),
        tuple(Point(45.0 + index / 100, 6.0 + index / 100) for index in range(places)),
        draw(travels(places)),
        tuple(draw(technicians(one, places, days)) for one in people),
        tuple(draw(visits(one, places, days)) for one in names),
        tuple(dict.fromkeys(draw(bound))),
        draw(st.builds(Prices, amounts, amounts, amounts, amounts, amounts)),
        draw(some(ZONES, st.integers(0, 2))),
    )  # fmt: skip


@st.composite
def plans(draw: st.DrawFn, problem: Problem) -> Plan:
    """Each visit at most once, on some technician's day, whatever follows from it."""
    order = draw(st.permutations([one.id for one in problem.visits]))
    cells = [(technician.id, day) for technician in problem.technicians for day in technician.shifts]
    routes: dict[tuple[str, int], list[str]] = {}
    for visit in order:
        cell = (
            draw(st.none() | st.sampled_from(cells)) if draw(st.booleans()) else draw(st.sampled_from(cells))
        )
        if cell:
            routes.setdefault(cell, []).append(visit)
    return Plan(tuple(Route(who, day, tuple(given)) for (who, day), given in sorted(routes.items())))


__all__ = ["DAY", "MONDAY", "plans", "problems", "travels"]
