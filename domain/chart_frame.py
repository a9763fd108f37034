"""The room within a chart's axes, and what stands around it: rules, words, legend."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape

from domain.axis import Axis, axis_of, days_apart, marks, number

Value = Decimal | int | None
WIDE, NARROW = 760, 380
"""Of a page and of a telephone, where a chart keeps the size of its words."""
TOP, BOTTOM, RIGHT = 30, 46, 14
LETTER = 7.2
"""The width of a letter of the words, about."""
INK, SOFT, GRID = "#1c2b39", "#5c6b78", "#dfe4e7"
BARS = ("#0d5c63", "#cf9a63", "#dbe1e4", "#6b4f9a")
FONT = "Libertinus Serif, sans-serif"


@dataclass(frozen=True)
class Series:
    """``values`` in the order of the chart's places; None is a gap. ``stepped`` holds until the next."""

    name: str
    values: tuple[Value, ...]
    stepped: bool = False


@dataclass(frozen=True)
class Chart:
    """``at`` are days in order, on a scale of time for lines, or names. ``unit`` is `FCFA`, `%`, `échanges`.

    ``about`` is one sentence that says what is to be seen; with the title it is read aloud. ``zero=False``
    lets lines begin elsewhere, and the chart says so.
    """

    title: str
    at: tuple[date | str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    locale: str = "fr"
    about: str = ""
    zero: bool = True

    def values(self) -> list[Decimal]:
        return [Decimal(value) for one in self.series for value in one.values if value is not None]


class Frame:
    """The room within the axes, and where a value stands in it."""

    def __init__(self, chart: Chart, width: int, zero: bool = True) -> None:
        self.chart, self.width = chart, width
        self.axis: Axis = axis_of(chart.values(), chart.unit, chart.locale, zero)
        words = [number(tick, chart.locale) for tick in self.axis.ticks]
        self.left = max(34.0, 14 + LETTER * max(map(len, words)))
        self.across = width - self.left - RIGHT
        self.samples = self._flow()
        self.top = TOP + 20 * (self.samples[-1][1] + 1 if self.samples else 0)
        self.bottom = self.top + (210 if width > NARROW else 190)

    def _flow(self) -> list[tuple[float, int, str]]:
        """Where each name of the legend stands: how far right, in which line. One series needs none."""
        if len(self.chart.series) < 2:
            return []
        placed, x, line = [], 0.0, 0
        for series in self.chart.series:
            wide = 44 + LETTER * len(series.name)
            if x and x + wide > self.width:
                x, line = 0.0, line + 1
            placed.append((x, line, series.name))
            x += wide
        return placed

    def y(self, value: Decimal) -> float:
        return self.bottom - self.axis.share(value) * (self.bottom - self.top)

    def in_time(self, days: Sequence[date]) -> list[float]:
        if len(days) < 2:
            return [self.left + self.across / 2 for _ in days]
        first, span = days[0], max((days[-1] - days[0]).days, 1)
        return [self.left + 4 + (self.across - 8) * (day - first).days / span for day in days]

    def legend(self, sample: Callable[[int, float, float], str]) -> str:
        drawn = []
        for place, (x, line, name) in enumerate(self.samples):
            y = 14 + 20 * line
            drawn.append(sample(place, x, y) + text(x + 32, y + 4, name, "chart-word", INK))
        return "".join(drawn)

    def rules(self) -> str:
        """The unit above the axis, and a line for each round number."""
        unit = self.axis.unit if self.axis.from_zero else f"{self.axis.unit} · {_elsewhere(self.chart)}"
        drawn = [text(0, self.top - 12, unit, "chart-unit", SOFT)]
        for tick in self.axis.ticks:
            y = self.y(tick * self.axis.divisor)
            drawn.append(_rule(self.left, self.width - RIGHT, y, "chart-grid", GRID))
            told = number(tick, self.chart.locale)
            drawn.append(text(self.left - 7, y + 4, told, "chart-tick", SOFT, "end"))
        return "".join(drawn) + self.zero_line()

    def zero_line(self) -> str:
        """Over the bars that stand on it; the lowest line where there is no zero."""
        y = self.y(Decimal(0)) if self.axis.from_zero else self.bottom
        return _rule(self.left, self.width - RIGHT, y, "chart-axis", SOFT)

    def calendar(self, days: Sequence[date]) -> str:
        """Beneath a scale of time: the days that fit."""
        if not days:
            return ""
        told = days_apart(days[0], days[-1], max(int(self.across / 62), 2)) or [days[0]]
        xs = self.in_time([days[0], *told, days[-1]])[1:-1] if len(days) > 1 else self.in_time(days)
        ticks = "".join(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{self.bottom:.1f}" y2="{self.bottom + 5:.1f}" '
            f'class="chart-axis" stroke="{SOFT}"/>'
            for x in xs
        )
        return ticks + self._words(list(zip(xs, marks(told, self.chart.locale), strict=True)))

    def names(self, middles: Sequence[float], slot: float) -> str:
        """Beneath bars: months, days or names, as many as fit."""
        at = self.chart.at
        days = [day for day in at if isinstance(day, date)]
        words = marks(days, self.chart.locale) if days else [(str(name), "") for name in at]
        longest = max((len(word) for word, _ in words), default=1)
        every = max(-int(-(LETTER * longest + 6) // slot), 1)
        return self._words(list(zip(middles, words, strict=True)), every)

    def _words(self, placed: list[tuple[float, tuple[str, str]]], every: int = 1) -> str:
        drawn = []
        for place, (x, (word, year)) in enumerate(placed):
            if place % every == 0:
                drawn.append(text(x, self.bottom + 20, word, "chart-tick", SOFT, "middle"))
            if year:
                drawn.append(text(x, self.bottom + 38, year, "chart-tick", SOFT, "middle"))
        return "".join(drawn)

    def svg(self, parts: Sequence[str]) -> str:
        height = self.bottom + BOTTOM
        return drawing(self.chart.title, self.chart.about, self.width, height, "".join(parts))


def drawing(title: str, about: str, width: float, height: float, parts: str) -> str:
    """An SVG with the words that are read in its place."""
    told = f"<title>{escape(title)}</title>" + (f"<desc>{escape(about)}</desc>" if about else "")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'class="chart-drawing" font-family="{FONT}" font-size="13">{told}{parts}</svg>'
    )


def text(x: float, y: float, words: str, name: str, fill: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" class="{name}" fill="{fill}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


def _elsewhere(chart: Chart) -> str:
    return {"fr": "l’axe ne part pas de zéro", "en": "the axis does not begin at zero"}[chart.locale]


def _rule(x1: float, x2: float, y: float, name: str, stroke: str) -> str:
    return f'<line x1="{x1:.1f}" x2="{x2:.1f}" y1="{y:.1f}" y2="{y:.1f}" class="{name}" stroke="{stroke}"/>'


def box(place: int, x: float, y: float, width: float, height: float) -> str:
    fill = BARS[place % len(BARS)]
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'class="chart-bar b{place % 4}" fill="{fill}" stroke="{INK}" stroke-width="0.6"/>'
    )
