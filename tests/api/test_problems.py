"""Bad requests get a problem that names the place and the mend, and change nothing."""

import asyncio
from datetime import date
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Response

from api.commands import Command, Result, writes
from api.fields import Shown
from database.shared import ledger
from database.shared.contacts import Contact, save_contact
from database.shared.ledger import Entry
from domain.money import Money
from tests.api.conftest import Caller, is_problem
from tests.api.samples import contract

PATH = "/v1/maintenance/contracts"
EUR = {"amount": "480.00", "currency": "EUR"}


@pytest.mark.parametrize(
    ("given", "field", "word"),
    [
        ({"ends_on": "2031-02-30"}, "ends_on", "does not exist"),
        ({"ends_on": "2032-02-29T00:00:00"}, "ends_on", "not a date"),
        ({"ends_on": 1969142400}, "ends_on", "not a date"),
        ({"amount": {"amount": "480.005", "currency": "EUR"}}, "amount", "2 digits"),
        ({"amount": {"amount": "12.5", "currency": "XAF"}}, "amount", "0 digits"),
        ({"amount": {"amount": "-480.00", "currency": "EUR"}}, "amount", "not above 0"),
        ({"amount": {"amount": "0", "currency": "EUR"}}, "amount", "not above 0"),
        ({"amount": {"amount": "1e3", "currency": "EUR"}}, "amount", "not a number"),
        ({"amount": {"amount": "NaN", "currency": "EUR"}}, "amount", "not a number"),
        ({"amount": {"amount": "480.00", "currency": "USD"}}, "amount", "unknown currency"),
        ({"amount": {"amount": 480, "currency": "EUR"}}, "amount.amount", "string"),
        ({"ref": "a/b"}, "ref", "not a reference"),
        ({"ref": ""}, "ref", "not a reference"),
        ({"notice_days": "30"}, "notice_days", "integer"),
        ({"notice_days": 2.5}, "notice_days", "integer"),
        ({"tacit": "yes"}, "tacit", "boolean"),
        ({"level": "platinum"}, "level", "bronze"),
        ({"colour": "red"}, "colour", "no such field"),
        ({"ends_on": "2031-01-01"}, "ends_on", "not after the start"),
    ],
)
async def test_a_wrong_value_is_named_with_its_mend(
    caller: Caller, given: dict[str, Any], field: str, word: str
) -> None:
    await caller.contact()
    said = is_problem(await caller.post(PATH, json=contract(**given)), 422, "bad-input")
    (mistake,) = said["errors"]
    assert mistake["field"] == field
    assert word in mistake["problem"]
    assert mistake["mend"]
    assert (await caller.get(PATH)).json()["items"] == []


async def test_every_mistake_is_told_at_once(caller: Caller) -> None:
    given = contract(ends_on="never", notice_days=-1, amount={"amount": "1.234", "currency": "EUR"})
    del given["level"]
    said = is_problem(await caller.post(PATH, json=given), 422, "bad-input")
    assert {one["field"] for one in said["errors"]} == {"ends_on", "notice_days", "amount", "level"}


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        (b'{"ref": ', 400, "bad-json"),
        (b"\xff\xfe", 400, "bad-json"),
        (b"[" * 20000, 400, "bad-json"),
        (b"", 422, "bad-input"),
        (b"[]", 422, "bad-input"),
        (b"null", 422, "bad-input"),
    ],
)
async def test_what_is_not_json_is_refused(caller: Caller, body: bytes, status: int, slug: str) -> None:
    headers = {"Content-Type": "application/json"}
    is_problem(await caller.post(PATH, content=body, headers=headers), status, slug)


@pytest.mark.parametrize("given", ["text/plain", "application/xml", "multipart/form-data; boundary=x", ""])
async def test_another_content_type_is_refused(caller: Caller, given: str) -> None:
    answer = await caller.post(PATH, content=b'{"ref": "K-1"}', headers={"Content-Type": given})
    said = is_problem(answer, 415, "unsupported-media-type")
    assert "application/json" in said["detail"]


async def test_a_large_body_is_refused_before_it_is_read(caller: Caller) -> None:
    headers = {"Content-Type": "application/json"}
    is_problem(await caller.post(PATH, content=b" " * (1024 * 1024 + 1), headers=headers), 413, "too-large")

    async def endless() -> Any:
        for _ in range(20):
            yield b" " * 100_000

    is_problem(await caller.post(PATH, content=endless(), headers=headers), 413, "too-large")


