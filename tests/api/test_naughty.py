"""Texts that mean something to somebody on the way, sent into every field of every route: they stay texts.

Bodies come from the description of the API, forms from the pages and the routes of the console: a new route,
a new field and a new form are in here by themselves.
"""

import csv
import io
import logging
import re
from collections.abc import Iterator
from itertools import count
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update
from starlette.routing import Route

from adapters.links import SignedLinks
from api.parts import Parts
from database.session import Database
from database.shared.tables import tenant
from domain.links import Target
from serving import assemble
from tests.api.conftest import Clock, opened
from tests.api.naughty import EVERY, Obeyed, Shapes, one_of_each
from tests.api.storm import Lines, Storm, bytes_of
from tests.api.test_console import Operator, console_parts
from tests.api.test_openapi import operations
from tests.api.world import two_people
from tests.files.samples import pdf
from tests.ground import PUBLIC, ROOT
from tests.profile import NIGHTLY
from web.console.parts import Parts as ConsoleParts
from web.console.router import console, mount_console

__all__ = ["console_parts"]

PAGES = 250
"""Of a walk through the console: far more than the world has."""
SOURCES = "\n".join(path.read_text("utf-8") for path in (ROOT / "templates/web").rglob("*.j2"))
FIELDS = set(re.findall(r'name="(\w+)"', SOURCES)) - {"form_token", "viewport", "robots", "referrer"}
ASKED = FIELDS | set(re.findall(r"[?&;](\w+)=", SOURCES)) | {"after", "lang", "next", "noted", "workspace"}
"""What stands in addresses of pages."""
LONGEST_ADDRESS = 60_000
LONGEST = 300
"""Of a text in an address."""


@pytest.fixture
def lines() -> Iterator[list[str]]:
    handler, root = Lines(), logging.getLogger()
    root.addHandler(handler)
    try:
        yield handler.kept
    finally:
        root.removeHandler(handler)


@pytest.fixture(scope="module")
def whole(parts: Parts, console_parts: ConsoleParts) -> FastAPI:
    app = assemble(parts)
    mount_console(app, console_parts)
    return app


@pytest.fixture
async def storm(whole: FastAPI, database: Database, owner: Database, clock: Clock, lines: list[str]) -> Storm:
    world = await two_people(whole, database, owner, clock)
    here = world.here
    async with owner.anyone() as tx:
        await tx.execute(update(tenant).where(tenant.c.id == here.tenant).values(second_factor="off"))
    operator = Operator(here.http, database, here.tenant, here.key, clock, "Africa/Douala")
    await operator.join()
    assert (await operator.sign_in()).status_code == 303
    storm = Storm(world, operator, lines)
    await storm.settle()
    return storm


def texts_for(turn: int) -> list[str]:
    return list(EVERY) if NIGHTLY else one_of_each(turn)


def some_for(turn: int) -> list[str]:
    """Every third kind: for walks over some hundred addresses that all read what they get alike."""
    return texts_for(turn) if NIGHTLY else one_of_each(turn)[turn % 3 :: 3]


async def test_a_text_in_a_body_stays_a_text(storm: Storm, whole: FastAPI, links: SignedLinks) -> None:
    shapes, turns = Shapes(whole.openapi()), count()
    for method, path, described in operations(whole.openapi()):
        content = described.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None or path.startswith("/webhooks/"):
            continue
        for place in shapes.texts(content["schema"]):
            for text in texts_for(next(turns)):
                await storm.body(method, path, content["schema"], place, text, shapes)
    assert storm.tried > 1000
    assert storm.taken > 200
    assert await pages_of_the_console(storm) > 10
    await spreadsheets(storm, whole)
    for path in links_of(storm, links):
        storm.judge(await storm.world.here.http.get(path), path)


async def test_a_text_in_an_address_stays_a_text(storm: Storm, whole: FastAPI) -> None:
    turns = count()
    for method, path, described in operations(whole.openapi()):
        for one in described.get("parameters", []):
            if one["in"] not in ("path", "query") or path.startswith("/webhooks/"):
                continue
            for text in texts_for(next(turns)):
                named = quote(bytes_of(text[:LONGEST]), safe="")
                inside = path.replace(f"{{{one['name']}}}", named or "%20")
                asked = f"{storm.address(inside)}?{one['name']}={named}" if one["in"] == "query" else inside
                storm.judge(await storm.world.here.call(method, storm.address(asked)), method, path, text)


