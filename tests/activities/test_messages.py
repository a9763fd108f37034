"""The claim row of a message under every answer that a provider can give, with the real SDKs and the twin."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, update

from activities.messages import Messages
from adapters.sendgrid import SendGrid
from adapters.twilio import Twilio
from database.session import Database
from database.shared.contacts import Contact, opt_outs_of, save_contact, write_opt_out
from database.shared.messages import claim
from database.shared.tables import alert, message, tenant
from domain.case import Case
from domain.decision import Step
from domain.effects import Done, Order
from domain.message import Channel
from domain.ports import Provider
from tests.ground import PUBLIC, Twin, ground

AT = datetime(2032, 3, 10, 10, 0, tzinfo=UTC)
SOON = AT + timedelta(minutes=1)
NEXT = AT + timedelta(seconds=1)
NUMBERS = (f"+3361200{number:04}" for number in count(1))
BOTH = pytest.mark.parametrize("channel", ["sms", "email"])
DATA = {
    "deliverable": "D-1", "kind": "report", "title": "Rapport", "due_on": "2032-03-11", "days_left": 1,
    "days_late": 0,
}  # fmt: skip


@dataclass
class Sending:
    """One person of a tenant of its own, and what became of what was sent to them."""

    messages: Messages
    database: Database
    owner: Database
    twin: Twin
    tenant: str
    phone: str

    def order(self, *channels: str, step: str = "day_before", at: datetime = AT) -> Order:
        case = Case(self.tenant, "internships.deliverable", "D-1", "Europe/Paris")
        key = f"internships.deliverable:D-1:{step}:2032-03-11"
        step_ = Step(
            step, "message", key, date(2032, 3, 11), to="student", channels=channels, contacts=("E-1",),
            template="internships/deliverable/last_day", data=DATA,
        )  # fmt: skip
        return Order(case, step_, at)

    async def send(self, *channels: str, **details: Any) -> Done:
        return await self.messages.send(self.order(*channels, **details))

    async def person(self, **details: Any) -> None:
        known = Contact("E-1", "Inès Moreau", f"{self.tenant}@example.org", self.phone, "fr")
        async with self.database.tenant(self.tenant) as tx:
            await save_contact(tx, self.tenant, replace(known, **details))

    async def rows(self) -> list[tuple[str, str]]:
        """Channel and state of each message written, oldest first."""
        return [(row.channel, row.state) for row in await self.every()]

    async def only(self) -> Any:
        async with self.database.tenant(self.tenant) as tx:
            return (await tx.execute(select(message).where(message.c.tenant_id == self.tenant))).one()

    async def every(self) -> list[Any]:
        async with self.database.tenant(self.tenant) as tx:
            query = select(message).where(message.c.tenant_id == self.tenant).order_by(message.c.created_at)
            return list(await tx.execute(query))

    async def limit(self, **most: int) -> None:
        async with self.owner.anyone() as tx:
            await tx.execute(update(tenant).where(tenant.c.id == self.tenant).values(most))

    async def alerts(self) -> list[str]:
        async with self.database.tenant(self.tenant) as tx:
            query = select(alert).where(alert.c.tenant_id == self.tenant).order_by(alert.c.id)
            return [row.title["fr"] for row in await tx.execute(query)]

    async def arrived(self) -> int:
        """How many messages the providers have accepted for this person."""
        addresses = (self.phone, f"{self.tenant}@example.org")
        return sum([len(await self.twin.messages(to=address)) for address in addresses])


def as_shipped(twin: Twin) -> dict[Channel, Provider]:
    """With the time that a provider may take to list a message: a request under way is not *absent*."""
    mine = twin.settings
    return {
        Channel.EMAIL: SendGrid(
            twin.http, twin.address, mine.api_key, "bonjour@echeance.example", "Échéance"
        ),
        Channel.SMS: Twilio(twin.address, mine.account_sid, mine.auth_token, mine.sms_number, PUBLIC, 10),
    }


@pytest.fixture
async def sending(database: Database, owner: Database, provider_twin: Twin) -> AsyncIterator[Sending]:
    name = f"envoi-{uuid4().hex[:8]}"
    row = {
        "id": name,
        "name": name,
        "country": "FR",
        "zone": "Europe/Paris",
        "currency": "EUR",
        "locale": "fr",
    }
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(row))
    parts = ground(database, provider_twin)
    messages = Messages(database, parts.providers, parts.words, parts.links, parts.files)
    one = Sending(messages, database, owner, provider_twin, name, next(NUMBERS))
    await one.person()
    yield one
    (await provider_twin.http.delete(f"{provider_twin.address}/twin/faults")).raise_for_status()


@BOTH
async def test_an_accepted_message_is_never_sent_again(sending: Sending, channel: str) -> None:
    assert [await sending.send(channel) for _ in range(3)] == [Done(), Done(), Done()]
    row = await sending.only()
    assert (row.state, row.attempts, row.wrote_at, await sending.arrived()) == ("accepted", 1, AT, 1)
    assert row.provider_id


@BOTH
@pytest.mark.parametrize(("seconds", "again"), [(5, SOON), (120, AT + timedelta(seconds=120))])
async def test_a_busy_provider_is_tried_again_when_it_asked_to_be(
    sending: Sending, channel: str, seconds: int, again: datetime
) -> None:
    await sending.twin.order(channel=channel, plan=[{"fault": "429", "seconds": seconds}])
    assert (await sending.send(channel)).retry_at == again
    assert (await sending.rows(), await sending.arrived()) == ([(channel, "pending")], 0)
    assert await sending.send(channel) == Done()
    assert (await sending.rows(), await sending.arrived()) == ([(channel, "accepted")], 1)


@BOTH
@pytest.mark.parametrize("fault", ["cut-after-accept", "500-after-accept"])
async def test_a_lost_reply_is_asked_about_and_found(sending: Sending, channel: str, fault: str) -> None:
    await sending.twin.order(channel=channel, plan=[fault])
    assert (await sending.send(channel)).retry_at == SOON
    assert (await sending.rows(), await sending.arrived()) == ([(channel, "unknown")], 1)
    assert await sending.send(channel) == Done()
    row = await sending.only()
    assert (row.state, row.attempts, await sending.arrived()) == ("accepted", 1, 1)
    assert row.provider_id


@BOTH
@pytest.mark.parametrize("fault", ["500", "reset"])
async def test_what_the_provider_never_took_is_sent_again_once(
    sending: Sending, channel: str, fault: str
) -> None:
    await sending.twin.order(channel=channel, plan=[fault])
    assert (await sending.send(channel)).retry_at == SOON
    assert await sending.rows() == [(channel, "unknown")]
    assert (await sending.send(channel)).retry_at == NEXT
    assert (await sending.rows(), await sending.arrived()) == ([(channel, "pending")], 0)
    assert [await sending.send(channel) for _ in range(2)] == [Done(), Done()]
    row = await sending.only()
    assert (row.state, row.attempts, await sending.arrived()) == ("accepted", 2, 1)


@BOTH
@pytest.mark.parametrize("status", [429, 500])
async def test_a_look_up_that_fails_is_repeated(sending: Sending, channel: str, status: int) -> None:
    await sending.twin.order(channel=channel, plan=["cut-after-accept"], look_ups=[status])
    await sending.send(channel)
    assert (await sending.send(channel)).retry_at == SOON
    assert await sending.rows() == [(channel, "unknown")]
    assert await sending.send(channel) == Done()
    assert (await sending.rows(), await sending.arrived()) == ([(channel, "accepted")], 1)


@BOTH
@pytest.mark.parametrize(("fault", "arrived"), [("cut-after-accept", 1), ("reset", 0)])
async def test_what_the_provider_cannot_tell_is_left_to_a_person(
    sending: Sending, channel: str, fault: str, arrived: int
) -> None:
    await sending.twin.order(channel=channel, plan=[fault], look_ups=[403, 403, 403])
    await sending.send(channel)
    for _ in range(3):
        assert (await sending.send(channel)).retry_at == AT + timedelta(days=1)
    assert (await sending.rows(), await sending.arrived()) == ([(channel, "unknown")], arrived)
    [raised] = await sending.alerts()
    assert raised.startswith("Message au sort inconnu")


@BOTH
async def test_a_refused_account_stops_the_channel_and_calls_a_person_once(
    sending: Sending, channel: str
) -> None:
    await sending.twin.order(channel=channel, plan=["401", "401"])
    for _ in range(2):
        assert (await sending.send(channel)).retry_at == AT + timedelta(minutes=15)
    assert (await sending.rows(), await sending.arrived()) == ([(channel, "pending")], 0)
    assert await sending.alerts() == [f"Canal {channel} bloqué : le fournisseur refuse notre compte"]
    assert await sending.send(channel) == Done()
    assert (await sending.rows(), await sending.arrived()) == ([(channel, "accepted")], 1)


@pytest.mark.parametrize("number", ["+15005550001", "+15005550003", "+15005550009"])
async def test_a_number_refused_for_good_gives_way_to_email(sending: Sending, number: str) -> None:
    await sending.person(phone=number)
    assert (await sending.send("sms", "email")).retry_at == NEXT
    assert await sending.rows() == [("sms", "failed")]
    assert [await sending.send("sms", "email") for _ in range(2)] == [Done(), Done()]
    assert (await sending.rows(), await sending.alerts()) == ([("sms", "failed"), ("email", "accepted")], [])
    assert await sending.arrived() == 1


async def test_a_person_whom_no_channel_reaches_is_told_to_people_once(sending: Sending) -> None:
    await sending.person(phone="+15005550001", email="ines@nowhere")
    assert (await sending.send("sms", "email")).retry_at == NEXT
    assert (await sending.send("sms", "email")).retry_at == NEXT
    assert [await sending.send("sms", "email") for _ in range(2)] == [Done(), Done()]
    assert await sending.rows() == [("sms", "failed"), ("email", "failed")]
    assert await sending.alerts() == ["Message non remis : aucun canal ne fonctionne pour ce destinataire"]


async def test_a_stop_at_the_provider_is_written_down_and_kept(sending: Sending) -> None:
    await sending.twin.order(channel="sms", plan=["opted-out"])
    assert (await sending.send("sms", "email")).retry_at == NEXT
    async with sending.database.tenant(sending.tenant) as tx:
        assert await opt_outs_of(tx, sending.tenant, [sending.phone]) == {("sms", sending.phone)}
    assert await sending.send("sms", "email") == Done()
    assert await sending.rows() == [("sms", "failed"), ("email", "accepted")]
    assert await sending.send("sms", step="late") == Done()
    assert (await sending.rows())[-1] == ("sms", "withheld")


async def test_who_opted_out_with_us_is_not_written_to_and_the_row_says_why(sending: Sending) -> None:
    async with sending.database.tenant(sending.tenant) as tx:
        await write_opt_out(tx, sending.tenant, "sms", sending.phone, "reply: STOP")
    assert await sending.send("sms") == Done()
    row = await sending.only()
    assert (row.state, row.reason, await sending.arrived()) == ("withheld", "opted out", 0)


async def test_a_stop_said_while_a_message_waits_for_its_provider_is_obeyed(sending: Sending) -> None:
    await sending.twin.order(channel="sms", plan=["429"])
    await sending.send("sms")
    async with sending.database.tenant(sending.tenant) as tx:
        await write_opt_out(tx, sending.tenant, "sms", sending.phone, "reply: STOP")
    assert await sending.send("sms") == Done()
    row = await sending.only()
    assert (row.state, row.reason, await sending.arrived()) == ("withheld", "opted out", 0)


async def test_who_has_no_address_is_withheld_and_the_row_says_so(sending: Sending) -> None:
    await sending.person(email=None)
    assert await sending.send("email") == Done()
    row = await sending.only()
    assert (row.state, row.reason) == ("withheld", "no address")


async def test_the_persons_own_preference_comes_first(sending: Sending) -> None:
    await sending.person(channels=("email",))
    assert await sending.send("sms", "email") == Done()
    assert await sending.rows() == [("email", "accepted")]


@BOTH
@pytest.mark.parametrize("fault", ["ok", "cut-after-accept"])
async def test_two_who_send_one_order_at_once_send_one_message(
    sending: Sending, channel: str, fault: str
) -> None:
    await sending.twin.order(channel=channel, plan=[fault])
    patient = replace(sending, messages=replace(sending.messages, providers=as_shipped(sending.twin)))
    await asyncio.gather(*(patient.send(channel) for _ in range(2)))
    await patient.send(channel)
    assert (await sending.rows(), await sending.arrived()) == ([(channel, "accepted")], 1)


async def test_a_claim_left_by_a_dead_worker_is_asked_about_before_anything_is_sent(sending: Sending) -> None:
    """Cancelled while the provider answers, as when a worker is killed: the claim is all that is left."""
    await sending.twin.order(channel="email", plan=[{"fault": "slow", "seconds": 30}])
    dying = asyncio.create_task(sending.send("email"))
    async with asyncio.timeout(10):
        while not await sending.arrived():
            pass
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    assert await sending.rows() == [("email", "sending")]
    assert await sending.send("email") == Done()
    row = await sending.only()
    assert (row.state, row.attempts, await sending.arrived()) == ("accepted", 1, 1)


@BOTH
async def test_a_later_attempt_under_way_is_not_taken_for_lost(sending: Sending, channel: str) -> None:
    """The first attempt was an hour ago; that the provider lists nothing yet says nothing of the second."""
    await sending.twin.order(channel=channel, plan=["429"])
    await sending.send(channel)
    async with sending.database.tenant(sending.tenant) as tx:
        await tx.execute(update(message).values(first_tried_at=message.c.first_tried_at - timedelta(hours=1)))
        assert await claim(tx, sending.tenant, (await tx.execute(select(message.c.id))).scalar_one())
    patient = replace(sending, messages=replace(sending.messages, providers=as_shipped(sending.twin)))
    assert (await patient.send(channel)).retry_at
    assert (await sending.rows(), await sending.arrived()) == ([(channel, "sending")], 0)


async def test_nothing_is_written_down_in_quiet_hours(sending: Sending) -> None:
    """From 20:00 to 8:00 in Paris; on 28 March the night is an hour shorter."""
    night = datetime(2032, 3, 27, 21, 30, tzinfo=UTC)
    assert (await sending.send("sms", at=night)).retry_at == datetime(2032, 3, 28, 6, 0, tzinfo=UTC)
    assert (await sending.rows(), await sending.arrived()) == ([], 0)


async def test_words_that_cannot_be_rendered_are_told_to_people(sending: Sending) -> None:
    order = sending.order("email")
    broken = replace(order, step=replace(order.step, data={"deliverable": "D-1"}))
    assert (await sending.messages.send(broken)).retry_at == AT + timedelta(hours=1)
    [raised] = await sending.alerts()
    assert raised.startswith("Modèle à corriger : internships/deliverable/last_day")
    assert await sending.send("email") == Done()
    assert (await sending.rows(), await sending.arrived()) == ([("email", "accepted")], 1)


@pytest.mark.parametrize(("channel", "most"), [("sms", 4), ("email", 8)])
async def test_who_had_enough_messages_today_is_written_to_tomorrow(
    sending: Sending, channel: str, most: int
) -> None:
    for number in range(most):
        assert await sending.send(channel, step=f"step_{number}") == Done()
    tomorrow = datetime(2032, 3, 11, 7, 0, tzinfo=UTC)
    full = f"{most} a day"
    for minutes in (0, 5):
        again = await sending.send(channel, step="one_more", at=AT + timedelta(minutes=minutes))
        assert again == Done(tomorrow, f"enough messages: {full}")
    kept = (await sending.every())[-1]
    assert (kept.state, kept.reason, kept.attempts) == ("pending", f"enough messages: {full}", 0)
    assert (kept.deferred_at, kept.deferred_until, kept.deferred_for) == (AT, tomorrow, full)
    assert await sending.arrived() == most
    assert await sending.send(channel, step="one_more", at=tomorrow) == Done()
    sent = (await sending.every())[-1]
    assert (sent.id, sent.state, sent.reason, sent.wrote_at) == (kept.id, "accepted", "", tomorrow)
    assert (sent.deferred_at, sent.deferred_for, await sending.arrived()) == (AT, full, most + 1)


async def test_who_had_enough_messages_in_seven_days_is_written_to_on_the_eighth(sending: Sending) -> None:
    await sending.limit(sms_a_day=2, sms_a_week=3)
    days = [AT, AT + timedelta(days=1), AT + timedelta(days=2)]
    for number, day in enumerate(days):
        assert await sending.send("sms", step=f"step_{number}", at=day) == Done()
    room = datetime(2032, 3, 17, 7, 0, tzinfo=UTC)
    assert await sending.send("sms", step="more", at=AT + timedelta(days=3)) == Done(
        room, "enough messages: 3 a week"
    )
    assert await sending.send("sms", step="more", at=room) == Done()
    assert await sending.arrived() == 4


async def test_an_answer_that_a_person_waits_for_is_never_held_back(sending: Sending) -> None:
    await sending.limit(sms_a_day=1)
    assert await sending.send("sms") == Done()
    order = sending.order("sms", step="confirmation")
    assert await sending.messages.send(replace(order, step=replace(order.step, asked=True))) == Done()
    assert (await sending.send("sms", step="another")).retry_at


async def test_a_message_kept_for_later_says_what_is_true_then(sending: Sending) -> None:
    """Its words are those of the day on which it goes out; a STOP or another preference meanwhile counts."""
    await sending.limit(sms_a_day=1)
    assert await sending.send("sms", "email", step="first") == Done()
    kept = await sending.send("sms", "email")
    assert kept.retry_at
    await sending.person(channels=("email",))
    order = sending.order("sms", "email", at=kept.retry_at)
    later = replace(order, step=replace(order.step, data={**DATA, "title": "Mémoire"}))
    assert await sending.messages.send(later) == Done()
    [_, sent] = await sending.every()
    assert (sent.channel, sent.state, "Mémoire" in sent.text) == ("email", "accepted", True)


async def test_two_who_write_to_one_person_at_once_keep_the_limit(sending: Sending) -> None:
    done = await asyncio.gather(*(sending.send("sms", step=f"step_{number}") for number in range(7)))
    assert sorted(one.note for one in done) == [""] * 4 + ["enough messages: 4 a day"] * 3
    assert await sending.arrived() == 4


async def test_a_message_tried_again_counts_once(sending: Sending) -> None:
    await sending.twin.order(channel="sms", plan=["429", "429", "429", "429"])
    for minute in range(5):
        await sending.send("sms", at=AT + timedelta(minutes=minute))
    assert await sending.rows() == [("sms", "accepted")]


@pytest.mark.parametrize("contacts", [(), ("E-1", "ERASED")])
async def test_a_contact_that_is_not_on_record_is_told_to_people(
    sending: Sending, contacts: tuple[str, ...]
) -> None:
    order = sending.order("sms")
    order = replace(order, step=replace(order.step, contacts=contacts))
    assert [await sending.messages.send(order) for _ in range(2)] == [Done(), Done()]
    assert await sending.alerts() == [
        "Message sans destinataire : le contact du dossier n’est pas enregistré"
    ]
    assert len(await sending.rows()) == len(contacts[:1])
