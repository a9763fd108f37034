"""Maintenance contracts near their end, told day by day."""

from datetime import date

from database.maintenance import renewal
from domain.maintenance.contract import ServiceContract
from domain.maintenance.renewal import Answer, Level
from domain.money import Money
from tests.stories.telling import Story, Telling

PROCESS = "maintenance.renewal"


async def signed(telling: Telling, ends_on: date, *, tacit: bool = False, notice_days: int = 0) -> Story:
    story = await telling.begin("duret", zone="Europe/Paris", country="FR", currency="EUR")
    await story.person("C-1", full_name="Claire Martin")
    contract = ServiceContract(
        "K-1", "C-1", Level.SILVER, date(2027, 3, 1), ends_on, notice_days, tacit, Money("EUR", 48000)
    )
    async with story.fact("2031-11-03 10:00") as (tx, at):
        await renewal.sign(tx, story.tenant, contract, at)
    return story


async def test_a_customer_who_never_answers_is_told_twice_and_called_once(telling: Telling) -> None:
    """The year 2032 has a 29 February, and its 28 March changes the clock in Paris."""
    story = await signed(telling, date(2032, 4, 29))
    await story.until("2032-06-30 12:00")
    assert await story.told(PROCESS, "K-1.20320429") == [
        "2032-02-27 09:00 email maintenance/renewal/notice → C-1",
        "2032-03-30 09:00 email maintenance/renewal/reminder → C-1",
        "2032-04-22 09:00 alert maintenance: Appeler le client avant la fin du contrat",
        "2032-04-30 09:00 closed: lapsed",
    ]


async def test_an_answer_ends_it_at_once(telling: Telling) -> None:
    story = await signed(telling, date(2032, 4, 29))
    async with story.fact("2032-03-02 18:30") as (tx, at):
        await renewal.answer(tx, story.tenant, "K-1", Answer.REFUSED, "link:C-1", at)
    await story.until("2032-06-30 12:00")
    assert await story.told(PROCESS, "K-1.20320429") == [
        "2032-02-27 09:00 email maintenance/renewal/notice → C-1",
        "2032-03-02 18:30 closed: refused",
    ]
