"""The company's evaluation of an internship: the facts of the rule book internships/evaluation."""

from dataclasses import dataclass, fields
from datetime import date


@dataclass(frozen=True)
class EvaluationFacts:
    """``jury_on`` is the day on which the board meets, if it is known."""

    ends_on: date
    submitted: bool = False
    cancelled: bool = False
    jury_on: date | None = None

    def as_facts(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}
