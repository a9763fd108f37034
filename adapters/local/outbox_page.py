"""The outbox: the messages as people read them, on one page, French first."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from adapters.local.mailbox import Stored
from adapters.local.outbox_words import WORDS
from adapters.local.twin import Twin

PER_PAGE = 40
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
TONES = {
    "queued": "waiting",
    "processed": "waiting",
    "sent": "moving",
    "delivered": "good",
    "received": "good",
    "undelivered": "bad",
    "bounce": "bad",
    "dropped": "bad",
}
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self';"
    " frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Wish:
    """What the reader asked for, from the address of the page."""

    q: str = ""
    channel: str = ""
    state: str = ""
    page: int = 1
    lang: str = "fr"

    def address(self, **changes: str | int) -> str:
        wanted = {**self.__dict__, "page": 1, **changes}
        plain = Wish()
        return "/?" + urlencode({k: v for k, v in wanted.items() if v != getattr(plain, k)})

    def admits(self, message: Stored) -> bool:
        text = f"{message.to} {message.sender} {message.subject} {message.text} {message.message_id}"
        return (not self.state or TONES.get(message.status) == self.state) and all(
            word in text.casefold() for word in self.q.casefold().split()
        )


class OutboxPage:
    def __init__(self, twin: Twin) -> None:
        self._twin = twin
        pages = Environment(
            loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
        )
        pages.filters["linked"] = _linked
        pages.filters["instant"] = _instant
        pages.filters["moment"] = _moment
        pages.filters["weight"] = _weight
        self._template = pages.get_template("outbox.html")

    @property
    def routes(self) -> list[Route]:
        return [Route("/", self.show)]

    async def show(self, request: Request) -> Response:
        wish = _wish(request)
        admitted = (each for each in self._twin.mailbox.find(channel=wish.channel) if wish.admits(each))
        start = (wish.page - 1) * PER_PAGE
        shown = list(islice(admitted, start, start + PER_PAGE + 1))
        page = self._template.render(
            wish=wish,
            messages=shown[:PER_PAGE],
            more=len(shown) > PER_PAGE,
            total=self._twin.mailbox.size,
            tones=TONES,
            words=WORDS[wish.lang],
        )
        return HTMLResponse(page, headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-store"})


def _wish(request: Request) -> Wish:
    query = request.query_params
    page = query.get("page", "1")
    return Wish(
        q=query.get("q", "").strip(),
        channel=query.get("channel", ""),
        state=query.get("state", ""),
        page=max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1,
        lang="en" if query.get("lang") == "en" else "fr",
    )


def _linked(text: str) -> Markup:
    out, end = Markup(), 0
    for found in LINK.finditer(text):
        link = escape(found[0])
        out += escape(text[end : found.start()])
        out += Markup('<a href="{0}" target="_blank" rel="noopener">{0}</a>').format(link)
        end = found.end()
    return out + escape(text[end:])


def _instant(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%d/%m/%Y %H:%M:%S UTC")


def _weight(size: int, unit: str) -> str:
    return f"{size} {unit}" if size < 1000 else f"{-(-size // 1000)} k{unit}"
