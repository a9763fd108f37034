"""Signed webhooks: what is genuine is read, anything else is turned away."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from adapters.local.signing import EventSigner, twilio_signature
from adapters.webhooks import BadSignature, SendGridWebhook, TwilioWebhook
from domain.errors import BadInput
from domain.message import DeliveryEvent, MessageState

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
PUBLIC = "https://app.example.com"
STATUS = "/webhooks/twilio/status?o=acme.6f1c"
INBOUND = "/webhooks/twilio/inbound"
TOKEN = "a-token"


@pytest.fixture
def signer(tmp_path: Path) -> EventSigner:
    return EventSigner(tmp_path)


def read(signer: EventSigner, events: Any, late: timedelta = timedelta(0)) -> list[DeliveryEvent]:
    body = events if isinstance(events, bytes) else json.dumps(events, ensure_ascii=False).encode()
    headers = signer.headers(body)
    webhook = SendGridWebhook(signer.public_key, timedelta(minutes=5))
    return webhook.events(body, headers[SIGNATURE], headers[TIMESTAMP], datetime.now(UTC) + late)


def event(name: str, **more: str) -> dict[str, str]:
    ours = {"message_id": "acme.6f1c", "sg_message_id": "abc.filter0001.0"}
    return {"event": name, "sg_event_id": f"id-{name}", **ours, **more}


@pytest.mark.parametrize(
    ("given", "state", "opted_out"),
    [
        (event("processed"), MessageState.ACCEPTED, False),
        (event("deferred", response="421"), MessageState.ACCEPTED, False),
        (event("delivered"), MessageState.DELIVERED, False),
        (event("bounce", reason="550 é"), MessageState.FAILED, False),
        (event("dropped", reason="Unsubscribed Address"), MessageState.FAILED, True),
        (event("spamreport"), MessageState.DELIVERED, True),
    ],
)
def test_an_event_becomes_a_state(
    signer: EventSigner, given: dict[str, str], state: MessageState, opted_out: bool
) -> None:
    [read_event] = read(signer, [given])
    assert (read_event.event_id, read_event.message_id) == (given["sg_event_id"], "acme.6f1c")
    assert (read_event.provider_id, read_event.state, read_event.opted_out) == ("abc", state, opted_out)


def test_events_of_others_are_left_out(signer: EventSigner) -> None:
    strange = [{"event": "delivered", "sg_event_id": "x"}, event("group_resubscribe"), event("new_kind")]
    assert read(signer, strange) == []


@pytest.mark.parametrize("late", [timedelta(minutes=6), -timedelta(minutes=6)])
def test_an_old_or_future_timestamp_is_turned_away(signer: EventSigner, late: timedelta) -> None:
    with pytest.raises(BadSignature):
        read(signer, [event("delivered")], late)


@pytest.mark.parametrize(
    ("body", "signature", "timestamp"),
    [
        (b"[ ]", None, None),
        (b"[]", "not base64!", None),
        (b"[]", base64.b64encode(b"other").decode(), None),
        (b"[]", "", ""),
        (b"[]", None, "1"),
        (b"\xff", None, None),
    ],
)
def test_what_was_not_signed_so_is_turned_away(
    signer: EventSigner, body: bytes, signature: str | None, timestamp: str | None
) -> None:
    headers = signer.headers(b"[]")
    given = headers[SIGNATURE] if signature is None else signature
    at = headers[TIMESTAMP] if timestamp is None else timestamp
    with pytest.raises(BadSignature):
        SendGridWebhook(signer.public_key).events(body, given, at, datetime.now(UTC))


def test_another_key_is_turned_away(signer: EventSigner, tmp_path: Path) -> None:
    headers = EventSigner(tmp_path / "other").headers(b"[]")
    with pytest.raises(BadSignature):
        SendGridWebhook(signer.public_key).events(
            b"[]", headers[SIGNATURE], headers[TIMESTAMP], datetime.now(UTC)
        )


@pytest.mark.parametrize("body", [b"{}", b"nonsense", b"[1]"])
def test_a_signed_body_that_is_no_list_of_events_is_bad_input(signer: EventSigner, body: bytes) -> None:
    with pytest.raises(BadInput):
        read(signer, body)


def signed(target: str, form: dict[str, str]) -> tuple[bytes, str, str]:
    signature = twilio_signature(TOKEN, PUBLIC + target, form)["X-Twilio-Signature"]
    return urlencode(form).encode(), signature, target


@pytest.mark.parametrize(
    ("status", "code", "state", "opted_out"),
    [
        ("queued", "", MessageState.ACCEPTED, False),
        ("sent", "", MessageState.ACCEPTED, False),
        ("delivered", "", MessageState.DELIVERED, False),
        ("undelivered", "30003", MessageState.FAILED, False),
        ("failed", "21610", MessageState.FAILED, True),
    ],
)
def test_a_status_becomes_a_state(status: str, code: str, state: MessageState, opted_out: bool) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": status, "ErrorCode": code}
    told = TwilioWebhook(TOKEN, PUBLIC + "/").status(*signed(STATUS, form))
    assert told == DeliveryEvent(f"SM1:{status}", "acme.6f1c", state, "SM1", code, opted_out)


def test_a_changed_address_form_or_signature_is_turned_away() -> None:
    webhook = TwilioWebhook(TOKEN, PUBLIC)
    body, signature, target = signed(STATUS, {"MessageSid": "SM1", "MessageStatus": "delivered"})
    for given in (
        (body, signature, target.replace("6f1c", "0000")),
        (body + b"&ErrorCode=1", signature, target),
        (body, signature[:-2] + "A=", target),
        (body, "", target),
        (b"\xff=%ff", signature, target),
    ):
        with pytest.raises(BadSignature):
            webhook.status(*given)


def test_a_signed_form_that_lacks_something_names_it() -> None:
    webhook = TwilioWebhook(TOKEN, PUBLIC)
    whole = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    for target, form, field in (
        (STATUS, {"MessageSid": "SM1"}, "MessageStatus"),
        (STATUS, whole | {"MessageStatus": "teleported"}, "MessageStatus"),
        (STATUS, {"MessageStatus": "sent"}, "MessageSid"),
        ("/webhooks/twilio/status", whole, "o"),
    ):
        with pytest.raises(BadInput, match=f"^{field}: "):
            webhook.status(*signed(target, form))


@pytest.mark.parametrize(
    ("text", "stops", "starts"),
    [("Arrêt svp", True, False), ("START", False, True), ("Oui, à 10 h & demie + café", False, False)],
)
def test_a_text_of_a_person_is_read(text: str, stops: bool, starts: bool) -> None:
    form = {"MessageSid": "SM2", "From": "+237677000001", "To": "+33757900000", "Body": text}
    sms = TwilioWebhook(TOKEN, PUBLIC).inbound(*signed(INBOUND, form))
    assert (sms.sender, sms.text, sms.stops, sms.starts) == ("+237677000001", text, stops, starts)
