"""Patient and impatient attackers: many at once, from everywhere, with a watch, in somebody else's name."""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pyotp
import pytest
from fastapi import FastAPI

from database.shared.sign_in_tables import letter, person_totp, sign_in_failure
from database.shared.tables import alert, audit
from tests.api.test_console import PASSWORD, Operator, console_app, console_parts, operator, stranger
from tests.api.test_sign_in import browser, enrolled, linked, told
from web.console.session import COOKIE

__all__ = ["console_app", "console_parts", "operator", "stranger"]

FROM_EVERYWHERE = range(10, 20)


async def elsewhere(app: FastAPI, owner: Operator, ip: str) -> Operator:
    return Operator(await browser(app, ip), owner.database, owner.tenant, "", owner.clock)


async def guessed_from_everywhere(app: FastAPI, owner: Operator) -> None:
    """Until the owner's address is closed to all browsers that nobody knows."""
    for host in FROM_EVERYWHERE:
        thief = await elsewhere(app, owner, f"203.0.113.{host}")
        for n in range(5):
            await thief.sign_in(f"guess number {n}")
    late = await elsewhere(app, owner, "192.0.2.99")
    assert (await late.sign_in()).status_code == 429


async def test_a_hundred_guesses_at_once_are_counted_like_one_by_one(stranger: Operator) -> None:
    await stranger.join()
    answers = await asyncio.gather(*(stranger.sign_in(f"guess number {n}") for n in range(30)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 25
    assert len(await told(stranger)) == 5
    measures = (await stranger.http.get("/metrics")).text
    for status, least in ((401, 5), (429, 25)):
        counted = re.search(rf'route="/sign-in",status="{status}"}} ([0-9.]+)', measures)
        assert counted is not None
        assert float(counted[1]) >= least


async def test_codes_at_once_are_counted_like_one_by_one_and_one_code_opens_once(operator: Operator) -> None:
    secret, _ = await enrolled(operator)
    await operator.sign_in()
    right = pyotp.TOTP(secret).at(operator.clock.at)

    async def shows(code: str) -> int:
        return (await operator.http.post("/console/sign-in/code", data={"code": code})).status_code

    wrong = f"{(int(right) + 7) % 1_000_000:06}"
    answers = await asyncio.gather(*(shows(wrong) for _ in range(25)))
    assert sorted(answers) == [401] * 10 + [429] * 15
    operator.clock.forward(minutes=16)
    await operator.sign_in()
    right = pyotp.TOTP(secret).at(operator.clock.at)
    answers = await asyncio.gather(*(shows(right) for _ in range(5)))
    taken = [action for action, after in await told(operator) if after == {"proof": "password+totp"}]
    assert answers.count(303) >= 1
    assert taken == ["sign_in.accepted"]


async def test_who_is_right_leaves_no_trace_among_the_failures(stranger: Operator) -> None:
    await stranger.join()
    for _ in range(7):
        assert (await stranger.sign_in()).status_code == 303
    assert await stranger.rows(sign_in_failure) == []


async def test_guesses_at_a_password_keep_nobody_from_a_link_and_a_code(
    operator: Operator, console_app: FastAPI
) -> None:
    """The owner at a telephone they have just bought, while strangers try passwords from everywhere."""
    secret, _ = await enrolled(operator)
    await guessed_from_everywhere(console_app, operator)
    new = await elsewhere(console_app, operator, "198.51.100.200")
    assert (await new.http.post(f"/console/enter/{new.tenant}.{await linked(new)}")).status_code == 303
    code = pyotp.TOTP(secret).at(new.clock.at)
    assert (await new.http.post("/console/sign-in/code", data={"code": code})).status_code == 303
    await new.see("/account")


async def test_guesses_at_the_door_keep_nobody_from_proving_who_they_are(
    operator: Operator, console_app: FastAPI
) -> None:
    await guessed_from_everywhere(console_app, operator)
    answer = await operator.send("/confirm?next=/console/account", password=PASSWORD)
    assert answer.headers["location"] == "/console/account"


async def test_a_session_left_open_guesses_no_password_of_its_owner(operator: Operator) -> None:
    operator.clock.forward(minutes=6)
    guesses = [await operator.send("/confirm", password=f"guess number {n}") for n in range(12)]
    assert [answer.status_code for answer in guesses] == [401] * 10 + [429] * 2
    assert (await operator.send("/confirm", password=PASSWORD)).status_code == 429


async def test_links_asked_for_in_somebodys_name_leave_the_owner_theirs(
    operator: Operator, console_app: FastAPI
) -> None:
    async def asks(who: Operator) -> None:
        form = {"workspace": who.tenant, "email": operator.email}
        assert (await who.http.post("/console/sign-in/link", data=form)).status_code == 200

    await operator.send("/sign-out")
    for host in FROM_EVERYWHERE:
        await asks(await elsewhere(console_app, operator, f"203.0.113.{host}"))
    owed = [row.data["asked_by"] for row in await operator.rows(letter) if row.kind == "magic_link"]
    assert owed == ["stranger"] * 5
    await asks(operator)
    assert len([row for row in await operator.rows(letter) if row.kind == "magic_link"]) == 6


async def test_links_that_we_did_not_make_are_noticed_and_do_not_fill_the_trail(stranger: Operator) -> None:
    await stranger.join(password="")
    good = await linked(stranger)
    for n in range(105):
        forged = await stranger.http.post(f"/console/enter/{stranger.tenant}.{n:043}")
        assert forged.status_code == 404
    assert await told(stranger) == [("sign_in.refused", {"factor": "link"})] * 100
    [warned] = [row for row in await stranger.rows(alert) if row.process == "platform.sign_in"]
    assert warned.ref == "unknown"
    assert (await stranger.http.post(f"/console/enter/{stranger.tenant}.{good}")).status_code == 303


async def test_a_watch_does_not_tell_who_is_known_here(stranger: Operator) -> None:
    """Work, not time: other programs on the machine do not count."""
    await stranger.join()
    await stranger.sign_in("the first of all takes longer")

    async def work(attempt: Callable[[], Awaitable[object]]) -> float:
        spent = []
        for _ in range(3):
            before = time.process_time()
            await attempt()
            spent.append(time.process_time() - before)
            stranger.clock.forward(minutes=16)
        return min(spent)

    async def guess(**given: str) -> None:
        form = {"workspace": stranger.tenant, "email": stranger.email, "password": "wrong", **given}
        assert (await stranger.http.post("/console/sign-in", data=form)).status_code == 401

    known = await work(lambda: guess())
    unknown = await work(lambda: guess(email="nobody@example.org"))
    nowhere = await work(lambda: guess(workspace="no-such-place"))
    assert 0.6 < unknown / known < 1.6, (known, unknown)
    assert 0.6 < nowhere / known < 1.6, (known, nowhere)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "https://["},
    ],
)  # fmt: skip
async def test_another_site_signs_nobody_in_and_sends_no_letter(
    stranger: Operator, headers: dict[str, str]
) -> None:
    """Signing a victim in as the attacker is forgery, too."""
    await stranger.join()
    assert (await stranger.sign_in(headers=headers)).status_code == 403
    path = f"/console/enter/{stranger.tenant}.{await linked(stranger)}"
    assert (await stranger.http.post(path, headers=headers)).status_code == 403
    form = {"workspace": stranger.tenant, "email": stranger.email}
    assert (await stranger.http.post("/console/sign-in/link", data=form, headers=headers)).status_code == 403
    assert await stranger.rows(letter) == []
    assert COOKIE not in stranger.http.cookies
    assert (await stranger.http.post(path, headers={"origin": "https://echeance.example"})).status_code == 303


