"""The facts of the rule book fleet/statement: which month of an investor is to be stated, or was."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class StatementFacts:
    """``statement_on`` is the day on which the month in question falls due to be stated; ``stated``: it was.

    ``number`` counts the contract's months from 1, so that months made up for each have their own mail.
    ``over``: the contract has ended, its last month is stated and nothing is owed any more.
    """

    statement_on: date
    number: int
    stated: bool
    over: bool = False

    def as_facts(self) -> dict[str, object]:
        return {
            "statement_on": self.statement_on, "number": self.number, "stated": self.stated,
            "over": self.over,
        }  # fmt: skip


def statement_facts(
    *, signed_on: date, latest_on: date | None, next_on: date | None, day: date, told: bool, owed_minor: int
) -> StatementFacts:
    """``latest_on`` is the statement day of the latest month that was stated, ``next_on`` that of the month
    that comes next; None where there is none. A month that was stated is told before the next one is.
    """
    if next_on is not None and (latest_on is None or (told and next_on <= day)):
        return StatementFacts(next_on, _number(signed_on, next_on), False)
    if latest_on is None:
        raise ValueError("a contract has a month that was stated, or one to state")
    over = next_on is None and told and owed_minor <= 0
    return StatementFacts(latest_on, _number(signed_on, latest_on), True, over)


def _number(signed_on: date, statement_on: date) -> int:
    """The month of the signature, stated in the next one, is the first."""
    return (statement_on.year - signed_on.year) * 12 + statement_on.month - signed_on.month
