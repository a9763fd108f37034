"""How a fund call ends: what the client may answer, and what else may end it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.errors import BadInput, Mistake
from domain.money import LARGEST_MINOR, Money


class Answer(StrEnum):
    """A client gives one of the first three; the process writes the others."""

    APPROVED = "approved"
    ADJUSTED = "adjusted"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """The project was closed before the client answered."""


GIVEN = (Answer.APPROVED, Answer.ADJUSTED, Answer.REFUSED)


@dataclass(frozen=True)
class Given:
    """The client's answer. ``granted`` is 0 when it is a refusal; ``by`` names the key or the link."""

    answer: Answer
    granted: Money
    by: str
    at: datetime

    def says(self, answer: Answer, granted: Money) -> bool:
        return (self.answer, self.granted) == (answer, granted)


def granted_by(answer: Answer, amount: Money | None, requested: Money) -> Money:
    """What an answer adds to the budget.

    ``amount`` is needed by an adjustment, may be left out of an approval, and has no place in a refusal.
    Raises BadInput on ``answer`` or ``amount``.
    """
    if answer not in GIVEN:
        raise BadInput(Mistake("answer", f"{answer} is not the client's to give", f"use {', '.join(GIVEN)}"))
    if answer is Answer.REFUSED:
        if amount is not None:
            raise BadInput(Mistake("amount", "a refusal grants nothing", "leave it out, or adjust the call"))
        return Money(requested.currency, 0)
    if answer is Answer.APPROVED:
        if amount not in (None, requested):
            raise BadInput(Mistake("amount", "not the amount asked for", "leave it out, or adjust the call"))
        return requested
    if amount is None:
        raise BadInput(Mistake("amount", "it is missing", "give the amount that is granted"))
    return checked_amount(amount, requested.currency)


def checked_amount(amount: Money, currency: str) -> Money:
    """Raises BadInput on ``amount``."""
    if amount.currency != currency:
        raise BadInput(Mistake("amount", f"an amount in {amount.currency}", f"give one in {currency}"))
    if not 0 < amount.minor <= LARGEST_MINOR:
        raise BadInput(Mistake("amount", f"{amount.decimal} is out of range", "give an amount above 0"))
    return amount


@dataclass(frozen=True)
class AnswerFacts:
    """The facts of the rule book training/fund_call_answer, about a call that is closed."""

    number: int
    closed_on: date
    answer: Answer

    def as_facts(self) -> dict[str, object]:
        return dict(vars(self))
