"""Stations from the most to the least profitable in a month, with the points the rule book gives them.

Who calls brings the book: `ranked` puts its answers in order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.behind import Behind, Measure, Of
from database.fleet.places import KnownStation
from database.fleet.station import months_of, open_stations
from domain.decision import Reason
from domain.fleet.station import StationFacts, StationMonth, station_facts
from domain.fleet.station_ranking import Graded, RankingFacts, ranking, ranking_facts
from domain.money import Money

BOOK = "fleet/station_ranking"


@dataclass(frozen=True)
class Contender:
    known: KnownStation
    month: StationMonth
    facts: StationFacts

    @property
    def asked(self) -> RankingFacts:
        return ranking_facts(self.facts)

    @property
    def margin(self) -> Money:
        return self.month.revenue - self.month.costs

    def behind(self, measure: Measure) -> Behind:
        """What opens its takings (`SWAPS`) and its costs (`COSTS`)."""
        month = self.month.month_on
        return Behind(measure, Of.STATION, self.known.station.ref, month, month)


@dataclass(frozen=True)
class Judged:
    """What the book says of one."""

    points: int
    outcome: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Ranked:
    """``place`` counts from 1; of equal merit they share one."""

    place: int
    contender: Contender
    judged: Judged


async def contenders(tx: AsyncConnection, tenant: str, month: date) -> list[Contender]:
    """Every station that was open in the month, with its facts."""
    month = month.replace(day=1)
    known = await open_stations(tx, tenant, month)
    found = await months_of(tx, tenant, known, month)
    return [_contender(one, found[one.station.ref]) for one in known]


def _contender(known: KnownStation, months: Sequence[StationMonth]) -> Contender:
    return Contender(known, months[-1], station_facts(months, opened_on=known.station.opened_on))


def ranked(of: Sequence[Contender], judge: Callable[[RankingFacts], Judged]) -> list[Ranked]:
    """The most profitable first."""
    judged = {one.known.station.ref: judge(one.asked) for one in of}
    by_ref = {one.known.station.ref: one for one in of}
    graded = [Graded(ref, judged[ref].points, one.facts.margin_percent) for ref, one in by_ref.items()]
    return [
        Ranked(placed.place, by_ref[placed.graded.station], judged[placed.graded.station])
        for placed in ranking(graded)
    ]
