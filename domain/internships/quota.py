"""Places of a campaign and of its companies, and the facts of the rule book internships/quota."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_DOWN, Decimal

from domain.errors import BadInput, Mistake


@dataclass(frozen=True)
class Places:
    """How many there are and how many are taken."""

    capacity: int
    taken: int

    def __post_init__(self) -> None:
        if self.capacity < 0 or self.taken < 0:
            raise BadInput(Mistake("capacity", "a number of places is negative", "give 0 or more"))

    @property
    def left(self) -> int:
        return max(self.capacity - self.taken, 0)


@dataclass(frozen=True)
class QuotaFacts:
    """``filled_percent`` is rounded down, so that 100 means that the last place is taken."""

    campaign_ends_on: date
    places_left: int
    company_places_left: int
    filled_percent: Decimal
    unplaced_students: int

    def as_facts(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def quota_facts(ends_on: date, campaign: Places, company: Places, unplaced: int) -> QuotaFacts:
    filled = Decimal(100)
    if campaign.capacity:
        share = Decimal(min(campaign.taken, campaign.capacity)) * 100 / campaign.capacity
        filled = share.quantize(Decimal("0.1"), ROUND_DOWN)
    return QuotaFacts(ends_on, campaign.left, company.left, filled, unplaced)
