"""Every page and form of the console × {nobody, every role}, out of its own list of routes."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from domain.access import REACH, ROLES, is_staff
from domain.principal import Extent
from tests.api.test_console import Operator, console_app, console_parts, operator, stranger
from tests.api.test_openapi import OAUTH_ROUTES, PUBLIC_ROUTES, SIGNED_ROUTES
from tests.ground import ROOT
from web.answers.router import answer_pages
from web.console.parts import Parts
from web.console.router import console
from web.files.router import file_pages
from web.portal.router import portal_pages

__all__ = ["console_app", "console_parts", "operator", "stranger"]

DOORS = ("/static/", "/sign-in", "/enter/")
"""Open to who is not signed in."""
OTHERS = ("/codec/decode", "/authorize")
"""Asked by a program in the browser, and answered in its own way: test_codec.py and test_oauth.py ask."""
OWN = ("/account", "/confirm", "/sign-out")
"""Pages about oneself."""

Asked = tuple[str, str]


def asked(parts: Parts) -> Iterator[Asked]:
    for route in console(parts).routes:
        assert isinstance(route, Route)
        for method in route.methods or ():
            if method in ("GET", "POST") and not route.path.startswith((*DOORS, *OTHERS)):
                yield method, re.sub(r"\{[\w:]+\}", "1", route.path)


@pytest.fixture
def pages(console_parts: Parts) -> list[Asked]:
    return [one for one in asked(console_parts) if not one[1].startswith(OWN)]


@pytest.fixture
def own_pages(console_parts: Parts) -> list[Asked]:
    return [one for one in asked(console_parts) if one[1].startswith(OWN)]


async def call(who: Operator, page: Asked, token: str = "") -> httpx.Response:
    method, path = page
    given: dict[str, Any] = {"data": {"form_token": token}} if method == "POST" else {}
    return await who.http.request(method, f"/console{path}", **given)


def lets_in(answer: httpx.Response) -> bool:
    return answer.status_code != 403 and answer.headers.get("location") != "/console/account"


async def form_token(who: Operator) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', await who.see("/account"))
    assert found is not None
    return found[1]


def test_every_way_in_is_documented(console_parts: Parts) -> None:
    """What asks for no session and no key stands in docs/access.md; what stands there is there."""
    text = (ROOT / "docs" / "access.md").read_text("utf-8").partition("## Ways in")[2].partition("\n### ")[0]
    told = set(re.findall(r"`(/[^`]+)`", text))
    doors = [f"/console{one.path}" for one in console(console_parts).routes if isinstance(one, Route)]
    open_doors = {one for one in doors if one.removeprefix("/console").startswith((*DOORS, *OTHERS))}
    routers = (answer_pages, file_pages, portal_pages)
    linked = {
        route.path for make in routers for route in make(console_parts.api).routes if isinstance(route, Route)
    }
    there = open_doors | linked | PUBLIC_ROUTES | SIGNED_ROUTES | OAUTH_ROUTES | {"/docs", "/openapi.json"}
    for path in there:
        assert path in told or any(path.startswith(one) for one in told if one.endswith("/")), path
    for one in told - {"/static/"}:
        assert one in there or any(path.startswith(one) for path in there), one


async def test_who_is_not_signed_in_is_sent_to_the_door(
    stranger: Operator, pages: list[Asked], own_pages: list[Asked]
) -> None:
    assert len(pages) > 8
    for page in (*pages, *own_pages):
        answer = await call(stranger, page)
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/sign-in"), page


async def test_no_form_is_taken_without_its_token(
    operator: Operator, pages: list[Asked], own_pages: list[Asked]
) -> None:
    for page in (*pages, *own_pages):
        if page[0] == "POST":
            assert (await call(operator, page)).status_code == 403, page
    assert await operator.acts() == []


async def test_the_roles_of_one_permission_are_let_in_and_no_others(
    operator: Operator, pages: list[Asked]
) -> None:
    """A page that asks for no permission would let everybody in, which is nobody's row of the policy."""
    let_in: dict[Asked, set[str]] = {page: set() for page in pages}
    token = await form_token(operator)
    for role in ROLES:
        await operator.becomes(role)
        for page in pages:
            answer = await call(operator, page, token)
            assert answer.status_code < 500, (role, page)
            if lets_in(answer):
                let_in[page].add(role)
    rows = [{role for role, reach in row.items() if reach is Extent.ALL} for row in REACH.values()]
    for page, roles in let_in.items():
        assert roles in rows, page
        assert all(is_staff({role}) for role in roles), page


async def test_everybody_has_pages_about_themselves(operator: Operator) -> None:
    for role in ROLES:
        await operator.becomes(role)
        assert "Paul Etoa" in await operator.see("/account"), role


async def test_the_way_out_is_on_every_page(operator: Operator, console_parts: Parts) -> None:
    seen = 0
    for method, path in asked(console_parts):
        page = await operator.http.get(f"/console{path}") if method == "GET" else None
        if page is not None and page.status_code == 200 and "html" in page.headers["content-type"]:
            assert 'action="/console/sign-out"' in page.text, path
            seen += 1
    assert seen > 5
