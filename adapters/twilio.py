"""SMS by Twilio: the synchronous SDK in threads of its own, since its async client ignores timeouts."""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from urllib3.exceptions import NewConnectionError

from adapters.outcomes import failed_look_up, not_found, seconds, utc_now, verdict_of
from domain.message import Answer, Channel, Envelope, Verdict

BAD_NUMBER = {"21211", "21214", "21217", "21614"}
NOT_ALLOWED = {"21408", "21606", "21612"}
OPTED_OUT = "21610"
CLOCK_SKEW = timedelta(seconds=5)
LONGEST_LIST = 200


class Twilio:
    """``sender`` is a number, an alphanumeric sender or a messaging service (``MG…``).

    ``settles_after`` is how long (seconds) a sent message may be missing from Twilio's list.
    """

    channel = Channel.SMS

    def __init__(
        self,
        base_url: str,
        account_sid: str,
        auth_token: str,
        sender: str,
        public_base_url: str,
        timeout: float,
        *,
        settles_after: float = 60.0,
        threads: int = 16,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._open = partial(Client, account_sid, auth_token, http_client=_Http(timeout, threads))
        self._base_url = base_url.rstrip("/")
        self._sender = {"messaging_service_sid" if sender.startswith("MG") else "from_": sender}
        self._callback = f"{public_base_url.rstrip('/')}/webhooks/twilio/status?o="
        self._settles_after = settles_after
        self._now = now
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="twilio")

    @cached_property
    def _client(self) -> Client:
        """Made for the first SMS: the SDK takes 7 MiB."""
        client = self._open()
        client.api.base_url = self._base_url
        return client

    async def send(self, envelope: Envelope) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._send, envelope)

    async def look_up(self, envelope: Envelope) -> Answer:
        """Twilio's list does not show our id: the evidence is the only equal text to this number since."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._look_up, envelope)

    def close(self) -> None:
        self._threads.shutdown()

    def _send(self, envelope: Envelope) -> Answer:
        try:
            sent = self._client.messages.create(
                to=envelope.to,
                body=envelope.text,
                status_callback=self._callback + quote(envelope.message_id),
                **self._sender,
            )
        except TwilioException as error:
            return _refused(error)
        except requests.RequestException as error:
            never_left = _never_left(error)
            return Answer(Verdict.UNREACHABLE if never_left else Verdict.UNKNOWN, detail=type(error).__name__)
        except ValueError:  # a 2xx whose body is not JSON
            return Answer(Verdict.UNKNOWN, detail="the answer cannot be read")
        return Answer(Verdict.ACCEPTED, provider_id=sent.sid)

    def _look_up(self, envelope: Envelope) -> Answer:
        if envelope.first_tried_at is None:
            return Answer(Verdict.UNANSWERABLE, detail="the time of the first try is not known")
        since = envelope.first_tried_at.astimezone(UTC) - CLOCK_SKEW
        try:
            listed = self._client.messages.list(to=envelope.to, date_sent_after=since, limit=LONGEST_LIST)
        except TwilioException as error:
            status, _, detail = _facts(error)
            return failed_look_up(status or 500, detail, getattr(error, "retry_after", None))
        except (requests.RequestException, ValueError) as error:
            return Answer(Verdict.UNREACHABLE, detail=type(error).__name__)
        ours = [each for each in listed if self._may_be(envelope, each, since)]
        if len(ours) == 1:
            return Answer(Verdict.ACCEPTED, provider_id=ours[0].sid, detail="the only equal text since")
        if ours or len(listed) == LONGEST_LIST:
            return Answer(Verdict.UNANSWERABLE, detail="equal texts to this number cannot be told apart")
        if any(_is_forgotten(envelope, each) for each in listed):
            return Answer(Verdict.UNANSWERABLE, detail="another text went to this number before the restore")
        return not_found(envelope.tried_at, self._now(), self._settles_after)

    def _may_be(self, envelope: Envelope, listed: Any, since: datetime) -> bool:
        created = listed.date_created
        recent = created is None or created >= since.replace(microsecond=0)
        same = _without_host(str(listed.body)) == _without_host(envelope.text)
        return recent and same and _is_outbound(listed)


def _is_outbound(listed: Any) -> bool:
    return str(listed.direction).startswith("outbound")


def _is_forgotten(envelope: Envelope, listed: Any) -> bool:
    """Sent by us in the time that the database has forgotten: it may be this message in other words."""
    if envelope.lost_until is None or listed.sid in envelope.known or not _is_outbound(listed):
        return False
    return listed.date_created is None or bool(listed.date_created <= envelope.lost_until)


def _without_host(text: str) -> str:
    """A platform that was restored elsewhere has another address; the rest of a link says whose it is."""
    return re.sub(r"https?://[^/\s]+", "", text)


class Throttled(TwilioException):  # type: ignore[misc]
    """A 429, kept apart because the SDK's own exceptions lose the Retry-After header."""

    def __init__(self, retry_after: float | None) -> None:
        super().__init__("too many requests")
        self.status = 429
        self.retry_after = retry_after


class _Http(TwilioHttpClient):  # type: ignore[misc]
    """Never given ``max_retries``: it would send a message again after an HTTP 500."""

    def __init__(self, timeout: float, connections: int) -> None:
        super().__init__(timeout=timeout)
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, HTTPAdapter(pool_maxsize=connections))

    def request(self, *args: Any, **kwargs: Any) -> Any:
        response = super().request(*args, **kwargs)
        if response.status_code == 429:
            raise Throttled(seconds(response.headers.get("Retry-After")))
        return response


def _refused(error: TwilioException) -> Answer:
    """The verdict follows the HTTP status; codes only refine a refusal."""
    status, code, detail = _facts(error)
    verdict = verdict_of(status) if status else Verdict.UNKNOWN
    if verdict is Verdict.ACCEPTED:
        verdict = Verdict.UNKNOWN
    if 400 <= status < 500 and code == OPTED_OUT:
        verdict = Verdict.OPTED_OUT
    elif 400 <= status < 500 and code in BAD_NUMBER | NOT_ALLOWED:
        verdict = Verdict.REFUSED
    retry_after = getattr(error, "retry_after", None)
    return Answer(verdict, code=code or str(status), detail=detail, retry_after=retry_after)


def _facts(error: TwilioException) -> tuple[int, str, str]:
    """HTTP status (0 if none), Twilio's code and the text, from any exception of the SDK's family."""
    status = getattr(error, "status", None)
    if status is None and len(error.args) > 1:
        status = getattr(error.args[1], "status_code", None)
    code = getattr(error, "code", None)
    said = getattr(error, "msg", None) or getattr(error, "detail", None)
    return int(status or 0), str(code or ""), str(said or next(iter(error.args), ""))


def _never_left(error: requests.RequestException) -> bool:
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)
