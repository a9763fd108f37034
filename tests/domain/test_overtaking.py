"""What came in between a plan and its acceptance: what people would notice, and nothing else."""

from dataclasses import replace
from datetime import date

import pytest

from domain.maintenance.planning.intake import Standing, VisitState
from domain.maintenance.planning.overtaking import Overtaken, overtaken
from domain.maintenance.planning.today.changes import Appointment, changes

NINE = Appointment("T-1", date(2032, 3, 9), 9 * 3600)
ELSEWHERE = replace(NINE, technician="T-2")


def standing(at: Appointment | None, state: VisitState = VisitState.PLANNED) -> Standing:
    if at is None:
        return Standing(VisitState.TO_PLAN)
    return Standing(state, at.technician, at.on, at.begins, at.begins + 3600, 0)


def told(was: Appointment | None, now: Appointment | None, wanted: Appointment | None) -> list[str]:
    """Whose acceptance would undo it."""
    before, plan = ({} if one is None else {"V-1": one} for one in (was, wanted))
    found: Overtaken | None = None
    try:
        overtaken(before, {"V-1": standing(now)}, plan, {"T-1", "T-2"})
    except Overtaken as since:
        found = since
    here = {} if now is None else {"V-1": now}
    assert found is None or changes(before, here), "it can be said in words"
    return [] if found is None else list(found.technicians)


@pytest.mark.parametrize(("now", "who"), [
    (NINE, []),
    (replace(NINE, begins=NINE.begins + 59), []),
    (replace(NINE, begins=NINE.begins + 600), ["T-1", "T-2"]),
    (ELSEWHERE, []),
    (replace(ELSEWHERE, begins=NINE.begins - 30), []),
    (None, ["T-2"]),
])  # fmt: skip
def test_what_somebody_else_did_is_told_and_what_the_plan_does_is_not(
    now: Appointment | None, who: list[str]
) -> None:
    assert told(NINE, now, ELSEWHERE) == who


def test_what_came_into_a_round_and_what_left_it_are_told() -> None:
    assert told(None, NINE, None) == ["T-1"]
    assert told(NINE, None, None) == []


def test_what_was_cancelled_is_nowhere() -> None:
    with pytest.raises(Overtaken):
        overtaken({"V-1": NINE}, {"V-1": standing(NINE, VisitState.CANCELLED)}, {"V-1": NINE}, {"T-1"})
