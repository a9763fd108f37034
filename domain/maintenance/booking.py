"""A request for an appointment, and the facts of the rule book maintenance/booking."""

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum


class Action(StrEnum):
    BOOK = "book"
    CHANGE = "change"
    CANCEL = "cancel"


class Work(StrEnum):
    ANNUAL_SERVICE = "annual_service"
    PREVENTIVE = "preventive"
    REPAIR = "repair"
    DIAGNOSIS = "diagnosis"
    INSTALLATION = "installation"
    OTHER = "other"


@dataclass(frozen=True)
class BookingFacts:
    """``days_ahead`` counts local days from the request to the visit concerned; 0 is the day itself."""

    asked_on: date
    action: Action
    days_ahead: int
    kind: Work
    slot_free: bool
    zone_served: bool
    contract_active: bool
    visits_left: int
    overdue: bool = False

    def as_facts(self) -> dict[str, object]:
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return plain | {"action": self.action.value, "kind": self.kind.value}
