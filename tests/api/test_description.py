"""The API against its own description: whatever is sent, no answer that the description does not tell of."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, BaseSchema, Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from sqlalchemy import insert

from adapters.history_codec import HistoryCodec, HistoryReader
from api.parts import Parts
from api.tokens import JwtTokens
from database.session import Database
from database.shared.api_keys import create_key
from database.shared.payload_keys import CaseKeys
from database.shared.signing_keys import SigningKeys
from database.shared.tables import tenant
from serving import assemble
from tests.ground import KEYRING, PUBLIC
from tests.profile import NIGHTLY, tries

TENANT = "described"
load_all_checks()
ELSEWHERE = {"positive_data_acceptance", "ignored_auth"}
"""What fits the description may still be refused, for a cursor or a reference that is not there; who is let
in is told by tests/api/test_access_matrix.py.
"""
BATCH = "/v1/events"
"""Of a batch each event is answered by itself: a wrong one does not refuse the others."""

EXAMPLES = tries(3, 200)
"""Of each operation, each way: as described, and against the description."""


@pytest.fixture(scope="module")
async def key(database: Database, owner: Database) -> str:
    row = {"id": TENANT, "name": "D", "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(row))
    async with database.tenant(TENANT) as tx:
        return await create_key(tx, TENANT, "all", frozenset("*"))


@pytest.fixture(scope="module")
def served(parts: Parts, key: str) -> Iterator[str]:  # noqa: ARG001  # the tenant is there
    """A server on a loop of its own, with connections of its own."""
    database = Database(parts.database.engine.url.render_as_string(hide_password=False), pool_size=4)
    own = replace(
        parts, database=database, tokens=JwtTokens(SigningKeys(database, KEYRING.master), PUBLIC),
        histories=HistoryReader(HistoryCodec(CaseKeys(database, KEYRING))),
    )  # fmt: skip
    server = uvicorn.Server(uvicorn.Config(assemble(own), port=0, log_level="critical"))

    async def serve() -> None:
        try:
            await server.serve()
        finally:
            await database.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    while not server.started:
        thread.join(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def schema(served: str, key: str) -> BaseSchema:
    found = schemathesis.openapi.from_url(f"{served}/openapi.json")
    found.config.update(headers={"Authorization": f"Bearer {key}"})
    found.config.checks.negative_data_rejection.expected_statuses.append("413")
    return found


def test_no_answer_surprises(schema: BaseSchema, served: str) -> None:
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]
        for mode in GenerationMode:
            with suppress(Unsatisfiable):  # what asks for nothing cannot be asked wrongly
                against(operation, mode, served)
            tried += 1
    assert tried > 150


def checks_of(operation: APIOperation[Any, Any, Any, Any]) -> Any:
    passed_over = ELSEWHERE | ({"negative_data_rejection"} if operation.path == BATCH else set())
    return [CHECKS.get_one(name) for name in CHECKS.get_all_names() if name not in passed_over]


def against(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, served: str) -> None:
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=not NIGHTLY,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def every(case: Case[Any]) -> None:
        response = case.call(base_url=served)
        case.validate_response(response, checks=checks_of(operation))

    every()
