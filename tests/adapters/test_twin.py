"""The twin itself: signed webhooks come back, crashes lose nothing, the outbox shows what people read."""

import asyncio
import json
import sys
from asyncio.subprocess import Process
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from adapters.local.journal import Journal
from adapters.local.ports import any_port
from adapters.local.twin_settings import TwinSettings
from adapters.local.twins import twin_server
from adapters.sendgrid import SendGrid
from adapters.twilio import Twilio
from adapters.webhooks import InboundSms, SendGridWebhook, TwilioWebhook
from domain.message import Attachment, DeliveryEvent, Envelope, MessageState, Verdict
from tests.adapters.conftest import WAIT, Heard, Platform, RunningTwin, serving

PERSON = "+237677000001"


def texter(address: str, settings: TwinSettings) -> Twilio:
    account = settings.account_sid, settings.auth_token
    return Twilio(address, *account, settings.sms_number, settings.webhooks, 10.0)


def mailer(address: str, settings: TwinSettings, http: httpx.AsyncClient) -> SendGrid:
    return SendGrid(http, address, settings.api_key, "agence@example.cm", "Agence")


def sms_events(settings: TwinSettings, heard: list[Heard]) -> list[DeliveryEvent]:
    webhook = TwilioWebhook(settings.auth_token, settings.webhooks)
    return [
        webhook.status(each.body, each.headers["x-twilio-signature"], each.path_and_query)
        for each in heard
        if each.path_and_query.startswith("/webhooks/twilio/status")
    ]


async def email_events(twin: RunningTwin, heard: list[Heard]) -> list[DeliveryEvent]:
    answer = await twin.http.get(
        f"{twin.address}/v3/user/webhooks/event/settings/signed",
        headers={"Authorization": f"Bearer {twin.settings.api_key}"},
    )
    webhook = SendGridWebhook(answer.json()["public_key"])
    return [
        event
        for each in heard
        for event in webhook.events(
            each.body,
            each.headers["x-twilio-email-event-webhook-signature"],
            each.headers["x-twilio-email-event-webhook-timestamp"],
            datetime.now(UTC),
        )
    ]


@pytest.mark.parametrize(
    ("fault", "last"), [("ok", MessageState.DELIVERED), ("undelivered", MessageState.FAILED)]
)
async def test_an_sms_tells_its_states_signed(
    twin: RunningTwin, platform: Platform, fault: str, last: MessageState
) -> None:
    await twin.order(channel="sms", plan=[fault])
    twilio = texter(twin.address, twin.settings)
    answer = await twilio.send(Envelope("acme.1", PERSON, "Bonjour"))
    events = sms_events(twin.settings, await platform.until(lambda heard: len(heard) == 3))
    assert {event.message_id for event in events} == {"acme.1"}
    assert {event.provider_id for event in events} == {answer.provider_id}
    assert Counter(event.state for event in events) == {MessageState.ACCEPTED: 2, last: 1}
    twilio.close()


@pytest.mark.parametrize(
    ("fault", "last"), [("ok", MessageState.DELIVERED), ("undelivered", MessageState.FAILED)]
)
async def test_an_email_tells_its_states_signed(
    twin: RunningTwin, platform: Platform, fault: str, last: MessageState
) -> None:
    await twin.order(channel="email", plan=[fault])
    answer = await mailer(twin.address, twin.settings, twin.http).send(Envelope("acme.2", "a@b.fr", "t", "s"))
    heard = await platform.until(
        lambda heard: b"".join(each.body for each in heard).count(b"sg_event_id") == 2
    )
    events = await email_events(twin, heard)
    assert {(event.message_id, event.provider_id) for event in events} == {("acme.2", answer.provider_id)}
    assert {event.state for event in events} == {MessageState.ACCEPTED, last}
    assert len({event.event_id for event in events}) == 2


async def test_a_webhook_is_repeated_until_it_is_taken(twin: RunningTwin, platform: Platform) -> None:
    platform.statuses = [503, 500, 404]
    twilio = texter(twin.address, twin.settings)
    await twilio.send(Envelope("acme.1", PERSON, "Bonjour"))
    events = sms_events(twin.settings, await platform.until(lambda heard: len(heard) == 6))
    assert len({event.event_id for event in events}) == 3
    twilio.close()


