"""A person's request about their data: what they may ask, and until when it is answered."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.calendar import add_months
from domain.decision import Bilingual
from domain.errors import BadInput, Mistake

MONTHS = 1
"""RGPD, art. 12(3): without undue delay, and in any event within one month of receipt."""


class Kind(StrEnum):
    ACCESS = "access"
    PORTABILITY = "portability"
    CORRECTION = "correction"
    ERASURE = "erasure"
    OBJECTION = "objection"


class State(StrEnum):
    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


LABELS: dict[Kind, Bilingual] = {
    Kind.ACCESS: Bilingual("accès (art. 15)", "access (art. 15)"),
    Kind.PORTABILITY: Bilingual("portabilité (art. 20)", "portability (art. 20)"),
    Kind.CORRECTION: Bilingual("rectification (art. 16)", "correction (art. 16)"),
    Kind.ERASURE: Bilingual("effacement (art. 17)", "erasure (art. 17)"),
    Kind.OBJECTION: Bilingual("opposition (art. 21)", "objection (art. 21)"),
}


def due_on(received_on: date) -> date:
    return add_months(received_on, MONTHS)


def check_received(received_on: date, today: date) -> None:
    """Raises BadInput."""
    if received_on > today:
        raise BadInput(Mistake("received_on", "it lies in the future", "give the day the request came in"))
    if add_months(received_on, 12) < today:
        raise BadInput(Mistake("received_on", "more than a year ago", "check the year"))


@dataclass(frozen=True)
class RequestFacts:
    """The facts of the rule book platform/privacy_request."""

    due_on: date
    state: State

    def as_facts(self) -> dict[str, object]:
        return {"due_on": self.due_on, "state": self.state.value}
