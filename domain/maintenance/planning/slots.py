"""Where a new visit fits into the rounds, what it adds to their cost, and what the customer is told."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from domain.maintenance.planning.model import Plan, Problem, Promise, Visit, Window

QUARTER = 900
FIVE_MINUTES = 300


@dataclass(frozen=True)
class Slot:
    """``position``: how many visits of the round come before. ``cost`` and ``metres``: by how much the plan
    is dearer and longer with the visit than without it, the penalty for leaving it out aside; below 0 where
    it spares more than it costs.
    """

    visit: str
    technician: str
    day: int
    position: int
    begins: int
    ends: int
    cost: int
    metres: int

    @property
    def promise(self) -> Promise:
        """What the customer holds once it is confirmed: the time, and whoever comes."""
        return Promise(self.day, self.begins, QUARTER)

    @property
    def told(self) -> Window:
        """When the technician comes, in words of five minutes: never narrower than the promise."""
        opens = (self.begins - QUARTER) // FIVE_MINUTES * FIVE_MINUTES
        closes = -(-(self.begins + QUARTER) // FIVE_MINUTES) * FIVE_MINUTES
        return Window(self.day, max(0, opens), closes)


class SlotBoard(Protocol):
    """The rounds of some days, prepared for many questions.

    A slot breaks nothing: no window, no overtime limit, no promise to anybody else. A round in which
    something is violated already takes nobody in.
    """

    def slots(self, visit: str, most: int = 10, each_day: int | None = None) -> list[Slot]:
        """The cheapest ones, in their order, for a visit of the problem that is not planned; ``each_day`` of
        them at most on one day.
        """
        ...

    def fits(self, visit: Visit, technician: str, day: int) -> list[Slot]:
        """Its slots in one round, the cheapest first."""
        ...

    def visit(self, id: str) -> Visit: ...


Boards = Callable[[Problem, Plan], SlotBoard]
"""Prepares the rounds of a plan."""


def still_valid(board: SlotBoard, slot: Slot) -> Slot | None:
    """The slot as the rounds are now, as long as the customer is served when told; at another place in the
    round or at another price maybe.
    """
    found = board.fits(promised(board.visit(slot.visit), slot), slot.technician, slot.day)
    return next((one for one in found if abs(one.begins - slot.begins) <= QUARTER), None)


def promised(visit: Visit, slot: Slot) -> Visit:
    """The visit once the slot is the customer's."""
    return replace(visit, promise=slot.promise)
