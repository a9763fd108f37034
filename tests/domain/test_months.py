"""The first business morning after a month is over."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import BusinessDays, add_months
from domain.fleet.months import Looked, looked_at, morning_after

NEW_YEAR = BusinessDays(frozenset({date(2032, 1, 1)})).is_open
OPENED = date(2031, 11, 10)


def test_a_month_is_looked_at_when_people_are_back_at_work() -> None:
    """1 January 2032 is a holiday and a Thursday; 1 February a Sunday."""
    assert looked_at(date(2031, 11, 20), OPENED, None, NEW_YEAR) == Looked(None, date(2031, 12, 1))
    assert looked_at(date(2032, 1, 1), OPENED, None, NEW_YEAR) == Looked(date(2031, 11, 1), date(2032, 1, 2))
    assert looked_at(date(2032, 1, 2), OPENED, None, NEW_YEAR) == Looked(date(2031, 12, 1), date(2032, 2, 2))
    assert looked_at(date(2032, 2, 1), OPENED, None, NEW_YEAR).next_on == date(2032, 2, 2)


def test_the_month_of_the_closing_is_the_last() -> None:
    closed = date(2032, 1, 15)
    assert looked_at(date(2032, 1, 20), OPENED, closed, NEW_YEAR) == Looked(
        date(2031, 12, 1), date(2032, 2, 2)
    )
    assert looked_at(date(2032, 2, 2), OPENED, closed, NEW_YEAR) == Looked(date(2032, 1, 1), None)
    assert looked_at(date(2032, 9, 9), OPENED, closed, NEW_YEAR) == Looked(date(2032, 1, 1), None)


@given(st.dates(date(2031, 1, 1), date(2036, 1, 1)), st.integers(0, 2000), st.sets(st.integers(0, 40)))
def test_the_next_morning_is_the_one_at_which_the_next_month_is_seen(
    opened: date, days: int, holidays: set[int]
) -> None:
    day = opened + timedelta(days=days)
    off = BusinessDays(frozenset(day + timedelta(days=one) for one in holidays)).is_open
    seen = looked_at(day, opened, None, off)
    assert seen.next_on is not None
    assert seen.next_on > day
    coming = looked_at(seen.next_on, opened, None, off)
    assert coming.month_on is not None
    assert morning_after(coming.month_on, off) == seen.next_on
    if seen.month_on is not None:
        assert add_months(seen.month_on, 1) == coming.month_on
