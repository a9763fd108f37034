"""A driver who keeps missing daily instalments: told to people once, not every day."""

from datetime import date
from typing import Any

from domain.fleet.terms import Frequency
from tests.stories.fleet import CONTRACT, pay, signed, xaf
from tests.stories.replaying import differences
from tests.stories.telling import Story, Telling

DAILY: dict[str, Any] = {
    "down_payment": xaf(10_000), "instalments": 40, "frequency": Frequency.DAILY,
    "first_due_on": date(2032, 3, 1), "rest_days": frozenset({6}),
}  # fmt: skip
THREE = "alert collections: Trois échéances manquées en trente jours"
SIX = "alert operations: Six échéances manquées en trente jours"


async def alerts(story: Story) -> list[str]:
    return [line for line in await story.told(CONTRACT, "C-1") if "alert" in line]


async def test_the_third_miss_in_thirty_days_is_told_once_and_so_is_the_sixth(telling: Telling) -> None:
    story = await signed(telling, **DAILY)
    await story.until("2032-03-03 23:00")
    assert await alerts(story) == []
    await story.until("2032-03-04 12:00")
    assert [line[11:].split(" ", 1)[1] for line in await alerts(story)] == [THREE]
    assert (await alerts(story))[0].startswith("2032-03-04")
    await story.until("2032-03-12 12:00")
    assert [line.split(" ", 2)[::2] for line in await alerts(story)] == [
        ["2032-03-04", THREE],
        ["2032-03-07", SIX],
    ]
    assert await differences(story) == []


async def test_who_pays_again_and_stops_again_is_told_again(telling: Telling) -> None:
    story = await signed(telling, **DAILY)
    await story.until("2032-03-04 12:00")
    await pay(story, "P-1", 33_000, "2032-03-04 13:00")
    assert len(await alerts(story)) == 1
    await story.until("2032-04-12 12:00")
    assert [line.split(" ", 2)[::2] for line in await alerts(story)] == [
        ["2032-03-04", THREE],
        ["2032-04-11", THREE],
    ]


async def test_two_misses_are_nobodys_affair(telling: Telling) -> None:
    story = await signed(telling, **DAILY)
    await pay(story, "P-1", 38_000, "2032-03-03 12:00")
    await story.until("2032-04-10 12:00")
    assert await alerts(story) == []
