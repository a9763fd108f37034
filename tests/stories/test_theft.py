"""A stolen bike that swaps its battery is told to operations: once a day, and not for what was before."""

from sqlalchemy import select

from database.fleet import contract, swaps, vehicles
from database.fleet.theft import THEFT
from database.shared.tables import process_case
from domain.fleet.asset import Bike, BikeState
from domain.fleet.ending import End, EndKind
from domain.fleet.intake import Contract
from domain.fleet.swap import SwapEntry, SwapPaidBy
from tests.stories.fleet import HOLIDAYS, TERMS, at
from tests.stories.telling import Story, Telling
from tests.stories.test_station import opened

SEEN = "alert operations: Moto volée vue à une station d’échange"


async def swap(story: Story, ref: str, made: str, told: str, bike: str = "M-1") -> None:
    async with story.fact(told) as (tx, moment):
        given = SwapEntry(ref, "ST-1", bike, "B-1", "B-2", at(made), SwapPaidBy.CASH)
        assert await swaps.record_swap(tx, story.tenant, given, moment)


async def waits(story: Story) -> str:
    mine = process_case.c
    query = select(mine.waiting).where(mine.tenant_id == story.tenant, mine.process == THEFT)
    async with story.telling.database.tenant(story.tenant) as tx:
        return str((await tx.execute(query)).scalar_one()["what"]["fr"])


async def test_a_stolen_bike_that_swaps_is_told_once_a_day_until_it_is_found(telling: Telling) -> None:
    story = await opened(telling)
    await swap(story, "W-1", "2032-01-20 09:00", "2032-01-20 10:00")
    async with story.fact("2032-02-01 10:00") as (tx, moment):
        await vehicles.save_bike(tx, story.tenant, Bike("M-1", state=BikeState.STOLEN), moment)
    await swap(story, "W-2", "2032-01-31 09:00", "2032-02-02 10:00")  # told late: it was not stolen yet
    assert await waits(story) == "le retour de la moto M-1"
    await swap(story, "W-3", "2032-02-03 09:00", "2032-02-03 09:05")
    await swap(story, "W-4", "2032-02-03 15:00", "2032-02-03 15:05")
    await swap(story, "W-5", "2032-02-03 15:30", "2032-02-03 15:35", "M-2")
    await swap(story, "W-6", "2032-02-05 08:00", "2032-02-05 22:00")
    assert "vue à la station ST-1 le 5 février 2032 à 8 h 00" in (await waits(story)).replace("\u00a0", " ")
    async with story.fact("2032-02-06 10:00") as (tx, moment):
        await vehicles.save_bike(tx, story.tenant, Bike("M-1", state=BikeState.IN_STOCK), moment)
    await swap(story, "W-7", "2032-02-07 08:00", "2032-02-07 08:05")
    assert await story.told(THEFT, "M-1") == [
        f"2032-02-03 09:05 {SEEN}", f"2032-02-05 22:00 {SEEN}", "2032-02-06 10:00 closed: found",
    ]  # fmt: skip


async def test_the_theft_that_ends_a_contract_is_watched_for_too(telling: Telling) -> None:
    story = await opened(telling)
    await story.person("D-1", phone="+237678920625")
    async with story.fact("2032-01-20 10:00") as (tx, moment):
        agreed = Contract("C-1", "D-1", "M-1", TERMS)
        await contract.create_signed(tx, story.tenant, agreed, moment, HOLIDAYS)
    async with story.fact("2032-02-01 10:00") as (tx, moment):
        end = End(EndKind.THEFT)
        await contract.terminate(tx, story.tenant, "C-1", "stolen", moment, end, "key:desk")
    await swap(story, "W-1", "2032-02-01 12:00", "2032-02-01 12:05")
    assert await story.told(THEFT, "M-1") == [f"2032-02-01 12:05 {SEEN}"]


async def test_a_stolen_bike_that_is_taken_back_is_watched_for_no_more(telling: Telling) -> None:
    story = await opened(telling)
    await story.person("D-1", phone="+237678920625")
    async with story.fact("2032-01-20 10:00") as (tx, moment):
        agreed = Contract("C-1", "D-1", "M-1", TERMS)
        await contract.create_signed(tx, story.tenant, agreed, moment, HOLIDAYS)
    async with story.fact("2032-02-01 10:00") as (tx, moment):
        await vehicles.save_bike(tx, story.tenant, Bike("M-1", state=BikeState.STOLEN), moment)
    async with story.fact("2032-02-02 10:00") as (tx, moment):
        end = End(EndKind.DEFAULT)
        await contract.terminate(tx, story.tenant, "C-1", "found at a market", moment, end, "key:desk")
    assert await story.told(THEFT, "M-1") == ["2032-02-02 10:00 closed: found"]
