"""What planning needs of the outside: ways, land, and who reckons where a visit fits."""

from dataclasses import dataclass

from domain.maintenance.planning.roads import Land, Roads
from domain.maintenance.planning.slots import Boards
from domain.maintenance.planning.solving import Solver


@dataclass(frozen=True)
class Tools:
    """``boards`` prepares rounds for questions about slots, ``repair`` mends the rest of a day; both block
    for some tenths of a second.
    """

    roads: Roads
    land: Land
    boards: Boards
    repair: Solver
