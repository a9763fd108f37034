"""The facts of the rule book fleet/ceiling: how much more than agreed an agent holds, and since when."""

from dataclasses import dataclass
from datetime import date

from domain.money import Money


@dataclass(frozen=True)
class CeilingFacts:
    """``over_on`` is the day since whose evening it is too much; None when it is not."""

    excess: Money
    over_on: date | None

    def as_facts(self) -> dict[str, object]:
        return {"excess": self.excess, "over_on": self.over_on}
