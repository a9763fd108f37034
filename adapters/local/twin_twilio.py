"""Twilio's side of the twin: messages are created, listed and fetched in the shape of its 2010-04-01 API."""

import base64
import re
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.local.faults import Fault
from adapters.local.mailbox import Stored
from adapters.local.twin import Twin, number, play
from domain.message import Channel

NUMBER = re.compile(r"\+[1-9]\d{6,14}")
LONGEST_TEXT = 1600
ACCOUNT = "/2010-04-01/Accounts/{account}"
MAGIC = {
    "+15005550001": (21211, "The 'To' number is not a valid phone number."),
    "+15005550002": (21612, "The 'To' phone number is not currently reachable via SMS."),
    "+15005550003": (
        21408,
        "Permission to send an SMS has not been enabled for the region of the 'To' number.",
    ),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (21614, "'To' number is not a valid mobile number"),
}
"""Numbers that always fail, as in Twilio's test credentials."""


class TwilioTwin:
    def __init__(self, twin: Twin) -> None:
        self._twin = twin

    @property
    def routes(self) -> list[Route]:
        return [
            Route(f"{ACCOUNT}/Messages.json", self.create, methods=["POST"]),
            Route(f"{ACCOUNT}/Messages.json", self.listed, methods=["GET"]),
            Route(f"{ACCOUNT}/Messages/{{sid}}.json", self.fetched, methods=["GET"]),
        ]

    async def create(self, request: Request) -> Response:
        body = await request.body()
        if refusal := self._stranger(request):
            return refusal
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        fault = self._twin.faults[Channel.SMS].next()

        async def accept() -> Response:
            return await self._accept(form, fault)

        return await play(request, fault, accept, _refuse)

    async def listed(self, request: Request) -> Response:
        if refusal := self._stranger(request):
            return refusal
        status = self._twin.faults[Channel.SMS].next_look_up()
        if status != 200:
            return _error(status, 20500, "An internal server error has occurred")
        query = request.query_params
        try:
            since = _instant(query.get("DateSent>", ""))
        except ValueError:
            return _error(400, 20001, "Parameter 'DateSent' is not valid")
        found = self._twin.mailbox.find(to=query.get("To", ""), channel=Channel.SMS)
        shown = [self._shown(each) for each in found if int(each.at) >= int(since)]
        return JSONResponse(self._page(request, shown))

    async def fetched(self, request: Request) -> Response:
        if refusal := self._stranger(request):
            return refusal
        message = self._twin.mailbox.get(request.path_params["sid"])
        if message is None or message.channel is not Channel.SMS:
            return _error(404, 20404, f"The requested resource {request.url.path} was not found")
        return JSONResponse(self._shown(message))

    async def _accept(self, form: Mapping[str, str], fault: Fault) -> Response:
        if fault.kind == "opted-out":
            self._twin.mailbox.opt(form.get("To", ""), True)
        if problem := self._problem(form):
            return _error(400, *problem)
        callback = form.get("StatusCallback", "")
        message = Stored(
            sid=f"SM{secrets.token_hex(16)}",
            channel=Channel.SMS,
            to=form["To"],
            sender=form.get("From") or form["MessagingServiceSid"],
            text=form["Body"],
            at=time.time(),
            status="queued",
            fate="undelivered" if fault.kind == "undelivered" else "delivered",
            callback=callback,
            message_id=parse_qs(urlsplit(callback).query).get("o", [""])[0],
        )
        await self._twin.mailbox.keep(message)
        shown = self._shown(message)
        self._twin.courier.carry(message)
        return JSONResponse(shown, 201)

    def _problem(self, form: Mapping[str, str]) -> tuple[int, str] | None:
        to = form.get("To", "")
        if not to:
            return 21604, "A 'To' phone number is required."
        if not (form.get("From") or form.get("MessagingServiceSid")):
            return 21603, "A 'From' phone number is required."
        if not form.get("Body"):
            return 21602, "Message body is required."
        if len(form["Body"]) > LONGEST_TEXT:
            return 21617, "The concatenated message body exceeds the 1600 character limit"
        if to in MAGIC:
            return MAGIC[to]
        if not NUMBER.fullmatch(to):
            return 21211, f"Invalid 'To' Phone Number: {to}"
        return (21610, MAGIC["+15005550004"][1]) if to in self._twin.mailbox.opted_out else None

    def _stranger(self, request: Request) -> Response | None:
        settings = self._twin.settings
        pair = base64.b64encode(f"{settings.account_sid}:{settings.auth_token}".encode()).decode()
        given = request.headers.get("Authorization", "")
        if not secrets.compare_digest(given.encode(), f"Basic {pair}".encode()):
            return _error(401, 20003, "Authenticate")
        if request.path_params["account"] != settings.account_sid:
            return _error(404, 20404, "The requested account was not found")
        return None

    def _page(self, request: Request, shown: list[dict[str, Any]]) -> dict[str, Any]:
        size = number(request.query_params.get("PageSize"), 50, 1000) or 50
        page = number(request.query_params.get("Page"), 0, 1_000_000)
        more = (page + 1) * size < len(shown)
        following = request.url.include_query_params(Page=page + 1)
        return {
            "messages": shown[page * size : (page + 1) * size],
            "page": page,
            "page_size": size,
            "uri": request.url.path,
            "next_page_uri": f"{following.path}?{following.query}" if more else None,
        }

    def _shown(self, message: Stored) -> dict[str, Any]:
        moment = format_datetime(datetime.fromtimestamp(int(message.at), UTC))
        account = self._twin.settings.account_sid
        return {
            "sid": message.sid,
            "account_sid": account,
            "api_version": "2010-04-01",
            "body": message.text,
            "date_created": moment,
            "date_sent": None if message.status == "queued" else moment,
            "date_updated": moment,
            "direction": "inbound" if message.inbound else "outbound-api",
            "error_code": int(message.code) if message.code else None,
            "error_message": None,
            "from": message.sender,
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": "1",
            "price": None,
            "price_unit": "USD",
            "status": message.status,
            "subresource_uris": {},
            "to": message.to,
            "uri": f"/2010-04-01/Accounts/{account}/Messages/{message.sid}.json",
        }


def _instant(given: str) -> float:
    """``2026-11-21`` or ``2026-11-21T01:55:04Z``, UTC; empty: the beginning."""
    return (
        datetime.fromisoformat(given.replace("Z", "+00:00")).replace(tzinfo=UTC).timestamp() if given else 0.0
    )


def _refuse(fault: Fault) -> Response:
    if fault.kind == "429":
        return _error(429, 20429, "Too Many Requests", {"Retry-After": str(round(fault.seconds))})
    if fault.kind == "401":
        return _error(401, 20003, "Authenticate")
    return _error(500, 20500, "An internal server error has occurred")


def _error(status: int, code: int, message: str, headers: dict[str, str] | None = None) -> Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return JSONResponse(
        {"code": code, "message": message, "more_info": more, "status": status}, status, headers
    )
