"""What the stories of scores have in common: a driver who pays by the week, and nights of scoring."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, update

from activities.fleet.score import DriverScores
from database.fleet import contract, payments
from database.fleet.score_nights import Night
from database.shared.tables import outbox
from domain.calendar import local_date
from domain.fleet.intake import Contract, PaidBy, PaymentEntry
from domain.fleet.terms import Frequency, Kind, Terms
from tests.stories.fleet import HOLIDAYS, at, xaf
from tests.stories.telling import Story, Telling

FIRST = date(2032, 1, 5)
TERMS = Terms(
    kind=Kind.LEASE_TO_OWN,
    price=xaf(520_000),
    down_payment=xaf(20_000),
    instalments=50,
    frequency=Frequency.WEEKLY,
    first_due_on=FIRST,
    signed_on=date(2031, 12, 29),
)
"""20 000 F at once, then 10 000 F every Monday for a year."""


NOT_FOLLOWED = update(outbox).values(delivered_at=func.now(), note="not in this story")
"""The contract's own process would dun the driver meanwhile: another story."""


async def riding(telling: Telling, weeks: int) -> Story:
    """C-1 of the driver D-1, of which so many weeks are paid on their Monday, the last one in the story."""
    story = await telling.begin("moto", zone="Africa/Douala", country="CM", currency="XAF")
    await story.person("D-1", full_name="Fabrice Nguema", phone="+237678920625")
    last = FIRST + timedelta(weeks=weeks - 1)
    async with story.fact(f"{last} 10:00") as (tx, moment):
        await contract.create_signed(tx, story.tenant, Contract("C-1", "D-1", "M-1", TERMS), moment, HOLIDAYS)
        paid = [("P-0", 20_000, TERMS.signed_on)]
        paid += [(f"P-{week + 1}", 10_000, FIRST + timedelta(weeks=week)) for week in range(weeks)]
        for ref, minor, on in paid:
            entry = PaymentEntry(ref, "C-1", at(f"{on} 09:00"), xaf(minor), PaidBy.MOBILE_MONEY, "test")
            await payments.record_payment(tx, story.tenant, entry, moment)
        await tx.execute(NOT_FOLLOWED)
    return story


async def night(story: Story, local: str) -> Night | None:
    """All drivers are scored at this moment."""
    await story.until(local)
    moment = story.instant(local)
    ended = await scores(story).go_on(
        story.tenant, local_date(moment, story.zone), moment, lambda _done, _total: None
    )  # fmt: skip
    await story.settle(moment)
    return ended


def scores(story: Story, batch: int = 250) -> DriverScores:
    return DriverScores(story.telling.database, story.telling.ground.library, batch)


async def nights(story: Story, first: str, last: str, every: int) -> None:
    """At three in the morning, every so many days."""
    day, until = datetime.fromisoformat(first).date(), datetime.fromisoformat(last).date()
    while day <= until:
        await night(story, f"{day} 03:00")
        day += timedelta(days=every)
