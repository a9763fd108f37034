"""Contracts that change on their way: the process and dunning see the new schedule at once."""

from datetime import date
from typing import Any

from sqlalchemy import text

from database.fleet import amending, assigning, contract, queries, settling
from database.fleet.changes import Act
from database.shared import ledger
from domain.fleet.change import Offer
from domain.fleet.ending import End, EndKind
from domain.fleet.terms import FlatFee, Frequency
from tests.stories.fleet import CONTRACT, DUNNING, HOLIDAYS, at, pay, reverse, signed, xaf
from tests.stories.telling import Story, Telling

CHARGED: dict[str, Any] = {"charge": FlatFee(xaf(3_000))}


def act(local: str) -> Act:
    return Act(at(local), "key:desk", "agreed on the phone")


async def balance(story: Story, account: str, subject: str = "C-1") -> int:
    async with story.telling.database.tenant(story.tenant) as tx:
        return (await ledger.balance(tx, story.tenant, account, subject, "XAF")).minor


async def test_a_late_driver_with_new_dates_is_reminded_no_more(telling: Telling) -> None:
    story = await signed(telling)
    await story.until("2032-02-07 12:00")
    assert await story.told(DUNNING, "C-1") == ["2032-02-06 09:00 sms fleet/dunning/courtesy → D-1"]
    async with story.fact("2032-02-07 15:00") as (tx, _):
        await amending.reage(
            tx, story.tenant, "C-1", date(2032, 3, 5), act("2032-02-07 15:00"), HOLIDAYS
        )  # fmt: skip
    await story.until("2032-03-05 12:00")
    assert [line[17:] for line in await story.told(DUNNING, "C-1")] == [
        "sms fleet/dunning/courtesy → D-1", "closed: paid",
    ]  # fmt: skip
    assert await story.told(CONTRACT, "C-1") == ["2032-02-07 15:00 document fleet/contract/amendment"]
    await story.until("2032-03-06 12:00")
    assert (await story.told(DUNNING, "C-1"))[-1] == "2032-03-06 09:00 sms fleet/dunning/courtesy → D-1"


async def test_who_takes_a_contract_over_is_written_to_from_then_on(telling: Telling) -> None:
    story = await signed(telling)
    await story.person("D-2", full_name="Paul Essomba", phone="+237678920626")
    async with story.fact("2032-02-04 10:00") as (tx, _):
        await assigning.change_driver(tx, story.tenant, "C-1", "D-2", act("2032-02-04 10:00"))
    await story.until("2032-02-06 12:00")
    assert await story.told(DUNNING, "C-1") == ["2032-02-06 09:00 sms fleet/dunning/courtesy → D-2"]


async def test_what_was_quoted_and_is_paid_ends_the_contract_with_its_deed(telling: Telling) -> None:
    story = await signed(telling, **CHARGED)
    async with story.fact("2032-02-10 10:00") as (tx, moment):
        _, made = await settling.quote_settlement(
            tx, story.tenant, "C-1", date(2032, 2, 20), xaf(0), moment, "key:desk"
        )
    assert (made.arrears, made.principal, made.given_back, made.amount) == (11_000, 20_000, 2_000, 31_000)
    await pay(story, "P-1", 31_000, "2032-02-18 10:00")
    await story.until("2032-04-01 12:00")
    assert [line[11:] for line in await story.told(CONTRACT, "C-1")] == [
        "10:00 closed: completed", "10:00 document fleet/contract/transfer",
        "10:00 sms fleet/contract/completed → D-1",
    ]  # fmt: skip
    async with story.telling.database.tenant(story.tenant) as tx:
        known = await queries.contract_of(tx, story.tenant, "C-1")
    assert (known.state, known.end_kind) == ("completed", "settled")
    assert [await balance(story, name) for name in ("deferred_charges", "charges_earned")] == [0, -1_000]
    assert await balance(story, "driver_receivable") == 0


