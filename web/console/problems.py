"""Whatever goes wrong on a page, told on a page in the reader's language: the kinds are those of the API."""

import logging

from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import BY_STATUS, KINDS, Refused
from domain.errors import BadInput, DomainError, Mistake
from web.console.language import Words, language_of
from web.console.mistakes import french
from web.console.visit import Desk

log = logging.getLogger("echeance.console")

UNKNOWN = "bad-request"


def told(request: Request, slug: str, detail: str = "", status: int = 0) -> Response:
    """The title of its kind, and the detail as far as the reader's language has it."""
    desk: Desk = request.app.state.desk
    words = Words(language_of(request))
    parts = (title_in(words, slug), detail_in(words, detail))
    sentence = words.spaced(" ".join(part for part in parts if part))
    status = status or KINDS.get(slug, KINDS[UNKNOWN]).status
    return desk.pages.render(
        "refused.html.j2", status, words=words, here=request.url, sentence=sentence, visit=None
    )


def title_in(words: Words, slug: str) -> str:
    kind = KINDS.get(slug, KINDS[UNKNOWN])
    return f"{kind.title_fr if words.locale == 'fr' else kind.title}."


def _mistake_in(words: Words, wrong: Mistake) -> str:
    """The problem and its mend, each as far as it is known in the reader's language."""
    said = (detail_in(words, wrong.problem), detail_in(words, wrong.mend))
    return words.spaced(" ".join(part for part in said if part))


def detail_in(words: Words, detail: str) -> str:
    """A French page says nothing in English: what nobody has translated is left to the title."""
    text = detail.strip().rstrip(".")
    said = text if words.locale == "en" else french(text)
    if not text or (words.locale == "fr" and said == text):
        return ""
    return f"{said[:1].upper()}{said[1:]}."


async def on_domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)
    if isinstance(error, BadInput):
        words = Words(language_of(request))
        found = " ".join(filter(None, (_mistake_in(words, one) for one in error.mistakes[:5])))
        return _because(request, found or title_in(words, error.slug))
    return told(request, error.slug, str(error))


def _because(request: Request, found: str) -> Response:
    desk: Desk = request.app.state.desk
    words = Words(language_of(request))
    sentence = words("refused.input", problem=found)
    return desk.pages.render(
        "refused.html.j2", 400, words=words, here=request.url, sentence=sentence, visit=None
    )


async def on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return told(request, error.slug, error.detail)


async def on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return told(request, BY_STATUS.get(error.status_code, UNKNOWN), status=error.status_code)


async def on_lost_database(request: Request, _: Exception) -> Response:
    return told(request, "too-busy")


async def on_unstorable(request: Request, _: Exception) -> Response:
    return told(request, "bad-input")


HANDLERS = {
    DomainError: on_domain_error,
    Refused: on_refusal,
    HTTPException: on_http_error,
    OperationalError: on_lost_database,
    InterfaceError: on_lost_database,
    DataError: on_unstorable,
}


class LastWord:
    """A page that breaks says so, in the reader's language; what broke stands in the log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception:
            if begun or scope["type"] != "http":
                raise
            log.exception("a page broke, request %s", scope.get("state", {}).get("request_id", ""))
            await told(Request(scope), "internal")(scope, receive, send)
