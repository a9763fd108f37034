"""Reports: periods and their days, what is earned, and the page that says so."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.holidays import PublicHolidays
from domain.calendar import DAY
from domain.decision import Bilingual
from domain.errors import BadInput
from domain.fleet.profit import Late, Month, Profit, Profitability, cells, columns, sum_of
from domain.fleet.report import (
    Kind,
    Period,
    Rhythm,
    after,
    falls_due_on,
    period_mistakes,
    period_with,
    report_facts,
)
from domain.fleet.report_page import page
from domain.money import Money
from rules.asking import open_days

days = st.dates(date(2001, 1, 1), date(2090, 1, 1))
rhythms = st.sampled_from(list(Rhythm))


@given(rhythms, days)
def test_periods_follow_one_another_without_gap_and_hold_their_day(rhythm: Rhythm, day: date) -> None:
    period = period_with(rhythm, day)
    assert period.begins_on <= day <= period.ends_on
    following = after(rhythm, period)
    assert following.begins_on == period.ends_on + DAY
    assert period_with(rhythm, following.ends_on) == following
    assert following.before == period if rhythm is not Rhythm.WEEKLY else True


@given(days, st.integers(0, 700))
def test_the_period_before_is_as_long_and_just_before(day: date, length: int) -> None:
    period = Period(day, day + timedelta(days=length))
    before = period.before
    assert before.ends_on + DAY == period.begins_on
    if not period.whole_months:
        assert before.ends_on - before.begins_on == period.ends_on - period.begins_on


@pytest.mark.parametrize(
    ("begins", "ends", "french", "english"),
    [
        ("2026-03-01", "2026-03-31", "mars 2026", "March 2026"),
        ("2026-01-01", "2026-03-31", "janvier à mars 2026", "January to March 2026"),
        ("2025-12-01", "2026-01-31", "décembre 2025 à janvier 2026", "December 2025 to January 2026"),
        ("2026-03-01", "2026-03-08", "du 1er mars 2026 au 8 mars 2026", "1 March 2026 to 8 March 2026"),
    ],
)
def test_a_period_is_told(begins: str, ends: str, french: str, english: str) -> None:
    told = Period(date.fromisoformat(begins), date.fromisoformat(ends)).told
    assert (told.fr, told.en) == (french, english)


def test_a_report_falls_due_on_the_first_business_day() -> None:
    is_open = open_days("CM", PublicHolidays())
    # Friday 1 May is a holiday; so the Monday after.
    april = period_with(Rhythm.MONTHLY, date(2026, 4, 15))
    assert falls_due_on(april, is_open) == date(2026, 5, 4)
    assert report_facts(date(2026, 5, 4), day=date(2026, 5, 1), recipients=2, ended=False).days_left == 3
    assert report_facts(date(2026, 5, 4), day=date(2026, 5, 9), recipients=2, ended=False).days_left == 0


def test_a_period_that_cannot_be_is_refused() -> None:
    with pytest.raises(BadInput, match="exchange the two days"):
        Period(date(2026, 3, 2), date(2026, 3, 1))
    last = (date(9999, 12, 1), date(9999, 12, 31))
    for begins, ends in ((date(2020, 1, 1), date(2026, 1, 1)), (date(1900, 1, 1),) * 2, last):
        [wrong] = period_mistakes(Kind.BIKE, Period(begins, ends))
        assert wrong.field == "ends_on"
    [wrong] = period_mistakes(Kind.INVESTOR, Period(date(2026, 3, 2), date(2026, 3, 8)))
    assert (wrong.field, wrong.mend) == ("begins_on", "begin on the 1st")


def franc(minor: int) -> Money:
    return Money("XAF", minor)


def profit(ref: str, collected: int, costs: int, name: str = "") -> Profit:
    return Profit(ref, name, franc(collected), franc(0), franc(costs), franc(0))


MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def found(*profits: Profit, before: Profit | None = None, months: int = 3, kind: Kind = Kind.STATION
          ) -> Profitability:  # fmt: skip
    first = [Month(date(2026, 1 + n, 1), profits[0]) for n in range(months)]
    return Profitability(kind, "", MARCH, "XAF", profits, before or profit("", 0, 0), tuple(first))


def test_the_margin_is_what_is_left_and_no_revenue_has_no_rate() -> None:
    one = Profit("ST-1", "Akwa", franc(100), franc(50), franc(30), franc(20))
    assert (one.revenue, one.margin, one.rate) == (franc(150), franc(100), Decimal(100) / 150)
    assert profit("ST-2", 0, 10).rate is None
    assert sum_of([one, profit("ST-2", 0, 10)], "XAF").margin == franc(90)
    assert len(cells(one)) == len(columns(Kind.STATION))


def test_the_change_is_told_against_the_period_before() -> None:
    told = page(
        found(profit("ST-1", 150, 50), before=profit("", 100, 50)), None, "Motos", MARCH.ends_on, "fr"
    )
    values = {one["label"]: (one["value"], one["note"]) for one in told["figures"]}
    assert values["Recettes"] == ("150\u00a0FCFA", "+50,0\u00a0% · avant\u00a0: 100\u00a0FCFA")
    assert values["Marge"] == ("100\u00a0FCFA", "+100,0\u00a0% · avant\u00a0: 50\u00a0FCFA")
    assert told["methods"][0] == "Avant\u00a0: février 2026."
    # From nothing, or from a loss, there is no percentage.
    lost = page(found(profit("ST-1", 150, 50), before=profit("", 0, 50)), None, "M", MARCH.ends_on, "fr")
    assert lost["figures"][3]["note"] == "avant\u00a0: −50\u00a0FCFA"


def test_a_long_table_has_the_best_and_the_worst_and_its_sum_is_whole() -> None:
    many = [profit(f"ST-{n:03}", 1000 - n, 0) for n in range(100)]
    table = page(found(*many), None, "Motos", MARCH.ends_on, "fr")["table"]
    assert len(table["rows"]) == 29
    assert table["rows"][20][0] == "72 autres"
    numbers = [int(row[1].replace("\u202f", "")) for row in table["rows"]]
    assert sum(numbers) == int(table["foot"][1].replace("\u202f", "")) == sum(range(901, 1001))


def test_charts_are_drawn_where_there_is_something_to_compare() -> None:
    alone = page(found(profit("ST-1", 1, 0), months=1), None, "Motos", MARCH.ends_on, "en")
    assert alone["charts"] == []
    several = page(
        found(profit("A", 5, 0, "Akwa"), profit("B", 1, 3, "Akwa")), None, "M", MARCH.ends_on, "fr"
    )
    titles = [one["alt"] for one in several["charts"]]
    assert titles == ["Recettes, coûts et marge par mois", "Taux de marge par mois", "Marge sur la période"]
    assert ">A<" in several["charts"][2]["svg"]  # two that share a name are told apart by reference


def test_the_fleet_says_how_late_its_contracts_are() -> None:
    late = Late(Bilingual("1 à 7 jours", "1 to 7 days"), 4, franc(9000))
    whole = found(profit("", 10, 0), kind=Kind.FLEET)
    risky = Profitability(
        whole.kind, "", MARCH, "XAF", whole.profits, whole.before, whole.months, (late,), Decimal("0.083"),
        date(2026, 4, 1),
    )  # fmt: skip
    told = page(risky, None, "Motos", MARCH.ends_on, "fr")
    assert told["late"]["rows"] == [["1 à 7 jours", "4", "9\u202f000"]]
    assert "8,3\u00a0%" in told["late"]["note"]
    assert told["table"]["rows"][0][0] == "Hors agence"
    assert page(whole, None, "Motos", MARCH.ends_on, "fr")["late"] == {}
