"""Fund calls: how much is asked of the client, and what is known of a call."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.money import Money
from domain.training.budget import Position
from domain.training.fund_call_answer import Answer, Given

ROUNDED_TO = {"EUR": 100_00, "XAF": 50_000}
"""Minor units: a call is a round sum, 100 € or 50 000 F."""


class Opener(StrEnum):
    RULE = "rule"
    OPERATOR = "operator"


@dataclass(frozen=True)
class FundCall:
    """``crossing`` is the last crossing of the threshold that the call answers for; 0 is none.

    ``closed`` is None while the call is open; ``given`` may be there already then, until the process has
    closed the call.
    """

    project_ref: str
    number: int
    opened_on: date
    requested: Money
    opened_by: Opener
    crossing: int
    note: str = ""
    closed: Answer | None = None
    closed_on: date | None = None
    given: Given | None = None

    @property
    def open(self) -> bool:
        return self.closed is None

    @property
    def answer(self) -> Answer | None:
        return self.closed or (self.given.answer if self.given else None)


@dataclass(frozen=True)
class CallFacts:
    """The facts of the rule book training/fund_call."""

    called_on: date
    number: int
    answer: str

    def as_facts(self) -> dict[str, object]:
        return dict(vars(self))


def call_facts(call: FundCall) -> CallFacts:
    return CallFacts(call.opened_on, call.number, call.answer or "none")


def amount_to_request(where: Position, initial: Money, threshold: Money | Decimal) -> Money:
    """The smallest round sum that brings consumption back below the threshold; at least one round sum.

    A percentage is of the budget, so a larger budget lowers consumption below it. An amount does not move
    with the budget: then the sum restores what was left at the threshold, the initial budget less the
    threshold.
    """
    step = ROUNDED_TO[where.budget.currency]
    if isinstance(threshold, Money):
        lacking, unit = (initial - threshold - where.left).minor - 1, 1
    else:
        # consumed / (budget + x) < percent / 100, in whole numbers: unit * x > lacking
        unit = int(threshold * 100)
        lacking = where.consumed.minor * 100_00 - unit * where.budget.minor
    return Money(where.budget.currency, max(lacking // (unit * step) + 1, 1) * step)