async def test_statuses_can_come_out_of_order(
    tmp_path: Path, platform: Platform, http: httpx.AsyncClient
) -> None:
    settings = TwinSettings(tmp_path / "twin", webhooks=platform.address, delay=0.05, disorder=1.0)
    async with serving(twin_server(settings, "127.0.0.1", 0)) as address:
        answer = await http.post(
            f"{address}/2010-04-01/Accounts/{settings.account_sid}/Messages.json",
            auth=(settings.account_sid, settings.auth_token),
            data={
                "To": PERSON,
                "From": settings.sms_number,
                "Body": "t",
                "StatusCallback": _callback(settings),
            },
        )
        assert answer.status_code == 201
        events = sms_events(settings, await platform.until(lambda heard: len(heard) == 3))
    assert [event.event_id.partition(":")[2] for event in events] == ["queued", "delivered", "sent"]


async def test_a_persons_stop_reaches_us_and_closes_the_number(twin: RunningTwin, platform: Platform) -> None:
    reply = {"from": PERSON, "text": "STOP"}
    assert (await twin.http.post(f"{twin.address}/twin/reply", json=reply)).status_code == 202
    [heard] = await platform.until(bool)
    webhook = TwilioWebhook(twin.settings.auth_token, platform.address)
    sms = webhook.inbound(heard.body, heard.headers["x-twilio-signature"], heard.path_and_query)
    sid = (await twin.messages())[0]["sid"]
    assert sms == InboundSms(sid, PERSON, twin.settings.sms_number, "STOP", True, False)
    twilio = texter(twin.address, twin.settings)
    assert (await twilio.send(Envelope("acme.1", PERSON, "Bonjour"))).verdict is Verdict.OPTED_OUT
    await twin.http.post(f"{twin.address}/twin/reply", json=reply | {"text": "start"})
    assert (await twilio.send(Envelope("acme.1", PERSON, "Bonjour"))).verdict is Verdict.ACCEPTED
    twilio.close()


async def test_stop_with_courtesy_is_ours_to_understand(twin: RunningTwin, platform: Platform) -> None:
    await twin.http.post(f"{twin.address}/twin/reply", json={"from": PERSON, "text": "STOP svp"})
    await platform.until(bool)
    twilio = texter(twin.address, twin.settings)
    assert (await twilio.send(Envelope("acme.1", PERSON, "Bonjour"))).verdict is Verdict.ACCEPTED
    twilio.close()


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ([], "body"),
        ({"channel": "fax"}, "channel"),
        ({"channel": "sms", "plan": ["explode"]}, "plan"),
        ({"channel": "sms", "rates": {"429": 0.9, "500": 0.2}}, "rates"),
    ],
)
async def test_a_wrong_order_of_faults_names_its_field(twin: RunningTwin, order: object, field: str) -> None:
    answer = await twin.http.post(f"{twin.address}/twin/faults", json=order)
    assert answer.status_code == 422
    assert [mistake["field"] for mistake in answer.json()["mistakes"]] == [field]


async def test_the_outbox_shows_what_people_read_and_nothing_runs_in_it(
    twin: RunningTwin, platform: Platform
) -> None:
    twilio = texter(twin.address, twin.settings)
    await twilio.send(
        Envelope("acme.1", PERSON, "Payez ici : https://pay.example.cm/x?a=1&b=2. <b>Merci</b>")
    )
    await platform.until(lambda heard: len(heard) == 3)
    letter = Envelope(
        "acme.2",
        "awa@example.cm",
        "Bonjour <Awa>",
        "Échéance <script>alert(1)</script>",
        "<p>Bonjour</p>",
        attachments=(Attachment("reçu.pdf", "application/pdf", b"%PDF"),),
    )
    await mailer(twin.address, twin.settings, twin.http).send(letter)
    page = (await twin.http.get(f"{twin.address}/")).text
    assert '<html lang="fr">' in page
    assert page.index("awa@example.cm") < page.index(PERSON)
    assert 'href="https://pay.example.cm/x?a=1&amp;b=2"' in page
    assert "&lt;b&gt;Merci&lt;/b&gt;" in page
    assert "<script>alert(1)" not in page
    assert "reçu.pdf" in page
    assert "http://" not in page.replace("https://", "")
    found = (await twin.http.get(f"{twin.address}/", params={"q": "AWA", "channel": "sms"})).text
    assert "Aucun message ici" in found
    assert "Delivered" in (await twin.http.get(f"{twin.address}/?lang=en&state=good")).text
    sid = (await twin.messages(channel="email"))[0]["sid"]
    shown = await twin.http.get(f"{twin.address}/twin/messages/{sid}/letter")
    assert shown.headers["Content-Security-Policy"].startswith("sandbox")
    twilio.close()


