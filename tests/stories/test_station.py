"""A swap station in Douala, told month by month."""

from datetime import date

from database.fleet import costs, opening, swaps, vehicles
from database.fleet.places import STATION
from domain.fleet.asset import Agency, Battery, Bike, Cost, CostKind, CostOf, MonthOfStation, Station
from domain.fleet.swap import SwapEntry, SwapPaidBy
from tests.stories.fleet import at, ring, xaf
from tests.stories.telling import Story, Telling

UNDER, OVER = "email fleet/station/under → G-1", "email fleet/station/over → G-1"
BELOW = "alert operations: Station sous son objectif"


async def opened(telling: Telling, *, manager: str | None = "G-1") -> Story:
    """ST-1 of the agency AG-1, which G-2 leads, opened on 12 January 2032."""
    story = await telling.begin("swap", zone="Africa/Douala", country="CM", currency="XAF")
    await story.person("G-1", full_name="Odile Essomba")
    await story.person("G-2", full_name="Rose Mbarga")
    one = Station("ST-1", "Bonabéri", date(2032, 1, 12), xaf(1000), 0, 0, "AG-1", manager)
    async with story.fact("2032-01-12 08:00") as (tx, moment):
        await opening.open_agency(tx, story.tenant, Agency("AG-1", "Akwa", date(2032, 1, 5), "G-2"), moment)
        await opening.open_station(tx, story.tenant, one, moment)
        for ref in ("M-1", "M-2"):
            await vehicles.save_bike(tx, story.tenant, Bike(ref))
        for ref in ("B-1", "B-2"):
            await vehicles.save_battery(tx, story.tenant, Battery(ref), moment)
    return story


async def swapped(story: Story, month: str, number: int, told: str) -> None:
    """So many swaps of one month, told at one moment."""
    given = [
        SwapEntry(
            f"W-{month}-{one}", "ST-1", "M-1", "B-1", "B-2", at(f"{month}-{1 + one:02} 09:00"),
            SwapPaidBy.CASH,
        )
        for one in range(number)
    ]  # fmt: skip
    async with story.fact(told) as (tx, moment):
        assert await swaps.record_swaps(tx, story.tenant, given, moment) == [True] * number


async def planned(story: Story, months: dict[str, int], told: str) -> None:
    async with story.fact(told) as (tx, moment):
        for month, target in months.items():
            first = date.fromisoformat(f"{month}-01")
            await opening.set_month(
                tx, story.tenant, MonthOfStation("ST-1", first, xaf(target)), moment
            )  # fmt: skip


async def told(story: Story) -> list[str]:
    return await story.told(STATION, "ST-1")


async def test_two_months_to_become_known_then_a_month_below_target_is_told_once(telling: Telling) -> None:
    """1 March 2032 is a Monday, 1 April a Thursday, 1 May a Saturday."""
    story = await opened(telling)
    await planned(story, {f"2032-0{n}": 20_000 for n in range(1, 7)}, "2032-01-12 09:00")
    await swapped(story, "2032-02", 5, "2032-02-28 18:00")
    await swapped(story, "2032-03", 12, "2032-03-30 18:00")
    await story.until("2032-04-20 12:00")
    assert await told(story) == [
        f"2032-04-01 07:00 {BELOW}",
        f"2032-04-01 08:00 {UNDER}",
    ]
    # Rung without a reason, nothing is said twice.
    async with story.fact("2032-04-20 12:00") as (tx, moment):
        case = next(one for one in story.cases if one.process == STATION)
        await ring(tx, case, "station.corrected", moment)
    await swapped(story, "2032-04", 25, "2032-04-29 18:00")
    await story.until("2032-05-03 12:00")
    assert (await told(story))[2:] == [
        "2032-05-03 07:00 alert operations: Station nettement au-dessus de son objectif",
        f"2032-05-03 08:00 {OVER}",
    ]


async def test_a_station_without_a_manager_is_told_to_its_agency_and_a_loss_is_an_alert(
    telling: Telling,
) -> None:
    story = await opened(telling, manager=None)
    await swapped(story, "2032-06", 4, "2032-06-29 18:00")
    rent = Cost("F-1", CostKind.RENT, CostOf.STATION, "ST-1", date(2032, 6, 1), xaf(9000))
    async with story.fact("2032-06-30 10:00") as (tx, moment):
        await costs.record_cost(tx, story.tenant, rent, moment)
    await planned(story, {"2032-06": 50_000}, "2032-06-30 11:00")
    await story.until("2032-07-02 12:00")
    assert await told(story) == [
        f"2032-07-01 07:00 {BELOW}",
        "2032-07-01 07:00 alert operations: Station à perte",
        "2032-07-01 08:00 email fleet/station/under → G-2",
    ]


async def test_a_closed_station_is_followed_until_its_last_month_is_judged(telling: Telling) -> None:
    story = await opened(telling)
    async with story.fact("2032-05-10 10:00") as (tx, moment):
        assert await opening.close_station(tx, story.tenant, "ST-1", date(2032, 5, 20), moment)
    await story.until("2032-07-20 12:00")
    assert await told(story) == ["2032-06-01 07:00 closed: closed"]


async def test_what_is_told_late_of_a_month_that_is_over_is_judged_at_once(telling: Telling) -> None:
    """Drivers turned away in March are counted in April."""
    story = await opened(telling)
    await swapped(story, "2032-03", 5, "2032-03-30 18:00")
    month = MonthOfStation("ST-1", date(2032, 3, 1), refused=3)
    async with story.fact("2032-04-12 10:00") as (tx, moment):
        await opening.set_month(tx, story.tenant, month, moment)
    await story.until("2032-04-12 11:00")
    assert await told(story) == ["2032-04-12 10:00 alert operations: Batteries manquantes dans une station"]
