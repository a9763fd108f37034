"""The twin's own addresses: order faults, read what was received, answer as a person would."""

import json
import secrets
import time
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from adapters.local.faults import read_faults
from adapters.local.mailbox import Stored
from adapters.local.twin import Twin
from adapters.replies import is_start, is_stop
from domain.errors import BadInput, Mistake
from domain.message import Channel

MOST = 100_000
LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
    " style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
)


class Desk:
    def __init__(self, twin: Twin) -> None:
        self._twin = twin

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/twin/health", self.health),
            Route("/twin/faults", self.faults, methods=["GET", "POST", "DELETE"]),
            Route("/twin/messages.json", self.messages),
            Route("/twin/messages/{sid}/letter", self.letter),
            Route("/twin/messages/{sid}/enclosures/{digest}", self.enclosure),
            Route("/twin/reply", self.reply, methods=["POST"]),
        ]

    async def health(self, _: Request) -> Response:
        """``repeated`` counts, by our message id, what was accepted more than once."""
        mailbox = self._twin.mailbox
        return JSONResponse({"status": "ok", "messages": mailbox.size, "repeated": mailbox.repeated})

    async def faults(self, request: Request) -> Response:
        if request.method == "DELETE":
            for channel in Channel:
                self._twin.faults[channel] = type(self._twin.faults[channel])()
        elif request.method == "POST":
            try:
                channel, faults, opted_out = read_faults(await request.json())
            except BadInput as error:
                return _mistakes(error)
            except (ValueError, TypeError, AttributeError) as error:
                return _mistakes(BadInput(Mistake("body", str(error), "send JSON with numbers where due")))
            self._twin.faults[channel] = faults
            for number in opted_out:
                self._twin.mailbox.opt(number, True)
        return JSONResponse({channel: faults.shown() for channel, faults in self._twin.faults.items()})

    async def messages(self, request: Request) -> Response:
        """Newest first. ``total`` counts what the filters let through, ``messages`` has up to ``limit``."""
        query = request.query_params
        if not query.get("limit", "500").isdigit():
            return _mistakes(BadInput(Mistake("limit", "is not a number", f"use 1 to {MOST}")))
        wanted = {name: query.get(name, "") for name in ("message_id", "to", "channel")}
        total = sum(1 for _ in self._twin.mailbox.find(**wanted))
        shown = islice(self._twin.mailbox.find(**wanted), min(int(query.get("limit", "500")), MOST))
        return JSONResponse({"total": total, "messages": [_row(each) for each in shown]})

    async def letter(self, request: Request) -> Response:
        """An email's HTML as the reader's program shows it, shut off from everything else."""
        message = self._twin.mailbox.get(request.path_params["sid"])
        if message is None or not message.html:
            return Response("no such letter", 404)
        page = f'<base target="_blank">{message.html}'
        return HTMLResponse(page, headers={"Content-Security-Policy": LETTER_POLICY})

    async def enclosure(self, request: Request) -> Response:
        found = self._twin.mailbox.enclosure(request.path_params["sid"], request.path_params["digest"])
        if found is None:
            return Response("no such attachment", 404)
        known, path = found
        headers = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
        return FileResponse(path, media_type=known.media_type, filename=known.name, headers=headers)

    async def reply(self, request: Request) -> Response:
        """A person's SMS to us: ``{"from", "text"}`` as JSON, or the same as a form of the outbox page."""
        typed = request.headers.get("Content-Type", "").startswith("application/json")
        try:
            given: Any = await request.json() if typed else dict(await request.form())
            sender, text = str(given["from"]), str(given["text"])
        except (json.JSONDecodeError, KeyError, TypeError):
            return _mistakes(BadInput(Mistake("body", "lacks from or text", "give both")))
        message = await self._receive(sender, text)
        return JSONResponse({"sid": message.sid}, 202) if typed else RedirectResponse("/", 303)

    async def _receive(self, sender: str, text: str) -> Stored:
        message = Stored(
            sid=f"SM{secrets.token_hex(16)}",
            channel=Channel.SMS,
            to=self._twin.settings.sms_number,
            sender=sender,
            text=text,
            at=time.time(),
            status="received",
            inbound=True,
        )
        await self._twin.mailbox.keep(message)
        # Like the real one, the provider knows the bare word alone: « STOP svp » is ours to understand.
        if len(text.split()) == 1 and (is_stop(text) or is_start(text)):
            self._twin.mailbox.opt(sender, is_stop(text))
        self._twin.courier.forward(message)
        return message


def _row(message: Stored) -> dict[str, Any]:
    moment = datetime.fromtimestamp(message.at, UTC).isoformat()
    return {**asdict(message), "at": moment, "from": message.sender}


def _mistakes(error: BadInput) -> Response:
    return JSONResponse({"mistakes": [asdict(each) for each in error.mistakes]}, 422)
