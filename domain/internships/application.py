"""An application to an offer, and the facts of the rule book internships/application."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class State(StrEnum):
    PENDING = "pending"
    INTERVIEW = "interview"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class ApplicationFacts:
    applied_on: date
    state: State

    def as_facts(self) -> dict[str, object]:
        return {"applied_on": self.applied_on, "state": self.state.value}
