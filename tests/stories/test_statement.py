"""An investor's contract from its signature to its last payout, told day by day in Douala."""

from datetime import date

from sqlalchemy import select

from database.fleet import investors, payouts
from database.fleet.statements import statement_of, statements_of
from database.shared import cases, ledger
from database.shared.cases import StandingOrder
from database.shared.tables import document
from domain.case import Case
from domain.fleet.intake import PaidBy
from domain.fleet.investing import InvestorContract, InvestorKind, Payout, PayoutKind, Share
from tests.stories.fleet import pay, reverse, ring, signed, xaf
from tests.stories.telling import Story, Telling

STATEMENT = "fleet.statement"
PREPARE = "finance: Préparer le versement de l’investisseur"
LATE = "finance: Versement à l’investisseur en retard"


async def invested(telling: Telling, ends_on: date | None = None) -> Story:
    """I-1 financed half of M-1 and gets half of what that brings: stated on the 5th, paid ten days later."""
    story = await signed(telling)
    await story.person("B-1", full_name="Aïssatou Mbarga")
    agreed = InvestorContract(
        "I-1", "B-1", InvestorKind.FINANCING, xaf(400_000), 5_000, date(2032, 2, 1), ends_on
    )
    async with story.fact("2032-02-01 10:00") as (tx, at):
        await investors.create_contract(tx, story.tenant, agreed, at)
        await investors.finance(tx, story.tenant, Share("I-1", "M-1", 5_000, date(2032, 2, 1)), at)
    return story


async def pay_out(story: Story, ref: str, minor: int, local: str) -> None:
    async with story.fact(local) as (tx, at):
        given = Payout(ref, "I-1", PayoutKind.SHARE, xaf(minor), date.fromisoformat(local[:10]), PaidBy.BANK)
        await payouts.pay_out(tx, story.tenant, given, at)


async def shares(story: Story) -> list[int]:
    async with story.telling.database.tenant(story.tenant) as tx:
        return [one.share.minor for one in reversed(await statements_of(tx, story.tenant, "I-1"))]


async def test_each_month_is_stated_told_and_paid(telling: Telling) -> None:
    story = await invested(telling)
    await pay(story, "P-1", 10_003, "2032-02-05 09:00")
    await story.until("2032-03-05 12:00")
    assert await story.told(STATEMENT, "I-1") == [
        "2032-03-05 09:00 document fleet/statement/statement",
        "2032-03-05 09:00 email fleet/statement/statement → B-1",
    ]
    await pay_out(story, "V-1", 2_500, "2032-03-10 11:00")
    await story.until("2032-03-31 12:00")
    assert not [line for line in await story.told(STATEMENT, "I-1") if "alert" in line]
    await pay(story, "P-2", 10_003, "2032-04-02 10:00")
    await story.until("2032-05-20 12:00")
    assert await shares(story) == [2_500, 0, 2_501]
    assert (await story.told(STATEMENT, "I-1"))[-2:] == [
        f"2032-05-12 09:00 alert {PREPARE}",
        f"2032-05-17 09:00 alert {LATE}",
    ]


async def test_a_payment_taken_back_is_taken_off_the_next_statement(telling: Telling) -> None:
    story = await invested(telling)
    await pay(story, "P-1", 10_000, "2032-02-05 09:00")
    await pay(story, "P-2", 10_000, "2032-03-04 09:00")
    await reverse(story, "P-1", "2032-03-20 09:00")
    await story.until("2032-04-06 12:00")
    assert await shares(story) == [2_500, 0]
    async with telling.database.tenant(story.tenant) as tx:
        owed = await ledger.balance(tx, story.tenant, investors.PAYABLE, "I-1", "XAF")
        march, lines = await statement_of(tx, story.tenant, "I-1", date(2032, 3, 1))
    assert -owed.minor == march.payable.minor == 2_500
    assert [(one.bike_ref, one.collected.minor, one.earlier.minor) for one in lines] == [("M-1", 0, 0)]


async def test_months_missed_while_paused_are_made_up_for_one_by_one(telling: Telling) -> None:
    story = await invested(telling)
    case = Case(story.tenant, STATEMENT, "I-1", story.zone)
    async with story.fact("2032-02-20 10:00") as (tx, at):
        await cases.give_order(tx, case, StandingOrder("paused", "the accounts are checked", "key:ops"))
        await ring(tx, case, "operations.paused", at)
    await pay(story, "P-1", 10_000, "2032-02-25 09:00")
    await pay(story, "P-2", 10_000, "2032-03-25 09:00")
    await story.until("2032-05-10 08:00")
    assert await shares(story) == []
    async with story.fact("2032-05-10 10:00") as (tx, at):
        await cases.lift_order(tx, case)
        await ring(tx, case, "operations.resumed", at)
    await story.until("2032-05-11 12:00")
    assert await shares(story) == [2_500, 2_500, 0]
    sent = [line for line in await story.told(STATEMENT, "I-1") if "email" in line]
    assert sent == ["2032-05-10 10:00 email fleet/statement/statement → B-1"] * 3


async def test_the_contract_ends_when_its_last_month_is_paid(telling: Telling) -> None:
    story = await invested(telling, ends_on=date(2032, 3, 15))
    await pay(story, "P-1", 10_000, "2032-03-15 22:00")
    await pay(story, "P-2", 10_000, "2032-03-16 09:00")
    await story.until("2032-04-06 12:00")
    assert await shares(story) == [0, 2_500]
    assert "closed" not in str(await story.told(STATEMENT, "I-1"))
    await pay_out(story, "V-1", 2_500, "2032-04-10 11:00")
    assert (await story.told(STATEMENT, "I-1"))[-1] == "2032-04-10 11:00 closed: completed"
    async with telling.database.tenant(story.tenant) as tx:
        known = await investors.investor_contract_of(tx, story.tenant, "I-1")
        query = select(document).where(document.c.process == STATEMENT).order_by(document.c.id)
        issued = (await tx.execute(query)).all()
    assert known.state == "completed"
    assert [one.key for one in issued] == [
        "fleet.statement:I-1:statement:2032-02-01", "fleet.statement:I-1:statement:2032-03-01",
    ]  # fmt: skip
    async with story.fact("2032-04-20 10:00") as (tx, at):
        await payouts.reverse_payout(tx, story.tenant, "V-1", "sent back by the bank", at)
    await story.until("2032-04-21 12:00")
    assert (await story.told(STATEMENT, "I-1"))[-1] == f"2032-04-20 10:00 alert {LATE}"
    await pay_out(story, "V-2", 2_500, "2032-04-22 11:00")
    assert (await story.told(STATEMENT, "I-1"))[-1] == "2032-04-22 11:00 closed: completed"
