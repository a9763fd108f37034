"""A request for an appointment, and the facts of the rule book maintenance/booking."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum

from domain.calendar import local_date


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
    """``days_ahead`` counts local days from the request to the visit concerned; 0 is the day itself.

    ``manual``: the tenant approves every appointment by hand.
    """

    asked_on: date
    action: Action
    days_ahead: int
    kind: Work
    slot_free: bool
    zone_served: bool
    contract_active: bool
    visits_left: int
    overdue: bool = False
    manual: bool = False

    def as_facts(self) -> dict[str, object]:
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return plain | {"action": self.action.value, "kind": self.kind.value}


def days_ahead(asked_at: datetime, starts_at: datetime, zone: str) -> int:
    """Local days from a request to a visit, both aware instants; below 0 for a day that has passed."""
    return (local_date(starts_at, zone) - local_date(asked_at, zone)).days
