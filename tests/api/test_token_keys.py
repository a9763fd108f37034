"""The keys that sign access tokens: rotated without a gap, ended at once when stolen, and sealed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx
import jwt
import pytest

from api.parts import Parts
from api.tokens import JwtTokens
from database.session import Database
from database.shared.sealing import MasterKeys
from database.shared.signing_keys import OLDEST, OVERLAP, VERIFIED_FOR, SigningKeys
from database.shared.token_tables import signing_key
from serving import assemble
from tests.api.conftest import Caller, is_problem
from tests.api.test_tokens import bearer, with_token
from tests.ground import KEYRING, PUBLIC


@dataclass
class Fleet:
    """Two processes of the API on one database, each with its own view of the keys; and the operator."""

    one: httpx.AsyncClient
    two: httpx.AsyncClient
    operator: SigningKeys

    async def token(self, caller: Caller, at: httpx.AsyncClient) -> str:
        return await bearer(replace(caller, http=at))

    async def take(self, caller: Caller, token: str) -> list[int]:
        both = [await with_token(replace(caller, http=at), token) for at in (self.one, self.two)]
        return [answer.status_code for answer in both]

    async def published(self) -> set[str]:
        return {key["kid"] for key in (await self.one.get("/.well-known/jwks.json")).json()["keys"]}


@pytest.fixture
async def fleet_of_two(parts: Parts, database: Database) -> AsyncIterator[Fleet]:
    def client() -> httpx.AsyncClient:
        tokens = JwtTokens(SigningKeys(database, KEYRING.master), PUBLIC)
        app = assemble(replace(parts, tokens=tokens))
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC)

    async with client() as one, client() as two:
        yield Fleet(one, two, SigningKeys(database, KEYRING.master))


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


@pytest.fixture(autouse=True)
async def nothing_signs_yet(owner: Database) -> None:
    """Other tests have keys of other days: there is one set of keys for the whole platform."""
    async with owner.anyone() as tx:
        await tx.execute(signing_key.delete())


async def test_keys_rotate_and_no_request_is_refused(caller: Caller, fleet_of_two: Fleet) -> None:
    """Minute by minute through a rotation, tokens of each process are taken by both."""
    fleet = fleet_of_two
    old = kid_of(await fleet.token(caller, fleet.one))
    new = await fleet.operator.rotate(caller.clock.at)
    assert {old, new} <= await fleet.published()
    signers, held = [], [await fleet.token(caller, fleet.one)]
    for _ in range(100):
        caller.clock.forward(minutes=1)
        held = [*held, await fleet.token(caller, fleet.one), await fleet.token(caller, fleet.two)][-20:]
        signers.append(kid_of(held[-1]))
        for token in (held[0], held[-1], held[-2]):
            assert await fleet.take(caller, token) == [200, 200]
    change = int(OVERLAP.total_seconds() // 60) - 1
    assert set(signers[:change]) == {old}
    assert set(signers[change:]) == {new}
    assert timedelta(minutes=100) > VERIFIED_FOR + OVERLAP
    assert old not in await fleet.published()


async def test_a_key_that_has_signed_for_a_quarter_of_a_year_is_followed_by_another(
    caller: Caller, fleet_of_two: Fleet
) -> None:
    """Nobody remembered it; both processes notice at the same moment, and one key is made."""
    fleet = fleet_of_two
    old = kid_of(await fleet.token(caller, fleet.one))
    caller.clock.at += OLDEST + timedelta(hours=1)
    await asyncio.gather(fleet.token(caller, fleet.one), fleet.token(caller, fleet.two))
    last = await fleet.token(caller, fleet.one)
    known = await fleet.operator.all(caller.clock.at)
    assert len([key for key in known if key.created_at == caller.clock.at]) == 1
    for _ in range(20):
        caller.clock.forward(minutes=5)
        assert await fleet.take(caller, last) == [200, 200]
        last = await fleet.token(caller, fleet.two)
    assert kid_of(last) == known[-1].kid != old


async def test_a_key_that_others_know_ends_at_once(caller: Caller, parts: Parts, database: Database) -> None:
    stolen = await bearer(caller)
    keys = SigningKeys(database, KEYRING.master)
    await keys.rotate(caller.clock.at)
    new = await keys.rotate(caller.clock.at, at_once=True)
    tokens = JwtTokens(keys, PUBLIC)
    app = assemble(replace(parts, tokens=tokens))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC) as http:
        is_problem(await with_token(replace(caller, http=http), stolen), 401, "unauthorized")
        assert kid_of(await bearer(replace(caller, http=http))) == new
        published = (await http.get("/.well-known/jwks.json")).json()["keys"]
    assert [key["kid"] for key in published] == [new]


async def test_private_keys_are_sealed_and_follow_the_master_key(caller: Caller, database: Database) -> None:
    await bearer(caller)
    async with database.anyone() as tx:
        rows = list(await tx.execute(signing_key.select()))
    for row in rows:
        assert b"PRIVATE" not in bytes(row.private)
        assert "d" not in row.public
    new, old = "a new master key for tests", "a master key for tests that is long enough"
    both = SigningKeys(database, MasterKeys([new, old]))
    assert await both.rewrap() == len(rows)
    assert await both.rewrap() == 0
    alone = SigningKeys(database, MasterKeys([new]))
    assert (await alone.current(caller.clock.at)).private.startswith(b"-----BEGIN")
    back = SigningKeys(database, MasterKeys([old, new]))
    assert await back.rewrap() == len(rows)
