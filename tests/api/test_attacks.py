"""What an attacker tries with many requests at once, with invented words, and with a narrow key."""

import asyncio
from collections.abc import AsyncIterator

import pyotp
import pytest
from fastapi import FastAPI

from database.shared.sign_in_tables import letter, sign_in_failure
from tests.api.callers import person
from tests.api.conftest import Caller, is_problem
from tests.api.test_console import Operator, console_app, console_parts, operator, stranger
from tests.api.test_sign_in import enrolled, linked
from tests.api.test_sign_in_attacks import elsewhere

__all__ = ["console_app", "console_parts", "operator", "stranger"]


async def test_forty_who_ask_for_a_link_at_once_fill_no_mailbox(
    stranger: Operator, console_app: FastAPI
) -> None:
    await stranger.join()
    form = {"workspace": stranger.tenant, "email": stranger.email}
    crowd = [await elsewhere(console_app, stranger, f"203.0.113.{host}") for host in range(40)]
    await asyncio.gather(*(one.http.post("/console/sign-in/link", data=form) for one in crowd))
    assert len([row for row in await stranger.rows(letter) if row.kind == "magic_link"]) == 5


async def test_a_flood_of_passwords_keeps_nobody_waiting_who_is_known(
    operator: Operator, console_app: FastAPI
) -> None:
    """No workspace, no bucket: without an end of the queue whoever floods it closes the door."""
    form = {"workspace": "no-such-place", "email": "nobody@example.org", "password": "wrong"}
    crowd = [await elsewhere(console_app, operator, f"203.0.113.{host}") for host in range(60)]
    flood = [asyncio.ensure_future(one.http.post("/console/sign-in", data=form)) for one in crowd]
    assert (await operator.sign_in()).status_code == 303
    assert not all(one.done() for one in flood)
    answers = [answer.status_code for answer in await asyncio.gather(*flood)]
    assert 20 <= answers.count(401) < 60
    assert answers.count(401) + answers.count(429) == 60


async def test_who_was_turned_away_from_a_crowd_has_not_failed(
    stranger: Operator, console_app: FastAPI
) -> None:
    await stranger.join()
    form = {"workspace": "no-such-place", "email": "nobody@example.org", "password": "wrong"}
    crowd = [await elsewhere(console_app, stranger, f"203.0.113.{host}") for host in range(60)]
    flood = [asyncio.ensure_future(one.http.post("/console/sign-in", data=form)) for one in crowd]
    turned = [answer async for answer in tries(stranger, 6) if answer == 429]
    assert turned
    await asyncio.gather(*flood)
    assert await stranger.rows(sign_in_failure) == []
    assert (await stranger.sign_in()).status_code == 303


async def tries(who: Operator, times: int) -> AsyncIterator[int]:
    for _ in range(times):
        yield (await who.sign_in()).status_code


async def test_invented_methods_are_one_line_of_the_measures(caller: Caller) -> None:
    """Every label of its own would be kept for ever."""
    for number in range(5):
        await caller.http.request(f"INVENTED{number}", "/v1/me")
    measures = (await caller.http.get("/metrics")).text
    assert "INVENTED" not in measures
    assert 'echeance_requests_total{method="other",route="/v1/me",status="405"} 5.0' in measures


@pytest.mark.parametrize("act", ["suspend", "sign-out", "roles", "reinstate"])
async def test_a_key_for_people_alone_has_no_power_over_who_may_do_more(caller: Caller, act: str) -> None:
    """Otherwise it lets a suspended administrator in again, or takes the role from everybody but one."""
    await person(caller, "administrator")
    chief = await person(caller, "administrator", proved=False)
    id = (await chief.get("/v1/me")).json()["who"].partition(":")[2]
    if act == "reinstate":
        assert (await caller.post(f"/v1/people/{id}/suspend")).status_code == 200
    scopes = ("people:write", "people:read", "contacts:read", "files:read", "fleet:read")
    driver = await caller.with_scopes(*scopes)
    given = {"roles": ["investor"]} if act == "roles" else None
    before = (await caller.get(f"/v1/people/{id}")).json()
    is_problem(await driver.post(f"/v1/people/{id}/{act}", json=given), 403, "forbidden")
    assert (await caller.get(f"/v1/people/{id}")).json() == before


async def test_who_is_signed_out_everywhere_is_signed_out_of_what_was_begun(operator: Operator) -> None:
    """A thief with the password stands before the second step; another has a link in hand."""
    secret, _ = await enrolled(operator)
    await operator.sign_in()
    link = await linked(operator)
    admin = Caller(operator.http, operator.database, operator.tenant, "", operator.clock)
    admin = await admin.with_scopes("*")
    id = next(one["id"] for one in (await admin.get("/v1/people")).json()["items"])
    assert (await admin.post(f"/v1/people/{id}/sign-out")).status_code == 200
    code = pyotp.TOTP(secret).at(operator.clock.at)
    late = await operator.http.post("/console/sign-in/code", data={"code": code})
    assert late.headers["location"] == "/console/sign-in"
    assert (await operator.http.post(f"/console/enter/{operator.tenant}.{link}")).status_code == 404
    await operator.sign_in()
    again = await operator.http.post("/console/sign-in/code", data={"code": code})
    assert again.headers["location"] == "/console/"
