"""The end of a maintenance contract: until when the customer may refuse, and when to say so."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.calendar import months_before
from domain.errors import BadInput, Mistake

LONGEST_NOTICE_DAYS = 365


class Answer(StrEnum):
    NONE = "none"
    RENEWED = "renewed"
    REFUSED = "refused"


class Level(StrEnum):
    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


@dataclass(frozen=True)
class RenewalFacts:
    """The facts of the rule book. ``tacit``: it goes on by itself unless the customer refuses."""

    starts_on: date
    ends_on: date
    notice_days: int
    tacit: bool
    level: Level
    answer: Answer
    has_email: bool

    def __post_init__(self) -> None:
        if self.ends_on <= self.starts_on:
            raise BadInput(Mistake("ends_on", f"not after the start ({self.starts_on})", "give a later day"))
        if not 0 <= self.notice_days <= LONGEST_NOTICE_DAYS:
            raise BadInput(
                Mistake("notice_days", f"{self.notice_days} days", f"give 0 to {LONGEST_NOTICE_DAYS}")
            )
        if self.decide_by < self.starts_on:
            raise BadInput(Mistake("notice_days", "longer than the contract", "give a shorter notice"))

    @property
    def decide_by(self) -> date:
        """The last day on which the customer may refuse the renewal."""
        return self.ends_on - timedelta(days=self.notice_days)

    @property
    def inform_from(self) -> date:
        """The customer is told in writing at the earliest three months before ``decide_by`` …

        Code de la consommation, art. L215-1 (France).
        """
        return months_before(self.decide_by, 3)

    @property
    def inform_until(self) -> date:
        """… and at the latest one month before it (same article)."""
        return months_before(self.decide_by, 1)

    def as_facts(self) -> dict[str, object]:
        return {
            "decide_by": self.decide_by,
            "answer": self.answer.value,
            "tacit": self.tacit,
            "reachable": self.has_email,
        }
