"""A quote that waits for its signature, and the facts of the rule book maintenance/quote."""

from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum

from domain.money import Money

VALID_DAYS = 30


class Answer(StrEnum):
    SIGNED = "signed"
    REFUSED = "refused"


@dataclass(frozen=True)
class QuoteFacts:
    sent_on: date
    amount: Money
    answer: Answer | None = None
    withdrawn: bool = False

    @property
    def valid_until(self) -> date:
        """The last day on which it can be signed."""
        return self.sent_on + timedelta(days=VALID_DAYS)

    def as_facts(self) -> dict[str, object]:
        answer = self.answer.value if self.answer else None
        return {field.name: getattr(self, field.name) for field in fields(self)} | {"answer": answer}
