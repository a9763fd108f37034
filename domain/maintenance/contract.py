"""A maintenance contract of a customer, one term at a time."""

from dataclasses import dataclass, replace
from datetime import date

from domain.calendar import add_months
from domain.maintenance.renewal import Answer, Level, RenewalFacts
from domain.money import Money


@dataclass(frozen=True)
class ServiceContract:
    """``amount`` is the price of a year. The last day of the term is ``ends_on``."""

    ref: str
    customer_ref: str
    level: Level
    starts_on: date
    ends_on: date
    notice_days: int
    tacit: bool
    amount: Money

    def __post_init__(self) -> None:
        self.facts(Answer.NONE, has_email=True)

    @property
    def term_ref(self) -> str:
        """The reference of the case that watches the end of this term: each term has its own."""
        return f"{self.ref}.{self.ends_on:%Y%m%d}"

    def facts(self, answer: Answer, has_email: bool) -> RenewalFacts:
        """Raises BadInput when the dates or the notice cannot be."""
        return RenewalFacts(
            self.starts_on, self.ends_on, self.notice_days, self.tacit, self.level, answer, has_email
        )

    def facts_of_term(self, ends_on: date, answer: Answer) -> RenewalFacts:
        """The facts of the term that ends, or ended, on this day."""
        return replace(self, ends_on=ends_on).facts(answer, has_email=True)

    def next_term_ends_on(self) -> date:
        """One year later; a term that ends on 29 February goes on to 28 February."""
        return add_months(self.ends_on, 12)
