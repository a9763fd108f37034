from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import add_months
from domain.errors import BadInput
from domain.fleet.agency import AgencyMonth, agency_facts
from domain.fleet.station import StationMonth, station_facts
from domain.fleet.station_ranking import Graded, ranking
from domain.money import Money

FIRST = date(2026, 1, 1)


def xaf(minor: int) -> Money:
    return Money("XAF", minor)


def shares(*values: int | str) -> tuple[Decimal, ...]:
    return tuple(Decimal(value) for value in values)


def station(after: int, revenue: int, **more: object) -> StationMonth:
    month = StationMonth(add_months(FIRST, after), xaf(revenue), xaf(600), 90, 10, 120, 570, 600, xaf(1000))
    return replace(month, **more)  # type: ignore[arg-type]


def agency(after: int, collected: int, **more: object) -> AgencyMonth:
    month = AgencyMonth(add_months(FIRST, after), xaf(1000), xaf(collected), 19, 4, 1, 3, 4)
    return replace(month, **more)  # type: ignore[arg-type]


def test_a_station_is_measured_on_its_last_month() -> None:
    facts = station_facts([station(0, 800), station(1, 700), station(2, 1000)])
    assert (facts.month_on, facts.months_open) == (date(2026, 3, 1), 3)
    assert (facts.target_percent, facts.best_percent_3m, facts.margin_percent) == shares(100, 100, 40)
    assert facts.change_percent == Decimal("42.85")
    assert (facts.open_percent, facts.refused_percent, facts.used_percent) == shares(95, 10, 75)


def test_nothing_is_compared_with_what_is_not_there() -> None:
    facts = station_facts([station(0, 0, swaps=0, refused=0, capacity=0, planned_hours=0, target=None)])
    found = [value for name, value in facts.as_facts().items() if name.endswith(("_percent", "_3m"))]
    assert found == [None] * 7


def test_a_share_never_shows_a_target_as_reached_before_it_is() -> None:
    assert station_facts([station(0, 999_999, target=xaf(1_000_000))]).target_percent == Decimal("99.99")


@pytest.mark.parametrize(
    ("months", "told"),
    [([], "there is none"), ([0, 2], "do not follow"), ([1, 0], "do not follow"), ([0, 0], "do not follow")],
)
def test_months_follow_one_another(months: list[int], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        station_facts([station(after, 100) for after in months])
    with pytest.raises(BadInput, match=told):
        agency_facts([agency(after, 100) for after in months])


def test_impossible_months_are_refused_all_at_once() -> None:
    with pytest.raises(BadInput, match=r"swaps.*month_on.*costs"):
        station(0, 100, month_on=date(2026, 1, 2), swaps=-1, costs=Money("EUR", 1))
    with pytest.raises(BadInput, match=r"late.*month_on.*collected"):
        agency(0, 100, month_on=date(2026, 1, 2), late=20, due=Money("EUR", 1))


def test_an_agency_is_measured_on_its_last_month() -> None:
    facts = agency_facts([agency(0, 700), agency(1, 860), agency(2, 800)])
    assert (facts.collected_percent, facts.best_collected_3m) == (Decimal(80), Decimal(86))
    assert facts.collected_change == Decimal(-6)
    assert (facts.late_percent, facts.ended_percent, facts.new_percent) == shares("21.05", 5, 75)


def test_an_agency_without_dues_or_target_has_no_share() -> None:
    facts = agency_facts([agency(0, 0, due=xaf(0), contracts=0, late=0, ended_early=0, new_target=None)])
    assert [facts.collected_percent, facts.collected_change, facts.late_percent] == [None] * 3
    assert [facts.ended_percent, facts.new_percent, facts.best_collected_3m] == [None] * 3


graded = st.lists(
    st.builds(Graded, st.text("ab", min_size=1, max_size=3), st.integers(0, 5),
              st.none() | st.integers(-2, 2).map(Decimal)),
    unique_by=lambda one: one.station,
)  # fmt: skip


@given(graded, st.randoms())
def test_a_ranking_places_everyone_by_merit(stations: list[Graded], chance: Random) -> None:
    places = ranking(stations)
    assert sorted(one.graded.station for one in places) == sorted(one.station for one in stations)
    for one in places:
        better = sum(other.merit > one.graded.merit for other in stations)
        assert one.place == better + 1
    chance.shuffle(stations)
    assert ranking(stations) == places


def test_equal_points_are_told_apart_by_the_margin() -> None:
    margins = {"Yassa": 10, "Akwa": 10, "Deido": 12}
    rows = [Graded(name, 60, Decimal(margin)) for name, margin in margins.items()]
    found = ranking([*rows, Graded("Bonabéri", 60, None)])
    told = [(one.place, one.graded.station) for one in found]
    assert told == [(1, "Deido"), (2, "Akwa"), (2, "Yassa"), (4, "Bonabéri")]
