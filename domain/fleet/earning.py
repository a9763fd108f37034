"""When fees and interest are earned: as the dues that hold them fall due, month by month."""

from collections.abc import Iterator, Sequence
from datetime import date

from domain.calendar import DAY, add_months
from domain.fleet.change import charges
from domain.fleet.schedule import Due


def earned_until(dues: Sequence[Due], day: date) -> int:
    """The charges of the dues up to ``day``, in minor units."""
    return charges(one for one in dues if one.due_on <= day)


def earnings(dues: Sequence[Due], earned: int, day: date) -> Iterator[tuple[date, int]]:
    """What is to be posted at the end of each month that is over on ``day``, ``earned`` being posted already.

    Dues that were moved to a later date do not take back what was earned: it waits until they fall due again.
    """
    months = sorted({one.due_on.replace(day=1) for one in dues if one.charge.minor})
    for month in months:
        end = add_months(month, 1) - DAY
        more = earned_until(dues, end) - earned
        if end < day and more > 0:
            yield end, more
            earned += more


def next_earning_on(dues: Sequence[Due], day: date) -> date | None:
    """The first of next month, while charges are still to fall due."""
    month = day.replace(day=1)
    return add_months(month, 1) if any(one.charge.minor and one.due_on >= month for one in dues) else None
