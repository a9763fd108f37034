"""A technician's day, told hour by hour. 9 March 2032 is a Tuesday."""

from domain.maintenance.planning.intake import VisitState
from tests.stories.rounds import accepted, begun, ended, laid_out
from tests.stories.telling import Story, Telling

PROCESS, REF = "maintenance.round", "T-1.20320309"
TOLD = "sms maintenance/round/tomorrow → P-1"


async def told(story: Story) -> list[str]:
    return await story.told(PROCESS, REF)


async def test_a_day_as_planned_is_told_the_evening_before_and_ends_with_its_last_visit(
    telling: Telling,
) -> None:
    story = await laid_out(telling, "2032-03-01 10:00")
    await accepted(story, "2032-03-05 10:00", "V-1", "V-2")
    for ref, first, last in (("V-1", "08:10", "09:05"), ("V-2", "09:25", "10:20")):
        await begun(story, ref, f"2032-03-09 {first}")
        await ended(story, ref, f"2032-03-09 {last}")
    assert await told(story) == [f"2032-03-08 18:00 {TOLD}", "2032-03-09 10:20 closed: finished"]


async def test_who_was_told_a_round_is_told_again_when_it_changes(telling: Telling) -> None:
    story = await laid_out(telling, "2032-03-01 10:00")
    await accepted(story, "2032-03-05 10:00", "V-1", "V-2")
    await accepted(story, "2032-03-08 18:30", "V-1", "V-2")  # the same once more is nothing new
    await accepted(story, "2032-03-08 19:00", "V-1", "V-3", "V-2")
    await accepted(story, "2032-03-08 19:30", "V-1", "V-2")  # as it was told first: news again
    await accepted(story, "2032-03-08 19:45")
    changed = TOLD.replace("tomorrow", "changed")
    assert await told(story) == [
        f"2032-03-08 18:00 {TOLD}",
        f"2032-03-08 19:00 {changed}",
        f"2032-03-08 19:30 {changed}",
        "2032-03-08 19:45 closed: empty",
        f"2032-03-08 19:45 {TOLD.replace('tomorrow', 'emptied')}",
    ]


async def test_a_telling_that_does_not_get_through_is_tried_again_and_then_by_mail(telling: Telling) -> None:
    story = await laid_out(telling, "2032-03-01 10:00")
    await story.person("P-1", phone="+33698765401")
    await telling.twin.order(channel="sms", plan=["429", "ok", "opted-out"])
    await accepted(story, "2032-03-05 10:00", "V-1", "V-2")
    await story.until("2032-03-08 18:30")
    assert await told(story) == [f"2032-03-08 18:00 {TOLD}"]
    await accepted(story, "2032-03-08 19:00", "V-1", "V-3", "V-2")
    await accepted(story, "2032-03-08 19:15", "V-1", "V-3", "V-2")
    changed = TOLD.replace("tomorrow", "changed")
    mail = "email maintenance/round/changed → P-1"
    lines = await told(story)
    assert lines[1].startswith(f"2032-03-08 19:00 {changed} (failed: ")
    assert [line[17:] for line in lines[2:]] == [mail]


async def test_a_day_of_more_than_eight_hours_is_told_when_it_is_accepted(telling: Telling) -> None:
    story = await laid_out(telling, "2032-03-01 10:00", V_1=240, V_2=240)
    await accepted(story, "2032-03-05 10:00", "V-1", "V-2")
    assert await told(story) == [
        "2032-03-05 10:00 alert maintenance: Plus de huit heures de travail prévues dans une journée"
    ]


async def test_who_is_not_heard_of_is_late_and_in_the_end_unfinished(telling: Telling) -> None:
    story = await laid_out(telling, "2032-03-01 10:00")
    await accepted(story, "2032-03-08 19:00", "V-1", "V-2")
    await story.until("2032-03-09 23:00")
    first, late, closed, unfinished = await told(story)
    assert first == f"2032-03-08 19:00 {TOLD}"
    assert late.endswith("alert maintenance: Tournée en retard de plus de trente minutes")
    assert "2032-03-09 08:35" < late < "2032-03-09 08:50"
    assert unfinished.endswith("alert maintenance: Tournée finie avec des visites non faites")
    assert closed[:16] == unfinished[:16]
    assert closed.endswith("closed: unfinished")


async def test_a_visit_that_lasts_makes_the_day_too_long(telling: Telling) -> None:
    story = await laid_out(telling, "2032-03-01 10:00", V_1=180, V_2=180)
    await accepted(story, "2032-03-05 10:00", "V-1", "V-2")
    await begun(story, "V-1", "2032-03-09 08:10")
    await story.until("2032-03-09 15:00")
    assert [line.partition("alert maintenance: ")[2] for line in (await told(story))[1:]] == [
        "Tournée en retard de plus de trente minutes",
        "Une journée dépassera huit heures",
    ]


async def test_a_client_who_was_away_is_told_to_whoever_plans(telling: Telling) -> None:
    story = await laid_out(telling, "2032-03-01 10:00")
    await accepted(story, "2032-03-05 10:00", "V-1", "V-2")
    await ended(story, "V-1", "2032-03-09 08:20", VisitState.MISSED)
    assert (await told(story))[1:] == [
        "2032-03-09 08:20 alert maintenance: Client absent : visite à replanifier"
    ]


async def test_a_round_that_a_later_plan_empties_ends_and_begins_anew(telling: Telling) -> None:
    story = await laid_out(telling, "2032-03-01 10:00")
    await accepted(story, "2032-03-05 10:00", "V-1", "V-2")
    await accepted(story, "2032-03-05 11:00")
    assert await told(story) == ["2032-03-05 11:00 closed: empty"]
    await accepted(story, "2032-03-05 12:00", "V-3")
    await story.until("2032-03-08 19:45")
    assert await told(story) == ["2032-03-05 11:00 closed: empty", f"2032-03-08 18:00 {TOLD}"]
