"""The page of a trial: whole in itself, true to its numbers, with axes that do not lie."""

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.look import Look
from rules.comparison import Comparison
from rules.findings import findings
from rules.replay import revision
from tests.ground import ROOT
from tests.rules.test_comparison import OLD, SOONER, START, late
from tests.rules.test_grid import PRICES
from web.trials.chart import Bar, bars, number, ticks
from web.trials.page import About, TrialPage
from web.trials.sheet import sheet

ABOUT = About(OLD.title, OLD.name, "back_test", "0" * 12, "essai.yaml", date(2032, 6, 1), "Moto <Douala>")
PAGE = TrialPage(ROOT / "templates")


def tried(*looks: Look) -> dict[str, Any]:
    comparison = Comparison(OLD, SOONER, "Africa/Douala", lambda _: True)
    comparison.take(looks)
    return findings(comparison.finish())


SPRING = tried(*(late(f"C{n}", n % 9, n * 3) for n in range(40)), Look("fleet.dunning:C99", START, {}))


class Balanced(HTMLParser):
    """Every element that is opened is closed, in its order."""

    VOID = ("meta", "rect", "line", "br", "path")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.names |= {given["id"] or ""} if "id" in given else set()
        self.links |= {given["href"] or ""} if "href" in given else set()
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, *_: Any) -> None:
        return None

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_it_loads_nothing_and_leads_nowhere_else() -> None:
    text = PAGE.render(ABOUT, SPRING)
    for outside in ("<script", "src=", "@import", "url(", "http", "<style>\n\n"):
        assert outside not in text
    page = Balanced()
    page.feed(text)
    assert page.open == []
    assert {link.removeprefix("#") for link in page.links} <= page.names
    assert page.links
    assert "Moto &lt;Douala&gt;" in text
    assert PAGE.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")


def test_the_figures_are_those_of_the_trial() -> None:
    text = PAGE.render(ABOUT, SPRING)
    assert f"<strong>{SPRING['changed']}</strong>" in text
    assert "<code>courtesy</code></td><td><code>reminder</code></td>" in text
    assert "Ce qui serait refusé" in text
    assert text.count("<figure>") == 1
    drawn = re.findall(r'class="value">([^<]+)<', text)
    months = [month["messages"] for month in SPRING["months"]]
    assert drawn == [str(one[side]) for one in months for side in ("old", "new")]


def test_a_trial_of_nothing_is_a_page_too() -> None:
    text = PAGE.render(ABOUT, tried())
    assert "Ni message, ni alerte, ni acte" in text
    assert "<figure>" not in text


def test_amounts_have_their_currency_and_their_sign() -> None:
    dearer = revision("book", PRICES.replace("45.00", "47.25"))
    comparison = Comparison(revision("book", PRICES), dearer, "Europe/Paris", lambda _: True)
    looks = [
        Look(f"t.order:{n}", START + timedelta(days=20 * n), {"level": "bronze", "quantity": 1})
        for n in range(3)
    ]
    comparison.take(looks)
    text = PAGE.render(ABOUT, findings(comparison.finish()))
    assert "<strong>+6,75 <small>EUR</small></strong>" in text
    assert "unit_price (EUR), total par mois" in text


@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), st.integers(0, 10**9)), min_size=1, max_size=30))
def test_bars_stand_on_zero_and_are_as_long_as_their_number(pairs: list[tuple[int, int]]) -> None:
    months = [f"{2030 + n // 12}-{n % 12 + 1:02}" for n in range(len(pairs))]
    found = [Bar(month, Decimal(old), Decimal(new)) for month, (old, new) in zip(months, pairs, strict=True)]
    drawn = bars(found, "title")
    heights = [float(one) for one in re.findall(r'<rect [^>]*height="([\d.]+)"', drawn)]
    values = [abs(value) for pair in pairs for value in pair]
    tallest, most = max(heights), max(values)
    for height, value in zip(heights, values, strict=True):
        assert height == pytest.approx(tallest * value / most if most else 0, abs=0.3)


@given(st.integers(-(10**12), 0), st.integers(0, 10**12))
def test_ticks_are_round_evenly_spaced_and_hold_everything(low: int, high: int) -> None:
    found = ticks(Decimal(low), Decimal(high))
    assert found[0] <= low
    assert found[-1] >= high
    assert 0 in found
    assert len(found) <= 8
    [step] = {after - before for before, after in pairwise(found)}
    assert str(int(step)).rstrip("0") in ("1", "2", "5")


def test_a_month_without_anything_keeps_its_place() -> None:
    drawn = bars([Bar("2031-11", Decimal(3), Decimal(4)), Bar("2032-02", Decimal(1), Decimal(2))], "title")
    assert re.findall(r'class="month">([^<]+)<', drawn) == ["nov.", "2031", "déc.", "janv.", "2032", "févr."]
    assert re.findall(r'class="value">([^<]+)<', drawn) == ["3", "4", "0", "0", "0", "0", "1", "2"]


def test_numbers_are_written_as_in_french() -> None:
    assert [str(number(Decimal(one))) for one in ("1234567", "-3", "12.50")] == [
        "1\u202f234\u202f567",
        "−3",
        "12,50",
    ]


def test_the_sheet_has_every_number_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(sheet(SPRING))))
    [moved] = [
        row for row in rows if (row["part"], row["what"], row["detail"]) == ("move", "courtesy", "reminder")
    ]
    [move] = [one for one in SPRING["moves"] if one["from"] == "courtesy" and one["to"] == "reminder"]
    assert int(moved["count"]) == move["count"]
    assert (
        sum(int(row["count"]) for row in rows if row["part"] == "month" and row["detail"] == "looked") == 41
    )
    odd = {**SPRING, "moves": [{"from": "=1+1", "to": "-x", "count": 1, "sample": []}]}
    [row] = [row for row in csv.DictReader(io.StringIO(sheet(odd))) if row["part"] == "move"]
    assert (row["what"], row["detail"]) == ("'=1+1", "'-x")
