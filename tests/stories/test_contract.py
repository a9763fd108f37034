"""Drivers' contracts from the signature to the deed of transfer, told day by day in Douala."""

from datetime import date

import pytest

from adapters.holidays import PublicHolidays
from database.fleet import contract, payments, queries
from database.shared import ledger
from domain.errors import Conflict, NotFound
from domain.fleet.intake import Contract
from domain.fleet.terms import Frequency, HolidayRule
from tests.stories.fleet import (
    CONTRACT,
    DUNNING,
    HOLIDAYS,
    TERMS,
    entry,
    order,
    pay,
    resume,
    reverse,
    signed,
    xaf,
)  # fmt: skip
from tests.stories.telling import Story, Telling


async def state_of(story: Story) -> str:
    async with story.telling.database.tenant(story.tenant) as tx:
        return (await queries.contract_of(tx, story.tenant, "C-1")).state


async def schedule_of(story: Story) -> list[tuple[date, int]]:
    async with story.telling.database.tenant(story.tenant) as tx:
        file = await queries.file_of(tx, story.tenant, "C-1")
    return [(one.due_on, one.amount.minor) for one in file.dues]


async def test_a_driver_who_pays_on_time_gets_the_bike(telling: Telling) -> None:
    story = await signed(telling)
    await pay(story, "P-1", 10_000, "2032-02-05 09:00")
    await pay(story, "P-2", 10_000, "2032-03-04 18:00")
    assert await state_of(story) == "active"
    await pay(story, "P-3", 10_000, "2032-04-05 10:30")
    await story.until("2032-08-01 12:00")
    assert await story.told(CONTRACT, "C-1") == [
        "2032-04-05 10:30 closed: completed",
        "2032-04-05 10:30 document fleet/contract/transfer",
        "2032-04-05 10:30 sms fleet/contract/completed → D-1",
    ]
    assert await story.told(DUNNING, "C-1") == []
    assert await state_of(story) == "completed"


async def test_what_is_paid_too_much_covers_what_comes_later(telling: Telling) -> None:
    story = await signed(telling)
    await pay(story, "P-1", 25_000, "2032-02-05 09:00")
    await story.until("2032-04-05 23:00")
    assert await story.told(DUNNING, "C-1") == []
    await story.until("2032-04-06 12:00")
    assert await story.told(DUNNING, "C-1") == ["2032-04-06 09:00 sms fleet/dunning/courtesy → D-1"]


async def test_what_is_paid_late_is_dunned_and_completed_all_the_same(telling: Telling) -> None:
    story = await signed(telling)
    await pay(story, "P-1", 10_000, "2032-02-07 10:00")
    await pay(story, "P-2", 20_000, "2032-04-02 10:00")
    await story.until("2032-06-01 12:00")
    assert await story.told(CONTRACT, "C-1") == [
        "2032-04-02 10:00 closed: completed",
        "2032-04-02 10:00 document fleet/contract/transfer",
        "2032-04-02 10:00 sms fleet/contract/completed → D-1",
    ]
    assert [line[11:] for line in await story.told(DUNNING, "C-1") if "closed" in line] == [
        "10:00 closed: paid",
        "10:00 closed: paid",
    ]


async def test_the_last_payment_at_night_closes_at_once_and_is_told_in_the_morning(telling: Telling) -> None:
    """One deed, although the review of the morning decides again."""
    story = await signed(telling, driver={"phone": None})
    await pay(story, "P-1", 30_000, "2032-02-03 23:00")
    assert await state_of(story) == "completed"
    await story.until("2032-02-10 12:00")
    told = await story.told(CONTRACT, "C-1")
    assert [line for line in told if "closed" not in line] == [
        "2032-02-03 23:00 document fleet/contract/transfer",
        "2032-02-04 08:00 email fleet/contract/completed → D-1",
    ]


