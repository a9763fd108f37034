"""Deliverables of internships in Paris, told day by day."""

from datetime import date

import pytest

from database.internships import deliverable as facts
from database.internships.placement import create_placement
from database.shared import cases, outbox
from database.shared.cases import StandingOrder
from database.shared.timeline import timeline
from domain.case import Case
from domain.errors import BadInput, Conflict
from domain.internships.deliverable import Deliverable, Kind
from domain.internships.placement import Placement
from tests.stories.telling import Story, Telling

PROCESS = "internships.deliverable"
PLACEMENT = Placement("P-1", "E-1", "T-1", "M-1", "Ateliers du Lac", date(2032, 1, 5), date(2032, 12, 17))
UPCOMING, LAST = "email internships/deliverable/upcoming → E-1", "sms internships/deliverable/last_day → E-1"
LATE = "sms internships/deliverable/late → E-1"
TUTOR = "email internships/deliverable/late_tutor → T-1"
WEEK_LATE = "alert internships: Livrable en retard d’une semaine"


async def announced(
    telling: Telling,
    due_on: date,
    at: str = "2032-01-12 10:00",
    *,
    tutor_email: str | None = "t1@example.org",
) -> Story:
    story = await telling.begin("ecole", zone="Europe/Paris", country="FR", currency="EUR")
    await story.person("E-1", full_name="Inès Moreau")
    await story.person("T-1", full_name="Paul Girard", email=tutor_email)
    await story.person("M-1", full_name="Anne Roche")
    async with story.fact(at) as (tx, moment):
        assert await create_placement(tx, story.tenant, PLACEMENT)
        await facts.announce(tx, story.tenant, report(due_on), moment)
    return story


def report(due_on: date) -> Deliverable:
    return Deliverable("D-1", "P-1", Kind.REPORT, "Rapport de mi-parcours", due_on)


async def told(story: Story) -> list[str]:
    return await story.told(PROCESS, "D-1")


async def hand_in(story: Story, at: str, file_name: str = "rapport.pdf") -> None:
    async with story.fact(at) as (tx, moment):
        await facts.hand_in(tx, story.tenant, "D-1", file_name, "E-1", moment)


async def extend(story: Story, at: str, to_on: date) -> None:
    async with story.fact(at) as (tx, moment):
        await facts.extend(tx, story.tenant, "D-1", to_on, "Arrêt maladie", "T-1", moment)


async def test_a_report_due_on_29_february_is_reminded_of_three_times(telling: Telling) -> None:
    story = await announced(telling, date(2032, 2, 29))
    await hand_in(story, "2032-02-29 23:50")
    await story.until("2032-04-30 12:00")
    assert await told(story) == [
        f"2032-02-22 09:00 {UPCOMING}",
        f"2032-02-26 09:00 {UPCOMING}",
        f"2032-02-28 09:00 {LAST}",
        "2032-02-29 23:50 closed: handed_in",
    ]


async def test_a_late_report_is_asked_for_five_times_and_alerted_once(telling: Telling) -> None:
    """Across 28 March, when the clock in Paris goes forward; a week late is a Friday."""
    story = await announced(telling, date(2032, 3, 26))
    await story.until("2032-05-20 12:00")
    expected = [
        f"2032-03-19 09:00 {UPCOMING}",
        f"2032-03-23 09:00 {UPCOMING}",
        f"2032-03-25 09:00 {LAST}",
        f"2032-03-27 09:00 {LATE}",
        f"2032-03-27 09:00 {TUTOR}",
        f"2032-03-30 09:00 {LATE}",
        f"2032-03-30 09:00 {TUTOR}",
        f"2032-04-02 09:00 {LATE}",
        f"2032-04-02 09:00 {TUTOR}",
        f"2032-04-02 09:00 {WEEK_LATE}",
        f"2032-04-05 09:00 {LATE}",
        f"2032-04-05 09:00 {TUTOR}",
        f"2032-04-08 09:00 {LATE}",
        f"2032-04-08 09:00 {TUTOR}",
    ]
    assert sorted(await told(story)) == sorted(expected)
    await hand_in(story, "2032-05-21 14:00")
    assert (await told(story))[-1] == "2032-05-21 14:00 closed: handed_in"


