"""Codes and tokens that come a second time: the sign-in ends, and those who must know hear of it."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

from database.shared.oauth import LASTS, LONGEST
from database.shared.tables import alert, audit
from tests.api.conftest import Caller, is_problem
from tests.api.test_console import Operator, console_app, console_parts, stranger
from tests.api.test_oauth import BACK, Program, code_of, is_refusal, me, program, signed_in

__all__ = ["console_app", "console_parts", "program", "signed_in", "stranger"]


async def told(who: Operator) -> list[str]:
    return [row.action for row in await who.rows(audit) if row.action == "sign_in.token_reused"]


async def test_a_code_that_comes_twice_ends_what_the_first_one_got(
    signed_in: Operator, program: Program
) -> None:
    code = await code_of(signed_in, program)
    tokens = (await program.exchanged(code)).json()
    assert (await me(signed_in, tokens["access_token"])).status_code == 200
    is_refusal(await program.exchanged(code), "invalid_grant")
    assert (await me(signed_in, tokens["access_token"])).status_code == 401
    is_refusal(await program.refreshed(tokens["refresh_token"]), "invalid_grant")
    assert len(await told(signed_in)) == 1
    is_refusal(await program.exchanged(code), "invalid_grant")
    assert len(await told(signed_in)) == 1  # a thief who goes on fills no trail


async def test_a_code_with_a_wrong_verifier_is_spent_and_gives_nothing(
    signed_in: Operator, program: Program
) -> None:
    code = await code_of(signed_in, program)
    is_refusal(await program.exchanged(code, code_verifier="w" * 43), "invalid_grant")
    is_refusal(await program.exchanged(code), "invalid_grant")
    assert await told(signed_in) == []


async def test_operations_hear_of_a_refresh_token_that_came_twice(
    signed_in: Operator, program: Program
) -> None:
    first = (await program.exchanged(await code_of(signed_in, program))).json()["refresh_token"]
    second = (await program.refreshed(first)).json()["refresh_token"]
    for stolen in (first, first, second):
        is_refusal(await program.refreshed(stolen), "invalid_grant")
    assert len(await told(signed_in)) == 1
    [raised] = [row for row in await signed_in.rows(alert) if "deux fois" in row.title["fr"]]
    everything = repr([*await signed_in.rows(audit), raised])
    assert first not in everything
    assert second not in everything


async def test_a_person_sees_the_programs_that_act_for_them_and_ends_one(
    signed_in: Operator, program: Program
) -> None:
    tokens = (await program.exchanged(await code_of(signed_in, program))).json()
    refreshed = (await program.refreshed(tokens["refresh_token"])).json()
    page = await signed_in.see("/account")
    assert page.count("Tournées") == 1
    found = re.search(r"/console(/account/programs/[0-9a-f]{24}/end)", page)
    assert found is not None
    await signed_in.send(found[1])
    assert (await me(signed_in, refreshed["access_token"])).status_code == 401
    is_refusal(await program.refreshed(refreshed["refresh_token"]), "invalid_grant")
    assert "Tournées" not in await signed_in.see("/account")
    assert [row.action for row in await signed_in.rows(audit)].count("program.ended") == 1


async def test_a_program_may_no_more_than_its_scopes_and_its_person(
    signed_in: Operator, program: Program
) -> None:
    caller = Caller(signed_in.http, signed_in.database, signed_in.tenant, signed_in.key, signed_in.clock)
    given = {"name": "Lecteur", "redirect_uris": [BACK], "scopes": ["contacts:read", "webhooks:write"]}
    unknown = await caller.post("/v1/oauth-clients", json={**given, "scopes": ["everything:all"]})
    assert is_problem(unknown, 422, "bad-input")["errors"][0]["field"] == "scopes"
    made = (await caller.post("/v1/oauth-clients", json=given)).json()
    assert made["scopes"] == ["contacts:read", "webhooks:write"]
    reader = Program(program.http, made["id"])
    page = await signed_in.http.get("/console/authorize", params=reader.asks())
    assert "lire les contacts" in page.text
    tokens = (await reader.exchanged(await code_of(signed_in, reader))).json()
    shown = (await me(signed_in, tokens["access_token"])).json()
    assert shown["permissions"] == {"contacts:read": "all", "webhooks:write": "all"}
    acting = replace(caller, key=tokens["access_token"])
    assert (await acting.get("/v1/contacts")).status_code == 200
    is_problem(await acting.get("/v1/people"), 403, "forbidden")
    await signed_in.becomes("operator")
    assert (await me(signed_in, tokens["access_token"])).json()["permissions"] == {"contacts:read": "all"}


async def test_of_two_who_use_a_token_at_once_none_keeps_anything(
    signed_in: Operator, program: Program
) -> None:
    for _ in range(5):
        first = (await program.exchanged(await code_of(signed_in, program))).json()["refresh_token"]
        answers = await asyncio.gather(*(program.refreshed(first) for _ in range(4)))
        given = [answer.json() for answer in answers if answer.status_code == 200]
        assert len(given) == 1
        is_refusal(await program.refreshed(given[0]["refresh_token"]), "invalid_grant")
        assert (await me(signed_in, given[0]["access_token"])).status_code == 401


async def test_of_two_who_use_a_code_at_once_none_keeps_anything(
    signed_in: Operator, program: Program
) -> None:
    for _ in range(5):
        code = await code_of(signed_in, program)
        answers = await asyncio.gather(*(program.exchanged(code) for _ in range(4)))
        given = [answer.json() for answer in answers if answer.status_code == 200]
        assert len(given) == 1
        assert (await me(signed_in, given[0]["access_token"])).status_code == 401


async def test_a_sign_in_that_ends_while_it_is_refreshed_has_ended(
    signed_in: Operator, program: Program
) -> None:
    for _ in range(5):
        token = (await program.exchanged(await code_of(signed_in, program))).json()["refresh_token"]
        revoked = signed_in.http.post("/oauth/revoke", data={"token": token})
        refreshed, _ = await asyncio.gather(program.refreshed(token), revoked)
        if refreshed.status_code == 200:
            is_refusal(await program.refreshed(refreshed.json()["refresh_token"]), "invalid_grant")
            assert (await me(signed_in, refreshed.json()["access_token"])).status_code == 401


async def test_another_sign_in_of_the_same_person_goes_on(signed_in: Operator, program: Program) -> None:
    one = (await program.exchanged(await code_of(signed_in, program))).json()
    other = (await program.exchanged(await code_of(signed_in, program))).json()
    await program.refreshed(one["refresh_token"])
    is_refusal(await program.refreshed(one["refresh_token"]), "invalid_grant")
    assert (await me(signed_in, other["access_token"])).status_code == 200
    assert (await program.refreshed(other["refresh_token"])).status_code == 200


async def test_however_often_it_refreshes_a_program_asks_the_person_again_after_half_a_year(
    signed_in: Operator, program: Program
) -> None:
    began = signed_in.clock.at
    token = (await program.exchanged(await code_of(signed_in, program))).json()["refresh_token"]
    while signed_in.clock.at + LASTS < began + LONGEST:
        signed_in.clock.at += LASTS - timedelta(hours=1)
        answer = await program.refreshed(token)
        assert answer.status_code == 200
        token = answer.json()["refresh_token"]
    signed_in.clock.at = began + LONGEST
    is_refusal(await program.refreshed(token), "invalid_grant")