async def test_a_killed_twin_remembers_what_it_acknowledged(
    tmp_path: Path, platform: Platform, http: httpx.AsyncClient
) -> None:
    settings = TwinSettings(tmp_path / "twin", webhooks=platform.address)
    platform.statuses = [500] * 1000
    port = any_port()
    address = f"http://127.0.0.1:{port}"
    process = await _start(settings, port, http)
    mail = mailer(address, settings, http)
    answers = await asyncio.gather(
        *(mail.send(Envelope(f"acme.{n}", "a@b.fr", "t", "s")) for n in range(40)),
        _kill_soon(process, http, address),
    )
    acknowledged = {answer.provider_id for answer in answers if answer and answer.verdict is Verdict.ACCEPTED}
    assert acknowledged
    platform.statuses = []
    platform.heard.clear()
    process = await _start(settings, port, http)
    kept = (await http.get(f"{address}/twin/messages.json")).json()["messages"]
    assert acknowledged <= {each["sid"] for each in kept}
    told = "delivered"
    await platform.until(lambda heard: sum(each.body.count(told.encode()) for each in heard) >= len(kept))
    process.terminate()
    assert await asyncio.wait_for(process.wait(), WAIT) == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"personalizations": ["x"]}', b'{"from": 1, "personalizations": [{}]}'],
)
async def test_a_payload_of_nonsense_gets_sendgrids_error(twin: RunningTwin, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {twin.settings.api_key}"}
    answer = await twin.http.post(f"{twin.address}/v3/mail/send", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"]


async def test_a_long_list_is_read_page_by_page(twin: RunningTwin) -> None:
    twilio = texter(twin.address, twin.settings)
    before = datetime.now(UTC)
    await asyncio.gather(*(twilio.send(Envelope(f"acme.{n}", PERSON, f"Message {n}")) for n in range(60)))
    found = await twilio.look_up(Envelope("acme.0", PERSON, "Message 0", first_tried_at=before))
    [stored] = await twin.messages(message_id="acme.0")
    assert (found.verdict, found.provider_id) == (Verdict.ACCEPTED, stored["sid"])
    account = f"{twin.address}/2010-04-01/Accounts/{twin.settings.account_sid}"
    keys = (twin.settings.account_sid, twin.settings.auth_token)
    page = (await twin.http.get(f"{account}/Messages.json?PageSize=25&Page=2", auth=keys)).json()
    assert (len(page["messages"]), page["next_page_uri"]) == (10, None)
    one = await twin.http.get(f"{account}/Messages/{stored['sid']}.json", auth=keys)
    assert one.json()["body"] == "Message 0"
    twilio.close()


def test_a_line_torn_by_a_crash_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(json.dumps({"n": 1}).encode() + b'\n{"n": 2')
    assert Journal(path).load() == [{"n": 1}]
    assert path.read_bytes() == b'{"n": 1}\n'


def _callback(settings: TwinSettings) -> str:
    return f"{settings.webhooks}/webhooks/twilio/status?o=acme.9"


async def _start(settings: TwinSettings, port: int, http: httpx.AsyncClient) -> Process:
    command = [sys.executable, "-m", "adapters.local.twins", "--port", str(port), "--delay", "0"]
    command += ["--data", str(settings.data), "--webhooks", settings.webhooks]
    process = await asyncio.create_subprocess_exec(*command)
    async with asyncio.timeout(WAIT):
        while True:
            try:
                await http.get(f"http://127.0.0.1:{port}/twin/health")
                return process
            except httpx.ConnectError:
                await asyncio.sleep(0.02)


async def _kill_soon(process: Process, http: httpx.AsyncClient, address: str) -> None:
    """As soon as the twin has taken something, while the rest is on its way."""
    while not (await http.get(f"{address}/twin/health")).json()["messages"]:
        pass
    process.kill()
    await process.wait()
