"""Dates as people of a tenant read them: local, and counted from today."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from domain.calendar import local_date

SOON = 3
"""Days before a due date from which it is shown as near."""

GRACE = timedelta(minutes=5)

MINUTE, HOUR, DAY = 60, 3600, 86400
TWO_DAYS = 2 * DAY


@dataclass(frozen=True)
class Tile:
    """A date as a leaf of a tear-off calendar. ``year`` is empty in the current year."""

    iso: str
    weekday: str
    day: str
    month: str
    year: str
    distance: str
    urgency: str


@dataclass(frozen=True)
class Moments:
    """``locale`` is fr or en; ``now`` an aware instant."""

    now: datetime
    zone: str
    locale: str

    @property
    def today(self) -> date:
        return local_date(self.now, self.zone)

    def tile(self, on: date, counts: bool = True) -> Tile:
        """``counts`` false: the date binds no one any more, and is neither near nor late."""
        days = (on - self.today).days
        urgency = "late" if days < 0 else "soon" if days <= SOON else "calm"
        return Tile(
            on.isoformat(), self._part(on, "EEE"), str(on.day), self._part(on, "MMM"),
            str(on.year) if on.year != self.today.year else "", self.days_away(days),
            urgency if counts else "over",
        )  # fmt: skip

    def written(self, on: date) -> str:
        return format_date(on, format="EEE d MMM y", locale=self.locale)

    def weekday(self, on: date) -> str:
        return self._part(on, "EEE")

    def weekday_named(self, number: int) -> str:
        """Monday is 1."""
        return format_date(date(2024, 1, number), format="EEEE", locale=self.locale)

    def day_of(self, at: datetime) -> date:
        return local_date(at, self.zone)

    def clock(self, at: datetime) -> str:
        return at.astimezone(ZoneInfo(self.zone)).strftime("%H:%M")

    def wall(self, at: datetime) -> str:
        """As a field of a form takes it."""
        return at.astimezone(ZoneInfo(self.zone)).strftime("%Y-%m-%dT%H:%M")

    def short(self, on: date) -> str:
        """Without the year where it is this one."""
        pattern = "EEE d MMM" if on.year == self.today.year else "EEE d MMM y"
        return format_date(on, format=pattern, locale=self.locale)

    def month(self, on: date) -> str:
        return format_date(on, format="MMMM y", locale=self.locale)

    def months(self, first: date, last: date) -> str:
        """novembre 2026, or both ends."""
        one = (first.year, first.month) == (last.year, last.month)
        return self.month(first) if one else f"{self.month(first)} – {self.month(last)}"

    def moment(self, at: datetime) -> str:
        return f"{self.short(self.day_of(at))}, {self.clock(at)}"

    def has_passed(self, at: datetime) -> bool:
        """A review is due to the second; a busy engine may take a little longer."""
        return self.now - at > GRACE

    def until(self, at: datetime) -> str:
        return self.days_away((self.day_of(at) - self.today).days)

    def days_away(self, days: int) -> str:
        if self.locale == "en":
            near = {0: "today", 1: "tomorrow", -1: "yesterday"}
            return near.get(days) or (f"in {days} days" if days > 0 else f"{-days} days ago")
        near = {0: "aujourd’hui", 1: "demain", -1: "hier"}
        return near.get(days) or (f"dans {days} jours" if days > 0 else f"il y a {-days} jours")

    def age(self, since: datetime) -> str:
        """``12 min``, ``5 h``, ``3 j``."""
        seconds = max(0, int((self.now - since).total_seconds()))
        if seconds < HOUR:
            return f"{seconds // MINUTE}\u00a0min"
        if seconds < TWO_DAYS:
            return f"{seconds // HOUR}\u00a0h"
        return f"{seconds // DAY}\u00a0{'d' if self.locale == 'en' else 'j'}"

    def _part(self, on: date, pattern: str) -> str:
        return format_date(on, format=pattern, locale=self.locale).rstrip(".")
