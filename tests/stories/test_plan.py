"""Rounds are asked for and found on the real engine, stopped in the middle, and survive a lost worker."""

from datetime import date

from database.maintenance import plans
from database.maintenance.plans import KnownPlan
from domain.maintenance.planning.horizon import Wish
from tests.stories.rounds import ANNE, TUESDAY, laid_out
from tests.stories.telling import Story, Telling

WISH = Wish(TUESDAY, 2, seconds=2.0, seed=7)


async def asked(story: Story, wish: Wish, local: str) -> str:
    async with story.fact(local) as (tx, moment):
        return (await plans.begin(tx, story.tenant, ANNE, wish, moment)).id


async def now(story: Story, id: str) -> KnownPlan:
    async with story.telling.database.tenant(story.tenant) as tx:
        return await plans.plan_of(tx, story.tenant, id)


async def test_rounds_are_asked_for_and_are_there(telling: Telling) -> None:
    story = await laid_out(telling, "2032-03-01 10:00")
    found = await now(story, await asked(story, WISH, "2032-03-05 10:00"))
    assert (found.state, found.unplanned, found.share, found.trouble) == ("ready", 0, 1.0, "")
    assert found.routes
    assert found.result
    assert sorted(visit for route in found.routes["routes"] for visit in route["visits"]) == [
        f"V-{number}" for number in range(1, 7)
    ]
    assert found.result["evaluation"]["violations"] == []
    assert found.result["evaluation"]["cost"]["total"] == found.cost


async def test_days_that_are_over_are_refused_with_the_mend(telling: Telling) -> None:
    story = await laid_out(telling, "2032-03-01 10:00")
    found = await now(story, await asked(story, Wish(date(2032, 3, 4), 1), "2032-03-05 10:00"))
    assert (found.state, found.result) == ("failed", None)
    assert "begin on 2032-03-05 or later" in found.trouble