async def test_the_secret_of_a_factor_is_not_left_on_an_open_screen(operator: Operator) -> None:
    """Who finds the session open neither reads it nor puts their own telephone in."""
    await operator.send("/account/totp/begin")
    shown = re.search(r'class="secret">([A-Z2-7]+)<', await operator.see("/account"))
    assert shown is not None
    operator.clock.at += timedelta(minutes=6)
    assert 'class="secret"' not in await operator.see("/account")
    code = pyotp.TOTP(shown[1]).at(operator.clock.at)
    late = await operator.send("/account/totp/confirm", code=code)
    assert late.headers["location"].startswith("/console/confirm")
    assert [row.confirmed_at for row in await operator.rows(person_totp)] == [None]


async def test_nothing_of_it_stands_in_the_log(operator: Operator, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "echeance"):
        secret, codes = await enrolled(operator)
        await operator.sign_in("a secret that was mistyped")
        await operator.sign_in()
        await operator.http.post("/console/sign-in/code", data={"code": "123321"})
        ticket = await linked(operator)
        await operator.http.post(f"/console/enter/{operator.tenant}.{ticket}")
        await operator.http.post(f"/console/enter/{operator.tenant}.{ticket}")
    assert "was refused" in caplog.text
    for word in (PASSWORD, "mistyped", operator.email, secret, *codes, "123321", ticket):
        assert word not in caplog.text, word
    kept = repr(await operator.rows(audit))
    for word in (PASSWORD, "mistyped", operator.email, secret, *codes, "123321", ticket):
        assert word not in kept, word
