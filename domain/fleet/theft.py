"""The facts of the rule book fleet/theft: a bike that is stolen, and whether a station has seen it since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class TheftFacts:
    """``sightings`` are its swaps since the theft, ``seen_on`` the day of the latest, if any."""

    stolen: bool
    sightings: int
    seen_on: date | None

    def as_facts(self) -> dict[str, object]:
        return {"stolen": self.stolen, "sightings": self.sightings, "seen_on": self.seen_on}


def theft_facts(*, stolen: bool, seen: Sequence[date]) -> TheftFacts:
    return TheftFacts(stolen, len(seen), max(seen, default=None))
