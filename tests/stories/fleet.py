"""What the stories of drivers' contracts have in common: a firm in Douala, a driver, a bike."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.holidays import PublicHolidays
from database.fleet import contract, dunning, payments
from database.shared import cases, outbox
from database.shared.cases import StandingOrder
from database.shared.tables import process_case
from domain.case import Case
from domain.fleet.intake import Contract, PaidBy, PaymentEntry
from domain.fleet.terms import Frequency, Kind, Terms
from domain.money import Money
from tests.stories.telling import Story, Telling

CONTRACT, DUNNING = "fleet.contract", "fleet.dunning"
HOLIDAYS = PublicHolidays()

TERMS = Terms(
    kind=Kind.LEASE_TO_OWN,
    price=Money("XAF", 50_000),
    down_payment=Money("XAF", 20_000),
    instalments=3,
    frequency=Frequency.MONTHLY,
    first_due_on=date(2032, 2, 5),
    signed_on=date(2032, 1, 20),
)
"""20 000 F at once, then three times 10 000 F, on the 5th of each month."""


def xaf(minor: int) -> Money:
    return Money("XAF", minor)


def at(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("Africa/Douala"))


async def signed(telling: Telling, *, driver: dict[str, str | None] | None = None, **terms: Any) -> Story:
    """C-1 of the driver D-1, signed on 20 January 2032; the down payment came in at once."""
    story = await telling.begin("moto", zone="Africa/Douala", country="CM", currency="XAF")
    person = {"full_name": "Fabrice Nguema", "phone": "+237678920625", **(driver or {})}
    await story.person("D-1", **person)
    agreed = Contract("C-1", "D-1", "M-1", replace(TERMS, **terms))
    async with story.fact("2032-01-20 10:00") as (tx, moment):
        await contract.create_signed(tx, story.tenant, agreed, moment, HOLIDAYS)
        if agreed.terms.down_payment.minor:
            down = entry("P-0", agreed.terms.down_payment.minor, "2032-01-20 10:00")
            await payments.record_payment(tx, story.tenant, down, moment)
    return story


def entry(ref: str, minor: int, local: str, channel: PaidBy = PaidBy.MOBILE_MONEY) -> PaymentEntry:
    return PaymentEntry(ref, "C-1", at(local), xaf(minor), channel, "test")


async def pay(story: Story, ref: str, minor: int, local: str) -> None:
    async with story.fact(local) as (tx, moment):
        await payments.record_payment(tx, story.tenant, entry(ref, minor, local), moment)


async def reverse(story: Story, ref: str, local: str) -> None:
    async with story.fact(local) as (tx, moment):
        await payments.reverse_payment(tx, story.tenant, ref, "refused by the operator", moment)


async def promise(story: Story, until: date, minor: int, local: str) -> None:
    async with story.fact(local) as (tx, moment):
        await dunning.promise(tx, story.tenant, "C-1", until, xaf(minor), moment, "link:D-1")


async def order(story: Story, process: str, state: str, reason: str, local: str) -> None:
    """Operations pause or stop a process."""
    case = Case(story.tenant, process, "C-1", story.zone)
    async with story.fact(local) as (tx, moment):
        await cases.give_order(tx, case, StandingOrder(state, reason, "key:ops"))
        await ring(tx, case, f"operations.{state}", moment)


async def resume(story: Story, process: str, local: str) -> None:
    case = Case(story.tenant, process, "C-1", story.zone)
    async with story.fact(local) as (tx, moment):
        await cases.lift_order(tx, case)
        await ring(tx, case, "operations.resumed", moment)


async def ring(tx: AsyncConnection, case: Case, fact: str, moment: datetime) -> None:
    await outbox.owe(tx, outbox.RING, case, fact, moment, f"{fact}:{moment.isoformat()}")


async def stage(story: Story) -> str:
    """The stage of the contract's dunning."""
    async with story.telling.database.tenant(story.tenant) as tx:
        query = select(process_case.c.stage).where(
            process_case.c.tenant_id == story.tenant, process_case.c.process == DUNNING
        )
        return str((await tx.execute(query)).scalar_one())
