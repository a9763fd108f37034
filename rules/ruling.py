"""What is asked of a book, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from domain.calendar import at_local
from domain.decision import NearMiss, Reason, Step

MANY_DAYS_OFF = 60


@dataclass(frozen=True)
class Question:
    """One look at a case. ``at`` is aware (UTC), ``zone`` an IANA name, ``done`` the keys already done.

    ``key_prefix`` is ``process:case``; ``is_open`` says whether a local date is a business day. Without
    ``near`` no near misses are looked for: they are half of the work.
    """

    key_prefix: str
    at: datetime
    zone: str
    done: frozenset[str] = frozenset()
    is_open: Callable[[date], bool] = field(default=lambda day: day.weekday() < 5)
    near: bool = True

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("at must be an aware instant")

    @cached_property
    def local(self) -> datetime:
        return self.at.astimezone(ZoneInfo(self.zone))

    @cached_property
    def today(self) -> date:
        return self.local.date()

    def moment(self, day: date, hour: time) -> datetime:
        """The instant (UTC) of a local time."""
        return at_local(day, hour, self.zone)

    def shifted(self, day: date, shift: str) -> date:
        """The nearest business day in the direction of ``shift`` (none, next, previous)."""
        if shift == "none":
            return day
        stride = timedelta(days=1 if shift == "next" else -1)
        for _ in range(MANY_DAYS_OFF):
            if self.is_open(day):
                return day
            day += stride
        raise ValueError(f"no business day within {MANY_DAYS_OFF} days of {day}")


@dataclass(frozen=True)
class Ruling:
    """What a book concludes. ``next_at`` (UTC) None means: until rung; ``awaits`` is the rule then reached.

    ``closes`` is the outcome when what the book watches ends here, else empty. A held case has no steps.
    ``result`` are the values that the book gives: the points of a scorecard, the prices of a grid.
    """

    outcome: str
    stage: str
    steps: tuple[Step, ...] = ()
    next_at: datetime | None = None
    closes: str = ""
    held: bool = False
    reasons: tuple[Reason, ...] = ()
    near: tuple[NearMiss, ...] = ()
    awaits: Reason | None = None
    result: Mapping[str, Any] = field(default_factory=dict)
