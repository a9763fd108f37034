"""When the next backup begins, and which ones go."""

from datetime import UTC, datetime, time, timedelta

import pytest

from domain.backup import KEPT_FOR, LATE_AFTER, due_at, expired, is_late

NIGHT = time(2, 30)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NOW = at("2031-03-03 12:00")


@pytest.mark.parametrize(
    ("good", "tried", "due"),
    [
        ("2031-03-03 02:30", "2031-03-03 02:30", "2031-03-04 02:30"),
        ("2031-03-03 02:31", "2031-03-03 02:31", "2031-03-04 02:30"),
        ("2031-03-02 20:00", "2031-03-02 20:00", "2031-03-03 02:30"),
        ("2031-03-03 02:00", "2031-03-03 02:00", "2031-03-04 02:30"),
        ("2031-03-01 02:30", "2031-03-01 02:30", "2031-03-02 02:30"),
        ("2031-03-02 02:30", "2031-03-03 02:30", "2031-03-03 03:30"),
        ("2031-03-02 02:30", "2031-03-03 11:45", "2031-03-03 12:45"),
    ],
)
def test_the_next_one_begins_at_its_hour_or_an_hour_after_a_failure(good: str, tried: str, due: str) -> None:
    assert due_at(at(good), at(tried), NIGHT, NOW) == at(due)


def test_the_first_one_begins_at_once() -> None:
    assert due_at(None, None, NIGHT, NOW) == NOW
    assert due_at(None, at("2031-03-03 11:30"), NIGHT, NOW) == at("2031-03-03 12:30")


def test_one_made_at_any_minute_of_the_day_leaves_no_gap_that_is_late() -> None:
    for minute in range(0, 24 * 60, 7):
        good = at("2031-03-02 00:00") + timedelta(minutes=minute)
        assert timedelta(0) < due_at(good, good, NIGHT, NOW) - good < LATE_AFTER


def test_thirty_days_are_kept_and_the_newest_in_any_case() -> None:
    days = {f"{age}": NOW - timedelta(days=age) for age in (0, 1, 29, 30, 31, 90)}
    assert expired(days, NOW) == ["31", "90"]
    old = {name: taken for name, taken in days.items() if NOW - taken > KEPT_FOR}
    assert expired(old, NOW) == ["90"]
    assert expired({}, NOW) == []


def test_a_platform_with_nothing_to_lose_is_not_late() -> None:
    assert not is_late(None, None, NOW)
    assert is_late(None, NOW - timedelta(hours=27), NOW)
    assert not is_late(NOW - timedelta(hours=25), NOW - timedelta(days=400), NOW)
