"""What a client answered, and the facts of the rule book maintenance/satisfaction."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from domain.errors import BadInput, Mistake

QUESTIONS = 5
LOWEST, HIGHEST = 1, 5
UNHAPPY = Decimal(3)


@dataclass(frozen=True)
class SatisfactionFacts:
    """``average`` is rounded half up to two places."""

    answered_on: date
    average: Decimal
    lowest: int
    unhappy_before: bool = False

    def as_facts(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def satisfaction_facts(
    answered_on: date, marks: Sequence[int], before: Sequence[int] = ()
) -> SatisfactionFacts:
    """``before`` are the marks of the survey before this one, if any. Raises BadInput."""
    mean = average(marks)
    return SatisfactionFacts(answered_on, mean, min(marks), bool(before) and average(before) < UNHAPPY)


def average(marks: Sequence[int]) -> Decimal:
    if len(marks) != QUESTIONS or any(not LOWEST <= mark <= HIGHEST for mark in marks):
        raise BadInput(
            Mistake("marks", f"{list(marks)} are not five marks from 1 to 5", "answer every question")
        )
    return (Decimal(sum(marks)) / QUESTIONS).quantize(Decimal("0.01"), ROUND_HALF_UP)
