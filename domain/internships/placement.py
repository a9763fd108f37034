"""A placement: one student in one company, followed by a tutor on each side."""

from dataclasses import dataclass
from datetime import date

from domain.errors import BadInput, Mistake


@dataclass(frozen=True)
class Placement:
    """Student and tutors are references of contacts. ``ends_on`` is the last day."""

    ref: str
    student_ref: str
    school_tutor_ref: str
    company_tutor_ref: str
    company: str
    starts_on: date
    ends_on: date

    def __post_init__(self) -> None:
        mistakes = []
        if self.ends_on < self.starts_on:
            mistakes.append(Mistake("ends_on", f"before the start ({self.starts_on})", "give a later day"))
        if not self.company.strip():
            mistakes.append(Mistake("company", "it is empty", "name the company"))
        if self.student_ref in (self.school_tutor_ref, self.company_tutor_ref):
            mistakes.append(Mistake("student_ref", "the student is a tutor too", "name another person"))
        if mistakes:
            raise BadInput(*mistakes)
