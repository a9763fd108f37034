"""Something that happened to a subject on a day: what patterns look for."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Event:
    """``ref`` names the row it was made from, unique among one subject's events."""

    kind: str
    on: date
    ref: str
