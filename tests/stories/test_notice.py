"""What is done to a contract is told to whom it concerns: once, by day, and not if it was undone."""

from datetime import date
from typing import Any

from database.fleet import amending, assigning, contract, payouts, settling
from database.fleet.changes import Act
from database.privacy.subject import subject_of
from domain.fleet.change import Offer
from domain.fleet.terms import FlatFee, Frequency
from tests.stories.fleet import HOLIDAYS, at, pay, reverse, signed, xaf
from tests.stories.telling import Story, Telling
from tests.stories.test_statement import invested, pay_out

NOTICE = "fleet.notice"
CHARGED: dict[str, Any] = {"charge": FlatFee(xaf(3_000))}


def act(local: str) -> Act:
    return Act(at(local), "key:desk", "agreed on the phone")


async def notices(story: Story) -> list[str]:
    """All that was sent, in order, each after the case's reference."""
    told = []
    for case in story.cases:
        if case.process == NOTICE:
            told += [f"{line[:16]} {case.ref}{line[16:]}" for line in await story.told(NOTICE, case.ref)]
    return [line for line in sorted(told) if "closed: sent" not in line]


async def theirs(story: Story, contact: str) -> set[str]:
    """The notices that an erasure of the person finds."""
    async with story.telling.database.tenant(story.tenant) as tx:
        found = await subject_of(tx, story.tenant, date(2032, 2, 6), contact)
    return {ref for process, ref in found.cases if process == NOTICE}


async def test_each_change_is_told_to_whoever_drives_and_both_of_two_at_once(telling: Telling) -> None:
    story = await signed(telling, **CHARGED)
    await story.person("D-2", phone="+237678920626")
    async with story.fact("2032-02-01 10:00") as (tx, _):
        await assigning.swap_bike(tx, story.tenant, "C-1", "M-2", act("2032-02-01 10:00"))
        await amending.add_fee(
            tx, story.tenant, "C-1", xaf(2_000), date(2032, 2, 20), act("2032-02-01 10:00")
        )  # fmt: skip
    async with story.fact("2032-02-02 10:00") as (tx, _):
        await assigning.change_driver(tx, story.tenant, "C-1", "D-2", act("2032-02-02 10:00"))
    offer = Offer(5, Frequency.WEEKLY, date(2032, 2, 10))
    async with story.fact("2032-02-03 10:00") as (tx, _):
        await amending.renegotiate(tx, story.tenant, "C-1", offer, act("2032-02-03 10:00"), HOLIDAYS)
    async with story.fact("2032-02-04 10:00") as (tx, moment):
        await contract.terminate(tx, story.tenant, "C-1", "sold", moment)
    await story.until("2032-02-06 12:00")
    assert await notices(story) == [
        "2032-02-01 10:00 C-1.change.1 sms fleet/notice/bike → D-1",
        "2032-02-01 10:00 C-1.change.2 sms fleet/notice/fee → D-1",
        "2032-02-02 10:00 C-1.change.3 sms fleet/notice/taken_over → D-2",
        "2032-02-02 10:00 C-1.former.3 sms fleet/notice/handed_over → D-1",
        "2032-02-03 10:00 C-1.change.4 sms fleet/notice/schedule → D-2",
        "2032-02-04 10:00 C-1.change.5 sms fleet/notice/ended → D-2",
    ]  # fmt: skip
    assert await theirs(story, "D-1") == {"C-1.change.1", "C-1.change.2", "C-1.former.3"}
    assert await theirs(story, "D-2") == {"C-1.change.3", "C-1.change.4", "C-1.change.5"}


async def test_who_drives_no_more_when_it_is_told_hears_nothing_of_the_next_driver(telling: Telling) -> None:
    story = await signed(telling)
    await story.person("D-2", phone="+237678920626")
    await story.person("D-3", phone="+237678920627")
    for minute, driver in (("22:00", "D-2"), ("22:10", "D-3"), ("22:20", "D-1")):
        async with story.fact(f"2032-02-01 {minute}") as (tx, _):
            await assigning.change_driver(tx, story.tenant, "C-1", driver, act(f"2032-02-01 {minute}"))
    await story.until("2032-02-02 12:00")
    assert [line.partition(" ")[2] for line in await notices(story)] == [
        "08:00 C-1.change.1 closed: overtaken", "08:00 C-1.change.2 closed: overtaken",
        "08:00 C-1.change.3 sms fleet/notice/taken_over → D-1", "08:00 C-1.former.1 closed: overtaken",
        "08:00 C-1.former.2 sms fleet/notice/handed_over → D-2",
        "08:00 C-1.former.3 sms fleet/notice/handed_over → D-3",
    ]  # fmt: skip


async def test_a_quote_is_told_in_its_figures_and_one_that_is_overtaken_at_night_is_not(
    telling: Telling,
) -> None:
    address = "quoted@example.org"
    story = await signed(telling, driver={"phone": None, "email": address}, **CHARGED)
    last = date(2032, 2, 20)
    async with story.fact("2032-02-10 23:00") as (tx, moment):
        await settling.quote_settlement(tx, story.tenant, "C-1", last, xaf(500), moment, "key:desk")
    async with story.fact("2032-02-10 23:30") as (tx, moment):
        await settling.quote_settlement(tx, story.tenant, "C-1", last, xaf(0), moment, "key:desk")
    await pay(story, "P-1", 31_000, "2032-02-12 10:00")
    await reverse(story, "P-1", "2032-02-13 10:00")
    await story.until("2032-02-14 12:00")
    assert await notices(story) == [
        "2032-02-11 08:00 C-1.quote.1 closed: overtaken",
        "2032-02-11 08:00 C-1.quote.2 email fleet/notice/quote → D-1",
        "2032-02-13 10:00 C-1.change.2 email fleet/notice/undone → D-1",
    ]
    told = [one["text"] for one in await telling.twin.messages(to=address)]
    [quoted] = [text for text in told if "Pour solder" in text]
    assert "31\u00a0000\u00a0FCFA" in quoted.replace("\u202f", "\u00a0")
    assert "20 février 2032" in quoted.replace("\u00a0", " ")
    assert "agreed on the phone" not in str(told)


async def test_an_investor_hears_of_each_payout_and_of_one_that_did_not_arrive(telling: Telling) -> None:
    story = await invested(telling)
    await pay(story, "P-1", 10_000, "2032-02-05 09:00")
    await pay_out(story, "V-1", 1_500, "2032-03-10 11:00")
    async with story.fact("2032-03-11 11:00") as (tx, moment):
        await payouts.reverse_payout(tx, story.tenant, "V-1", "wrong account", moment)
    await pay_out(story, "V-2", 2_000, "2032-03-12 22:30")
    async with story.fact("2032-03-12 23:30") as (tx, moment):
        await payouts.reverse_payout(tx, story.tenant, "V-2", "wrong account", moment)
    await story.until("2032-03-14 12:00")
    assert await notices(story) == [
        "2032-03-10 11:00 V-1.payout.1 email fleet/notice/payout → B-1",
        "2032-03-11 11:00 V-1.payout_back.1 email fleet/notice/payout_back → B-1",
        "2032-03-13 08:00 V-2.payout.1 closed: overtaken",
        "2032-03-13 08:00 V-2.payout_back.1 email fleet/notice/payout_back → B-1",
    ]
