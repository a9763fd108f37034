"""Visits that wait for their place, told day by day."""

from datetime import date

from domain.maintenance.planning.intake import VisitState
from tests.stories.rounds import accepted, begun, ended, laid_out
from tests.stories.telling import Story, Telling

PROCESS = "maintenance.scheduling"
DUE = date(2032, 3, 31)
SOON = "alert maintenance: Visite due dans une semaine et non planifiée"
URGENT = "alert maintenance: Visite due dans deux jours et non planifiée"
OVERDUE = "alert maintenance: Visite échue et non planifiée"
TOO_LATE = "alert maintenance: Visite planifiée après son échéance"


async def told(story: Story) -> list[str]:
    return await story.told(PROCESS, "V-1")


async def test_a_visit_that_nobody_plans_is_told_before_and_after_it_is_due(telling: Telling) -> None:
    """31 March 2032 is a Wednesday, the 29th is Easter Monday."""
    story = await laid_out(telling, "2032-03-01 10:00", DUE)
    await story.until("2032-04-09 12:00")
    assert await told(story) == [
        f"2032-03-24 08:00 {SOON}",
        f"2032-03-26 08:00 {URGENT}",
        f"2032-04-01 08:00 {OVERDUE}",
        f"2032-04-08 08:00 {OVERDUE}",
    ]
    await ended(story, "V-1", "2032-04-09 15:00", VisitState.CANCELLED)
    assert (await told(story))[-1] == "2032-04-09 15:00 closed: cancelled"


async def test_a_visit_with_a_place_disturbs_nobody_until_its_day_has_passed(telling: Telling) -> None:
    """Planned, and nobody went: from the next morning on it has no place any more."""
    story = await laid_out(telling, "2032-03-01 10:00", DUE)
    await accepted(story, "2032-03-02 10:00", "V-1", "V-2", on=date(2032, 3, 26))
    await story.until("2032-03-26 23:00")
    assert await told(story) == []
    await story.until("2032-03-27 12:00")
    assert await told(story) == [f"2032-03-27 07:00 {URGENT}"]


async def test_a_place_after_the_day_by_which_it_is_due_is_told_at_once(telling: Telling) -> None:
    story = await laid_out(telling, "2032-03-01 10:00", DUE)
    await accepted(story, "2032-03-02 10:00", "V-1", on=date(2032, 4, 1))
    assert await told(story) == [f"2032-03-02 10:00 {TOO_LATE}"]


async def test_a_visit_that_is_done_is_followed_no_longer(telling: Telling) -> None:
    story = await laid_out(telling, "2032-03-01 10:00", DUE)
    await accepted(story, "2032-03-08 10:00", "V-1", "V-2")
    await begun(story, "V-1", "2032-03-09 08:10")
    await ended(story, "V-1", "2032-03-09 09:05")
    assert await told(story) == ["2032-03-09 09:05 closed: done"]


async def test_a_client_who_was_away_waits_for_another_place(telling: Telling) -> None:
    story = await laid_out(telling, "2032-03-01 10:00", DUE)
    await accepted(story, "2032-03-08 10:00", "V-1", "V-2")
    await ended(story, "V-1", "2032-03-09 08:30", VisitState.MISSED)
    await story.until("2032-03-24 12:00")
    assert await told(story) == [f"2032-03-24 08:00 {SOON}"]
