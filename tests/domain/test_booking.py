"""Days from a request to a visit are days on the wall of the tenant."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.maintenance.booking import days_ahead

PARIS = "Europe/Paris"
LATE = datetime(2031, 3, 9, 22, 30, tzinfo=UTC)
"""23:30 in Paris, on the 9th."""

instants = st.datetimes(datetime(2025, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("later", "days"), [(timedelta(), 0), (timedelta(minutes=29), 0), (timedelta(minutes=30), 1)]
)
def test_midnight_of_the_tenant_begins_a_day(later: timedelta, days: int) -> None:
    assert days_ahead(LATE, LATE + later, PARIS) == days


def test_a_visit_of_yesterday_is_behind() -> None:
    assert days_ahead(LATE, LATE - timedelta(days=1), PARIS) == -1


@given(instants, instants)
def test_it_is_the_same_from_both_ends_and_off_by_less_than_two_days(a: datetime, b: datetime) -> None:
    days = days_ahead(a, b, PARIS)
    assert days == -days_ahead(b, a, PARIS)
    assert abs(timedelta(days=days) - (b - a)) < timedelta(days=2)
