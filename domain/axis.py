"""Axes of a chart: round numbers at round distances, days and months, and their words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import count

SHORT_MONTHS = {
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
THOUSANDS = {"fr": "milliers de", "en": "thousand"}
MILLIONS = {"fr": "millions de", "en": "million"}
MINUS = "\u2212"
THIN = "\u202f"
MOST_TICKS = 5


@dataclass(frozen=True)
class Axis:
    """``ticks`` in units of ``divisor``; ``unit`` says which, `millions de FCFA`."""

    ticks: tuple[Decimal, ...]
    unit: str
    divisor: int

    @property
    def from_zero(self) -> bool:
        return self.ticks[0] <= 0 <= self.ticks[-1]

    def share(self, value: Decimal) -> float:
        """Where a value stands between the ends: 0 at the bottom, 1 at the top."""
        low, high = self.ticks[0], self.ticks[-1]
        return float((value / self.divisor - low) / (high - low))


def axis_of(values: Sequence[Decimal], unit: str, locale: str, zero: bool = True) -> Axis:
    """From zero unless ``zero`` is given up, which is honest for lines alone."""
    known = [*values, Decimal(0)] if zero or not values else list(values)
    low, high = min(known), max(known)
    divisor, told = _divisor(max(abs(low), abs(high)), unit, locale)
    return Axis(tuple(ticks(low / divisor, high / divisor)), told, divisor)


def _divisor(largest: Decimal, unit: str, locale: str) -> tuple[int, str]:
    """Long rows of noughts are left to the unit."""
    if unit == "%" or largest < 100_000:
        return 1, unit
    power, words = (1_000_000, MILLIONS) if largest >= 10_000_000 else (1_000, THOUSANDS)
    word = words[locale]
    if not unit:
        return power, word.removesuffix(" de")
    return power, f"{word} {unit}".replace("de euros", "d’euros").replace("de €", "€")


def ticks(low: Decimal, high: Decimal) -> list[Decimal]:
    """Round numbers from ``low`` or below to ``high`` or above, one, two or five apart."""
    span = high - low or max(abs(high), Decimal(1))
    step = next(step for step in _steps(span) if span / step <= MOST_TICKS)
    first = int((low / step).to_integral_value(ROUND_FLOOR))
    last = int((high / step).to_integral_value(ROUND_CEILING))
    return [step * n for n in range(first, max(last, first + 1) + 1)]


def _steps(span: Decimal) -> Iterator[Decimal]:
    for power in count(span.adjusted() - 2):
        yield from (Decimal(digit).scaleb(power) for digit in (1, 2, 5))


def number(value: Decimal, locale: str) -> str:
    """Thousands apart, and a true minus sign."""
    text = f"{value.normalize():,f}".replace("-", MINUS)
    return text.replace(",", THIN).replace(".", ",") if locale == "fr" else text


def days_apart(first: date, last: date, most: int) -> list[date]:
    """At most about ``most`` days between both that are worth a mark: every so many days, or firsts of
    months."""
    span = (last - first).days
    for days in (1, 2, 7, 14):
        if span / days < most:
            return [first + timedelta(days) * n for n in range(span // days + 1)]
    months = (last.year - first.year) * 12 + last.month - first.month
    apart = next((step for step in (1, 2, 3, 6, 12, 24, 60) if months / step <= most), 120)
    return [day for day in _firsts(first, last) if (day.month - 1 + 12 * day.year) % apart == 0]


def _firsts(first: date, last: date) -> Iterator[date]:
    day = first if first.day == 1 else _next_first(first)
    while day <= last:
        yield day
        day = _next_first(day)


def _next_first(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def marks(days: Sequence[date], locale: str) -> list[tuple[str, str]]:
    """A word for each day, and the year beneath the first and wherever it turns."""
    whole = all(day.day == 1 for day in days) and len(days) > 1
    told: list[tuple[str, str]] = []
    for place, day in enumerate(days):
        month = SHORT_MONTHS[locale][day.month - 1]
        turns = place == 0 or days[place - 1].year != day.year
        told.append((month if whole else f"{day.day} {month}", str(day.year) if turns else ""))
    return told
