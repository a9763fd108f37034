"""Temporal's UI asks for histories in clear, in the session of whoever sits before it."""

import json
from base64 import b64decode
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from google.protobuf.json_format import MessageToDict
from temporalio.api.common.v1 import Payload
from temporalio.converter import WorkflowSerializationContext

from adapters.history_codec import HistoryCodec
from api.app import create_app
from api.parts import Parts
from database.shared.payload_keys import CaseKeys
from domain.case import Case
from tests.api.conftest import Caller
from tests.api.test_console import Operator, console_parts, stranger
from tests.api.test_console import operator as signed_in
from tests.ground import KEYRING
from web.console.parts import Parts as ConsoleParts
from web.console.router import mount_console

__all__ = ["console_parts", "signed_in", "stranger"]

UI = "https://temporal.example:8233"
DECODE = "/console/codec/decode"
FROM_UI = {"origin": UI}


@pytest.fixture(scope="module")
def console_app(parts: Parts, console_parts: ConsoleParts) -> FastAPI:
    app = create_app(parts)
    mount_console(app, replace(console_parts, temporal_ui=f"{UI}/namespaces/default"))
    return app


async def sealed(who: Operator, text: bytes = b'"12 500 FCFA"', tenant: str = "") -> dict[str, Any]:
    case = Case(tenant or who.tenant, "fleet.dunning", "C-1", who.zone)
    codec = HistoryCodec(CaseKeys(who.database, KEYRING))
    context = WorkflowSerializationContext("default", case.workflow_id)
    [made] = await codec.with_context(context).encode(
        [Payload(metadata={"encoding": b"json/plain"}, data=text)]
    )
    return MessageToDict(made)


async def ask(who: Operator, *payloads: Any, **headers: str) -> httpx.Response:
    return await who.http.post(DECODE, json={"payloads": payloads}, headers={**FROM_UI, **headers})


async def test_who_may_read_histories_reads_those_of_their_tenant(signed_in: Operator, other: Caller) -> None:
    mine, theirs = await sealed(signed_in), await sealed(signed_in, tenant=other.tenant)
    answer = await ask(signed_in, mine, theirs)
    assert answer.status_code == 200
    shown = answer.json()["payloads"]
    assert b64decode(shown[0]["data"]) == b'"12 500 FCFA"'
    assert shown[1] == theirs
    assert answer.headers["access-control-allow-origin"] == UI
    assert answer.headers["access-control-allow-credentials"] == "true"


async def test_nesting_without_end_is_refused_like_any_nonsense(signed_in: Operator) -> None:
    deep = b'{"payloads":' + b"[" * 500_000
    assert (await signed_in.http.post(DECODE, content=deep, headers=FROM_UI)).status_code == 400


async def test_nobody_else_does(signed_in: Operator) -> None:
    mine = await sealed(signed_in)
    await signed_in.becomes("planner")
    assert (await ask(signed_in, mine)).status_code == 403
    await signed_in.becomes("operator")
    assert (await ask(signed_in, mine)).status_code == 200
    signed_in.http.cookies.clear()
    refused = await ask(signed_in, mine)
    assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")
    assert "12 500" not in refused.text


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "", f"{UI}.evil.example", "http://temporal.example"]
)
async def test_another_origin_is_refused_whatever_session_it_rides(signed_in: Operator, origin: str) -> None:
    mine = await sealed(signed_in)
    for answer in (
        await ask(signed_in, mine, origin=origin),
        await signed_in.http.options(DECODE, headers={"origin": origin}),
    ):
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers


async def test_a_browser_may_ask_before_it_asks(signed_in: Operator) -> None:
    answer = await signed_in.http.options(DECODE, headers=FROM_UI)
    assert answer.status_code == 204
    assert "x-namespace" in answer.headers["access-control-allow-headers"]


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"payloads": 7}', '{"payloads": [7]}', '{"payloads": [{"x": 1}]}']
)
async def test_nonsense_is_refused(signed_in: Operator, body: str) -> None:
    answer = await signed_in.http.post(DECODE, content=body, headers=FROM_UI)
    assert (answer.status_code, json.loads(answer.text)["status"]) == (400, 400)
