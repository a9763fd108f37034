"""Whatever goes wrong on a page of the console is told on a page, in the reader's language."""

import logging
from collections.abc import Callable
from html import unescape

import httpx
import pytest
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.problems import KINDS, Refused
from domain.errors import BadInput, Conflict, Mistake
from tests.api.test_console import console_parts
from tests.ground import PUBLIC
from web.console.parts import Parts
from web.console.router import console

__all__ = ["console_parts"]

BREAKS: dict[str, Callable[[], Exception]] = {
    "conflict-said": lambda: Conflict("the payment 'P-1' was taken back already"),
    "conflict-unsaid": lambda: Conflict("the moon is not full"),
    "value": lambda: BadInput(Mistake("day", "'hier' is not a date", "write it as YYYY-MM-DD")),
    "database": lambda: OperationalError("select 1", {}, Exception("gone")),
    "code": lambda: ZeroDivisionError("nobody thought of it"),
}


@pytest.fixture
def pages(console_parts: Parts) -> Starlette:
    """The console, and addresses at which something breaks."""

    async def breaks(request: Request) -> Response:
        name = request.path_params["name"]
        if name in KINDS:
            raise Refused(name, "A detail that nobody has translated.")
        raise BREAKS[name]()

    app = console(console_parts)
    app.router.routes.insert(0, Route("/breaks/{name}", breaks))
    return app


async def told(pages: Starlette, name: str, language: str = "fr") -> tuple[int, str]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=pages), base_url=PUBLIC) as http:
        answer = await http.get(f"/breaks/{name}", params={"lang": language})
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    return answer.status_code, " ".join(unescape(answer.text).replace("\u00a0", " ").split())


async def test_every_kind_of_problem_is_told_in_the_readers_language(pages: Starlette) -> None:
    for slug, kind in KINDS.items():
        status, page = await told(pages, slug)
        assert (status, f"{kind.title_fr}." in page) == (kind.status, True), slug
        assert "translated" not in page
        status, page = await told(pages, slug, "en")
        assert (status, f"{kind.title}. A detail that nobody has translated." in page) == (kind.status, True)


async def test_what_is_known_of_it_is_told_too(pages: Starlette, caplog: pytest.LogCaptureFixture) -> None:
    status, page = await told(pages, "conflict-said")
    assert (status, "Le paiement « P-1 » est déjà annulé." in page) == (409, True)
    status, page = await told(pages, "conflict-unsaid")
    assert (status, "Incompatible avec l’état actuel." in page, "moon" in page) == (409, True, False)
    status, page = await told(pages, "value")
    assert (status, "« hier » n’est pas une date" in page) == (400, True)
    status, page = await told(pages, "database")
    assert (status, "Réessayez dans un instant." in page) == (503, True)
    with caplog.at_level(logging.ERROR, "echeance.console"):
        status, page = await told(pages, "code")
    assert (status, "Une erreur est survenue de notre côté." in page, "nobody" in page) == (500, True, False)
    assert "nobody thought of it" in caplog.text
