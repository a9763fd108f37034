"""Real time against planned time of a visit, and the facts of the rule book maintenance/overrun."""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.calendar import local_date
from domain.errors import BadInput, Mistake

MINUTE = timedelta(minutes=1)


class Verdict(StrEnum):
    BILL = "bill"
    WAIVE = "waive"


@dataclass(frozen=True)
class Presence:
    """Check-in and check-out of a technician (aware instants); both None before they happen."""

    arrived_at: datetime | None = None
    left_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.left_at and (self.arrived_at is None or self.left_at < self.arrived_at):
            raise BadInput(Mistake("left_at", "before the arrival", "check the two times"))


@dataclass(frozen=True)
class OverrunFacts:
    visit_on: date
    checked_out: bool
    overrun_minutes: int | None
    minutes_since_planned_end: int
    covered: bool = False
    checked_in: bool = True
    verdict: Verdict | None = None

    def as_facts(self) -> dict[str, object]:
        verdict = self.verdict.value if self.verdict else None
        return {field.name: getattr(self, field.name) for field in fields(self)} | {"verdict": verdict}


def overrun_facts(
    planned_start: datetime,
    planned: timedelta,
    presence: Presence,
    *,
    at: datetime,
    zone: str,
    covered: bool,
    verdict: Verdict | None = None,
) -> OverrunFacts:
    """Whole minutes begun count. The overrun is of time spent: a technician who came late may leave late."""
    over = None
    if presence.left_at and presence.arrived_at:
        over = max(_begun(presence.left_at - presence.arrived_at - planned), 0)
    return OverrunFacts(
        visit_on=local_date(planned_start, zone),
        checked_out=presence.left_at is not None,
        overrun_minutes=over,
        minutes_since_planned_end=max((at - planned_start - planned) // MINUTE, 0),
        covered=covered,
        checked_in=presence.arrived_at is not None,
        verdict=verdict,
    )


def billed_minutes(overrun_minutes: int, rounded_to: int) -> int:
    """The overrun in whole units, each unit begun being due."""
    return -(-overrun_minutes // rounded_to) * rounded_to


def _begun(spent: timedelta) -> int:
    return -(-spent // MINUTE)
