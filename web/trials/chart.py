"""Bars of two books, month by month, as SVG: the axis begins at zero, and colour is never alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from math import ceil, floor

from markupsafe import Markup, escape

WIDTH, HEIGHT = 960, 300
LEFT, RIGHT, TOP, BOTTOM = 84, 8, 22, 46
FEW = 12
"""Up to so many months every bar has its number."""

MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


@dataclass(frozen=True)
class Bar:
    """``month`` is `2032-03`."""

    month: str
    old: Decimal
    new: Decimal


def bars(found: Sequence[Bar], title: str) -> Markup:
    """``title`` is read aloud in place of the picture; a table beside it must have the numbers.

    Months between that had nothing have their place on the axis.
    """
    found = _every_month(found)
    scale = _Scale(found)
    parts = [
        *_axis(scale),
        *(one for place, bar in enumerate(found) for one in _pair(scale, place, bar, found)),
    ]
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}" class="chart">{}</svg>').format(
        WIDTH, HEIGHT, title, Markup("").join(parts)
    )


def ticks(low: Decimal, high: Decimal, most: int = 5) -> list[Decimal]:
    """Round numbers from ``low`` (0 or less) to at least ``high``, one, two or five apart."""
    span = max(high - low, Decimal(1))
    step = next(step for step in _round_numbers() if span / step <= most)
    first, last = floor(low / step), max(ceil(high / step), 1)
    return [Decimal(step * n) for n in range(first, last + 1)]


def _round_numbers() -> Iterator[int]:
    for power in count():
        yield from (digit * 10**power for digit in (1, 2, 5))


def _every_month(found: Sequence[Bar]) -> list[Bar]:
    known = {bar.month: bar for bar in found}
    if not known:
        return []
    (year, month), last = (int(part) for part in min(known).split("-")), max(known)
    every: list[Bar] = []
    while not every or every[-1].month < last:
        name = f"{year:04}-{month:02}"
        every.append(known.get(name, Bar(name, Decimal(0), Decimal(0))))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return every


class _Scale:
    def __init__(self, found: Sequence[Bar]) -> None:
        values = [value for bar in found for value in (bar.old, bar.new)]
        self.ticks = ticks(min([Decimal(0), *values]), max([Decimal(0), *values]))
        self.slot = (WIDTH - LEFT - RIGHT) / max(len(found), 1)
        self.bar = min(self.slot * 0.36, 34)

    def y(self, value: Decimal) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        share = float((value - low) / (high - low))
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    def middle(self, place: int) -> float:
        return LEFT + self.slot * (place + 0.5)


def _axis(scale: _Scale) -> list[Markup]:
    lines = []
    for tick in scale.ticks:
        y = scale.y(tick)
        lines.append(
            Markup('<line x1="{}" x2="{}" y1="{}" y2="{}" class="{}"/>').format(
                LEFT, WIDTH - RIGHT, y, y, "axis" if tick == 0 else "grid"
            )
        )
        lines.append(
            Markup('<text x="{}" y="{}" class="tick">{}</text>').format(LEFT - 8, y + 4, number(tick))
        )
    return lines


def _pair(scale: _Scale, place: int, bar: Bar, found: Sequence[Bar]) -> list[Markup]:
    middle, zero = scale.middle(place), scale.y(Decimal(0))
    parts = []
    for name, value, left in (("old", bar.old, middle - scale.bar - 1), ("new", bar.new, middle + 1)):
        y = scale.y(value)
        parts.append(
            Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="{}"/>').format(
                left, min(y, zero), scale.bar, abs(y - zero), name
            )
        )
        if len(found) <= FEW:
            parts.append(
                Markup('<text x="{:.1f}" y="{:.1f}" class="value">{}</text>').format(
                    left + scale.bar / 2, min(y, zero) - 5, number(value)
                )
            )
    return [*parts, *_month(scale, place, bar, found)]


def _month(scale: _Scale, place: int, bar: Bar, found: Sequence[Bar]) -> list[Markup]:
    """The year stands under the first month and under every January."""
    year, month = bar.month.split("-")
    every = -(-len(found) // 16)
    label = Markup('<text x="{:.1f}" y="{}" class="month">{}</text>')
    y, middle = HEIGHT - BOTTOM + 18, scale.middle(place)
    parts = [label.format(middle, y, MONTHS[int(month) - 1])] if place % every == 0 else []
    begins = place == 0 or found[place - 1].month[:4] != year
    return [*parts, label.format(middle, y + 18, year)] if begins else parts


def number(value: Decimal) -> Markup:
    """Thousands apart, decimals after a comma, and a true minus sign."""
    text = f"{value:,f}".replace(",", "\u202f").replace(".", ",").replace("-", "−")
    return escape(text)
