"""The question that a case puts to its books: its keys, its moment, and the business days of its country."""

from datetime import datetime

from domain.calendar import BusinessDays, local_date
from domain.ports import Holidays
from rules.ruling import Question


def question(
    key_prefix: str, at: datetime, zone: str, country: str, holidays: Holidays, done: frozenset[str]
) -> Question:
    year = local_date(at, zone).year
    free = frozenset(day for near in (year - 1, year, year + 1) for day in holidays.of(country, near))
    return Question(key_prefix=key_prefix, at=at, zone=zone, done=done, is_open=BusinessDays(free).is_open)