async def test_the_deed_travels_with_the_email(telling: Telling) -> None:
    address = "deed@example.org"
    story = await signed(telling, driver={"phone": None, "email": address})
    await pay(story, "P-1", 30_000, "2032-02-03 11:00")
    [sent] = await telling.twin.messages(to=address)
    assert [one["name"] for one in sent["enclosures"]] == ["transfer-C-1.pdf"]


async def test_a_payment_taken_back_after_the_end_reopens_everything(telling: Telling) -> None:
    story = await signed(telling)
    await pay(story, "P-1", 30_000, "2032-02-05 09:00")
    assert await state_of(story) == "completed"
    await reverse(story, "P-1", "2032-02-07 15:00")
    assert await state_of(story) == "active"
    await story.until("2032-02-08 12:00")
    await pay(story, "P-2", 30_000, "2032-02-09 10:00")
    await story.until("2032-06-01 12:00")
    assert await story.told(CONTRACT, "C-1") == [
        "2032-02-05 09:00 closed: completed",
        "2032-02-05 09:00 document fleet/contract/transfer",
        "2032-02-05 09:00 sms fleet/contract/completed → D-1",
        "2032-02-09 10:00 closed: completed",
        "2032-02-09 10:00 document fleet/contract/transfer",
        "2032-02-09 10:00 sms fleet/contract/completed → D-1",
    ]
    assert await story.told(DUNNING, "C-1") == [
        "2032-02-07 15:00 sms fleet/dunning/courtesy → D-1",
        "2032-02-09 09:00 sms fleet/dunning/reminder → D-1",
        "2032-02-09 10:00 closed: paid",
    ]
    assert await state_of(story) == "completed"


async def test_a_month_without_a_31st_is_due_on_its_last_day(telling: Telling) -> None:
    story = await signed(telling, first_due_on=date(2032, 1, 31))
    assert await schedule_of(story) == [
        (date(2032, 1, 20), 20_000),
        (date(2032, 1, 31), 10_000),
        (date(2032, 2, 29), 10_000),
        (date(2032, 3, 31), 10_000),
    ]
    await pay(story, "P-1", 10_000, "2032-01-31 19:00")
    await story.until("2032-02-29 23:30")
    assert await story.told(DUNNING, "C-1") == []
    await pay(story, "P-2", 20_000, "2032-03-01 12:00")
    await story.until("2032-06-01 12:00")
    assert await story.told(DUNNING, "C-1") == [
        "2032-03-01 09:00 sms fleet/dunning/courtesy → D-1",
        "2032-03-01 12:00 closed: paid",
    ]


async def test_daily_instalments_rest_on_sundays_and_holidays(telling: Telling) -> None:
    """11 February 2032, a Wednesday, is the feast of youth; 15 February is a Sunday."""
    story = await signed(
        telling, down_payment=xaf(44_000), instalments=6, frequency=Frequency.DAILY,
        first_due_on=date(2032, 2, 10), rest_days=frozenset({6}), holiday_rule=HolidayRule.SKIP, grace_days=2,
    )  # fmt: skip
    assert [day.day for day, _ in await schedule_of(story)] == [20, 10, 12, 13, 14, 16, 17]
    await pay(story, "P-1", 1_000, "2032-02-10 19:00")
    await pay(story, "P-2", 2_000, "2032-02-13 19:00")
    await story.until("2032-02-16 23:00")
    assert await story.told(DUNNING, "C-1") == []
    await pay(story, "P-3", 3_000, "2032-02-17 13:00")
    assert await story.told(DUNNING, "C-1") == [
        "2032-02-17 08:00 sms fleet/dunning/courtesy → D-1",
        "2032-02-17 13:00 closed: paid",
    ]
    assert await state_of(story) == "completed"


