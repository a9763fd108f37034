"""Maintenance contracts near their end, told day by day."""

from datetime import date
from pathlib import Path

import pytest

from adapters.typesetting import Typst
from database.maintenance import renewal
from database.maintenance.proof import proof_of
from database.shared import cases, outbox
from database.shared.cases import StandingOrder
from database.shared.contacts import Contact, save_contact
from database.shared.messages import apply_event
from domain.case import Case
from domain.errors import Conflict, NotFound
from domain.maintenance.contract import ServiceContract
from domain.maintenance.renewal import Answer, Level
from domain.message import DeliveryEvent, MessageState
from domain.money import Money
from tests.stories.telling import Story, Telling

PROCESS = "maintenance.renewal"
NOTICE = "email maintenance/renewal/notice → C-1"
REMINDER = "email maintenance/renewal/reminder → C-1"
CALL = "alert maintenance: Appeler le client avant la fin du contrat"


async def signed(
    telling: Telling, ends_on: date, *, tacit: bool = False, notice_days: int = 0,
    email: str | None = "c-1@example.org",
) -> Story:  # fmt: skip
    story = await telling.begin("duret", zone="Europe/Paris", country="FR", currency="EUR")
    await story.person("C-1", full_name="Claire Martin", email=email)
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


async def test_tacit_renewal_goes_on_for_a_year_with_a_watch_of_its_own(telling: Telling) -> None:
    story = await signed(telling, date(2032, 4, 29), tacit=True)
    await story.until("2033-06-30 12:00")
    assert await story.told(PROCESS, "K-1.20320429") == [
        f"2032-02-27 09:00 {NOTICE}",
        f"2032-03-30 09:00 {REMINDER}",
        f"2032-04-22 09:00 {CALL}",
        "2032-04-30 09:00 closed: renewed_tacitly",
    ]
    assert await story.told(PROCESS, "K-1.20330429") == [
        f"2033-02-28 09:00 {NOTICE}",
        f"2033-03-30 09:00 {REMINDER}",
        f"2033-04-22 09:00 {CALL}",
        "2033-04-30 09:00 closed: renewed_tacitly",
    ]


async def test_a_term_that_ends_on_29_february_goes_on_to_28_february(telling: Telling) -> None:
    story = await signed(telling, date(2032, 2, 29), tacit=True)
    await story.until("2032-03-02 12:00")
    async with telling.database.tenant(story.tenant) as tx:
        assert (await renewal.contract_of(tx, story.tenant, "K-1")).ends_on == date(2033, 2, 28)


async def test_with_a_notice_period_all_counts_from_the_last_day_to_refuse(telling: Telling) -> None:
    """Thirty days of notice before 31 October 2032: 1 October. The sixtieth day before is a Monday."""
    story = await signed(telling, date(2032, 10, 31), tacit=True, notice_days=30)
    await story.until("2032-10-15 12:00")
    assert await story.told(PROCESS, "K-1.20321031") == [
        f"2032-08-02 09:00 {NOTICE}",
        f"2032-09-01 09:00 {REMINDER}",
        f"2032-09-24 09:00 {CALL}",
        "2032-10-02 09:00 closed: renewed_tacitly",
    ]


async def test_renewed_by_link_on_the_day_of_the_reminder(telling: Telling) -> None:
    """The next term runs its own year."""
    story = await signed(telling, date(2032, 4, 29))
    async with story.fact("2032-03-30 09:31") as (tx, at):
        await renewal.answer(tx, story.tenant, "K-1.20320429", Answer.RENEWED, "link:C-1", at)
    assert await story.told(PROCESS, "K-1.20320429") == [
        f"2032-02-27 09:00 {NOTICE}",
        f"2032-03-30 09:00 {REMINDER}",
        "2032-03-30 09:31 closed: renewed",
    ]
    await story.until("2033-03-01 12:00")
    assert await story.told(PROCESS, "K-1.20330429") == [f"2033-02-28 09:00 {NOTICE}"]


async def test_answers_that_come_twice_or_too_late(telling: Telling) -> None:
    story = await signed(telling, date(2032, 4, 29))
    async with story.fact("2032-03-30 09:31") as (tx, at):
        for _ in range(2):
            await renewal.answer(tx, story.tenant, "K-1", Answer.REFUSED, "link:C-1", at)
        with pytest.raises(Conflict, match="refused already"):
            await renewal.answer(tx, story.tenant, "K-1", Answer.RENEWED, "link:C-1", at)
    async with story.fact("2032-05-03 10:00") as (tx, at):
        with pytest.raises(Conflict, match="refused already"):
            await renewal.answer(tx, story.tenant, "K-1", Answer.RENEWED, "link:C-1", at)
        await outbox.owe(tx, outbox.RING, case_of(story), "renewal.refused", at, "again")
    await story.until("2032-06-30 12:00")
    assert (await story.told(PROCESS, "K-1.20320429"))[-1] == "2032-03-30 09:31 closed: refused"


