"""An agency in Douala, told month by month. 1 April and 3 May 2032 are its mornings."""

from datetime import date

from database.fleet import agency, contract, opening, payments, places, vehicles
from database.fleet.places import AGENCY
from domain.fleet.asset import Agency, Bike
from domain.fleet.intake import Contract
from tests.stories.fleet import HOLIDAYS, TERMS, entry, xaf
from tests.stories.telling import Story, Telling

LITTLE = "alert operations: Agence sous le seuil d’encaissement"
LATE = "alert collections: Plus d’un contrat sur quatre en retard dans une agence"


async def opened(telling: Telling) -> Story:
    """AG-1 opened on 5 January 2032. D-1 buys its bike M-1: 20 000 F at once, then three times 10 000 F,
    on the 5th of February, March and April.
    """
    story = await telling.begin("agence", zone="Africa/Douala", country="CM", currency="XAF")
    await story.person("G-1", full_name="Odile Essomba")
    await story.person("D-1", full_name="Fabrice Nguema", phone="+237678920625", email=None)
    async with story.fact("2032-01-05 08:00") as (tx, moment):
        one = Agency("AG-1", "Akwa", date(2032, 1, 5), "G-1")
        await opening.open_agency(tx, story.tenant, one, moment)
        await vehicles.save_bike(tx, story.tenant, Bike("M-1", agency_ref="AG-1"))
    async with story.fact("2032-01-20 10:00") as (tx, moment):
        agreed = Contract("C-1", "D-1", "M-1", TERMS)
        await contract.create_signed(tx, story.tenant, agreed, moment, HOLIDAYS)
        await payments.record_payment(
            tx, story.tenant, entry("P-0", 20_000, "2032-01-20 10:00"), moment
        )  # fmt: skip
    return story


async def pay(story: Story, ref: str, minor: int, local: str) -> None:
    async with story.fact(local) as (tx, moment):
        await payments.record_payment(tx, story.tenant, entry(ref, minor, local), moment)


async def told(story: Story) -> list[str]:
    return await story.told(AGENCY, "AG-1")


async def test_an_agency_that_collects_little_hears_of_it_from_its_third_month(telling: Telling) -> None:
    story = await opened(telling)
    await pay(story, "P-1", 10_000, "2032-02-04 10:00")
    await story.until("2032-03-31 20:00")
    assert await told(story) == []
    await pay(story, "P-2", 20_000, "2032-04-02 10:00")
    await story.until("2032-05-04 12:00")
    assert await told(story) == [
        f"2032-04-01 07:00 {LITTLE}",
        f"2032-04-01 07:00 {LATE}",
        "2032-04-01 07:00 alert operations: Encaissement d’une agence en forte baisse",
        "2032-04-01 08:00 email fleet/agency/under → G-1",
    ]


async def test_what_is_paid_in_april_does_not_make_march_better(telling: Telling) -> None:
    """The facts of a month that is over stay what they were."""
    story = await opened(telling)
    await pay(story, "P-1", 10_000, "2032-02-04 10:00")
    await pay(story, "P-2", 20_000, "2032-04-02 10:00")
    async with story.telling.database.tenant(story.tenant) as tx:
        known = await places.agency_of(tx, story.tenant, "AG-1")
        _, months = await agency.facts_of(tx, story.tenant, known, date(2032, 4, 1))
    assert [(one.due, one.collected, one.contracts, one.late, one.new) for one in months] == [
        (xaf(20_000), xaf(20_000), 1, 0, 1), (xaf(10_000), xaf(10_000), 1, 0, 0),
        (xaf(10_000), xaf(0), 1, 1, 0), (xaf(10_000), xaf(20_000), 0, 0, 0),
    ]  # fmt: skip


async def test_a_closed_agency_is_followed_until_its_last_month_is_judged(telling: Telling) -> None:
    story = await opened(telling)
    async with story.fact("2032-02-10 10:00") as (tx, moment):
        assert await opening.close_agency(tx, story.tenant, "AG-1", date(2032, 2, 20), moment)
    await story.until("2032-04-20 12:00")
    assert await told(story) == [
        "2032-03-01 07:00 closed: closed", f"2032-03-01 07:00 {LATE}"
    ]  # fmt: skip