async def test_unknown_addresses_and_methods_are_problems(caller: Caller) -> None:
    is_problem(await caller.get("/v1/nothing"), 404, "not-found")
    answer = await caller.call("DELETE", PATH)
    is_problem(answer, 405, "method-not-allowed")
    assert "POST" in answer.headers["allow"]


@pytest.mark.parametrize("cursor", ["x", "bm90aGluZw", "WzFd", "W10", "é"])
async def test_a_made_up_cursor_is_refused(caller: Caller, cursor: str) -> None:
    said = is_problem(await caller.get(PATH, params={"cursor": cursor}), 422, "bad-input")
    assert said["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize("limit", ["0", "201", "many"])
async def test_a_page_has_a_size(caller: Caller, limit: str) -> None:
    said = is_problem(await caller.get(PATH, params={"limit": limit}), 422, "bad-input")
    assert said["errors"][0]["field"] == "limit"


async def test_pages_come_in_order_without_gaps(caller: Caller) -> None:
    await caller.contact()
    for number in (3, 1, 5, 2, 4):
        assert (await caller.post(PATH, json=contract(f"K-{number}"))).status_code == 201
    seen, cursor = [], ""
    while True:
        page = (await caller.get(PATH, params={"limit": 2, "cursor": cursor})).json()
        seen.append([item["ref"] for item in page["items"]])
        if not (cursor := page["next"]):
            break
        await caller.post(PATH, json=contract("K-0"))
    assert seen == [["K-1", "K-2"], ["K-3", "K-4"], ["K-5"]]


async def test_a_cursor_belongs_to_its_filters(caller: Caller) -> None:
    await caller.contact()
    for number in (1, 2):
        await caller.post(PATH, json=contract(f"K-{number}"))
    cursor = (await caller.get(PATH, params={"limit": 1, "state": "active"})).json()["next"]
    assert (await caller.get(PATH, params={"state": "active", "cursor": cursor})).status_code == 200
    is_problem(await caller.get(PATH, params={"state": "refused", "cursor": cursor}), 422, "bad-input")


async def test_a_fault_of_ours_tells_nothing_of_the_inside(app: FastAPI, http: httpx.AsyncClient) -> None:
    async def broken() -> None:
        raise RuntimeError("secret inside")

    app.add_api_route("/broken-for-a-test", broken, include_in_schema=False)
    answer = await http.get("/broken-for-a-test", headers={"X-Request-ID": "ours-1"})
    said = is_problem(answer, 500, "internal")
    assert "secret" not in answer.text
    assert said["request_id"] == "ours-1"


async def test_what_fails_at_the_commit_is_not_answered_as_done(app: FastAPI, caller: Caller) -> None:
    """The ledger's balance is checked when the transaction ends."""

    async def unbalanced(command: Annotated[Command, writes("fleet:write")]) -> Response:
        off = Entry("cash:bank", "C-1", Money("XAF", 5))
        await ledger.post(command.tx, command.tenant, "off", date(2031, 3, 3), "off by five", off)
        return await command.reply(Result("test.unbalanced", "test:1", Shown()), 201)

    app.add_api_route("/unbalanced-for-a-test", unbalanced, methods=["POST"], include_in_schema=False)
    is_problem(await caller.post("/unbalanced-for-a-test"), 500, "internal")
    assert await caller.audited() == []


async def test_a_command_that_leaves_no_audit_row_is_undone(app: FastAPI, caller: Caller) -> None:
    async def silent(command: Annotated[Command, writes("contacts:write")]) -> dict[str, str]:
        await save_contact(command.tx, command.tenant, Contact("X-1", "X", "x@example.org", None, "fr"))
        return {}

    app.add_api_route("/silent-for-a-test", silent, methods=["POST"], include_in_schema=False)
    is_problem(await caller.post("/silent-for-a-test"), 500, "internal")
    is_problem(await caller.get("/v1/contacts/X-1"), 404, "not-found")


async def test_every_answer_carries_its_id_and_safety_headers(caller: Caller) -> None:
    answers = await asyncio.gather(*(caller.get(path) for path in (PATH, "/v1/nothing", "/health/live")))
    assert len({one.headers["x-request-id"] for one in answers}) == 3
    for one in answers:
        assert one.headers["x-content-type-options"] == "nosniff"
        assert one.headers["x-frame-options"] == "DENY"
        assert "default-src 'none'; base-uri 'none'" in one.headers["content-security-policy"]
    forged = await caller.get(PATH, headers={"X-Request-ID": "a b\tc"})
    assert forged.headers["x-request-id"] != "a b\tc"