async def test_an_extension_moves_what_is_still_to_come(telling: Telling) -> None:
    """Granted after the first reminder: it goes out again on its new day."""
    story = await announced(telling, date(2032, 6, 11))
    await extend(story, "2032-06-05 11:00", date(2032, 6, 25))
    await hand_in(story, "2032-06-23 16:00")
    await story.until("2032-08-01 12:00")
    assert await told(story) == [
        f"2032-06-04 09:00 {UPCOMING}",
        f"2032-06-18 09:00 {UPCOMING}",
        f"2032-06-22 09:00 {UPCOMING}",
        "2032-06-23 16:00 closed: handed_in",
    ]


async def test_a_short_extension_does_not_repeat_what_was_said(telling: Telling) -> None:
    """The new seventh day before lies behind already."""
    story = await announced(telling, date(2032, 6, 11))
    await extend(story, "2032-06-10 11:00", date(2032, 6, 14))
    await story.until("2032-06-16 12:00")
    assert await told(story) == [
        f"2032-06-04 09:00 {UPCOMING}",
        f"2032-06-08 09:00 {UPCOMING}",
        f"2032-06-10 09:00 {LAST}",
        f"2032-06-11 09:00 {UPCOMING}",
        f"2032-06-13 09:00 {LAST}",
        f"2032-06-15 09:00 {LATE}",
        f"2032-06-15 09:00 {TUTOR}",
    ]


async def test_an_extension_ends_the_lateness(telling: Telling) -> None:
    story = await announced(telling, date(2032, 6, 11))
    await extend(story, "2032-06-13 11:00", date(2032, 6, 30))
    await story.until("2032-06-22 12:00")
    assert await told(story) == [
        f"2032-06-04 09:00 {UPCOMING}",
        f"2032-06-08 09:00 {UPCOMING}",
        f"2032-06-10 09:00 {LAST}",
        f"2032-06-12 09:00 {LATE}",
        f"2032-06-12 09:00 {TUTOR}",
    ]
    await story.until("2032-06-23 12:00")
    assert (await told(story))[-1] == f"2032-06-23 09:00 {UPCOMING}"


@pytest.mark.parametrize(
    ("at", "first"),
    [("2032-06-09 14:00", UPCOMING), ("2032-06-10 14:00", LAST), ("2032-06-11 14:00", LAST)],
)
async def test_announced_late_only_what_still_makes_sense_is_said(
    telling: Telling, at: str, first: str
) -> None:
    """Two days before, the day before, and on the last day itself."""
    story = await announced(telling, date(2032, 6, 11), at)
    await story.until("2032-06-12 12:00")
    day_before = [f"2032-06-10 09:00 {LAST}"] if first == UPCOMING else []
    late = [f"2032-06-12 09:00 {LATE}", f"2032-06-12 09:00 {TUTOR}"]
    assert await told(story) == [f"{at} {first}", *day_before, *late]


async def test_the_words_fit_the_day_on_which_they_are_read(telling: Telling) -> None:
    story = await announced(telling, date(2032, 6, 11), "2032-06-11 14:00")
    assert (await texts(story))[0].endswith("est à remettre aujourd'hui, 11/06/2032, au plus tard.")
    await story.until("2032-06-15 12:00")
    student, tutor, again = (await texts(story))[1:4]
    assert "a 1 jour de retard" in student
    assert "Paul Girard" in tutor
    assert "Inès Moreau" in tutor
    assert "a 4 jours de retard" in again


async def texts(story: Story) -> list[str]:
    async with story.telling.database.tenant(story.tenant) as tx:
        happened = await timeline(tx, Case(story.tenant, PROCESS, "D-1", story.zone))
    return [each.details["text"] for each in happened if each.kind == "message"]


async def test_a_tutor_without_email_is_withheld_and_the_student_still_told(telling: Telling) -> None:
    story = await announced(telling, date(2032, 6, 11), "2032-06-11 14:00", tutor_email=None)
    await story.until("2032-06-12 12:00")
    assert (await told(story))[1:] == [
        f"2032-06-12 09:00 {LATE}",
        f"2032-06-12 09:00 {TUTOR} (withheld: no address)",
    ]


