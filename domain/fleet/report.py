"""Reports of profitability: of what, of which period, when they fall due, and the facts of fleet/report."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.calendar import DAY, add_months
from domain.decision import Bilingual
from domain.errors import BadInput, Mistake
from domain.wording import MONTHS_EN, MONTHS_FR, on_day

LONGEST = 731
"""Days of one report."""
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
NO_BREAK = "\u00a0"


class Kind(StrEnum):
    FLEET = "fleet"
    AGENCY = "agency"
    STATION = "station"
    BIKE = "bike"
    INVESTOR = "investor"


class Rhythm(StrEnum):
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    TWO_MONTHLY = "two_monthly"
    QUARTERLY = "quarterly"


class Format(StrEnum):
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"


TITLES = {
    Kind.FLEET: Bilingual("Rentabilité de la flotte", "Profitability of the fleet"),
    Kind.AGENCY: Bilingual("Rentabilité par agence", "Profitability by agency"),
    Kind.STATION: Bilingual("Rentabilité par station", "Profitability by station"),
    Kind.BIKE: Bilingual("Rentabilité par moto", "Profitability by bike"),
    Kind.INVESTOR: Bilingual("Rentabilité par investisseur", "Profitability by investor"),
}
RHYTHMS = {
    Rhythm.WEEKLY: Bilingual("chaque semaine", "every week"),
    Rhythm.MONTHLY: Bilingual("chaque mois", "every month"),
    Rhythm.TWO_MONTHLY: Bilingual("tous les deux mois", "every two months"),
    Rhythm.QUARTERLY: Bilingual("chaque trimestre", "every quarter"),
}
MONTHS = {Rhythm.MONTHLY: 1, Rhythm.TWO_MONTHLY: 2, Rhythm.QUARTERLY: 3}


@dataclass(frozen=True, order=True)
class Period:
    """Local days, both included."""

    begins_on: date
    ends_on: date

    def __post_init__(self) -> None:
        if self.ends_on < self.begins_on:
            raise BadInput(Mistake("ends_on", f"it is before {self.begins_on}", "exchange the two days"))

    @property
    def whole_months(self) -> bool:
        return self.begins_on.day == 1 and (self.ends_on + DAY).day == 1

    @property
    def months(self) -> int:
        """How many it touches."""
        first, last = self.begins_on, self.ends_on
        return (last.year - first.year) * 12 + last.month - first.month + 1

    @property
    def before(self) -> "Period":
        """As long, and just before."""
        if self.whole_months:
            return Period(add_months(self.begins_on, -self.months), self.begins_on - DAY)
        days = self.ends_on - self.begins_on + DAY
        return Period(self.begins_on - days, self.begins_on - DAY)

    @property
    def told(self) -> Bilingual:
        """mars 2026 · janvier à mars 2026 · du 2 au 8 mars 2026"""
        first, last = self.begins_on, self.ends_on
        if not self.whole_months:
            return Bilingual(
                f"du {on_day(first).fr} au {on_day(last).fr}", f"{on_day(first).en} to {on_day(last).en}"
            )
        names = [(MONTHS_FR[day.month - 1], MONTHS_EN[day.month - 1]) for day in (first, last)]
        if self.months == 1:
            return Bilingual(f"{names[0][0]} {last.year}", f"{names[0][1]} {last.year}")
        years = (f" {first.year}", f" {last.year}") if first.year != last.year else ("", f" {last.year}")
        return Bilingual(
            f"{names[0][0]}{years[0]} à {names[1][0]}{years[1]}",
            f"{names[0][1]}{years[0]} to {names[1][1]}{years[1]}",
        )


def period_with(rhythm: Rhythm, day: date) -> Period:
    """The period of the calendar that the day is in: weeks from Monday, pairs of months from January."""
    if rhythm is Rhythm.WEEKLY:
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6))
    months = MONTHS[rhythm]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first, add_months(first, months) - DAY)


def after(rhythm: Rhythm, period: Period) -> Period:
    return period_with(rhythm, period.ends_on + DAY)


def falls_due_on(period: Period, is_open: Callable[[date], bool]) -> date:
    """The first business day after it."""
    day = period.ends_on + DAY
    while not is_open(day):
        day += DAY
    return day


def period_mistakes(kind: Kind, period: Period) -> list[Mistake]:
    """What investors get is stated by the month."""
    within = period.begins_on >= EARLIEST and period.ends_on <= LATEST
    if not within or (period.ends_on - period.begins_on).days >= LONGEST:
        return [Mistake("ends_on", "more than two years, or out of reach", "ask for less")]
    if kind is Kind.INVESTOR and not period.whole_months:
        return [Mistake("begins_on", "reports by investor are of whole months", "begin on the 1st")]
    return []


@dataclass(frozen=True)
class ReportFacts:
    """``days_left`` until it falls due; ``ended``: nobody wants it any more; ``recipients`` counts people."""

    due_on: date
    days_left: int
    recipients: int
    ended: bool

    def as_facts(self) -> dict[str, object]:
        return {
            "due_on": self.due_on, "days_left": self.days_left, "recipients": self.recipients,
            "ended": self.ended,
        }  # fmt: skip


def report_facts(due_on: date, *, day: date, recipients: int, ended: bool) -> ReportFacts:
    return ReportFacts(due_on, max((due_on - day).days, 0), recipients, ended)