async def test_a_settlement_whose_payment_is_taken_back_is_none(telling: Telling) -> None:
    story = await signed(telling, **CHARGED)
    async with story.fact("2032-02-04 10:00") as (tx, moment):
        await settling.quote_settlement(
            tx, story.tenant, "C-1", date(2032, 2, 20), xaf(500), moment, "key:desk"
        )  # fmt: skip
    await pay(story, "P-1", 31_500, "2032-02-04 11:00")
    await reverse(story, "P-1", "2032-02-12 10:00")
    async with story.telling.database.tenant(story.tenant) as tx:
        file = await queries.file_of(tx, story.tenant, "C-1")
    assert (file.known.state, len(file.dues)) == ("active", 4)
    assert await balance(story, "driver_receivable") == 33_000
    assert (await story.told(DUNNING, "C-1"))[-1].endswith("sms fleet/dunning/reminder → D-1")


async def test_a_bike_taken_back_ends_dunning_and_posts_what_is_lost(telling: Telling) -> None:
    story = await signed(telling, **CHARGED)
    await story.until("2032-02-20 12:00")
    async with story.fact("2032-02-20 15:00") as (tx, moment):
        end = End(EndKind.DEFAULT, xaf(18_000), xaf(0))
        await contract.terminate(tx, story.tenant, "C-1", "no payment", moment, end, "key:desk")
    await story.until("2032-04-01 12:00")
    assert (await story.told(CONTRACT, "C-1"))[-1] == "2032-02-20 15:00 closed: terminated"
    assert (await story.told(DUNNING, "C-1"))[-1] == "2032-02-20 15:00 closed: terminated"
    # 33 000 were claimed; 2 000 of charges were not earned.
    assert await balance(story, "repossessed_bikes", "M-1") == 18_000
    assert await balance(story, "bad_debt") == 13_000
    assert [await balance(story, name) for name in ("driver_receivable", "deferred_charges")] == [0, 0]
    async with story.telling.database.tenant(story.tenant) as tx:
        state = await tx.execute(text("select state from bike where ref = 'M-1'"))
        assert state.scalar_one() == "repossessed"


async def test_charges_are_earned_in_the_month_of_their_due_paid_or_not(telling: Telling) -> None:
    story = await signed(telling, **CHARGED)
    await story.until("2032-03-01 12:00")
    assert await balance(story, "charges_earned") == -1_000
    await story.until("2032-06-01 12:00")
    assert await balance(story, "charges_earned") == -3_000
    posted = text("select posted_on from ledger_transaction where key like 'fleet.charges:C-1:%' order by 1")
    async with story.telling.database.tenant(story.tenant) as tx:
        assert [row[0] for row in await tx.execute(posted)] == [
            date(2032, 2, 29), date(2032, 3, 31), date(2032, 4, 30),
        ]  # fmt: skip


async def test_new_terms_replace_what_was_late(telling: Telling) -> None:
    story = await signed(telling, **CHARGED)
    await pay(story, "P-1", 4_000, "2032-02-10 10:00")
    offer = Offer(5, Frequency.WEEKLY, date(2032, 3, 1), charge=FlatFee(xaf(500)))
    async with story.fact("2032-02-20 10:00") as (tx, _):
        await amending.renegotiate(tx, story.tenant, "C-1", offer, act("2032-02-20 10:00"), HOLIDAYS)
    assert (await story.told(DUNNING, "C-1"))[-1].endswith("closed: paid")
    # 30 000 of principal, 1 000 of charges that had fallen due, 500 of new ones.
    assert await balance(story, "driver_receivable") == 31_500 - 4_000
    await pay(story, "P-2", 27_500, "2032-03-01 10:00")
    assert (await story.told(CONTRACT, "C-1"))[-1].endswith("sms fleet/contract/completed → D-1")
    assert await balance(story, "charges_earned") == -1_500