async def test_paused_nothing_is_said_and_resumed_only_the_latest(telling: Telling) -> None:
    story = await announced(telling, date(2032, 6, 11))
    await order(story, "2032-06-03 10:00", "paused")
    await story.until("2032-06-08 12:00")
    assert await told(story) == []
    await order(story, "2032-06-09 10:00", "")
    await story.until("2032-06-10 12:00")
    assert await told(story) == [f"2032-06-09 10:00 {UPCOMING}", f"2032-06-10 09:00 {LAST}"]


async def test_stopped_by_operations_it_ends(telling: Telling) -> None:
    story = await announced(telling, date(2032, 6, 11))
    await order(story, "2032-06-03 10:00", "stopped")
    await story.until("2032-07-08 12:00")
    assert await told(story) == ["2032-06-03 10:00 closed: stopped"]


async def order(story: Story, at: str, state: str) -> None:
    case = Case(story.tenant, PROCESS, "D-1", story.zone)
    async with story.fact(at) as (tx, moment):
        if state:
            await cases.give_order(tx, case, StandingOrder(state, "campagne suspendue", "key:office"))
        else:
            assert await cases.lift_order(tx, case)
        await outbox.owe(tx, outbox.RING, case, "operations.order", moment, f"order:{at}")


async def test_cancelled_with_its_placement_nothing_more_is_said(telling: Telling) -> None:
    story = await announced(telling, date(2032, 6, 11))
    async with story.fact("2032-06-05 10:00") as (tx, at):
        assert await facts.cancel_placement(tx, story.tenant, "P-1", "Stage rompu", at)
    async with story.fact("2032-06-05 11:00") as (tx, at):
        assert not await facts.cancel_placement(tx, story.tenant, "P-1", "Stage rompu", at)
        with pytest.raises(Conflict, match="P-1 is cancelled"):
            await facts.announce(tx, story.tenant, report(date(2032, 9, 1)), at)
    await story.until("2032-07-08 12:00")
    assert await told(story) == [f"2032-06-04 09:00 {UPCOMING}", "2032-06-05 10:00 closed: cancelled"]


async def test_facts_that_come_twice_or_too_late_change_nothing(telling: Telling) -> None:
    story = await announced(telling, date(2032, 6, 11))
    async with story.fact("2032-06-05 10:00") as (tx, at):
        assert await facts.extend(tx, story.tenant, "D-1", date(2032, 6, 25), "Maladie", "T-1", at)
        assert not await facts.extend(tx, story.tenant, "D-1", date(2032, 6, 25), "Maladie", "T-1", at)
        await facts.announce(tx, story.tenant, report(date(2032, 6, 11)), at)
        with pytest.raises(Conflict, match="another one"):
            await facts.announce(tx, story.tenant, report(date(2032, 6, 12)), at)
        with pytest.raises(BadInput) as earlier:
            await facts.extend(tx, story.tenant, "D-1", date(2032, 6, 20), "Maladie", "T-1", at)
        assert earlier.value.mistakes[0].field == "to_on"
    await hand_in(story, "2032-06-20 10:00")
    await hand_in(story, "2032-06-20 10:05")
    async with story.fact("2032-06-21 10:00") as (tx, at):
        for late in (
            facts.cancel(tx, story.tenant, "D-1", "Stage rompu", at),
            facts.extend(tx, story.tenant, "D-1", date(2032, 7, 25), "Maladie", "T-1", at),
            facts.hand_in(tx, story.tenant, "D-1", "autre.pdf", "E-1", at),
        ):
            with pytest.raises(Conflict, match="handed in already"):
                await late
        case = await facts.case_of(tx, story.tenant, "D-1")
        await outbox.owe(tx, outbox.RING, case, "deliverable.handed_in", at, "again")
    await story.until("2032-07-30 10:00")
    assert (await told(story))[-1] == "2032-06-20 10:00 closed: handed_in"
    assert len(await told(story)) == 3
