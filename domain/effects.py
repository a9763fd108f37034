"""What a workflow orders its activities to do, and what comes back."""

from dataclasses import dataclass
from datetime import datetime

from domain.case import Case
from domain.decision import Step


@dataclass(frozen=True)
class Order:
    """Carry out one step of a case. ``at`` is the workflow's own time (UTC)."""

    case: Case
    step: Step
    at: datetime


@dataclass(frozen=True)
class Done:
    """``retry_at`` set: not done yet (quiet hours, busy provider, unknown outcome); review again then."""

    retry_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class Ending:
    """The process of this case ends with this outcome; ``at`` is the workflow's own time (UTC)."""

    case: Case
    outcome: str
    at: datetime
