"""Drivers whose class changes, told night by night in Douala."""

from datetime import date

import pytest

from database.fleet import contract, risk
from domain.errors import BadInput, Conflict, NotFound
from domain.fleet.risk import Looked
from tests.stories.drivers import night, nights, riding
from tests.stories.telling import Story, Telling

RISK = "fleet.risk"
UNSEEN = "alert operations: Personne n’a examiné un conducteur à risque depuis trois jours"


async def reviews(story: Story) -> list[tuple[str, str, str]]:
    async with story.telling.database.tenant(story.tenant) as tx:
        found = await risk.latest_review(tx, story.tenant, "D-1")
    return [(found.rule, found.verdict.value, found.decided_by)] if found else []


async def answered(story: Story, verdict: Looked, local: str) -> None:
    async with story.fact(local) as (tx, moment):
        await risk.answer_review(tx, story.tenant, "D-1", verdict, "appelé", "person:ops", moment)


async def test_a_driver_who_stops_paying_is_looked_at_and_offered_a_plan(telling: Telling) -> None:
    """Twelve Mondays are paid; from 29 March nothing comes any more."""
    story = await riding(telling, weeks=12)
    await nights(story, "2032-03-23", "2032-04-13", every=7)
    assert await reviews(story) == [("lowest", "open", "")]
    await story.until("2032-04-16 12:00")
    await answered(story, Looked.PLAN, "2032-04-16 15:00")
    assert await reviews(story) == [("lowest", "plan", "person:ops")]
    async with story.fact("2032-04-20 10:00") as (tx, moment):
        await contract.terminate(tx, story.tenant, "C-1", "moto rendue", moment)
    await night(story, "2032-04-21 03:00")
    assert await story.told(RISK, "D-1") == [
        "2032-03-30 03:00 alert operations: La note d’un conducteur baisse vite",
        "2032-03-30 08:00 sms fleet/score/advice → D-1",
        "2032-04-06 03:00 alert collections: Un conducteur a perdu deux classes",
        "2032-04-09 07:00 " + UNSEEN,
        "2032-04-13 03:00 alert collections: Conducteur à risque en classe E",
        "2032-04-16 07:00 " + UNSEEN,
        "2032-04-16 15:00 sms fleet/risk/plan → D-1",
        "2032-04-21 03:00 closed: left",
    ]


async def test_a_newcomer_who_pays_becomes_reliable(telling: Telling) -> None:
    """Sixty days after the signature there is something to go by: nobody has to do anything."""
    story = await riding(telling, weeks=8)
    await nights(story, "2032-02-24", "2032-02-29", every=5)
    assert await story.told(RISK, "D-1") == ["2032-02-29 03:00 closed: reliable"]
    assert await reviews(story) == []


async def test_a_reliable_driver_has_no_process(telling: Telling) -> None:
    story = await riding(telling, weeks=14)
    await nights(story, "2032-04-06", "2032-04-08", every=1)
    assert await story.told(RISK, "D-1") == []
    assert await reviews(story) == []


async def test_a_review_that_is_not_open_cannot_be_answered(telling: Telling) -> None:
    story = await riding(telling, weeks=2)
    with pytest.raises(Conflict, match="no review of the driver D-1 is open"):
        await answered(story, Looked.KEEP, "2032-01-13 10:00")
    with pytest.raises(BadInput, match="say keep, plan or recover"):
        await answered(story, Looked.OPEN, "2032-01-13 11:00")
    with pytest.raises(NotFound):
        async with story.telling.database.tenant(story.tenant) as tx:
            await risk.followed(tx, story.tenant, "D-1", TODAY)


TODAY = date(2032, 1, 13)
