"""Charts as SVG: lines, bars, ranks. For our pages and for print alike, without any script.

Axes have units; bars and, unless told otherwise, lines begin at zero; no colour is alone: lines differ by
dash and mark, bars by shade. Colours stand as attributes for print, and `console.css` gives the classes its
own, so that a chart follows the page into the dark.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from html import escape

from domain.axis import axis_of, number
from domain.chart_frame import INK, LETTER, NARROW, SOFT, TOP, WIDE, Chart, Frame, Series, box, drawing, text

__all__ = ["Chart", "Series", "bar_chart", "figure", "line_chart", "numbers", "rank_chart"]

LINES = (("#0d5c63", ""), ("#a8441c", "7 4"), ("#53636d", "2 3"), ("#6b4f9a", "11 3 2 3"))
STEP = 25
"""From one rank to the next."""
FEW = 31
"""Up to so many points a line has its marks."""


def line_chart(chart: Chart, width: int = WIDE) -> str:
    """``at`` are days, two at least; one alone stands in the middle."""
    frame = Frame(chart, width, chart.zero)
    days = [day for day in chart.at if isinstance(day, date)]
    xs = frame.in_time(days)
    parts = [frame.legend(_line_sample), frame.rules(), frame.calendar(days)]
    for place, series in enumerate(chart.series):
        parts.append(_line(frame, place, series, xs))
    return frame.svg(parts)


def bar_chart(chart: Chart, width: int = WIDE) -> str:
    """Groups of bars, one for each place."""
    frame = Frame(chart, width)
    slot = frame.across / max(len(chart.at), 1)
    each = min(slot * 0.76 / max(len(chart.series), 1), 44)
    middles = [frame.left + slot * (place + 0.5) for place in range(len(chart.at))]
    parts = [frame.legend(_bar_sample), frame.rules(), frame.names(middles, slot)]
    for place, series in enumerate(chart.series):
        offset = each * (place - len(chart.series) / 2)
        for middle, value in zip(middles, series.values, strict=True):
            if value is not None:
                parts.append(_bar(frame, place, middle + offset, each, Decimal(value)))
    return frame.svg([*parts, frame.zero_line()])


def rank_chart(chart: Chart, width: int = WIDE) -> str:
    """One series lying down: each name with its bar and its number, in the order given."""
    values = [Decimal(value or 0) for value in chart.series[0].values]
    axis = axis_of(values, chart.unit, chart.locale)
    names = [str(name) for name in chart.at]
    left = min(12 + LETTER * max(map(len, names), default=1), width * 0.42)
    right = 12 + LETTER * max((len(number(value, chart.locale)) for value in values), default=1)
    room = width - left - 2 * right if min(values, default=Decimal(0)) < 0 else width - left - right
    start = width - right - room
    zero = start + room * axis.share(Decimal(0))
    parts = [text(0, 14, chart.unit, "chart-unit", SOFT)]
    for place, (name, value) in enumerate(zip(names, values, strict=True)):
        y, end = TOP + STEP * place, start + room * axis.share(value)
        parts.append(text(left - 8, y + 13, _fitting(name, left - 12), "chart-word", INK, "end"))
        parts.append(box(0 if value >= 0 else 1, min(zero, end), y, abs(end - zero), 17))
        beside = (end + 5, "start") if value >= 0 else (end - 5, "end")
        parts.append(text(beside[0], y + 13, number(value, chart.locale), "chart-word", INK, beside[1]))
    height = TOP + STEP * len(names) + 6
    parts.append(
        f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="{TOP - 5}" y2="{height - 4}" class="chart-axis" '
        f'stroke="{SOFT}"/>'
    )
    return drawing(chart.title, chart.about, width, height, "".join(parts))


def _fitting(name: str, room: float) -> str:
    most = int(room / LETTER + 0.01)
    return name if len(name) <= most else f"{name[: most - 1]}…"


def figure(chart: Chart, draw: Callable[[Chart, int], str] = line_chart) -> str:
    """For a page: the chart at both widths, of which the style sheet shows one, and its numbers."""
    told = {"fr": "Les chiffres", "en": "The numbers"}[chart.locale]
    wide, narrow = draw(chart, WIDE), draw(chart, NARROW)
    return (
        f'<figure class="chart"><figcaption>{escape(chart.title)}</figcaption>'
        f'<div class="chart-wide">{wide}</div><div class="chart-narrow">{narrow}</div>'
        f"<details><summary>{told}</summary>{numbers(chart)}</details></figure>"
    )


def numbers(chart: Chart) -> str:
    """The same as a table, exactly."""
    unit = f" ({escape(chart.unit)})" if chart.unit else ""
    head = "".join(f'<th scope="col">{escape(one.name)}{unit}</th>' for one in chart.series)
    body = "".join(
        f'<tr><th scope="row">{escape(str(place))}</th>{_cells(chart, row)}</tr>'
        for row, place in enumerate(chart.at)
    )
    return (
        f'<table class="chart-numbers"><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def _cells(chart: Chart, row: int) -> str:
    values = [one.values[row] for one in chart.series]
    return "".join(f"<td>{'' if v is None else number(Decimal(v), chart.locale)}</td>" for v in values)


def _line(frame: Frame, place: int, series: Series, xs: Sequence[float]) -> str:
    path, pen, points = "", "M", []
    for x, value in zip(xs, series.values, strict=True):
        if value is None:
            pen = "M"
            continue
        y = frame.y(Decimal(value))
        path += f"H{x:.1f}V{y:.1f}" if series.stepped and pen == "L" else f"{pen}{x:.1f} {y:.1f}"
        pen = "L"
        points.append((x, y))
    dots = "".join(_mark(place, x, y) for x, y in points) if len(points) <= FEW else ""
    return _path(place, path) + dots


def _path(place: int, path: str) -> str:
    colour, dash = LINES[place % len(LINES)]
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="{path}" class="chart-line s{place % 4}" fill="none" stroke="{colour}" stroke-width="2.2" '
        f'stroke-linejoin="round"{dashes}/>'
    )


def _mark(place: int, x: float, y: float) -> str:
    """A circle, a square, a triangle, a lozenge."""
    shapes = ("m-3.4 0a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0 -6.8 0", "m-3 -3h6v6h-6z", "m0 -4l4 7h-8z",
              "m0 -4.4l4.4 4.4l-4.4 4.4l-4.4 -4.4z")  # fmt: skip
    colour = LINES[place % len(LINES)][0]
    return f'<path d="M{x:.1f} {y:.1f}{shapes[place % 4]}" class="chart-mark b{place % 4}" fill="{colour}"/>'


def _line_sample(place: int, x: float, y: float) -> str:
    return _path(place, f"M{x:.1f} {y:.1f}h26") + _mark(place, x + 13, y)


def _bar_sample(place: int, x: float, y: float) -> str:
    return box(place, x + 6, y - 7, 18, 13)


def _bar(frame: Frame, place: int, x: float, width: float, value: Decimal) -> str:
    zero, y = frame.y(Decimal(0)), frame.y(value)
    return box(place, x, min(y, zero), width, abs(y - zero))
