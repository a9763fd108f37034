"""Charts: honest axes, readable words, nothing of anybody's text that would be markup."""

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.axis import axis_of, days_apart, marks, number, ticks
from domain.calendar import add_months
from domain.chart import Chart, Series, bar_chart, figure, line_chart, rank_chart

EVIL = "<script>alert('x')</script>"
MONTHS = tuple(add_months(date(2031, 11, 1), n) for n in range(5))
amounts = st.decimals(-(10**12), 10**12, places=2)


@given(amounts, amounts)
def test_ticks_are_round_few_and_reach_both_ends(one: Decimal, other: Decimal) -> None:
    low, high = min(one, other), max(one, other)
    found = ticks(low, high)
    steps = {b - a for a, b in pairwise(found)}
    assert found[0] <= low
    assert found[-1] >= high
    assert 2 <= len(found) <= 8
    assert len(steps) == 1
    assert str(steps.pop().normalize().as_tuple().digits[0]) in "125"


@given(st.lists(amounts, min_size=1, max_size=20))
def test_an_axis_has_zero_and_every_value_stands_within(values: list[Decimal]) -> None:
    axis = axis_of(values, "FCFA", "fr")
    assert axis.from_zero
    assert all(-1e-9 <= axis.share(one) <= 1 + 1e-9 for one in values)


@pytest.mark.parametrize(
    ("largest", "unit"),
    [(99_999, "FCFA"), (100_000, "milliers de FCFA"), (10_000_000, "millions de FCFA")],
)
def test_long_rows_of_noughts_are_left_to_the_unit(largest: int, unit: str) -> None:
    axis = axis_of([Decimal(largest)], "FCFA", "fr")
    assert axis.unit == unit
    assert axis.ticks[-1] * axis.divisor >= largest


def test_shares_are_never_counted_in_thousands() -> None:
    assert axis_of([Decimal(250_000)], "%", "fr").unit == "%"


def test_numbers_are_written_as_in_their_language() -> None:
    assert number(Decimal("-1234.50"), "fr") == "−1\u202f234,5"
    assert number(Decimal(10_000), "en") == "10,000"


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 4000), st.integers(2, 12))
def test_days_on_an_axis_are_few_and_within(first: date, span: int, most: int) -> None:
    last = first + timedelta(days=span)
    days = days_apart(first, last, most)
    assert all(first <= day <= last for day in days)
    assert days == sorted(set(days))
    assert len(days) <= most + 2


def test_the_year_stands_under_the_first_month_and_where_it_turns() -> None:
    assert marks(MONTHS, "fr") == [
        ("nov.", "2031"), ("déc.", ""), ("janv.", "2032"), ("févr.", ""), ("mars", ""),
    ]  # fmt: skip


def chart(*series: Series, title: str = "Recettes", **given: object) -> Chart:
    return Chart(title, MONTHS, series, "FCFA", "fr", **given)  # type: ignore[arg-type]


def test_a_line_begins_at_zero_or_says_that_it_does_not() -> None:
    rates = Series("Taux", (91, 92, 95, 94, 96))
    assert "ne part pas de zéro" not in line_chart(chart(rates))
    assert "ne part pas de zéro" in line_chart(chart(rates, zero=False))


def test_a_gap_breaks_the_line() -> None:
    drawn = line_chart(chart(Series("a", (1, 2, None, 4, 5))))
    [path] = re.findall(r'<path d="([^"]*)" class="chart-line', drawn)
    assert path.count("M") == 2


def test_lines_differ_by_dash_and_bars_stand_on_zero() -> None:
    lines = line_chart(chart(Series("a", (1, 2, 3, 4, 5)), Series("b", (5, 4, 3, 2, 1))))
    assert lines.count("stroke-dasharray") == 2  # the line and its sample in the legend
    bars = bar_chart(chart(Series("a", (10, -10, 0, None, 5))))
    rects = fromstring(bars).findall("{http://www.w3.org/2000/svg}rect")
    up, down, nothing, half = [(float(one.get("y", 0)), float(one.get("height", 0))) for one in rects]
    assert up[0] + up[1] == pytest.approx(down[0])
    assert up[1] == pytest.approx(down[1])
    assert nothing[1] == 0
    assert half[1] == pytest.approx(up[1] / 2, abs=0.2)


@pytest.mark.parametrize("draw", [line_chart, bar_chart, rank_chart])
def test_what_people_typed_is_text(draw: object) -> None:
    drawn = figure(chart(Series(EVIL, (1, 2, 3, 4, 5)), title=EVIL, about=EVIL), draw)  # type: ignore[arg-type]
    assert "<script>" not in drawn
    assert "&lt;script&gt;" in drawn


def test_a_figure_has_its_numbers_as_a_table() -> None:
    drawn = figure(chart(Series("Recettes", (1000, 2, 3, 4, None)), about="Elles montent."))
    assert "<title>Recettes</title><desc>Elles montent.</desc>" in drawn
    assert '<th scope="row">2031-11-01</th><td>1\u202f000</td>' in drawn
    assert '<th scope="row">2032-03-01</th><td></td>' in drawn
    assert "style=" not in drawn


def test_ranks_keep_their_order_and_shorten_long_names() -> None:
    names = ("Akwa", "Un nom bien trop long pour tenir à côté de sa barre dans un petit dessin", "Deïdo")
    drawn = rank_chart(Chart("Marge", names, (Series("Marge", (5, 0, -5)),), "FCFA"), 380)
    assert "…" in drawn
    assert drawn.index("Akwa") < drawn.index("Deïdo")
    for empty in (Chart("Marge", (), (Series("Marge", ()),)), Chart("M", ("a",), (Series("M", (0,)),))):
        fromstring(rank_chart(empty))


@pytest.mark.parametrize("draw", [line_chart, bar_chart])
@pytest.mark.parametrize("at", [(), (date(2032, 2, 29),)])
def test_little_is_drawn_too(draw: object, at: tuple[date, ...]) -> None:
    few = Chart("Peu", at, (Series("a", tuple(0 for _ in at)),), "FCFA")
    fromstring(draw(few))  # type: ignore[operator]
