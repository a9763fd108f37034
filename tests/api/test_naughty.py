"""Texts that mean something to somebody on the way, sent into every field of every route: they stay texts.

Bodies come from the description of the API, forms from the pages and the routes of the console: a new route,
a new field and a new form are in here by themselves.
"""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from adapters.logs import Redacting, Redaction
from api.parts import Parts
from database.session import Database
from database.shared.tables import tenant
from serving import assemble
from tests.api.conftest import Clock
from tests.api.naughty import EVERY, FORGED, HEADER, LOOP, PRODUCT, Obeyed, Place, Shapes, one_of_each
from tests.api.test_console import Operator, console_parts
from tests.api.test_openapi import operations
from tests.api.world import EXISTING, World, two_people
from tests.profile import NIGHTLY
from web.console.parts import Parts as ConsoleParts
from web.console.router import mount_console

__all__ = ["console_parts"]

KNOWN = {
    "driver_ref": "X-1", "contact_ref": "X-1", "customer_ref": "X-1", "student_ref": "X-1",
    "school_tutor_ref": "T-1", "company_tutor_ref": "T-1", "contract_ref": "C-1", "client_ref": "CL-1",
    "placement_ref": "S-1",
}  # fmt: skip
"""What is there to be named, so that nothing but the text under trial is wrong."""
JSON = ("application/json", "application/problem+json")
PAGES = 250
"""Of a walk through the console: far more than the world has."""


@dataclass
class Storm:
    """Sends, and looks at each answer and at each line that was logged meanwhile."""

    world: World
    operator: Operator
    lines: list[str]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    tried: int = 0
    taken: int = 0

    def judge(self, answer: httpx.Response, about: object) -> httpx.Response:
        self.tried += 1
        self.taken += answer.is_success or answer.is_redirect
        assert answer.status_code < 500, (about, answer.text[:500])
        for name, value in answer.headers.raw:
            assert not name.lower().startswith(HEADER.encode()), about
            assert not re.search(rb"[\r\n\x00]", value), about
            assert b"zzevil" not in value or name.lower() != b"set-cookie", about
        kind = answer.headers.get("content-type", "")
        if kind.startswith("text/html"):
            assert Obeyed(answer.text).found == [], about
            assert PRODUCT not in answer.text, about
            assert LOOP not in answer.text, about
        else:
            assert kind.startswith(("application/json", "application/problem+json")) or answer.is_redirect, (
                about
            )
        assert [line for line in self.lines if line.startswith(FORGED) or "\n" in line] == [], about
        return answer

    async def body(
        self, method: str, path: str, schema: Any, place: Place, text: str, shapes: Shapes
    ) -> None:
        body = shapes.sample(schema)
        for name in body if isinstance(body, dict) else ():
            if name in KNOWN:
                body[name] = KNOWN[name]
            elif name in ("ref", "bike_ref", "transaction_id"):
                body[name] = f"N-{next(self.numbers)}"
        sent = json.dumps(shapes.put(schema, body, place, text)).encode()  # halves as escapes
        kind = {"Content-Type": "application/json"}
        answer = await self.world.here.call(method, self.address(path), content=sent, headers=kind)
        self.judge(answer, (method, path, place, text[:80]))
        if answer.is_success and shapes.is_free(schema, place):
            assert answer.json().get(place[0], text.strip()) == text.strip(), (path, place)

    def address(self, path: str) -> str:
        """Of a thing that is there."""
        known = next((one for one in EXISTING if path.startswith(one)), "")
        if known:
            path = known.rpartition("{")[0] + self.world.names(known, 1) + path[len(known) :]
        path = path.replace("{domain}/{book}", "fleet/dunning").replace("{tenant}", self.world.here.tenant)
        return re.sub(r"\{\w+\}", "1", path)


class Lines(logging.Handler):
    """Keeps what the platform's own formatter makes of each record."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[str] = []
        self.setFormatter(Redacting(logging.Formatter("%(message)s"), Redaction()))

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(self.format(record))


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
    async with owner.anyone() as tx:
        await tx.execute(update(tenant).where(tenant.c.id == world.here.tenant).values(second_factor="off"))
    operator = Operator(world.here.http, database, world.here.tenant, world.here.key, clock, "Africa/Douala")
    await operator.join()
    assert (await operator.sign_in()).status_code == 303
    return Storm(world, operator, lines)


def texts_for(turn: int) -> list[str]:
    return list(EVERY) if NIGHTLY else one_of_each(turn)


async def test_a_text_in_a_body_stays_a_text(storm: Storm, whole: FastAPI) -> None:
    shapes, turns = Shapes(whole.openapi()), count()
    for method, path, described in operations(whole.openapi()):
        content = described.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None or path.startswith("/webhooks/"):
            continue
        for place in shapes.texts(content["schema"]):
            for text in texts_for(next(turns)):
                await storm.body(method, path, content["schema"], place, text, shapes)
    assert storm.tried > 1000
    assert storm.taken > 100
