"""Days of promises, which need not be among those that are planned.

Before the first day and after the last one every day of the calendar counts. A day that lies between two and
is none of them is promised as the one that comes next.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta


def promised_on(index: int, days: Sequence[date]) -> date:
    if index < 0:
        return days[0] + timedelta(days=index)
    beyond = index - len(days) + 1
    return days[index] if beyond <= 0 else days[-1] + timedelta(days=beyond)


def promised_index(day: date, days: Sequence[date]) -> int:
    if day < days[0]:
        return (day - days[0]).days
    if day > days[-1]:
        return len(days) - 1 + (day - days[-1]).days
    return bisect_left(days, day)
