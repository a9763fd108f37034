"""Room for one message more: found on the first day that has it, whatever was sent before."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.throttle import Limits, Room, room

TODAY = date(2032, 3, 10)


def days(*ago: int) -> list[date]:
    return [TODAY - timedelta(days=one) for one in ago]


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ((), Room(TODAY)),
        ((0,), Room(TODAY)),
        ((0, 0), Room(date(2032, 3, 11), "2 a day")),
        ((1, 1, 2), Room(TODAY)),
        ((6, 5, 1, 1), Room(date(2032, 3, 11), "4 a week")),
        ((3, 3, 2, 2), Room(date(2032, 3, 14), "4 a week")),
        ((7, 7, 7, 7), Room(TODAY)),
    ],
)
def test_room(sent: tuple[int, ...], found: Room) -> None:
    assert room(Limits(2, 4), days(*sent), TODAY) == found


@given(st.integers(1, 5), st.integers(1, 20), st.lists(st.integers(0, 6), max_size=40))
def test_no_seven_days_ever_hold_more_than_the_limit(a_day: int, a_week: int, ago: list[int]) -> None:
    """Messages that go out only where there is room keep both limits, however many are waiting."""
    sent: list[date] = []
    for day in sorted(days(*ago)):
        found = room(Limits(a_day, a_week), sent, day)
        if found.on == day:
            sent.append(day)
        else:
            assert found.full
            assert day < found.on <= day + timedelta(days=7)
    for n in range(7):
        last = TODAY - timedelta(days=n)
        assert sent.count(last) <= a_day
        assert sum(last - timedelta(days=6) <= day <= last for day in sent) <= a_week
