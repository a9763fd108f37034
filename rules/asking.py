"""The question that a case puts to its books: its keys, its moment, and the business days of its country."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache

from domain.calendar import BusinessDays, local_date
from domain.ports import Holidays
from rules.ruling import Question


def question(
    key_prefix: str, at: datetime, zone: str, country: str, holidays: Holidays, done: frozenset[str]
) -> Question:
    year = local_date(at, zone).year
    free = frozenset(day for near in (year - 1, year, year + 1) for day in holidays.of(country, near))
    return Question(key_prefix=key_prefix, at=at, zone=zone, done=done, is_open=BusinessDays(free).is_open)


def open_days(country: str, holidays: Holidays) -> Callable[[date], bool]:
    """The business days of a country in any year, for many questions."""

    @cache
    def of_year(year: int) -> BusinessDays:
        return BusinessDays(frozenset(holidays.of(country, year)))

    return lambda day: of_year(day.year).is_open(day)
