"""Drivers in arrears, told day by day in Douala."""

from dataclasses import replace
from datetime import date

import pytest

from database.fleet import contract, dunning
from database.shared import contacts
from domain.case import Case
from domain.errors import BadInput
from domain.fleet.intake import Contract
from tests.stories.fleet import (
    DUNNING,
    HOLIDAYS,
    TERMS,
    order,
    pay,
    promise,
    resume,
    reverse,
    ring,
    signed,
    stage,
    xaf,
)  # fmt: skip
from tests.stories.telling import Telling

SUSPEND = "alert operations: Suspendre le véhicule"
SILENCE = "alert collections: Silence après la relance ferme ; appeler le conducteur"
COLLECT = "alert collections: Reprendre le dossier d’impayé"


async def test_a_driver_who_never_pays_goes_through_every_stage(telling: Telling) -> None:
    story = await signed(telling)
    await story.until("2032-02-20 12:00")
    assert await stage(story) == "suspended"
    await story.until("2032-07-15 12:00")
    assert await stage(story) == "handed_over"
    assert await story.told(DUNNING, "C-1") == [
        "2032-02-06 09:00 sms fleet/dunning/courtesy → D-1",
        "2032-02-09 09:00 sms fleet/dunning/reminder → D-1",
        "2032-02-13 09:00 sms fleet/dunning/firm → D-1",
        f"2032-02-18 09:00 {SILENCE}",
        "2032-02-20 09:00 sms fleet/dunning/notice → D-1",
        f"2032-02-20 09:00 {SUSPEND}",
        "2032-03-06 09:00 sms fleet/dunning/handover → D-1",
        f"2032-03-06 09:00 {COLLECT}",
        f"2032-04-05 09:00 {COLLECT}",
        f"2032-05-05 09:00 {COLLECT}",
    ]


async def test_everything_stops_at_the_moment_of_payment(telling: Telling) -> None:
    story = await signed(telling)
    await pay(story, "P-1", 10_000, "2032-02-08 20:30")
    await story.until("2032-03-05 12:00")
    assert await story.told(DUNNING, "C-1") == [
        "2032-02-06 09:00 sms fleet/dunning/courtesy → D-1",
        "2032-02-08 20:30 closed: paid",
    ]


async def test_each_time_in_arrears_is_dunned_anew(telling: Telling) -> None:
    story = await signed(telling)
    await pay(story, "P-1", 10_000, "2032-02-08 10:00")
    await pay(story, "P-2", 20_000, "2032-03-06 11:00")
    assert await story.told(DUNNING, "C-1") == [
        "2032-02-06 09:00 sms fleet/dunning/courtesy → D-1",
        "2032-02-08 10:00 closed: paid",
        "2032-03-06 09:00 sms fleet/dunning/courtesy → D-1",
        "2032-03-06 11:00 closed: paid",
    ]


async def test_a_part_payment_moves_the_oldest_due(telling: Telling) -> None:
    """On 10 March both instalments are late; paying the first leaves one that is five days late."""
    story = await signed(telling)
    await story.until("2032-03-10 08:00")
    before = len(await story.told(DUNNING, "C-1"))
    await pay(story, "P-1", 10_000, "2032-03-10 10:00")
    await story.until("2032-03-13 12:00")
    assert (await story.told(DUNNING, "C-1"))[before:] == [
        "2032-03-10 10:00 sms fleet/dunning/reminder → D-1",
        "2032-03-13 09:00 sms fleet/dunning/firm → D-1",
    ]


async def test_a_promise_that_is_kept_ends_it(telling: Telling) -> None:
    story = await signed(telling)
    await promise(story, date(2032, 2, 16), 10_000, "2032-02-08 19:00")
    await pay(story, "P-1", 10_000, "2032-02-16 18:00")
    await story.until("2032-03-05 12:00")
    assert await story.told(DUNNING, "C-1") == [
        "2032-02-06 09:00 sms fleet/dunning/courtesy → D-1",
        "2032-02-16 18:00 closed: paid",
    ]


async def test_after_a_broken_promise_the_steps_go_on(telling: Telling) -> None:
    story = await signed(telling)
    await promise(story, date(2032, 2, 16), 10_000, "2032-02-08 19:00")
    await story.until("2032-02-20 12:00")
    assert await story.told(DUNNING, "C-1") == [
        "2032-02-06 09:00 sms fleet/dunning/courtesy → D-1",
        "2032-02-17 09:00 sms fleet/dunning/firm → D-1",
        "2032-02-20 09:00 sms fleet/dunning/notice → D-1",
        f"2032-02-20 09:00 {SUSPEND}",
    ]


async def test_what_is_promised_must_be_possible(telling: Telling) -> None:
    story = await signed(telling)
    async with story.fact("2032-02-08 10:00") as (tx, moment):
        for until, amount in [(date(2032, 2, 7), 5), (date(2033, 2, 7), 5), (date(2032, 2, 9), 0)]:
            with pytest.raises(BadInput):
                await dunning.promise(tx, story.tenant, "C-1", until, xaf(amount), moment)


async def test_a_payment_taken_back_at_night_is_followed_in_the_morning(telling: Telling) -> None:
    story = await signed(telling)
    await pay(story, "P-1", 10_000, "2032-02-05 10:00")
    await reverse(story, "P-1", "2032-02-06 23:00")
    await story.until("2032-02-07 07:59")
    assert await story.told(DUNNING, "C-1") == []
    await story.until("2032-02-07 12:00")
    assert await story.told(DUNNING, "C-1") == ["2032-02-07 08:00 sms fleet/dunning/courtesy → D-1"]


