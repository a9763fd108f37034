"""Minutes over the planned time, as check-in and check-out tell them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.maintenance.overrun import Presence, billed_minutes, overrun_facts

START = datetime(2031, 3, 10, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def over(presence: Presence, at: datetime, covered: bool = False) -> dict[str, object]:
    return overrun_facts(START, HOUR, presence, at=at, zone="Europe/Paris", covered=covered).as_facts()


def test_who_came_late_may_leave_late() -> None:
    late = Presence(START + timedelta(minutes=40), START + timedelta(minutes=100))
    assert over(late, START + 2 * HOUR) == {
        "visit_on": START.date(), "checked_out": True, "overrun_minutes": 0,
        "minutes_since_planned_end": 60, "covered": False, "checked_in": True, "verdict": None,
    }  # fmt: skip


def test_a_minute_begun_counts() -> None:
    stayed = Presence(START, START + HOUR + timedelta(minutes=30, seconds=1))
    assert over(stayed, START + 2 * HOUR)["overrun_minutes"] == 31


def test_without_a_check_out_the_overrun_is_not_known() -> None:
    facts = over(Presence(START), START + timedelta(minutes=119))
    assert (facts["checked_out"], facts["overrun_minutes"]) == (False, None)
    assert facts["minutes_since_planned_end"] == 59
    assert facts["checked_in"]


def test_who_never_came_has_not_checked_in() -> None:
    assert not over(Presence(), START + 2 * HOUR)["checked_in"]


def test_nobody_leaves_before_coming() -> None:
    with pytest.raises(BadInput, match="before the arrival"):
        Presence(START, START - HOUR)


@given(st.integers(0, 1_000), st.integers(1, 120))
def test_units_begun_are_billed(minutes: int, unit: int) -> None:
    billed = billed_minutes(minutes, unit)
    assert billed % unit == 0
    assert minutes <= billed < minutes + unit
