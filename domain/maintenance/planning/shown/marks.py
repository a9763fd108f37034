"""By what the rounds of a picture are told apart: a colour, a shape and a dash, never by colour alone.

Both sets of colours were chosen by computing: the least distance between any two of them, as people with
normal sight, protanopia, deuteranopia and tritanopia see them (Machado, Oliveira and Fernandes 2009), is as
large as could be found, among those that stand out against the ground and carry a number. Those that come
four places apart have the same shape, so similar ones stand elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.maintenance.planning.evaluation import Evaluation
from domain.maintenance.planning.model import Problem

LIGHT = ("#2040a8", "#b05a48", "#5f7d00", "#480058", "#581028", "#3277bd", "#c52f75", "#404000")
DARK = ("#6f8ce4", "#e8747a", "#86a92c", "#cf7fb2", "#f8d058", "#4fe3d0", "#90c8f8", "#d0e8a8")
DASHES = ("", "9 4", "2 4", "11 4 2 4")
SHAPES = (
    "M-9.5 0a9.5 9.5 0 1 0 19 0a9.5 9.5 0 1 0 -19 0z",
    "M-6.5 -8.7h13a2.2 2.2 0 0 1 2.2 2.2v13a2.2 2.2 0 0 1 -2.2 2.2h-13a2.2 2.2 0 0 1 -2.2 -2.2v-13"
    "a2.2 2.2 0 0 1 2.2 -2.2z",
    "M-5.4 -9.4h10.8l5.4 9.4l-5.4 9.4h-10.8l-5.4 -9.4z",
    "M0 -11.4l11.4 11.4l-11.4 11.4l-11.4 -11.4z",
)
"""A circle, a square, a hexagon and a lozenge around the origin; a number of two digits fits in."""
RADIUS = 10
"""Of all of them, about."""


@dataclass(frozen=True)
class Mark:
    colour: int
    shape: int

    @property
    def light(self) -> str:
        return LIGHT[self.colour]

    @property
    def dash(self) -> str:
        return DASHES[self.shape]

    @property
    def path(self) -> str:
        return SHAPES[self.shape]


def marks(problem: Problem, evaluation: Evaluation) -> Mapping[str, Mark]:
    """By technician, the same on every day; of those who have a round. Only 32 differ."""
    busy = {round.technician for round in evaluation.rounds if round.stops}
    ids: Sequence[str] = [one.id for one in problem.technicians if one.id in busy]
    return {id: mark_of(place) for place, id in enumerate(ids)}


def mark_of(place: int) -> Mark:
    """Neighbours in the list differ in colour and in shape."""
    return Mark(place % len(LIGHT), (place + place // len(LIGHT)) % len(SHAPES))
