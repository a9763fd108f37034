"""What every kind of table offers, so that one engine, one witness and one explanation serve them all."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from domain.decision import Reason
from rules.condition import Condition
from rules.program import Program
from rules.ruling import Question, Ruling

Holds = Callable[[Condition], bool]
"""Another back end's answer to the conditions of one decision."""


class Policy(Protocol):
    """A checked table of one kind. ``values`` are facts already type-checked."""

    def decide(self, values: Mapping[str, Any], question: Question, holds: Holds | None = None) -> Ruling: ...

    def conditions(self) -> tuple[Condition, ...]:
        """Every condition that the table tests, in the book's order."""
        ...

    def reasons(self) -> tuple[Reason, ...]:
        """Every reason that a decision of this table can have."""
        ...

    @property
    def program(self) -> Program | None:
        """The generated functions of a table that needs nothing but its facts and the day."""
        ...


def holding(values: Mapping[str, Any], question: Question, holds: Holds | None) -> Holds:
    today = question.today
    return holds or (lambda condition: condition.holds(values, today))


def rows_that_hold(
    program: Program, conditions: tuple[Condition, ...], values: Mapping[str, Any], question: Question,
    holds: Holds | None,
) -> list[int]:  # fmt: skip
    """Indexes of rows; of a table that stops at the first one, another back end may name more."""
    if holds is None:
        return program.rows(values, question.today)
    return [index for index, condition in enumerate(conditions) if holds(condition)]
