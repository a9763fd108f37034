"""Local dates, business days and months. Weekdays count from Monday = 0, as in ``date.weekday``."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.errors import BadInput, Mistake

DAY = timedelta(days=1)
WEEK = frozenset(range(7))


def zone_info(zone: str) -> ZoneInfo:
    """The zone with this IANA name. Raises BadInput on ``zone``."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(
            Mistake("zone", f"{zone!r} is not a time zone", "use an IANA name such as Africa/Douala")
        ) from None


def local_date(at: datetime, zone: str) -> date:
    """The date people in ``zone`` read on the wall at this instant, which must be aware."""
    if at.tzinfo is None:
        raise ValueError("the instant has no time zone")
    return at.astimezone(zone_info(zone)).date()


def at_local(day: date, time: time, zone: str) -> datetime:
    """The UTC instant of a local wall time.

    A time that spring skips moves forward by as much as the clock does; a time that autumn repeats
    means its first occurrence (PEP 495, fold 0).
    """
    return _instant(day, time.replace(fold=0), zone)


@lru_cache(maxsize=4096)
def _instant(day: date, time: time, zone: str) -> datetime:
    return datetime.combine(day, time, zone_info(zone)).astimezone(UTC)


def add_months(base: date, months: int) -> date:
    """``months`` later, on the same day of the month or on the month's last day where it has none.

    Series must count from one base date: 31 January + 1 is 28 February, and + 2 is 31 March.
    """
    year, month0 = divmod(base.year * 12 + base.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError("date value out of range")
    last = monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(base.day, last))


def months_before(base: date, months: int) -> date:
    return add_months(base, -months)


@dataclass(frozen=True)
class BusinessDays:
    """The days on which people work: neither a weekday of ``weekend`` nor one of ``holidays``."""

    holidays: frozenset[date] = frozenset()
    weekend: frozenset[int] = frozenset({5, 6})

    def __post_init__(self) -> None:
        if not self.weekend < WEEK:
            raise BadInput(
                Mistake("weekend", "no working day is left", "name at most six weekdays, Monday = 0")
            )

    def is_open(self, day: date) -> bool:
        return day.weekday() not in self.weekend and day not in self.holidays
