"""Email by SendGrid's v3 API: the SDK builds the payload, httpx carries it."""

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
from sendgrid.helpers.mail import (  # type: ignore[import-untyped]
    Attachment,
    ClickTracking,
    CustomArg,
    Email,
    FileContent,
    FileName,
    FileType,
    Mail,
    OpenTracking,
    ReplyTo,
    To,
    TrackingSettings,
)
from sendgrid.helpers.mail.exceptions import ApiKeyIncludedException  # type: ignore[import-untyped]

from adapters.outcomes import failed_look_up, not_found, seconds, utc_now, verdict_of
from domain.message import Answer, Channel, Envelope, Verdict

NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class SendGrid:
    """``settles_after`` is how long (seconds) the Email Activity feed may trail a send."""

    channel = Channel.EMAIL

    def __init__(
        self,
        http: httpx.AsyncClient,
        base_url: str,
        api_key: str,
        sender_email: str,
        sender_name: str,
        *,
        timeout: float = 15.0,
        settles_after: float = 300.0,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {api_key}"}
        self._sender = (sender_email, sender_name)
        self._timeout = httpx.Timeout(timeout)
        self._settles_after = settles_after
        self._now = now

    async def send(self, envelope: Envelope) -> Answer:
        if To(envelope.to).email != envelope.to:
            return Answer(Verdict.REFUSED, detail="the address cannot be read")
        try:
            payload = self._payload(envelope)
        except ApiKeyIncludedException:
            return Answer(Verdict.REFUSED, detail="the text looks as if it held a SendGrid API key")
        try:
            response = await self._http.post(
                f"{self._base_url}/v3/mail/send", json=payload, headers=self._headers, timeout=self._timeout
            )
        except NEVER_LEFT as error:
            return Answer(Verdict.UNREACHABLE, detail=_say(error))
        except httpx.TransportError as error:
            return Answer(Verdict.UNKNOWN, detail=_say(error))
        return _sent(response)

    async def look_up(self, envelope: Envelope) -> Answer:
        query = {"limit": "2", "query": f"(unique_args['message_id']=\"{envelope.message_id}\")"}
        try:
            response = await self._http.get(
                f"{self._base_url}/v3/messages", params=query, headers=self._headers, timeout=self._timeout
            )
        except httpx.TransportError as error:
            return Answer(Verdict.UNREACHABLE, detail=_say(error))
        if response.status_code != 200:
            return failed_look_up(
                response.status_code, _detail(response), seconds(response.headers.get("Retry-After"))
            )
        try:
            found = response.json()["messages"]
            if found:
                return Answer(Verdict.ACCEPTED, provider_id=str(found[0]["msg_id"]).partition(".")[0])
        except (ValueError, KeyError, TypeError):
            return Answer(Verdict.UNANSWERABLE, detail="the answer of the activity feed cannot be read")
        return not_found(envelope.tried_at, self._now(), self._settles_after)

    def _payload(self, envelope: Envelope) -> dict[str, Any]:
        mail = Mail(
            from_email=Email(*self._sender),
            to_emails=To(envelope.to),
            subject=envelope.subject,
            plain_text_content=envelope.text or None,
            html_content=envelope.html or None,
        )
        mail.personalizations[0].add_custom_arg(CustomArg("message_id", envelope.message_id))
        if envelope.reply_to:
            mail.reply_to = ReplyTo(envelope.reply_to)
        for each in envelope.attachments:
            content = FileContent(base64.b64encode(each.content).decode("ascii"))
            mail.add_attachment(Attachment(content, FileName(each.name), FileType(each.media_type)))
        # Rewritten links would break signed ones and watch the reader.
        mail.tracking_settings = TrackingSettings(
            click_tracking=ClickTracking(False, False), open_tracking=OpenTracking(False)
        )
        payload: dict[str, Any] = mail.get()
        return payload


def _sent(response: httpx.Response) -> Answer:
    verdict = verdict_of(response.status_code)
    if verdict is Verdict.ACCEPTED:
        return Answer(verdict, provider_id=response.headers.get("X-Message-Id", ""))
    return Answer(
        verdict,
        code=str(response.status_code),
        detail=_detail(response),
        retry_after=seconds(response.headers.get("Retry-After")),
    )


def _detail(response: httpx.Response) -> str:
    try:
        errors = response.json()["errors"]
        return "; ".join(": ".join(filter(None, (each.get("field"), each["message"]))) for each in errors)
    except (ValueError, KeyError, TypeError, AttributeError):
        return response.reason_phrase


def _say(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
