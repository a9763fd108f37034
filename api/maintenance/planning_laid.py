"""A problem laid out on the roads for somebody who waits, with what is wrong in it named."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.commands import Reading
from api.maintenance.planning_fields import tools_of
from domain.maintenance.planning.checking import check
from domain.maintenance.planning.faults.trouble import Kind, Trouble
from domain.maintenance.planning.model import Problem, Window
from domain.maintenance.planning.roads import with_roads

NO_MOMENT = (Window(0, 0, 0),)
"""Of a visit that these days cannot hold: no slip of anybody's."""


@dataclass(frozen=True)
class Laid:
    """``problem`` has every visit, as some stand in rounds whatever is wrong with them; ``troubles`` name
    what was put right, and who cannot be planned by anybody.
    """

    problem: Problem
    troubles: Sequence[Trouble]

    def about(self, visit: str) -> list[Trouble]:
        return [one for one in self.troubles if visit in one.visits]


async def laid_out(here: Reading, asked: Problem) -> Laid:
    """Raises RoadsDown."""
    return await asyncio.to_thread(_checked, await with_roads(asked, tools_of(here).roads))


def _checked(asked: Problem) -> Laid:
    """Where places lie was looked at when they were entered."""
    sound, troubles = check(asked)
    visits = tuple(sound.visit.get(one.id, one) for one in asked.visits)
    return Laid(
        replace(sound, visits=visits, links=asked.links), [one for one in troubles if _told(asked, one)]
    )


def _told(asked: Problem, one: Trouble) -> bool:
    no_window = one.kind is Kind.NO_WINDOW
    return not (no_window and all(asked.visit[id].windows == NO_MOMENT for id in one.visits))
