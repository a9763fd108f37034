from datetime import date

import pytest

from adapters.holidays import PublicHolidays
from domain.errors import BadInput
from domain.ports import Holidays


def test_each_country_has_its_own_days() -> None:
    days: Holidays = PublicHolidays()
    assert date(2026, 7, 14) in days.of("FR", 2026)
    assert date(2026, 4, 6) in days.of("FR", 2026)
    assert date(2026, 5, 20) in days.of("CM", 2026)
    assert date(2026, 7, 14) not in days.of("CM", 2026)
    assert all(day.year == 2027 for day in days.of("CM", 2027))


def test_an_announced_feast_replaces_the_estimated_one() -> None:
    estimated, announced = date(2026, 3, 20), date(2026, 3, 21)
    days = PublicHolidays(extra=frozenset({announced}), removed=frozenset({estimated}))
    assert estimated in PublicHolidays().of("CM", 2026)
    assert estimated not in days.of("CM", 2026)
    assert announced in days.of("CM", 2026)
    assert announced not in days.of("CM", 2027)


def test_a_country_without_a_calendar_is_named() -> None:
    with pytest.raises(BadInput) as refused:
        PublicHolidays().of("ZZ", 2026)
    assert refused.value.mistakes[0].field == "country"
