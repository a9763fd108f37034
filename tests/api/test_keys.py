"""Keys of the API: genuine, of one tenant, until they expire or are revoked."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from database.session import Database
from database.shared.api_keys import Token, create_key, key_of, read_token, revoke_key
from domain.errors import BadInput, NotFound

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SCOPES = frozenset({"contracts:read", "events"})


@pytest.fixture(scope="module", autouse=True)
async def tenants(owner: Database) -> None:
    async with owner.anyone() as tx:
        for tenant in ("keys-one", "keys-two"):
            await tx.execute(
                text(
                    "insert into tenant (id, name, country, zone, currency)"
                    " values (:id, 'Essai', 'CM', 'Africa/Douala', 'XAF')"
                ),
                {"id": tenant},
            )


async def make(database: Database, expires_at: datetime | None = None) -> Token:
    async with database.tenant("keys-one") as tx:
        token = read_token(await create_key(tx, "keys-one", "test", SCOPES, expires_at))
    assert token is not None
    return token


async def test_a_genuine_token_opens_what_it_was_made_for(database: Database) -> None:
    token = await make(database)
    async with database.tenant(token.tenant) as tx:
        key = await key_of(tx, token, NOW)
    assert key is not None
    assert key.allows("events")
    assert not key.allows("contracts:write")


async def test_a_wrong_secret_opens_nothing(database: Database) -> None:
    token = await make(database)
    async with database.tenant(token.tenant) as tx:
        assert await key_of(tx, Token(token.tenant, token.id, "0" * 64), NOW) is None


async def test_a_key_is_worth_nothing_with_another_tenant(database: Database) -> None:
    token = await make(database)
    async with database.tenant("keys-two") as tx:
        assert await key_of(tx, Token("keys-two", token.id, token.secret), NOW) is None
        assert await key_of(tx, token, NOW) is None


async def test_a_key_ends_when_it_expires(database: Database) -> None:
    token = await make(database, expires_at=NOW)
    async with database.tenant(token.tenant) as tx:
        assert await key_of(tx, token, NOW - timedelta(seconds=1)) is not None
        assert await key_of(tx, token, NOW) is None


async def test_a_revoked_key_opens_nothing_and_is_revoked_once(database: Database) -> None:
    token = await make(database)
    async with database.tenant(token.tenant) as tx:
        await revoke_key(tx, token.tenant, token.id, NOW)
        assert await key_of(tx, token, NOW) is None
        with pytest.raises(NotFound):
            await revoke_key(tx, token.tenant, token.id, NOW)


@pytest.mark.parametrize("scopes", [frozenset(), frozenset({"Contracts"}), frozenset({"a:b:c"})])
async def test_what_is_no_scope_is_refused(database: Database, scopes: frozenset[str]) -> None:
    async with database.tenant("keys-one") as tx:
        with pytest.raises(BadInput):
            await create_key(tx, "keys-one", "test", scopes)


@pytest.mark.parametrize(
    "text", ["", "ech_", "ech_one_two_three", "Bearer ech_one", "ech_é_000000000000_" + "0" * 64]
)
def test_what_is_no_token_is_not_read(text: str) -> None:
    assert read_token(text) is None
