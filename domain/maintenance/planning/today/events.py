"""What happens on a day that has begun."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Urgent:
    """A visit of the problem has to be done today, wherever it was planned."""

    visit: str


@dataclass(frozen=True)
class NoShow:
    """The technician stands before a closed door, and goes on."""

    visit: str


@dataclass(frozen=True)
class Cancelled:
    visit: str


@dataclass(frozen=True)
class Ill:
    """Begins no visit from this moment on."""

    technician: str
    since: int


@dataclass(frozen=True)
class Overrun:
    """A visit lasts until then."""

    visit: str
    until: int


Event = Urgent | NoShow | Cancelled | Ill | Overrun


@dataclass(frozen=True)
class Actual:
    """A visit that has begun; ``ended`` is missing while it lasts."""

    began: int
    ended: int | None = None
