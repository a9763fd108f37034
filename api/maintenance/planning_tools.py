"""What planning needs of the outside."""

from dataclasses import dataclass

from domain.maintenance.planning.roads import Land, Roads


@dataclass(frozen=True)
class Tools:
    """Ways between places, and what is land."""

    roads: Roads
    land: Land
