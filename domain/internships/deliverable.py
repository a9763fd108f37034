"""What a student has to hand in, and the facts of the rule book internships/deliverable."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.errors import BadInput, Mistake


class Kind(StrEnum):
    REPORT = "report"
    PRESENTATION = "presentation"
    EVALUATION = "evaluation"


@dataclass(frozen=True)
class DeliverableFacts:
    """``due_on`` is the date in force, extensions included."""

    due_on: date
    handed_in: bool
    cancelled: bool
    kind: Kind

    def as_facts(self) -> dict[str, object]:
        return {
            "due_on": self.due_on,
            "handed_in": self.handed_in,
            "cancelled": self.cancelled,
            "kind": self.kind.value,
        }


@dataclass(frozen=True)
class Deliverable:
    """``due_on`` is the last day on which it is in time."""

    ref: str
    placement_ref: str
    kind: Kind
    title: str
    due_on: date

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise BadInput(Mistake("title", "it is empty", "say what is to be handed in"))

    def days_left(self, day: date) -> int:
        """0 on the last day and after it."""
        return max((self.due_on - day).days, 0)

    def days_late(self, day: date) -> int:
        return max((day - self.due_on).days, 0)
