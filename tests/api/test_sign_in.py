"""The door: who comes in and how, and what an attacker gets for their trouble."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pyotp
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from database.session import Database
from database.shared import people, sessions, sign_in
from database.shared.people import Invited
from database.shared.sessions import IDLE, LONGEST
from database.shared.sign_in_tables import (
    letter,
    person_password,
    person_totp,
    recovery_code,
    sign_in_failure,
    trusted_device,
    web_session,
)
from database.shared.tables import alert, audit, tenant
from tests.api.conftest import Clock, new_caller
from tests.api.test_console import PASSWORD, STOLEN, Operator, console_app, console_parts, operator, stranger
from tests.ground import PUBLIC
from web.console.session import COOKIE, DEVICE_COOKIE, STEP_COOKIE

__all__ = ["console_app", "console_parts", "operator", "stranger"]

WRONG = "Vérifiez-les"


async def told(who: Operator) -> list[tuple[str, Any]]:
    return [(row.action, row.after) for row in await who.rows(audit) if row.action.startswith("sign_in.")]


async def browser(app: FastAPI, ip: str = "198.51.100.7") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app, client=(ip, 4711)), base_url=PUBLIC)


async def enrolled(who: Operator) -> tuple[str, list[str]]:
    """Adds a second factor as the person does, and signs out. The secret, and the recovery codes."""
    await who.send("/account/totp/begin")
    secret = re.search(r'class="secret">([A-Z2-7]+)<', await who.see("/account"))
    assert secret is not None
    code = pyotp.TOTP(secret[1]).at(who.clock.at)
    page = await who.send("/account/totp/confirm", code=code)
    codes = re.findall(r"<code>((?:[a-z2-7]{6}-){3}[a-z2-7]{6})</code>", page.text)
    await who.send("/sign-out")
    who.clock.forward(seconds=60)
    return secret[1], codes


async def test_a_password_opens_a_session_of_which_the_database_keeps_a_digest(stranger: Operator) -> None:
    id = await stranger.join()
    answer = await stranger.sign_in()
    assert answer.headers["location"] == "/console/"
    cookies = answer.headers.get_list("set-cookie")
    for cookie in cookies:
        assert cookie.startswith("__Host-echeance")
        for mark in ("HttpOnly", "Path=/", "SameSite=strict", "Secure"):
            assert mark in cookie, cookie
        assert "Domain" not in cookie
    value = stranger.http.cookies[COOKIE]
    everything = [await stranger.rows(table) for table in (web_session, trusted_device, audit)]
    assert value.partition(".")[2] not in repr(everything)
    assert PASSWORD not in repr(await stranger.rows(person_password))
    assert (await stranger.rows(person_password))[0].hash.startswith("$argon2id$")
    assert await told(stranger) == [("sign_in.accepted", {"proof": "password"})]
    assert (await stranger.rows(audit))[0].who == f"person:{id}"


@pytest.mark.parametrize(
    "given",
    [
        {"password": "not the one at all"}, {"email": "nobody@example.org"}, {"workspace": "no-such"},
        {"workspace": "../etc"}, {"workspace": ""}, {"email": "' or 1=1 --"}, {"password": ""},
        {"password": "x" * 100_000}, {"email": "\x00"}, {"password": "\ud800"},
    ],
)  # fmt: skip
async def test_whatever_is_wrong_is_answered_alike(stranger: Operator, given: dict[str, str]) -> None:
    await stranger.join()
    form = {"workspace": stranger.tenant, "email": stranger.email, "password": PASSWORD, **given}
    body = {name: value.encode("utf-8", "surrogatepass") for name, value in form.items()}
    answer = await stranger.http.post("/console/sign-in", data=body)
    assert answer.status_code == 401
    assert WRONG in answer.text
    assert COOKIE not in answer.cookies
    assert PASSWORD not in answer.text


async def test_a_password_counts_as_it_was_typed_and_for_as_long_as_its_owner_likes(
    stranger: Operator,
) -> None:
    exact = "  Sept Girafes\tsous la pluie, " + "é" * 60 + " "
    await stranger.join(password=exact)
    for near in (exact.strip(), exact.lower(), exact[:72]):
        assert (await stranger.sign_in(near)).status_code == 401
    stranger.clock.forward(days=1000)
    assert (await stranger.sign_in(exact)).headers["location"] == "/console/"


async def test_a_suspended_person_and_an_invited_one_are_strangers(stranger: Operator) -> None:
    id = await stranger.join()
    assert (await stranger.sign_in()).status_code == 303
    async with stranger.database.tenant(stranger.tenant) as tx:
        other = Invited("b@example.org", "B", frozenset({"administrator"}))
        await people.invite(tx, stranger.tenant, other, "test", people.ACTIVE)
        await people.change(tx, stranger.tenant, id, state=people.SUSPENDED)
    assert (await stranger.http.get("/console/")).headers["location"] == "/console/sign-in"
    answer = await stranger.sign_in()
    assert (answer.status_code, WRONG in answer.text) == (401, True)


async def test_a_session_ends_after_half_an_hour_of_rest_and_after_half_a_day(operator: Operator) -> None:
    operator.clock.at += IDLE - timedelta(seconds=1)
    await operator.see("/")
    operator.clock.at += IDLE
    assert (await operator.http.get("/console/")).status_code == 303
    assert (await operator.sign_in()).status_code == 303
    for _ in range(int(LONGEST / IDLE) * 2 - 1):
        operator.clock.at += IDLE / 2
        await operator.see("/")
    operator.clock.at += IDLE / 2
    assert (await operator.http.get("/console/")).status_code == 303


async def test_signing_out_ends_the_session_here_and_a_kept_cookie_opens_nothing(operator: Operator) -> None:
    kept = operator.http.cookies[COOKIE]
    left = await operator.send("/sign-out")
    assert left.headers["clear-site-data"] == '"cache", "storage"'
    again = await operator.http.get("/console/", headers={"cookie": f"{COOKIE}={kept}"})
    assert again.headers["location"] == "/console/sign-in"


async def test_forged_cookies_are_nothing(operator: Operator) -> None:
    good = operator.http.cookies[COOKIE]
    home, _, secret = good.partition(".")
    other = "x" * 43
    for forged in (f"{home}.{other}", f"other.{secret}", secret, f"{good}x", "", "a.b", f"{home}.' or 1=1"):
        answer = await operator.http.get("/console/", headers={"cookie": f"{COOKIE}={forged}"})
        assert answer.headers["location"] == "/console/sign-in", forged


async def test_a_session_that_was_put_into_the_browser_before_is_not_used(stranger: Operator) -> None:
    """Session fixation: whatever the attacker set is replaced."""
    await stranger.join()
    planted = f"{stranger.tenant}.{'p' * 43}"
    stranger.http.cookies.set(COOKIE, planted, domain="echeance.example", path="/")
    answer = await stranger.sign_in()
    assert planted not in str(answer.headers)
    assert (
        await stranger.http.get("/console/", headers={"cookie": f"{COOKIE}={planted}"})
    ).status_code == 303


async def test_a_new_sign_in_ends_the_session_that_the_browser_had(operator: Operator) -> None:
    before = operator.http.cookies[COOKIE]
    assert (await operator.sign_in()).status_code == 303
    assert operator.http.cookies[COOKIE] != before
    kept = await operator.http.get("/console/", headers={"cookie": f"{COOKIE}={before}"})
    assert kept.headers["location"] == "/console/sign-in"
    await operator.see("/account")


async def test_the_second_factor_is_asked_and_a_code_counts_once(operator: Operator) -> None:
    secret, _ = await enrolled(operator)
    assert secret.encode() not in (await operator.rows(person_totp))[0].secret
    step = await operator.sign_in()
    assert step.headers["location"] == "/console/sign-in/code"
    assert COOKIE not in step.cookies
    assert (await operator.http.get("/console/")).headers["location"] == "/console/sign-in"
    code = pyotp.TOTP(secret).at(operator.clock.at)
    wrong = await operator.http.post("/console/sign-in/code", data={"code": "000000"})
    assert (wrong.status_code, "code de ce moment" in wrong.text) == (401, True)
    right = await operator.http.post("/console/sign-in/code", data={"code": code})
    assert right.headers["location"] == "/console/"
    assert (await told(operator))[-1] == ("sign_in.accepted", {"proof": "password+totp"})
    await operator.send("/sign-out")
    await operator.sign_in()
    assert (await operator.http.post("/console/sign-in/code", data={"code": code})).status_code == 401
    operator.clock.forward(seconds=30)
    new = pyotp.TOTP(secret).at(operator.clock.at)
    assert (await operator.http.post("/console/sign-in/code", data={"code": new})).status_code == 303


async def test_a_code_of_long_ago_or_of_later_is_no_code(operator: Operator) -> None:
    secret, _ = await enrolled(operator)
    await operator.sign_in()
    for minutes in (-10, -2, 2, 10):
        code = pyotp.TOTP(secret).at(operator.clock.at + timedelta(minutes=minutes))
        assert (await operator.http.post("/console/sign-in/code", data={"code": code})).status_code != 303
        async with operator.database.tenant(operator.tenant) as tx:
            await tx.execute(sign_in_failure.delete())
    for nonsense in ("", "١٢٣٤٥٦", "12345", "1234567", "' or '1'='1", "\x00" * 6):
        answer = await operator.http.post("/console/sign-in/code", data={"code": nonsense})
        assert answer.status_code in (401, 429)


async def test_a_recovery_code_stands_in_once(operator: Operator) -> None:
    _, codes = await enrolled(operator)
    assert len(set(codes)) == 10
    kept = repr(await operator.rows(recovery_code))
    assert not any(code in kept for code in codes)
    await operator.sign_in()
    assert (
        await operator.http.post("/console/sign-in/code", data={"code": codes[0].upper()})
    ).status_code == 303
    assert (await told(operator))[-1] == ("sign_in.accepted", {"proof": "password+recovery_code"})
    assert "Codes de secours restants\u00a0: 9" in await operator.see("/account")
    await operator.send("/sign-out")
    await operator.sign_in()
    assert (await operator.http.post("/console/sign-in/code", data={"code": codes[0]})).status_code == 401


async def test_the_step_between_two_factors_is_good_for_ten_minutes_and_for_nobody_else(
    operator: Operator,
) -> None:
    secret, _ = await enrolled(operator)
    await operator.sign_in()
    assert STEP_COOKIE in operator.http.cookies
    operator.clock.forward(minutes=10)
    code = pyotp.TOTP(secret).at(operator.clock.at)
    answer = await operator.http.post("/console/sign-in/code", data={"code": code})
    assert answer.headers["location"] == "/console/sign-in"
    forged = {"cookie": f"{STEP_COOKIE}={operator.tenant}.{'x' * 43}"}
    answer = await operator.http.post("/console/sign-in/code", data={"code": code}, headers=forged)
    assert answer.headers["location"] == "/console/sign-in"


async def test_a_stranger_who_guesses_is_slowed_down_and_locks_nobody_out(
    operator: Operator, console_app: FastAPI
) -> None:
    """The owner goes on in the browser they know; the stranger is stopped, and operations hear of it."""
    await operator.send("/sign-out")
    thief = Operator(await browser(console_app), operator.database, operator.tenant, "", operator.clock)
    statuses = [(await thief.sign_in(f"guess number {n}")).status_code for n in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    assert (await thief.sign_in()).status_code == 429
    assert DEVICE_COOKIE in operator.http.cookies
    assert (await operator.sign_in()).status_code == 303
    for host in range(10, 22):
        elsewhere = Operator(
            await browser(console_app, f"203.0.113.{host}"), operator.database, operator.tenant, "",
            operator.clock,
        )  # fmt: skip
        for n in range(5):
            await elsewhere.sign_in(f"guess number {n}")
    fresh = Operator(
        await browser(console_app, "192.0.2.99"), operator.database, operator.tenant, "", operator.clock
    )
    assert (await fresh.sign_in()).status_code == 429
    assert (await operator.sign_in()).status_code == 303
    [warned] = [row for row in await operator.rows(alert) if row.process == "platform.sign_in"]
    assert "essaie d’entrer" in warned.title["fr"]
    buckets = repr([row.bucket for row in await operator.rows(sign_in_failure)])
    assert operator.email not in buckets
    assert "203.0.113" not in buckets
    operator.clock.forward(hours=1, minutes=1)
    assert (await fresh.sign_in()).status_code == 303


async def test_guesses_at_unknown_addresses_are_counted_alike(stranger: Operator) -> None:
    await stranger.join()
    known, unknown = [], []
    for n in range(6):
        known.append((await stranger.sign_in(f"guess number {n}")).status_code)
    stranger.email = "nobody@example.org"
    for n in range(6):
        unknown.append((await stranger.sign_in(f"guess number {n}")).status_code)
    assert known == unknown == [401] * 5 + [429]


async def test_a_link_is_promised_to_everybody_and_sent_to_who_is_known(stranger: Operator) -> None:
    await stranger.join(password="")
    said = set()
    for email in (stranger.email, "nobody@example.org"):
        form = {"workspace": stranger.tenant, "email": email}
        answer = await stranger.http.post("/console/sign-in/link", data=form)
        said.add((answer.status_code, answer.text))
    assert len(said) == 1
    assert [row.kind for row in await stranger.rows(letter)] == ["magic_link"]
    for _ in range(9):
        await stranger.http.post(
            "/console/sign-in/link", data={"workspace": stranger.tenant, "email": stranger.email}
        )
    assert len(await stranger.rows(letter)) == 5


async def linked(who: Operator, kind: str = "magic_link") -> str:
    async with who.database.tenant(who.tenant) as tx:
        person = await people.person_by_email(tx, who.tenant, who.email)
        assert person is not None
        return await sign_in.issue_ticket(tx, who.tenant, person.id, kind, who.clock.at)


async def test_a_link_opens_once_and_looking_at_it_uses_nothing(stranger: Operator) -> None:
    await stranger.join(password="")
    path = f"/console/enter/{stranger.tenant}.{await linked(stranger)}"
    for _ in range(3):  # a mail provider's programs look
        assert (await stranger.http.get(path)).status_code == 200
    assert (await stranger.http.post(path)).headers["location"] == "/console/"
    again = await stranger.http.post(path)
    assert (again.status_code, "déjà servi" in again.text) == (404, True)
    late = f"/console/enter/{stranger.tenant}.{await linked(stranger)}"
    stranger.clock.forward(minutes=10)
    assert (await stranger.http.post(late)).status_code == 404


@pytest.mark.parametrize(
    "token", ["x", "a.b", "no-such.{x}", "{tenant}.{x}", "..%2F..%2Fetc.{x}", "{tenant}.%00"]
)
async def test_a_link_that_we_did_not_make_opens_nothing(stranger: Operator, token: str) -> None:
    path = f"/console/enter/{token.format(tenant=stranger.tenant, x='x' * 43)}"
    answer = await stranger.http.post(path)
    assert answer.status_code == 404
    assert COOKIE not in answer.cookies


async def test_a_link_does_not_pass_by_the_second_factor(operator: Operator) -> None:
    await enrolled(operator)
    answer = await operator.http.post(f"/console/enter/{operator.tenant}.{await linked(operator)}")
    assert answer.headers["location"] == "/console/sign-in/code"
    assert (await operator.http.get("/console/")).status_code == 303


async def test_an_invitation_makes_a_person_active_and_leads_to_their_account(stranger: Operator) -> None:
    async with stranger.database.tenant(stranger.tenant) as tx:
        who = Invited(stranger.email, "Paul Etoa", frozenset({"operator"}))
        made = await people.invite(tx, stranger.tenant, who, "test")
    path = f"/console/enter/{stranger.tenant}.{await linked(stranger, 'invitation')}"
    assert (await stranger.http.post(path)).headers["location"] == "/console/account"
    async with stranger.database.tenant(stranger.tenant) as tx:
        assert (await people.person_of(tx, stranger.tenant, made.id)).state == "active"
    assert "Vous n’en avez pas" in await stranger.see("/account")
    new = "quatre lampes dans le couloir"
    assert (await stranger.send("/account/password", password=new, again=new)).status_code == 303
    await stranger.send("/sign-out")
    assert (await stranger.sign_in(new)).status_code == 303


async def test_an_invitation_opens_nothing_once_its_person_came_in_another_way(stranger: Operator) -> None:
    await stranger.join()
    path = f"/console/enter/{stranger.tenant}.{await linked(stranger, 'invitation')}"
    assert (await stranger.sign_in()).status_code == 303
    assert (await stranger.http.post(path)).status_code == 404


async def test_who_must_have_a_second_factor_adds_it_first(operator: Operator, owner: Database) -> None:
    async with owner.anyone() as tx:
        await tx.execute(update(tenant).where(tenant.c.id == operator.tenant).values(second_factor="staff"))
    assert (await operator.http.get("/console/cases")).headers["location"] == "/console/account"
    assert "demande un second facteur" in await operator.see("/account")
    await operator.becomes("driver")
    assert "demande un second facteur" not in await operator.see("/account")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "trop court"), ("x" * 257, "trop long"), ("motdepasse1234", "premiers"),
        ("qwertyuiop!!", "premiers"), ("111111111111", "premiers"), ("31/12/1999 31/12/1999", "premiers"),
        ("Paul Etoa 2031", "votre nom"), ("paul@example.org", "votre nom"),
        ("Duret-ascenseurs_31", "votre entreprise"), ("échéance-échéance", "votre entreprise"),
        (STOLEN, "volés ailleurs"),
    ],
)  # fmt: skip
async def test_weak_passwords_are_refused_with_the_reason(
    operator: Operator, password: str, why: str
) -> None:
    answer = await operator.send("/account/password", password=password, again=password)
    assert answer.status_code == 422
    assert why in answer.text
    assert re.search(r'type="password"[^>]*value=', answer.text) is None
    await operator.send("/sign-out")
    assert (await operator.sign_in()).status_code == 303


async def test_a_new_password_ends_the_other_sessions_and_is_told(
    operator: Operator, console_app: FastAPI
) -> None:
    other = Operator(await browser(console_app), operator.database, operator.tenant, "", operator.clock)
    assert (await other.sign_in()).status_code == 303
    new = "  une phrase, avec des espaces  "
    assert (await operator.send("/account/password", password=new, again=new)).status_code == 303
    assert (await other.http.get("/console/")).status_code == 303
    await operator.see("/")
    assert "password_changed" in [row.kind for row in await operator.rows(letter)]
    await operator.send("/sign-out")
    assert (await operator.sign_in()).status_code == 401
    assert (await operator.sign_in(new.strip())).status_code == 401
    assert (await operator.sign_in(new)).status_code == 303


async def test_a_sensitive_act_asks_for_a_proof_that_is_not_old(operator: Operator) -> None:
    operator.clock.forward(minutes=6)
    asked = await operator.send("/account/totp/begin")
    assert asked.headers["location"] == "/console/confirm?next=%2Fconsole%2Faccount"
    assert await operator.rows(person_totp) == []
    assert (await operator.send("/confirm?next=/console/account", password="wrong")).status_code == 401
    right = await operator.send("/confirm?next=/console/account", password=PASSWORD)
    assert right.headers["location"] == "/console/account"
    assert (await operator.send("/account/totp/begin")).headers["location"] == "/console/account"
    assert len(await operator.rows(person_totp)) == 1


@pytest.mark.parametrize(
    "next",
    ["https://evil.example/", "//evil.example", "/console//evil.example", "/elsewhere", "/console/\\evil"],
)
async def test_the_way_back_leads_nowhere_else(operator: Operator, next: str) -> None:
    answer = await operator.http.get("/console/confirm", params={"next": next})
    token = re.search(r'form_token" value="([^"]+)"', answer.text)
    assert token is not None
    sent = await operator.http.post(
        "/console/confirm", params={"next": next}, data={"form_token": token[1], "password": PASSWORD}
    )
    assert sent.headers["location"] == "/console/account"


async def test_sessions_are_listed_with_their_browser_and_ended_one_by_one(
    operator: Operator, console_app: FastAPI
) -> None:
    other = Operator(await browser(console_app), operator.database, operator.tenant, "", operator.clock)
    await other.sign_in(headers={"user-agent": "<b>Netscape</b>"})
    page = await operator.see("/account")
    assert "&lt;b&gt;Netscape" in page
    assert "198.51.100.7" in page
    digest = re.search(r"/console/account/sessions/([0-9a-f]{64})/end", page)
    assert digest is not None
    await operator.send(f"/account/sessions/{digest[1]}/end")
    assert (await other.http.get("/console/")).status_code == 303
    assert b"198.51.100.7" not in b"".join(row.origin for row in await operator.rows(web_session))


async def test_one_session_too_many_ends_the_one_that_rested_longest(operator: Operator) -> None:
    [first] = await operator.rows(web_session)
    async with operator.database.tenant(operator.tenant) as tx:
        for minutes in range(1, sessions.MOST + 1):
            later = operator.clock.at + timedelta(minutes=minutes)
            await sessions.open_session(tx, operator.tenant, first.person_id, "password", later)
    kept = [row.digest for row in await operator.rows(web_session) if row.revoked_at is None]
    assert (len(kept), first.digest in kept) == (sessions.MOST, False)
    assert (await operator.http.get("/console/")).status_code == 303


async def test_nobody_ends_the_session_of_another(
    operator: Operator, database: Database, clock: Clock, console_app: FastAPI
) -> None:
    async with database.tenant(operator.tenant) as tx:
        who = Invited("other@example.org", "Other", frozenset({"operator"}))
        await people.invite(tx, operator.tenant, who, "test", people.ACTIVE)
    other = Operator(await browser(console_app), database, operator.tenant, "", clock)
    other.email = "other@example.org"
    async with database.tenant(operator.tenant) as tx:
        person = await people.person_by_email(tx, operator.tenant, other.email)
        assert person is not None
        secret = await sign_in.issue_ticket(tx, operator.tenant, person.id, "magic_link", clock.at)
    await other.http.post(f"/console/enter/{operator.tenant}.{secret}")
    [theirs] = [row for row in await operator.rows(web_session) if row.person_id == person.id]
    await operator.send(f"/account/sessions/{theirs.digest}/end")
    await other.see("/account")


async def test_a_new_browser_is_told_to_its_owner(operator: Operator, console_app: FastAPI) -> None:
    before = len(await operator.rows(letter))
    await operator.sign_in()
    assert len(await operator.rows(letter)) == before
    other = Operator(await browser(console_app), operator.database, operator.tenant, "", operator.clock)
    await other.sign_in()
    assert [row.kind for row in await operator.rows(letter)][before:] == ["new_sign_in"]


async def test_refusals_stand_in_the_trail_without_what_was_typed(stranger: Operator) -> None:
    await stranger.join()
    await stranger.sign_in("a secret that was mistyped")
    rows = await stranger.rows(audit)
    assert [(row.action, row.after) for row in rows] == [("sign_in.refused", {"factor": "password"})]
    assert "mistyped" not in repr(rows)
    async with stranger.database.tenant(stranger.tenant) as tx:
        assert (await tx.execute(select(letter))).all() == []


async def test_a_neighbours_workspace_does_not_know_the_person(
    operator: Operator, database: Database, owner: Database, clock: Clock
) -> None:
    neighbour = await new_caller(operator.http, database, owner, clock)
    await operator.send("/sign-out")
    operator.tenant = neighbour.tenant
    assert (await operator.sign_in()).status_code == 401


async def test_the_workspace_is_not_typed_twice(operator: Operator) -> None:
    await operator.send("/sign-out")
    assert f'value="{operator.tenant}"' in await operator.see("/sign-in")
    assert 'value="other-one"' in await operator.see("/sign-in?workspace=other-one")
    planted = {"cookie": '__Host-echeance-workspace="><script>'}
    answer = await operator.http.get("/console/sign-in", headers=planted)
    assert "<script>" not in answer.text
