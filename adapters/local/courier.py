"""What happens to a message after it was accepted: its states, and the signed webhooks that tell them."""

import asyncio
import hashlib
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from adapters.local.mailbox import Mailbox, Stored
from adapters.local.signing import EventSigner, twilio_signature
from adapters.local.twin_settings import TwinSettings
from domain.message import Channel

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
BATCH_EVERY, LARGEST_BATCH = 0.05, 200
REASONS = {
    "bounce": {"type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 The mailbox does not exist"},
    "dropped": {"reason": "Unsubscribed Address"},
    "delivered": {"response": "250 OK"},
}


@dataclass
class Line:
    """The way to one host: few callers at a time, and all of them wait while it does not pick up.

    Without it, thousands of webhooks to a platform that is down would starve the twin's own answers.
    """

    callers: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(8))
    closed_until: float = 0.0


class Courier:
    """Use from one event loop: ``start`` first, ``stop`` last."""

    def __init__(self, mailbox: Mailbox, signer: EventSigner, settings: TwinSettings) -> None:
        self._mailbox = mailbox
        self._signer = signer
        self._settings = settings
        self._chance = random.Random(7)
        self._tasks: set[asyncio.Task[None]] = set()
        self._lines: defaultdict[str, Line] = defaultdict(Line)
        self._events: list[tuple[Stored, str]] = []
        self._http = httpx.AsyncClient(timeout=10.0, trust_env=False)

    def start(self) -> None:
        """Also takes up again what was still to tell when the twin last ended."""
        self._run(self._send_events())
        oldest = time.time() - self._settings.patience
        for message in [each for each in self._mailbox.find() if each.at > oldest]:
            if not message.inbound:
                self.carry(message)
            elif not message.told:
                self.forward(message)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()

    def carry(self, message: Stored) -> None:
        if set(life(message)) - set(message.told):
            self._run(self._live(message))

    def forward(self, message: Stored) -> None:
        """Hand an inbound SMS to the platform."""
        url = self._settings.twilio_inbound_url
        if url:
            form = self._form(message) | {"Body": message.text, "NumMedia": "0", "NumSegments": "1"}
            self._run(self._post_form(message, "received", url, form))

    async def _live(self, message: Stored) -> None:
        steps = life(message)
        late = steps[-2] if self._chance.random() < self._settings.disorder else ""
        reached = steps.index(message.status)
        for place, status in enumerate(steps):
            if place > reached:
                await asyncio.sleep(self._settings.delay)
                self._mailbox.progress(message, status, _code(message, status))
            if status != late:
                self._tell(message, status)
        if late:
            await asyncio.sleep(self._settings.delay)
            self._tell(message, late)

    def _tell(self, message: Stored, status: str) -> None:
        if status in message.told:
            return
        if message.channel is Channel.EMAIL:
            if self._settings.sendgrid_events_url:
                self._events.append((message, status))
        elif message.callback:
            form = self._form(message) | {"MessageStatus": status, "SmsStatus": status}
            if code := _code(message, status):
                form["ErrorCode"] = code
            self._run(self._post_form(message, status, message.callback, form))

    def _form(self, message: Stored) -> dict[str, str]:
        return {
            "AccountSid": self._settings.account_sid,
            "ApiVersion": "2010-04-01",
            "From": message.sender,
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "To": message.to,
        }

    async def _post_form(self, message: Stored, status: str, url: str, form: dict[str, str]) -> None:
        headers = twilio_signature(self._settings.auth_token, url, form)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(form).encode("ascii")
        if await self._insist(url, body, lambda: headers):
            self._mailbox.heard(message, status)

    async def _send_events(self) -> None:
        while True:
            await asyncio.sleep(BATCH_EVERY)
            while self._events:
                batch, self._events = self._events[:LARGEST_BATCH], self._events[LARGEST_BATCH:]
                self._run(self._post_events(batch))

    async def _post_events(self, batch: list[tuple[Stored, str]]) -> None:
        body = json.dumps([_event(message, status) for message, status in batch], ensure_ascii=False).encode()

        def sign() -> dict[str, str]:
            return {"Content-Type": "application/json", **self._signer.headers(body)}

        if await self._insist(self._settings.sendgrid_events_url, body, sign):
            for message, status in batch:
                self._mailbox.heard(message, status)

    async def _insist(self, url: str, body: bytes, sign: Callable[[], dict[str, str]]) -> bool:
        """Post until 2xx, for ``patience`` seconds; each try is signed anew."""
        until, pause = time.monotonic() + self._settings.patience, FIRST_PAUSE
        while True:
            if await self._post(url, body, sign):
                return True
            if time.monotonic() + pause > until:
                return False
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _post(self, url: str, body: bytes, sign: Callable[[], dict[str, str]]) -> bool:
        line = self._lines[urlsplit(url).netloc]
        async with line.callers:
            await asyncio.sleep(line.closed_until - time.monotonic())
            try:
                return (await self._http.post(url, content=body, headers=sign())).is_success
            except httpx.ConnectError:
                line.closed_until = time.monotonic() + FIRST_PAUSE
            except (httpx.HTTPError, httpx.InvalidURL):
                pass
            return False

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def life(message: Stored) -> list[str]:
    """Every status an outbound message goes through, first to last."""
    return (
        ["processed", message.fate] if message.channel is Channel.EMAIL else ["queued", "sent", message.fate]
    )


def _code(message: Stored, status: str) -> str:
    return "30003" if message.channel is Channel.SMS and status == "undelivered" else ""


def _event(message: Stored, status: str) -> dict[str, Any]:
    return {
        "email": message.to,
        "timestamp": int(message.at),
        "event": status,
        "sg_event_id": hashlib.sha256(f"{message.sid}:{status}".encode()).hexdigest()[:32],
        "sg_message_id": f"{message.sid}.filter0001.0",
        "message_id": message.message_id,
        **REASONS.get(status, {}),
    }
