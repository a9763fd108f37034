"""Where the way between places is asked, and which places lie on land."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from domain.errors import DomainError
from domain.maintenance.planning.model import Point, Problem
from domain.maintenance.planning.travel import Travel

HOLE = -1
"""Seconds and metres where no way is known; `checking` closes it."""
EVEN = (100,) * 24


class RoadsDown(DomainError):
    """The server of the roads does not answer, or not as one. Nothing of the places is told."""

    slug = "roads-down"

    def __init__(self, why: str) -> None:
        super().__init__(f"the server of the roads gives no travel times: {why}")


class Roads(Protocol):
    async def travel(self, points: Sequence[Point]) -> Travel:
        """Rows and columns in the order of the points. Raises RoadsDown."""
        ...


class Land(Protocol):
    def holds(self, point: Point) -> bool:
        """False only where there is nothing but sea around."""
        ...


async def with_roads(problem: Problem, roads: Roads) -> Problem:
    """What brings its own matrix keeps it; hour factors of its own hold before those of the roads.

    Raises RoadsDown.
    """
    given = problem.travel
    if given.seconds or not problem.places:
        return problem
    found = await roads.travel(problem.places)
    percent = found.percent if given.percent == EVEN else given.percent
    return replace(problem, travel=Travel(found.seconds, found.metres, percent))
