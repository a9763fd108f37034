"""When the month of a station or an agency is looked at: on the first business morning after it is over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from domain.calendar import DAY, add_months, months_before
from domain.decision import Bilingual
from domain.wording import MONTHS_EN, MONTHS_FR

IsOpen = Callable[[date], bool]
"""Whether people work on a day."""


@dataclass(frozen=True)
class Looked:
    """``month_on`` is the latest month whose morning has come, None before the first one; ``next_on`` the
    morning of the following month, None after the last.
    """

    month_on: date | None
    next_on: date | None


def looked_at(day: date, opened_on: date, closed_on: date | None, is_open: IsOpen) -> Looked:
    """On ``day``. The month of the closing is the last one."""
    first = opened_on.replace(day=1)
    last = closed_on.replace(day=1) if closed_on is not None else None
    month = months_before(day.replace(day=1), 1)
    if morning_after(month, is_open) > day:
        month = months_before(month, 1)
    if last is not None and month >= last:
        return Looked(last, None)
    following = max(add_months(month, 1), first)
    return Looked(month if month >= first else None, morning_after(following, is_open))


def morning_after(month_on: date, is_open: IsOpen) -> date:
    """The first business day after the month is over."""
    day = add_months(month_on, 1)
    while not is_open(day):
        day += DAY
    return day


def named(month: date) -> Bilingual:
    """mars 2026, March 2026."""
    of = month.month - 1
    return Bilingual(f"{MONTHS_FR[of]} {month.year}", f"{MONTHS_EN[of]} {month.year}")
