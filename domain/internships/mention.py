"""The board's decision on a final grade: the facts of the rule book internships/mention."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from domain.internships.grade import Marks, final_grade


@dataclass(frozen=True)
class MentionFacts:
    """Marks are out of twenty; ``hours_missing`` counts unjustified absence."""

    decided_on: date
    final_grade: Decimal
    lowest_mark: Decimal
    hours_missing: int = 0

    def as_facts(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def mention_facts(
    decided_on: date, marks: Marks, weights: tuple[Decimal, Decimal, Decimal], hours_missing: int = 0
) -> MentionFacts:
    """``weights`` of the school, the company and the defence, in per cent. Raises BadInput."""
    return MentionFacts(decided_on, final_grade(marks, *weights), marks.lowest, hours_missing)
