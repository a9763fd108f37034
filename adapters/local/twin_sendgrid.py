"""SendGrid's side of the twin: mail send, the Email Activity look-up, the key of the signed webhook."""

import binascii
import re
import secrets
import time
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.local.faults import Fault
from adapters.local.mailbox import Enclosure, Stored
from adapters.local.twin import Twin, number, play
from domain.message import Channel

ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
LARGEST = 30 * 1024 * 1024
QUERY = re.compile(
    r"""\(?\s*(?:unique_args\['message_id'\]|(msg_id|to_email))\s*=\s*["']([^"']*)["']\s*\)?"""
)
STATUS = {"processed": "processed", "delivered": "delivered"}
GRANT = "The provided authorization grant is invalid, expired, or revoked"


class SendGridTwin:
    def __init__(self, twin: Twin) -> None:
        self._twin = twin

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/v3/mail/send", self.send, methods=["POST"]),
            Route("/v3/messages", self.messages, methods=["GET"]),
            Route("/v3/user/webhooks/event/settings/signed", self.signed, methods=["GET"]),
        ]

    async def send(self, request: Request) -> Response:
        body = await request.body()
        if not self._known(request):
            return _error(401, GRANT)
        fault = self._twin.faults[Channel.EMAIL].next()

        async def accept() -> Response:
            return await self._accept(request, len(body), fault)

        return await play(request, fault, accept, _refuse)

    async def messages(self, request: Request) -> Response:
        """The Email Activity feed, by unique argument, message id or recipient."""
        if not self._known(request):
            return _error(401, GRANT)
        status = self._twin.faults[Channel.EMAIL].next_look_up()
        if status != 200:
            return _error(status, "access forbidden" if status == 403 else "no answer now")
        query = QUERY.fullmatch(request.query_params.get("query", ""))
        if not query:
            return _error(400, "this query is not understood", "query")
        limit = number(request.query_params.get("limit"), 10, 1000)
        found = [_activity(each) for each in self._search(query[1], query[2])]
        return JSONResponse({"messages": found[:limit]})

    async def signed(self, request: Request) -> Response:
        if not self._known(request):
            return _error(401, GRANT)
        return JSONResponse({"id": "local", "public_key": self._twin.signer.public_key})

    def _search(self, by: str | None, value: str) -> list[Stored]:
        mailbox = self._twin.mailbox
        if by == "msg_id":
            message = mailbox.get(value.partition(".")[0])
            return [message] if message else []
        return list(mailbox.find(**{"to" if by else "message_id": value}, channel=Channel.EMAIL))

    def _known(self, request: Request) -> bool:
        given = request.headers.get("Authorization", "").encode()
        return secrets.compare_digest(given, f"Bearer {self._twin.settings.api_key}".encode())

    async def _accept(self, request: Request, size: int, fault: Fault) -> Response:
        if size > LARGEST:
            return _error(413, "The payload is larger than 30 MB")
        try:
            mail = await request.json()
            if problem := _problem(mail):
                return _error(400, *problem)
            enclosures = [self._enclose(each) for each in mail.get("attachments") or []]
        except binascii.Error:
            return _error(400, "The attachment content must be base64 encoded.", "attachments.0.content")
        except (ValueError, TypeError, AttributeError, KeyError):
            return _error(400, "Bad Request")
        sid = secrets.token_urlsafe(16)
        fate = {"undelivered": "bounce", "opted-out": "dropped"}.get(fault.kind, "delivered")
        for message in _messages(mail, sid, fate, enclosures):
            await self._twin.mailbox.keep(message)
            self._twin.courier.carry(message)
        return Response(status_code=202, headers={"X-Message-Id": sid})

    def _enclose(self, given: dict[str, Any]) -> Enclosure:
        media_type = given.get("type", "application/octet-stream")
        return self._twin.mailbox.enclose(given["filename"], media_type, given["content"])


def _messages(mail: dict[str, Any], sid: str, fate: str, enclosures: list[Enclosure]) -> list[Stored]:
    contents = {each["type"]: each["value"] for each in mail["content"]}
    people = [(group, person) for group in mail["personalizations"] for person in group["to"]]
    return [
        Stored(
            sid=sid if place == 0 else f"{sid}-{place}",
            channel=Channel.EMAIL,
            to=person["email"],
            sender=_full(mail["from"]),
            subject=group.get("subject") or mail["subject"],
            text=contents.get("text/plain", ""),
            html=contents.get("text/html", ""),
            at=time.time(),
            status="processed",
            fate=fate,
            message_id={**mail.get("custom_args", {}), **group.get("custom_args", {})}.get("message_id", ""),
            enclosures=enclosures,
        )
        for place, (group, person) in enumerate(people)
    ]


def _problem(mail: Any) -> tuple[str, str] | None:
    """The first thing that SendGrid would refuse: what, and in which field."""
    if not isinstance(mail, dict):
        return "Bad Request", ""
    if not mail.get("personalizations"):
        return "The personalizations field is required and must have at least one personalization.", (
            "personalizations"
        )
    if not ADDRESS.fullmatch(str((mail.get("from") or {}).get("email", ""))):
        return "The from email does not contain a valid address.", "from.email"
    for place, group in enumerate(mail["personalizations"]):
        field = f"personalizations.{place}"
        if not group.get("to"):
            return (
                "The to array is required for all personalization objects, and must not be empty.",
                f"{field}.to",
            )
        for index, person in enumerate(group["to"]):
            if not ADDRESS.fullmatch(str(person.get("email", ""))):
                return "Does not contain a valid address.", f"{field}.to.{index}.email"
        if not group.get("subject") and not mail.get("subject"):
            return "The subject is required.", f"{field}.subject"
        if not all(isinstance(value, str) for value in (group.get("custom_args") or {}).values()):
            return "The custom_args values must be strings.", f"{field}.custom_args"
    return _content_problem(mail.get("content"))


def _content_problem(content: Any) -> tuple[str, str] | None:
    if not content:
        return "Unless a valid template_id is provided, the content parameter is required.", "content"
    for place, each in enumerate(content):
        if not each.get("value"):
            return "The content value must be a string at least one character in length.", (
                f"content.{place}.value"
            )
    kinds = [each.get("type") for each in content]
    if "text/plain" in kinds[1:]:
        return "If present, text/plain must be first, followed by text/html.", "content"
    return None


def _refuse(fault: Fault) -> Response:
    if fault.kind == "429":
        return _error(429, "too many requests", headers={"Retry-After": str(round(fault.seconds))})
    return _error(401, GRANT) if fault.kind == "401" else _error(500, "An internal error occurred")


def _error(status: int, message: str, field: str = "", headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(
        {"errors": [{"message": message, "field": field or None, "help": None}]}, status, headers
    )


def _activity(message: Stored) -> dict[str, Any]:
    return {
        "from_email": message.sender.rpartition("<")[2].rstrip(">"),
        "msg_id": f"{message.sid}.filter0001.0",
        "subject": message.subject,
        "to_email": message.to,
        "status": STATUS.get(message.status, "not_delivered"),
        "opens_count": 0,
        "clicks_count": 0,
        "last_event_time": datetime.fromtimestamp(message.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _full(person: dict[str, str]) -> str:
    return f"{person['name']} <{person['email']}>" if person.get("name") else person["email"]
