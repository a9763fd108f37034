"""Whether a visit has its place, and in time."""

from datetime import date

import pytest

from domain.maintenance.planning.intake import VisitState
from domain.maintenance.scheduling import scheduling_facts

DUE, DAY = date(2032, 3, 31), date(2032, 3, 9)


@pytest.mark.parametrize(
    ("state", "planned_on", "placed"),
    [
        (VisitState.TO_PLAN, None, False),
        (VisitState.PLANNED, DAY, True),
        (VisitState.PLANNED, date(2032, 3, 8), False),
        (VisitState.STARTED, date(2032, 3, 8), True),
        (VisitState.MISSED, DAY, False),
        (VisitState.DONE, date(2032, 3, 8), True),
    ],
)
def test_a_place_is_in_a_round_that_is_still_to_come(
    state: VisitState, planned_on: date | None, placed: bool
) -> None:
    assert scheduling_facts(DUE, state, planned_on, day=DAY).placed is placed


def test_a_place_after_the_day_by_which_it_is_due_is_told_apart() -> None:
    late = scheduling_facts(DUE, VisitState.PLANNED, date(2032, 4, 1), day=DAY)
    assert (late.after_due, late.look_on) == (True, date(2032, 4, 2))
    assert not scheduling_facts(DUE, VisitState.PLANNED, DUE, day=DAY).after_due
    assert not scheduling_facts(None, VisitState.PLANNED, DUE, day=DAY).after_due


def test_what_has_no_place_is_looked_at_by_the_book_alone() -> None:
    assert scheduling_facts(DUE, VisitState.TO_PLAN, None, day=DAY).look_on is None
    assert scheduling_facts(DUE, VisitState.PLANNED, date(2032, 3, 8), day=DAY).look_on is None
