"""A technician's day as it goes: hours and minutes of the tenant's wall."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.maintenance.planning.moments import read
from domain.maintenance.round import Call, Day, Phase, RoundFacts, look_at, round_facts, second_of

ON = date(2032, 3, 9)


def at(text: str) -> int:
    found = read(text)
    assert found is not None
    return found


def call(begins: str, ends: str, way: str = "00:30", promised: str = "") -> Call:
    return Call(at(begins), at(ends), at(way), promised=at(promised) if promised else None)


PLANNED = (
    call("08:30", "09:30", promised="08:45"),
    call("10:00", "11:00", promised="10:15"),
    call("14:00", "15:00", promised="14:15"),
)
DAY = Day(ON, at("08:00"), at("15:30"), at("06:30"), PLANNED)


def facts(now: str, *calls: Call) -> RoundFacts:
    return round_facts(replace(DAY, calls=calls or PLANNED), at(now))


@pytest.mark.parametrize(
    ("now", "phase"),
    [
        ("-24:00", Phase.AHEAD),
        ("-06:01", Phase.AHEAD),
        ("-06:00", Phase.EVE),
        ("00:00", Phase.TODAY),
        ("17:29", Phase.TODAY),
        ("17:30", Phase.OVER),
    ],
)
def test_a_day_comes_is_told_in_the_evening_before_and_ends_two_hours_after_the_return(
    now: str, phase: Phase
) -> None:
    assert facts(now).phase is phase


def test_before_the_first_visit_all_is_as_planned() -> None:
    known = facts("08:29")
    assert (known.late_minutes, known.promises_at_risk, known.left) == (0, 0, 3)
    assert (known.planned_minutes, known.expected_minutes) == (390, 390)


def test_who_has_not_begun_yet_is_later_every_minute() -> None:
    assert facts("08:45").late_minutes == 15
    assert facts("08:45").promises_at_risk == 0
    assert facts("08:46").promises_at_risk == 2


def test_what_lasts_longer_moves_the_next_visit_and_a_wait_on_the_way_absorbs_it() -> None:
    first = replace(PLANNED[0], started=at("08:30"))
    known = facts("10:10", first, *PLANNED[1:])
    assert (known.late_minutes, known.promises_at_risk, known.expected_minutes) == (40, 1, 390)


def test_a_break_on_the_way_is_still_taken() -> None:
    lunch = replace(PLANNED[2], pause=at("02:00"))
    first = replace(PLANNED[0], started=at("08:30"), ended=at("10:40"))
    known = facts("10:40", first, PLANNED[1], lunch)
    assert (known.late_minutes, known.promises_at_risk, known.expected_minutes) == (70, 2, 390 + 40)


def test_a_visit_that_was_missed_holds_up_nobody() -> None:
    away = replace(PLANNED[0], missed=True)
    known = facts("09:00", away, *PLANNED[1:])
    assert (known.missed, known.left, known.late_minutes) == (1, 2, 0)


def test_visits_made_in_another_order_are_no_delay() -> None:
    third = replace(PLANNED[2], started=at("08:30"), ended=at("09:30"))
    known = facts("09:30", PLANNED[0], PLANNED[1], third)
    assert known.left == 2
    assert known.late_minutes == 90
    assert known.promises_at_risk == 2


def test_the_last_visit_under_way_makes_the_return_late() -> None:
    done = [replace(one, started=one.begins, ended=one.ends) for one in PLANNED[:2]]
    last = replace(PLANNED[2], started=at("14:00"))
    known = facts("15:50", *done, last)
    assert (known.left, known.late_minutes, known.expected_minutes) == (1, 50, 440)


def test_a_day_whose_visits_are_over_is_over() -> None:
    done = [replace(one, started=one.begins, ended=one.ends) for one in PLANNED]
    assert facts("15:01", *done).phase is Phase.OVER
    assert facts("15:01", *done).left == 0


def test_a_round_without_visits_is_looked_at_all_the_same() -> None:
    empty = replace(DAY, calls=())
    assert round_facts(empty, at("09:00")) == RoundFacts(ON, Phase.TODAY, 0, 0, 0, 0, 0, 390, 390)
    assert look_at(empty, at("09:00")) == empty.waited_until


@pytest.mark.parametrize(
    ("now", "next_look"),
    [
        ("-30:00", "-06:00"),
        ("-06:00", "08:40"),
        ("08:40", "08:50"),
        ("17:25", "17:30"),
    ],
)
def test_the_next_look_is_when_something_should_have_been_heard(now: str, next_look: str) -> None:
    assert look_at(DAY, at(now)) == at(next_look)


def test_a_visit_under_way_is_looked_for_at_its_end() -> None:
    begun = replace(DAY, calls=(replace(PLANNED[0], started=at("08:40")), *PLANNED[1:]))
    assert look_at(begun, at("08:40")) == at("09:50")
    assert look_at(begun, at("09:45")) == at("09:55")


def test_nobody_looks_at_a_day_that_is_over() -> None:
    assert look_at(DAY, at("18:00")) is None


def test_moments_are_those_of_the_clock_on_the_wall() -> None:
    """On 28 March 2032 the clocks of Paris skip an hour."""
    sunday, noon = date(2032, 3, 28), datetime(2032, 3, 28, 10, tzinfo=UTC)
    assert second_of(noon, sunday, "Europe/Paris") == at("12:00")
    assert second_of(noon, date(2032, 3, 29), "Europe/Paris") == at("-12:00")