async def test_a_text_in_a_form_of_the_console_stays_a_text(
    storm: Storm, console_parts: ConsoleParts
) -> None:
    turns = count()
    for route in console(console_parts).routes:
        assert isinstance(route, Route)
        for text in some_for(next(turns)):
            path = f"/console{storm.address(route.path.replace('{process}', 'maintenance.renewal'))}"
            path = path.replace("renewal/1", "renewal/K-1")
            token = await storm.enter()
            if "POST" in (route.methods or ()):
                data = {name: bytes_of(text) for name in FIELDS} | {"form_token": token.encode()}
                answer = await storm.operator.http.post(path, data=data)
            else:
                value = quote(bytes_of(text[:LONGEST]), safe="")
                room = max(LONGEST_ADDRESS // (len(value) + 20), 1)
                names = [*sorted(ASKED)[storm.taken % len(ASKED) :], *sorted(ASKED)][:room]
                asked = "&".join(f"{name}={value}" for name in names)
                answer = await storm.operator.http.get(f"{path}?{asked}")
            storm.judge(answer, route.path, text[:80])
            if "{" in route.path and text:
                odd = re.sub(r"\{\w+\}", quote(bytes_of(text[:LONGEST]), safe=""), route.path)
                storm.judge(await storm.operator.http.get(f"/console{odd}"), route.path, text[:80])
    await storm.enter()
    assert storm.taken > 100
    assert await pages_of_the_console(storm) > 10


async def test_a_text_in_an_answer_stays_a_text(storm: Storm, links: SignedLinks) -> None:
    turns, http = count(), storm.world.here.http
    await opened(storm.world.here)
    for path in links_of(storm, links):
        page = Obeyed((await http.get(path)).text)
        for choice in (*sorted(page.choices), ""):
            for text in texts_for(next(turns)):
                data = {name: bytes_of(text) for name in page.fields - {"file"}}
                data |= {"answer": choice.encode() or bytes_of(text)}
                storm.judge(await http.post(path, data=data), path, choice, text[:80])
                shown = {name: value[:LONGEST] for name, value in {**data, "lang": bytes_of(text)}.items()}
                storm.judge(await http.get(path, params=shown), path, choice, text[:80])
        for text in texts_for(next(turns)):
            name = text.encode("utf-8", "replace").decode()[:LONGEST]
            answer = await http.post(
                path, files={"file": (name, pdf(), "application/pdf")}, data={"answer": ""}
            )
            storm.judge(answer, path, text[:80])
    assert storm.taken > 20


async def pages_of_the_console(storm: Storm) -> int:
    """All that is reached from the first page, and from those whose address nobody follows."""
    waiting, seen = ["/console/", "/console/account", "/console/cases?state=all"], set[str]()
    while waiting and len(seen) < PAGES:
        path = waiting.pop()
        seen.add(path)
        page = storm.judge(await storm.operator.http.get(path), path)
        if page.headers.get("content-type", "").startswith("text/html"):
            found = {str(httpx.URL(path).join(link)) for link in Obeyed(page.text).links}
            waiting += [one for one in found if one.startswith("/console") and one not in {*seen, *waiting}]
    return len(seen)


async def spreadsheets(storm: Storm, whole: FastAPI) -> None:
    """No cell of a table that a route gives is a formula."""
    cells = []
    for method, path, described in operations(whole.openapi()):
        if method == "GET" and "text/csv" in str(described["responses"]):
            text = (await storm.world.here.get(storm.address(path))).text
            cells += [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert len(cells) > 1000
    assert [cell for cell in cells if re.match(r"[\s\0]*[=@\uff1d]|[+-](?!\d)|[\t\r\0]", cell)] == []


def links_of(storm: Storm, links: SignedLinks) -> list[str]:
    """A page of each kind that people answer on."""
    made = (
        ("maintenance.renewal", "K-1.20320229"), ("training.fund_call", "PR-1"),
        ("internships.deliverable", "R-1"), ("fleet.dunning", "C-1"),
    )  # fmt: skip
    here = storm.world.here.tenant
    return [links.to(Target(here, *one, "X-1")).removeprefix(PUBLIC) for one in made]