async def test_a_payment_taken_back_while_dunning_is_under_way(telling: Telling) -> None:
    story = await signed(telling)
    await story.until("2032-03-06 12:00")
    await pay(story, "P-1", 10_000, "2032-03-06 15:00")
    await reverse(story, "P-1", "2032-03-07 10:00")
    await story.until("2032-03-08 12:00")
    assert (await story.told(DUNNING, "C-1"))[8:] == ["2032-03-06 15:00 sms fleet/dunning/courtesy → D-1"]
    assert await stage(story) == "handed_over"


async def test_a_number_that_does_not_work_gives_way_to_email(telling: Telling) -> None:
    story = await signed(telling, driver={"phone": "+15005550001"})
    await telling.twin.order(channel="sms", plan=["opted-out"])
    await story.until("2032-02-06 12:00")
    told = await story.told(DUNNING, "C-1")
    assert [line.partition(" (")[0] for line in told] == [
        "2032-02-06 09:00 sms fleet/dunning/courtesy → D-1",
        "2032-02-06 09:00 email fleet/dunning/courtesy → D-1",
    ]
    assert "(failed: " in told[0]


async def test_a_driver_who_wants_no_sms_gets_email(telling: Telling) -> None:
    story = await signed(telling, driver={"phone": "+237677000001"})
    async with story.fact("2032-01-25 10:00") as (tx, _):
        await contacts.write_opt_out(tx, story.tenant, "sms", "+237677000001", "STOP")
    await story.until("2032-02-06 12:00")
    assert await story.told(DUNNING, "C-1") == ["2032-02-06 09:00 email fleet/dunning/courtesy → D-1"]


async def test_a_message_that_nobody_wants_is_withheld_and_says_why(telling: Telling) -> None:
    story = await signed(telling, driver={"phone": "+237677000002", "email": None})
    async with story.fact("2032-01-25 10:00") as (tx, _):
        await contacts.write_opt_out(tx, story.tenant, "sms", "+237677000002", "STOP")
    await story.until("2032-02-06 12:00")
    assert await story.told(DUNNING, "C-1") == [
        "2032-02-06 09:00 sms fleet/dunning/courtesy → D-1 (withheld: opted out)"
    ]


async def test_paused_it_is_silent_and_resumed_it_catches_up(telling: Telling) -> None:
    story = await signed(telling)
    await order(story, DUNNING, "paused", "accident", "2032-02-07 10:00")
    await story.until("2032-02-14 12:00")
    assert len(await story.told(DUNNING, "C-1")) == 1
    await resume(story, DUNNING, "2032-02-14 12:30")
    assert await story.told(DUNNING, "C-1") == [
        "2032-02-06 09:00 sms fleet/dunning/courtesy → D-1",
        "2032-02-14 12:30 sms fleet/dunning/firm → D-1",
    ]


async def test_stopped_it_is_not_opened_again(telling: Telling) -> None:
    story = await signed(telling)
    await order(story, DUNNING, "stopped", "settled by hand", "2032-02-07 10:00")
    await story.until("2032-06-01 12:00")
    assert await story.told(DUNNING, "C-1") == [
        "2032-02-06 09:00 sms fleet/dunning/courtesy → D-1",
        "2032-02-07 10:00 closed: stopped",
    ]


async def test_a_doubled_ring_and_a_late_one_change_nothing(telling: Telling) -> None:
    story = await signed(telling)
    case = Case(story.tenant, DUNNING, "C-1", story.zone)
    async with story.fact("2032-02-06 10:00") as (tx, moment):
        for key in ("one", "two"):
            await ring(tx, case, f"payment.{key}", moment)
    await pay(story, "P-1", 10_000, "2032-02-07 10:00")
    async with story.fact("2032-02-09 10:00") as (tx, moment):
        await ring(tx, case, "payment.recorded", moment)
    assert await story.told(DUNNING, "C-1") == [
        "2032-02-06 09:00 sms fleet/dunning/courtesy → D-1",
        "2032-02-07 10:00 closed: paid",
    ]


async def test_an_english_driver_reads_english(telling: Telling) -> None:
    story = await signed(telling, driver={"locale": "en", "phone": None, "email": "en@example.org"})
    await story.until("2032-02-09 12:00")
    [reminder, courtesy] = await telling.twin.messages(to="en@example.org")
    assert courtesy["subject"] == "Contract C-1: your instalment due on 05/02/2032"
    assert reminder["subject"].startswith("Reminder: ")


async def test_two_contracts_of_one_driver_are_dunned_apart(telling: Telling) -> None:
    story = await signed(telling)
    async with story.fact("2032-01-21 10:00") as (tx, moment):
        other = Contract("C-2", "D-1", "M-2", replace(TERMS, down_payment=xaf(0)))
        await contract.create_signed(tx, story.tenant, other, moment, HOLIDAYS)
    await pay(story, "P-1", 30_000, "2032-02-05 09:00")
    await story.until("2032-02-07 12:00")
    assert await story.told(DUNNING, "C-1") == []
    assert await story.told(DUNNING, "C-2") == ["2032-02-06 09:00 sms fleet/dunning/courtesy → D-1"]