async def test_a_customer_without_email_is_written_letters_by_people(telling: Telling) -> None:
    story = await signed(telling, date(2032, 4, 29), email=None)
    await story.until("2032-06-30 12:00")
    assert await story.told(PROCESS, "K-1.20320429") == [
        "2032-02-27 09:00 alert maintenance: Envoyer l’information de reconduction par courrier",
        "2032-03-30 09:00 alert maintenance: Relancer la reconduction par courrier",
        f"2032-04-22 09:00 {CALL}",
        "2032-04-30 09:00 closed: lapsed",
    ]


async def test_an_address_refused_for_good_is_told_to_people(telling: Telling) -> None:
    story = await signed(telling, date(2032, 4, 29), email="claire.martin@nowhere")
    await story.until("2032-03-01 12:00")
    written, alerted = await story.told(PROCESS, "K-1.20320429")
    assert written.startswith(f"2032-02-27 09:00 {NOTICE} (failed: 400")
    assert alerted.startswith("2032-02-27 09:00 alert operations: Message non remis")


async def test_paused_nothing_happens_and_resumed_it_catches_up(telling: Telling) -> None:
    story = await signed(telling, date(2032, 4, 29))
    await order(story, "2032-02-20 10:00", "paused")
    await story.until("2032-03-05 12:00")
    assert await story.told(PROCESS, "K-1.20320429") == []
    await order(story, "2032-03-05 15:00", "")
    await story.until("2032-04-01 12:00")
    assert await story.told(PROCESS, "K-1.20320429") == [
        f"2032-03-05 15:00 {NOTICE}",
        f"2032-03-30 09:00 {REMINDER}",
    ]


async def test_stopped_the_contract_stays_as_it_is(telling: Telling) -> None:
    story = await signed(telling, date(2032, 4, 29), tacit=True)
    await order(story, "2032-03-05 10:00", "stopped")
    await story.until("2032-06-30 12:00")
    assert (await story.told(PROCESS, "K-1.20320429"))[-1] == "2032-03-05 10:00 closed: stopped"
    async with telling.database.tenant(story.tenant) as tx:
        term = await renewal.term_of(tx, story.tenant, "K-1")
    assert (term.state, term.contract.ends_on) == ("active", date(2032, 4, 29))


async def test_the_notice_can_be_proved(telling: Telling, root: Path) -> None:
    """Text and address as sent, the provider's id, and each signed event once; the same bytes each time."""
    story = await signed(telling, date(2032, 4, 29), tacit=True)
    async with telling.database.tenant(story.tenant) as tx:
        with pytest.raises(NotFound, match="sent renewal notice"):
            await proof_of(tx, story.tenant, "K-1.20320429")
    await story.until("2032-06-30 12:00")
    async with telling.database.tenant(story.tenant) as tx:
        early = await proof_of(tx, story.tenant, "K-1.20320429")
        for _ in range(2):
            event = DeliveryEvent("ev-1", early.message_id, MessageState.DELIVERED)
            await apply_event(tx, story.tenant, event)
        await save_contact(tx, story.tenant, Contact("C-1", "Claire Martin", "new@example.org", None, "fr"))
        proof = await proof_of(tx, story.tenant, "K-1.20320429")
    [sent] = await telling.twin.messages(message_id=proof.message_id)
    assert (proof.subject, proof.text, proof.address) == (sent["subject"], sent["text"], "c-1@example.org")
    assert (proof.provider_id, early.state, proof.state) == (sent["sid"], "accepted", "delivered")
    assert proof.written_at.replace(second=0, microsecond=0) == story.instant("2032-02-27 09:00")
    assert (proof.inform_from, proof.inform_until) == (date(2032, 1, 29), date(2032, 3, 29))
    assert [(step.state, step.event_id) for step in proof.steps] == [("delivered", "ev-1")]
    typst = Typst(root / "templates")
    for locale in ("fr", "en"):
        made = [await typst.render("maintenance/renewal/proof", proof.as_data(), locale) for _ in range(2)]
        assert made[0] == made[1]
        assert made[0].startswith(b"%PDF")


def case_of(story: Story) -> Case:
    return Case(story.tenant, PROCESS, "K-1.20320429", story.zone)


async def order(story: Story, at: str, state: str) -> None:
    async with story.fact(at) as (tx, moment):
        if state:
            await cases.give_order(tx, case_of(story), StandingOrder(state, "litige en cours", "key:agency"))
        else:
            assert await cases.lift_order(tx, case_of(story))
        await outbox.owe(tx, outbox.RING, case_of(story), "operations.order", moment, f"order:{at}")
