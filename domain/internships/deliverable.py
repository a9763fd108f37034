"""The facts of the rule book internships/deliverable."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


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