async def test_a_draft_is_watched_from_its_signature(telling: Telling) -> None:
    story = await telling.begin("moto", zone="Africa/Douala", country="CM", currency="XAF")
    await story.person("D-1")
    agreed = Contract("C-1", "D-1", "M-1", TERMS)
    async with story.fact("2032-01-18 10:00") as (tx, moment):
        assert await contract.create_draft(tx, story.tenant, agreed, HOLIDAYS)
        with pytest.raises(Conflict, match="not signed"):
            await payments.record_payment(tx, story.tenant, entry("P-0", 5, "2032-01-18 10:00"), moment)
    assert await schedule_of(story) == []
    async with story.fact("2032-01-20 10:00") as (tx, moment):
        assert await contract.sign(tx, story.tenant, "C-1", moment, HOLIDAYS)
        assert not await contract.sign(tx, story.tenant, "C-1", moment, HOLIDAYS)
        owed = await ledger.balance(tx, story.tenant, "driver_receivable", "C-1", "XAF")
        assert owed == xaf(50_000)
    assert len(await schedule_of(story)) == 4
    await pay(story, "P-0", 50_000, "2032-01-20 11:00")
    assert await state_of(story) == "completed"


async def test_a_terminated_contract_is_left_alone(telling: Telling) -> None:
    story = await signed(telling)
    await story.until("2032-02-07 12:00")
    async with story.fact("2032-02-08 10:00") as (tx, moment):
        assert await contract.terminate(tx, story.tenant, "C-1", "bike returned", moment)
        assert not await contract.terminate(tx, story.tenant, "C-1", "bike returned", moment)
    await story.until("2032-09-01 12:00")
    assert await story.told(CONTRACT, "C-1") == ["2032-02-08 10:00 closed: terminated"]
    assert await story.told(DUNNING, "C-1") == [
        "2032-02-06 09:00 sms fleet/dunning/courtesy → D-1",
        "2032-02-08 10:00 closed: terminated",
    ]


async def test_paused_it_opens_no_dunning_and_resumed_it_catches_up(telling: Telling) -> None:
    story = await signed(telling)
    await order(story, CONTRACT, "paused", "accident", "2032-02-01 10:00")
    await story.until("2032-02-10 12:00")
    assert await story.told(DUNNING, "C-1") == []
    await resume(story, CONTRACT, "2032-02-10 12:30")
    assert await story.told(DUNNING, "C-1") == ["2032-02-10 12:30 sms fleet/dunning/reminder → D-1"]


async def test_stopped_it_ends_and_later_facts_find_nobody(telling: Telling) -> None:
    story = await signed(telling)
    await order(story, CONTRACT, "stopped", "sold the claim", "2032-02-01 10:00")
    await pay(story, "P-1", 10_000, "2032-02-05 10:00")
    await story.until("2032-06-01 12:00")
    assert await story.told(CONTRACT, "C-1") == ["2032-02-01 10:00 closed: stopped"]


async def test_the_same_payment_twice_counts_once_and_another_under_its_name_is_refused(
    telling: Telling,
) -> None:
    story = await signed(telling)
    async with story.fact("2032-02-05 09:00") as (tx, moment):
        once = entry("P-1", 4_000, "2032-02-05 08:00")
        assert await payments.record_payment(tx, story.tenant, once, moment)
        assert not await payments.record_payment(tx, story.tenant, once, moment)
        with pytest.raises(Conflict, match="amount_minor is 4000, not 5000"):
            await payments.record_payment(tx, story.tenant, entry("P-1", 5_000, "2032-02-05 08:00"), moment)
        with pytest.raises(NotFound):
            await payments.reverse_payment(tx, story.tenant, "P-9", "unknown", moment)
        assert await payments.reverse_payment(tx, story.tenant, "P-1", "typing error", moment)
        assert not await payments.reverse_payment(tx, story.tenant, "P-1", "typing error", moment)
        owed = await ledger.balance(tx, story.tenant, "driver_receivable", "C-1", "XAF")
        assert owed == xaf(30_000)


def test_the_holidays_of_the_stories_are_those_of_cameroon() -> None:
    assert date(2032, 2, 11) in PublicHolidays().of("CM", 2032)
