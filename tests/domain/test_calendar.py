from calendar import Calendar
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import BusinessDays, add_months, at_local, local_date, months_before
from domain.errors import BadInput

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
ZONES = st.sampled_from(["Africa/Douala", "Europe/Paris", "America/New_York", "Australia/Lord_Howe"])


def test_a_late_evening_in_utc_is_already_tomorrow_in_douala() -> None:
    at = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)
    assert local_date(at, "Africa/Douala") == date(2026, 4, 1)
    assert local_date(at, "America/New_York") == date(2026, 3, 31)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        local_date(datetime(2026, 1, 1), "Europe/Paris")


@pytest.mark.parametrize("zone", ["Europe/Pariss", "", "../etc/passwd", "Europe", "a\0b"])
def test_an_unknown_zone_is_named(zone: str) -> None:
    with pytest.raises(BadInput) as refused:
        at_local(date(2026, 1, 1), time(8), zone)
    assert refused.value.mistakes[0].field == "zone"


def test_the_hour_that_spring_skips_moves_forward() -> None:
    at = at_local(date(2026, 3, 29), time(2, 30), "Europe/Paris")
    assert at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_autumn_repeats_is_the_first_one(fold: int) -> None:
    at = at_local(date(2026, 10, 25), time(2, 30, fold=fold), "Europe/Paris")
    assert at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(DAYS, st.times(time(4), time(22)), ZONES)
def test_an_hour_that_exists_comes_back_on_its_own_day(day: date, clock: time, zone: str) -> None:
    at = at_local(day, clock, zone)
    assert at.tzinfo is UTC
    assert local_date(at, zone) == day


def test_months_are_clamped_from_the_base_and_never_drift() -> None:
    base = date(2024, 1, 31)
    assert [add_months(base, n).isoformat() for n in (1, 2, 3, 13, -2)] == [
        "2024-02-29", "2024-03-31", "2024-04-30", "2025-02-28", "2023-11-30",
    ]  # fmt: skip
    assert months_before(date(2026, 5, 31), 3) == date(2026, 2, 28)


@given(DAYS, st.integers(0, 600))
def test_a_month_later_agrees_with_leafing_through_the_calendar(base: date, months: int) -> None:
    year, month = base.year, base.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    days = [day for day in Calendar().itermonthdates(year, month) if day.month == month]
    assert add_months(base, months) == max(day for day in days if day.day <= base.day)


def test_the_end_of_time_is_an_overflow() -> None:
    with pytest.raises(OverflowError):
        add_months(date(9999, 12, 1), 1)


@given(DAYS, st.frozensets(st.integers(0, 6), max_size=6), st.frozensets(st.integers(-20, 20)))
def test_a_day_is_open_unless_the_week_or_a_holiday_closes_it(
    day: date, weekend: frozenset[int], offs: frozenset[int]
) -> None:
    work = BusinessDays(frozenset(day + timedelta(days=n) for n in offs), weekend)
    assert work.is_open(day) == (day.weekday() not in weekend and 0 not in offs)


@pytest.mark.parametrize("weekend", [frozenset(range(7)), frozenset({7})])
def test_a_week_without_a_working_day_is_refused(weekend: frozenset[int]) -> None:
    with pytest.raises(BadInput, match="working day"):
        BusinessDays(weekend=weekend)
