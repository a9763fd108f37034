"""How many messages one person gets on one channel: in a local day, and in any seven of them in a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WEEK = 7


@dataclass(frozen=True)
class Limits:
    a_day: int
    a_week: int


@dataclass(frozen=True)
class Room:
    """``on`` is the first day with room for one message more; ``full`` says what today lacks room for:
    `4 a day`, `15 a week`, or nothing.
    """

    on: date
    full: str = ""


def room(limits: Limits, sent_on: Sequence[date], today: date) -> Room:
    """``sent_on`` has a day for each message of the last seven days."""
    full = _full(limits, sent_on, today)
    coming = (today + timedelta(days=n) for n in range(1, WEEK + 1))
    return Room(next(day for day in coming if not _full(limits, sent_on, day)), full) if full else Room(today)


def _full(limits: Limits, sent_on: Sequence[date], day: date) -> str:
    first = day - timedelta(days=WEEK - 1)
    if sum(first <= one <= day for one in sent_on) >= limits.a_week:
        return f"{limits.a_week} a week"
    return f"{limits.a_day} a day" if sent_on.count(day) >= limits.a_day else ""
