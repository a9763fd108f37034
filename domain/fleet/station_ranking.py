"""Stations from the most to the least profitable; the facts of the rule book fleet/station_ranking."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal

from domain.fleet.station import StationFacts


@dataclass(frozen=True)
class RankingFacts:
    months_open: int
    target_percent: Decimal | None
    margin_percent: Decimal | None
    change_percent: Decimal | None
    open_percent: Decimal | None
    refused_percent: Decimal | None
    used_percent: Decimal | None

    def as_facts(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def ranking_facts(station: StationFacts) -> RankingFacts:
    return RankingFacts(**{field.name: getattr(station, field.name) for field in fields(RankingFacts)})


@dataclass(frozen=True)
class Graded:
    """A station with its points; ``margin_percent`` is None when it took nothing."""

    station: str
    points: int
    margin_percent: Decimal | None

    @property
    def merit(self) -> tuple[int, bool, Decimal]:
        return self.points, self.margin_percent is not None, self.margin_percent or Decimal(0)


@dataclass(frozen=True)
class Placed:
    """``place`` counts from 1; stations of equal merit share one, and the next is left out (1, 2, 2, 4)."""

    place: int
    graded: Graded


def ranking(stations: Iterable[Graded]) -> tuple[Placed, ...]:
    """By points, then by margin; the name only orders those who share a place."""
    ordered = sorted(stations, key=lambda one: one.station)
    ordered.sort(key=lambda one: one.merit, reverse=True)
    merits = [one.merit for one in ordered]
    return tuple(Placed(merits.index(one.merit) + 1, one) for one in ordered)
