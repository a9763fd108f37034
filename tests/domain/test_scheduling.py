"""Whether a visit has its place, and in time."""

from datetime import date

import pytest

from domain.maintenance.scheduling import State, scheduling_facts

DUE, DAY = date(2032, 3, 31), date(2032, 3, 9)


@pytest.mark.parametrize(
    ("state", "planned_on", "placed"),
    [
        (State.TO_PLAN, None, False),
        (State.PLANNED, DAY, True),
        (State.PLANNED, date(2032, 3, 8), False),
        (State.STARTED, date(2032, 3, 8), True),
        (State.MISSED, DAY, False),
        (State.DONE, date(2032, 3, 8), True),
    ],
)
def test_a_place_is_in_a_round_that_is_still_to_come(
    state: State, planned_on: date | None, placed: bool
) -> None:
    assert scheduling_facts(DUE, state, planned_on, day=DAY).placed is placed


def test_a_place_after_the_day_by_which_it_is_due_is_told_apart() -> None:
    late = scheduling_facts(DUE, State.PLANNED, date(2032, 4, 1), day=DAY)
    assert (late.after_due, late.look_on) == (True, date(2032, 4, 2))
    assert not scheduling_facts(DUE, State.PLANNED, DUE, day=DAY).after_due
    assert not scheduling_facts(None, State.PLANNED, DUE, day=DAY).after_due


def test_what_has_no_place_is_looked_at_by_the_book_alone() -> None:
    assert scheduling_facts(DUE, State.TO_PLAN, None, day=DAY).look_on is None
    assert scheduling_facts(DUE, State.PLANNED, date(2032, 3, 8), day=DAY).look_on is None
