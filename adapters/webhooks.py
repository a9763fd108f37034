"""Signed webhooks of the message providers: verified on the raw bytes, then read."""

import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from sendgrid.helpers.eventwebhook import EventWebhook  # type: ignore[import-untyped]
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from adapters.replies import is_start, is_stop
from domain.errors import BadInput, DomainError, Mistake
from domain.message import DeliveryEvent, MessageState

SENDGRID_STATES = {
    "processed": MessageState.ACCEPTED,
    "deferred": MessageState.ACCEPTED,
    "delivered": MessageState.DELIVERED,
    "open": MessageState.DELIVERED,
    "click": MessageState.DELIVERED,
    "spamreport": MessageState.DELIVERED,
    "unsubscribe": MessageState.DELIVERED,
    "group_unsubscribe": MessageState.DELIVERED,
    "bounce": MessageState.FAILED,
    "dropped": MessageState.FAILED,
}
SENDGRID_OPT_OUTS = {"spamreport", "unsubscribe", "group_unsubscribe"}
SENDGRID_DROPPED_FOR = {"Unsubscribed Address", "Spam Reporting Address"}
TWILIO_STATES = {
    "accepted": MessageState.ACCEPTED,
    "scheduled": MessageState.ACCEPTED,
    "queued": MessageState.ACCEPTED,
    "sending": MessageState.ACCEPTED,
    "sent": MessageState.ACCEPTED,
    "partially_delivered": MessageState.ACCEPTED,
    "delivered": MessageState.DELIVERED,
    "read": MessageState.DELIVERED,
    "undelivered": MessageState.FAILED,
    "failed": MessageState.FAILED,
    "canceled": MessageState.FAILED,
}


class BadSignature(DomainError):
    """The request was not signed by the provider, or too long ago."""

    slug = "bad-signature"


@dataclass(frozen=True)
class InboundSms:
    """What a person wrote to us. ``stops`` asks for no more messages, ``starts`` for them again."""

    provider_id: str
    sender: str
    to: str
    text: str
    stops: bool
    starts: bool


class SendGridWebhook:
    """``public_key`` is the base64 text that SendGrid shows; ``tolerance`` the oldest timestamp we believe.

    SendGrid signs again at each of its retries, so a tolerance of minutes loses nothing.
    """

    def __init__(self, public_key: str, tolerance: timedelta = timedelta(minutes=10)) -> None:
        self._verifier = EventWebhook(public_key)
        self._tolerance = tolerance

    def events(self, body: bytes, signature: str, timestamp: str, now: datetime) -> list[DeliveryEvent]:
        """Raises BadSignature and BadInput. Events of messages that are not ours are left out."""
        self._verify(body, signature, timestamp, now)
        try:
            batch = json.loads(body)
        except ValueError:
            raise BadInput(Mistake("body", "is not JSON", "send SendGrid's list of events")) from None
        if not isinstance(batch, list) or not all(isinstance(each, dict) for each in batch):
            raise BadInput(Mistake("body", "is not a list of events", "send SendGrid's list of events"))
        return [event for each in batch if (event := _sendgrid_event(each))]

    def _verify(self, body: bytes, signature: str, timestamp: str, now: datetime) -> None:
        try:
            genuine = self._verifier.verify_signature(body.decode("utf-8"), signature, timestamp)
            signed_at = datetime.fromtimestamp(int(timestamp), UTC)
        except (UnicodeError, binascii.Error, ValueError, OverflowError, OSError):
            raise BadSignature("the signature or its timestamp cannot be read") from None
        if not genuine:
            raise BadSignature("the signature does not fit the body")
        if abs(now - signed_at) > self._tolerance:
            raise BadSignature(f"the timestamp is more than {self._tolerance} away from now")


class TwilioWebhook:
    """Twilio signs the address it calls; ``public_base_url`` is how Twilio knows us behind any proxy."""

    def __init__(self, auth_token: str, public_base_url: str) -> None:
        self._validator = RequestValidator(auth_token)
        self._base = public_base_url.rstrip("/")

    def status(self, body: bytes, signature: str, path_and_query: str) -> DeliveryEvent:
        """Raises BadSignature and BadInput. ``path_and_query`` is as received, still percent-encoded."""
        form = self._verified(body, signature, path_and_query)
        status = _needed(form, "MessageStatus")
        if status not in TWILIO_STATES:
            raise BadInput(Mistake("MessageStatus", f"{status!r} is not known", "send one of Twilio's"))
        ours = storable(parse_qs(urlsplit(path_and_query).query).get("o", [""])[0])
        if not ours:
            raise BadInput(Mistake("o", "is not in the address", "call the StatusCallback as given"))
        code = form.get("ErrorCode", "")
        sid = _needed(form, "MessageSid")
        return DeliveryEvent(
            event_id=f"{sid}:{status}",
            message_id=ours,
            state=TWILIO_STATES[status],
            provider_id=sid,
            reason=" ".join(filter(None, (code, form.get("ErrorMessage", "")))),
            opted_out=code == "21610",
        )

    def inbound(self, body: bytes, signature: str, path_and_query: str) -> InboundSms:
        """Raises BadSignature and BadInput."""
        form = self._verified(body, signature, path_and_query)
        text = form.get("Body", "")
        told = form.get("OptOutType", "")
        return InboundSms(
            provider_id=_needed(form, "MessageSid"),
            sender=_needed(form, "From"),
            to=_needed(form, "To"),
            text=text,
            stops=told == "STOP" or is_stop(text),
            starts=told == "START" or is_start(text),
        )

    def _verified(self, body: bytes, signature: str, path_and_query: str) -> dict[str, str]:
        try:
            given = dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict"))
        except ValueError:
            raise BadSignature("the form cannot be read") from None
        if not self._validator.validate(self._base + path_and_query, given, signature):
            raise BadSignature("the signature does not fit the address and the form")
        return {name: storable(value) for name, value in given.items()}


def _sendgrid_event(event: Mapping[str, Any]) -> DeliveryEvent | None:
    name = event.get("event")
    ours, event_id = event.get("message_id"), event.get("sg_event_id")
    if name not in SENDGRID_STATES or not isinstance(ours, str) or not isinstance(event_id, str):
        return None
    reason = str(event.get("reason") or event.get("response") or "")
    return DeliveryEvent(
        event_id=storable(event_id),
        message_id=storable(ours),
        state=SENDGRID_STATES[name],
        provider_id=storable(str(event.get("sg_message_id") or "")).partition(".")[0],
        reason=storable(reason) if name in {"bounce", "dropped", "deferred"} else "",
        opted_out=name in SENDGRID_OPT_OUTS or reason in SENDGRID_DROPPED_FOR,
    )


def storable(text: str) -> str:
    """Without NUL and halves of characters, which a person or a mail server may send and no column keeps."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _needed(form: Mapping[str, str], field: str) -> str:
    if not form.get(field):
        raise BadInput(Mistake(field, "is missing", "send every field that Twilio documents"))
    return form[field]
