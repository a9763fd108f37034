"""What is told to who answers the ceremony of a passkey with anything but a passkey."""

import json
import re
from base64 import urlsafe_b64encode
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest

from database.shared.passkeys import Passkey, add, count_use, held_passkey, spend
from database.shared.token_tables import passkey, spent_challenge
from tests.api.test_console import Operator, console_app, console_parts, operator, stranger
from tests.ground import KEYRING, PUBLIC
from web.console.ceremonies import LASTS, SIGN_IN, Ceremonies, NotProved
from web.console.session import COOKIE

__all__ = ["console_app", "console_parts", "operator", "stranger"]

REFUSED = "n’ouvre rien ici"


def said(handle: str, id: str = "AAAA", **response: object) -> str:
    """An answer of somebody who says whom they are, and proves nothing."""
    user = urlsafe_b64encode(handle.encode()).decode().rstrip("=")
    empty = {"clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AAAA"}
    told = {
        "id": id,
        "rawId": id,
        "type": "public-key",
        "response": {**empty, "userHandle": user, **response},
    }
    return json.dumps(told)


async def token(who: Operator) -> str:
    page = (await who.http.get("/console/sign-in")).text
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    return unescape(found[1])


async def added(who: Operator, person: str, id: str = "AAAA") -> Passkey:
    new = Passkey(id, person, b"no key at all", 5, ("internal",), "Téléphone", who.clock.at)
    async with who.database.tenant(who.tenant) as tx:
        await add(tx, who.tenant, new)
    return new


@pytest.mark.parametrize(
    "answer",
    [
        "", "{}", "[]", "null", "{", '"x"', "9" * 50, json.dumps({"response": None, "id": 1}),
        "{" * 10_000, "[" * 15_000, "x" * 1_000_000, said("nobody"), said("."), said("no-such.p1"),
        said("../../etc.p1"), said("\x00.p1"), said("moto.p1", id="\x00"), said("moto.p1", id="x" * 9_000),
    ],
)  # fmt: skip
async def test_nonsense_is_answered_like_a_passkey_that_is_not_known(stranger: Operator, answer: str) -> None:
    form = {"credential": answer, "token": await token(stranger)}
    got = await stranger.http.post("/console/sign-in/passkey", data=form)
    assert got.status_code == 401
    assert REFUSED in got.text
    assert COOKIE not in got.cookies


async def test_a_known_passkey_without_a_good_signature_is_told_nothing_more(stranger: Operator) -> None:
    id = await stranger.join()
    await added(stranger, id)
    pages = []
    for handle, key in ((f"{stranger.tenant}.{id}", "AAAA"), (f"{stranger.tenant}.{id}", "BBBB"),
                        (f"{stranger.tenant}.p000000000000", "AAAA")):  # fmt: skip
        form = {"credential": said(handle, key), "token": await token(stranger)}
        answer = await stranger.http.post("/console/sign-in/passkey", data=form)
        assert answer.status_code == 401
        pages.append(re.sub(r'data-options="[^"]*"|value="[^"]*"', "", answer.text))
    assert len(set(pages)) == 1
    assert [row.used_at for row in await stranger.rows(passkey)] == [None]
    assert await stranger.rows(spent_challenge) == []


async def test_a_form_of_another_site_is_refused(stranger: Operator) -> None:
    answer = await stranger.http.post(
        "/console/sign-in/passkey", data={"credential": "{}"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403


async def test_a_challenge_is_good_for_one_purpose_one_session_and_five_minutes(stranger: Operator) -> None:
    ceremonies, now = Ceremonies(PUBLIC, KEYRING.master), stranger.clock.at
    asked = ceremonies.to_show([], "proof of one session", now)
    good = ceremonies.challenge(asked.token, "proof of one session", now)
    value, until, signature = asked.token.split(".")
    later = str(int(until) + 3600)
    for bound, forged, at in (
        (SIGN_IN, asked.token, now), ("proof of another", asked.token, now),
        ("proof of one session", asked.token, now + LASTS),
        ("proof of one session", f"{value}.{later}.{signature}", now),
        ("proof of one session", f"AAAA.{until}.{signature}", now),
        ("proof of one session", f"{value}.{until}.", now), ("proof of one session", "", now),
        ("proof of one session", "é.1.é", now), ("proof of one session", "..", now),
    ):  # fmt: skip
        with pytest.raises(NotProved):
            ceremonies.challenge(forged, bound, at)
    other = Ceremonies(PUBLIC, type(KEYRING.master)(["another master key"]))
    with pytest.raises(NotProved):
        other.challenge(asked.token, "proof of one session", now)
    async with stranger.database.tenant(stranger.tenant) as tx:
        assert await spend(tx, stranger.tenant, good.value, good.until, now)
        assert not await spend(tx, stranger.tenant, good.value, good.until, now)
        await spend(tx, stranger.tenant, b"another", good.until + LASTS, good.until + timedelta(seconds=1))
    assert len(await stranger.rows(spent_challenge)) == 1


async def test_an_authenticator_that_counts_is_held_to_it_and_one_that_does_not_is_not(
    stranger: Operator,
) -> None:
    id = await stranger.join()
    await added(stranger, id)
    async with stranger.database.tenant(stranger.tenant) as tx:
        for count, right in ((6, True), (6, False), (0, False), (7, True)):
            held = await held_passkey(tx, stranger.tenant, id, "AAAA")
            assert held is not None
            assert await count_use(tx, stranger.tenant, held, count, stranger.clock.at) == right
        quiet = Passkey("QUIET", id, b"", 0, (), "Clé", stranger.clock.at)
        await add(tx, stranger.tenant, quiet)
        assert await count_use(tx, stranger.tenant, quiet, 0, stranger.clock.at)
    kept = {row.credential_id: row.suspect_at is not None for row in await stranger.rows(passkey)}
    assert kept == {"AAAA": True, "QUIET": False}


async def test_nobody_takes_away_another_persons_passkey(operator: Operator) -> None:
    mine = await operator.rows(passkey)
    assert mine == []
    owner = operator.email
    operator.email = "marie@example.org"
    other = await operator.join("operator")
    operator.email = owner
    await added(operator, other)
    await operator.send(f"/account/passkeys/{quote('AAAA')}/remove")
    assert [row.person_id for row in await operator.rows(passkey)] == [other]


async def test_under_another_name_no_passkey_is_asked_and_the_account_says_where(operator: Operator) -> None:
    """As on this machine, where people open an address: a passkey belongs to a name."""
    cookie = {"cookie": f"{COOKIE}={operator.http.cookies[COOKIE]}"}
    account = await operator.http.get("http://127.0.0.1/console/account", headers=cookie)
    assert f'href="{PUBLIC}/console/account"' in account.text
    assert "/account/passkeys/begin" not in account.text
    door = await operator.http.get("http://127.0.0.1/console/sign-in")
    assert (door.status_code, "data-passkey=" in door.text) == (200, False)


@pytest.mark.parametrize(
    ("address", "name", "origin"),
    [
        ("https://echeance.example", "echeance.example", "https://echeance.example"),
        ("http://127.0.0.1:8000", "localhost", "http://localhost:8000"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
        ("https://192.0.2.7", "", ""), ("http://[::1]:80", "localhost", "http://localhost:80"),
    ],
)  # fmt: skip
def test_a_passkey_belongs_to_the_name_of_the_platform(address: str, name: str, origin: str) -> None:
    ceremonies = Ceremonies(address, KEYRING.master)
    assert (ceremonies.name, ceremonies.origin, ceremonies.possible) == (name, origin, bool(name))
