"""How each due was paid, as it was known on one day."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from domain.fleet.payments import Settlement, Standing
from domain.fleet.shares import percent


@dataclass(frozen=True)
class Paid:
    """``days`` counts from the due date to its payment in full, or to the day of the look; below 0 when it
    was paid early. ``late`` leaves out the days of grace.
    """

    due_on: date
    paid_on: date | None
    days: int
    late: bool


@dataclass(frozen=True)
class History:
    """The dues whose grace is over, by date, paid or not: paying later changes none of the shares' wholes."""

    dues: tuple[Paid, ...]

    def since(self, day: date) -> "History":
        """The dues after ``day``."""
        return History(tuple(one for one in self.dues if one.due_on > day))

    @property
    def late(self) -> tuple[Paid, ...]:
        return tuple(one for one in self.dues if one.late)

    @property
    def on_time(self) -> Decimal | None:
        return percent(len(self.dues) - len(self.late), len(self.dues))

    @property
    def early(self) -> Decimal | None:
        return percent(sum(one.days < 0 for one in self.dues), len(self.dues))


def history(standing: Standing, day: date, grace_days: int = 0) -> History:
    grace = timedelta(days=grace_days)
    over = (one for one in standing.settlements if one.due.due_on + grace < day)
    return History(tuple(_paid(one, day, grace) for one in over))


def _paid(one: Settlement, day: date, grace: timedelta) -> Paid:
    due_on = one.due.due_on
    paid_on = one.paid_on if one.paid_on is not None and one.paid_on <= day else None
    settled = paid_on or day
    return Paid(due_on, paid_on, (settled - due_on).days, settled > due_on + grace)
