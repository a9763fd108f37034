"""Data keys: made once, wrapped, bound to their place, and gone when destroyed."""

import asyncio

import pytest
from sqlalchemy import select

from database.session import Database
from database.shared.keys import TENANT, Keyring, of_case, of_person
from database.shared.sealing import MasterKeys, Unopenable, key_id_of
from database.shared.tables import data_key
from tests.api.conftest import START
from tests.database.test_isolation import firm

OLD, NEW = "the first master key", "the second master key"


@pytest.fixture
async def tenant(owner: Database) -> str:
    return await firm(owner)


async def test_what_is_sealed_opens_at_its_place_and_nowhere_else(database: Database, tenant: str) -> None:
    ring = Keyring(MasterKeys([OLD]))
    async with database.tenant(tenant) as tx:
        sealed = await ring.seal(tx, tenant, of_person("D-1"), b"Mireille", "note:1")
        assert b"Mireille" not in sealed
        assert await ring.open(tx, tenant, sealed, "note:1") == b"Mireille"
        for broken, about in ((sealed, "note:2"), (sealed[:-1] + b"\0", "note:1"), (sealed[:9], "note:1"),
                              (b"", "note:1"), (b"plain text", "note:1")):  # fmt: skip
            with pytest.raises(Unopenable):
                await ring.open(tx, tenant, broken, about)


async def test_the_same_owner_has_one_key_and_each_owner_another(database: Database, tenant: str) -> None:
    ring = Keyring(MasterKeys([OLD]))

    async def key(owner: str) -> str:
        async with database.tenant(tenant) as tx:
            return (await ring.of(tx, tenant, owner)).id

    at_once = await asyncio.gather(*(key(of_case("fleet.dunning", "C-1")) for _ in range(8)))
    assert len(set(at_once)) == 1
    assert len({at_once[0], await key(TENANT), await key(of_person("D-1"))}) == 3


async def test_a_key_that_was_destroyed_takes_everything_with_it(database: Database, tenant: str) -> None:
    ring = Keyring(MasterKeys([OLD]))
    async with database.tenant(tenant) as tx:
        sealed = await ring.seal(tx, tenant, of_person("D-1"), b"Mireille", "note:1")
        other = await ring.seal(tx, tenant, of_person("D-2"), b"Paul", "note:2")
        assert await ring.destroy(tx, tenant, of_person("D-1"), START, "request 7")
        assert not await ring.destroy(tx, tenant, of_person("D-1"), START, "request 7")
        with pytest.raises(Unopenable, match="destroyed"):
            await ring.open(tx, tenant, sealed, "note:1")
        assert await ring.open(tx, tenant, other, "note:2") == b"Paul"
        again = await ring.seal(tx, tenant, of_person("D-1"), b"someone new", "note:3")
    assert key_id_of(again) != key_id_of(sealed)


async def test_master_keys_change_without_a_pause(database: Database, tenant: str) -> None:
    old, both, new = (Keyring(MasterKeys(keys)) for keys in ([OLD], [NEW, OLD], [NEW]))
    async with database.tenant(tenant) as tx:
        sealed = await old.seal(tx, tenant, TENANT, b"secret", "x")
        assert await both.open(tx, tenant, sealed, "x") == b"secret"
        with pytest.raises(Unopenable, match="put it back"):
            await new.open(tx, tenant, sealed, "x")
        assert [await both.rewrap(tx, tenant), await both.rewrap(tx, tenant)] == [1, 0]
        assert await new.open(tx, tenant, sealed, "x") == b"secret"


async def test_the_database_holds_no_key_in_clear_and_none_of_another_tenant(
    database: Database, owner: Database, tenant: str
) -> None:
    ring, other = Keyring(MasterKeys([OLD])), await firm(owner)
    async with database.tenant(tenant) as tx:
        key = await ring.of(tx, tenant, TENANT)
        row = (await tx.execute(select(data_key))).one()
    assert key.secret not in bytes(row.wrapped)
    assert key.secret.hex() not in repr(key)
    async with database.tenant(other) as tx:
        assert await ring.by_id(tx, other, key.id) is None
