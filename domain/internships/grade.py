"""The final grade of an internship, and the facts of the rule book internships/grade."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from domain.errors import BadInput, Mistake

HIGHEST = Decimal(20)
WHOLE = Decimal(100)


class Degree(StrEnum):
    BTS = "bts"
    LICENCE = "licence"
    MASTER = "master"
    ENGINEER = "engineer"


@dataclass(frozen=True)
class GradeFacts:
    """``months`` is the length of the internship."""

    degree: Degree
    defence: bool
    months: Decimal

    def as_facts(self) -> dict[str, object]:
        return {"degree": self.degree.value, "defence": self.defence, "months": self.months}


@dataclass(frozen=True)
class Marks:
    """Out of twenty; a mark that is not given counts for nothing and must have no weight."""

    school: Decimal
    company: Decimal
    defence: Decimal | None = None

    def __post_init__(self) -> None:
        for name in ("school", "company", "defence"):
            mark = getattr(self, name)
            if mark is not None and not 0 <= mark <= HIGHEST:
                raise BadInput(Mistake(name, f"{mark} is not a mark", "give a mark from 0 to 20"))

    @property
    def lowest(self) -> Decimal:
        return min(mark for mark in (self.school, self.company, self.defence) if mark is not None)


def final_grade(marks: Marks, school: Decimal, company: Decimal, defence: Decimal) -> Decimal:
    """The weighted mean, rounded half up to two places once. Raises BadInput."""
    if school + company + defence != WHOLE or min(school, company, defence) < 0:
        raise BadInput(Mistake("weights", "they do not add up to 100", "correct the rule book"))
    if defence and marks.defence is None:
        raise BadInput(Mistake("defence", "the mark is missing", "give the mark of the defence"))
    total = marks.school * school + marks.company * company + (marks.defence or Decimal(0)) * defence
    return (total / WHOLE).quantize(Decimal("0.01"), ROUND_HALF_UP)
