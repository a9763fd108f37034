"""Rounds are asked for and found on the real engine, stopped in the middle, and survive a lost worker."""

import asyncio
from dataclasses import replace
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


async def found_something(story: Story, id: str) -> None:
    async with asyncio.timeout(60):
        while True:
            if (await now(story, id)).routes:
                return
            await asyncio.sleep(0.1)


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


async def test_a_search_that_is_stopped_ends_at_once_with_its_best(telling: Telling) -> None:
    story, long = await laid_out(telling, "2032-03-01 10:00"), replace(WISH, seconds=80.0)
    at = story.instant("2032-03-05 10:00")
    async with telling.database.tenant(story.tenant) as tx:
        id = (await plans.begin(tx, story.tenant, ANNE, long, at)).id
    going = asyncio.create_task(story.settle(at))
    await found_something(story, id)
    async with telling.database.tenant(story.tenant) as tx:
        await plans.stop(tx, story.tenant, ANNE, id)
    async with asyncio.timeout(20):
        await going
    found = await now(story, id)
    assert (found.state, found.unplanned) == ("stopped", 0)
    assert found.result
    assert found.result["evaluation"]["violations"] == []
