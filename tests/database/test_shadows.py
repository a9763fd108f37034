"""Shadows come and go; nothing that makes or ends one touches what is real."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from database.session import Database
from database.shared import audit as trail
from database.shared import ledger, shadows
from database.shared.audit import Actor
from database.shared.contacts import Contact, save_contact
from database.shared.ledger import Entry, Posting
from database.shared.tables import audit, contact, ledger_entry, ledger_transaction, tenant
from domain.money import Money
from tests.database.test_isolation import firm

NOW = datetime.now(UTC)
KEPT = (ledger_transaction, ledger_entry, audit)
APPEND_ONLY = text("""
    select distinct event_object_table from information_schema.triggers
     where event_manipulation = 'DELETE'
       and (action_statement like '%refuse_change()' or action_statement like '%refuse_loss_of_trail()')
""")

CHANGES = (
    "delete from {0} where tenant_id = '{1}'", "delete from {0}",
    "update {0} set tenant_id = tenant_id where tenant_id = '{1}'",
    "update {0} set tenant_id = 'shadow-x' where tenant_id = '{1}'",
)  # fmt: skip


@contextmanager
def refused(why: str) -> Iterator[None]:
    with pytest.raises(DBAPIError, match=why):
        yield


async def lived(database: Database, id: str) -> None:
    """Somebody in it, money posted, and a line in its audit."""
    posted = Posting(
        "one", date(2031, 3, 3), "paid",
        (Entry("cash", "C-1", Money("EUR", 100)), Entry("receivable", "C-1", Money("EUR", -100))),
    )  # fmt: skip
    async with database.tenant(id) as tx:
        await save_contact(tx, id, Contact("D-1", "Driver", None, None, "fr"))
        await ledger.post_all(tx, id, [posted])
        await trail.write(tx, id, Actor("test"), "test.done", "thing:1", None, {"a": 1})


async def counted(database: Database, id: str) -> list[int]:
    async with database.tenant(id) as tx:
        counts = [await tx.scalar(select(func.count()).select_from(one)) for one in (contact, *KEPT)]
    return [count or 0 for count in counts]


async def test_a_shadow_goes_with_all_that_is_in_it_and_nothing_else_does(
    database: Database, owner: Database
) -> None:
    real = await firm(owner)
    shadow = f"shadow-{real}"
    await lived(database, real)
    async with database.tenant(shadow) as tx:
        await shadows.begin(tx, shadow, real)
    await lived(database, shadow)
    assert await counted(database, shadow) == await counted(database, real) == [1, 1, 2, 1]
    async with database.tenant(shadow) as tx:
        await shadows.end(tx, shadow)
    assert await counted(database, shadow) == [0, 0, 0, 0]
    assert await counted(database, real) == [1, 1, 2, 1]
    async with database.anyone() as tx:
        assert await tx.scalar(select(tenant.c.id).where(tenant.c.id == shadow)) is None


async def test_nothing_real_ends_as_a_shadow(database: Database, owner: Database) -> None:
    real = await firm(owner)
    await lived(database, real)
    for named in (real, real.upper(), "", "shadow", None):
        with refused("is no shadow"):
            async with database.tenant(real) as tx:
                await tx.execute(text("select end_shadow(cast(:one as text))"), {"one": named})
    assert await counted(database, real) == [1, 1, 2, 1]


async def test_who_ends_a_shadow_stays_where_they_were(database: Database, owner: Database) -> None:
    """The rest of the transaction sees its own tenant, and a person no more than is their own."""
    real = await firm(owner)
    async with database.tenant(real) as tx:
        await tx.execute(text("select set_config('app.own', 'D-1', true)"))
        await shadows.end(tx, f"shadow-{real}")
        where = await tx.execute(
            text("select current_setting('app.tenant'), current_setting('app.own')")
        )  # fmt: skip
        assert tuple(where.one()) == (real, "D-1")


async def test_no_real_tenant_has_the_name_of_a_shadow_nor_a_shadow_a_real_one(
    database: Database, owner: Database
) -> None:
    """Founding is an insert by the schema's owner; even that is refused, and so is to rename one later."""
    real = await firm(owner)
    row = {"name": "x", "country": "FR", "zone": "Europe/Paris", "currency": "EUR"}
    with refused("shadows_have_names_of_their_own"):
        async with owner.anyone() as tx:
            await tx.execute(insert(tenant).values({**row, "id": f"shadow-{real}"}))
    with refused("shadows_have_names_of_their_own"):
        async with owner.anyone() as tx:
            await tx.execute(insert(tenant).values({**row, "id": f"{real}-2", "shadow_of": real}))
    for change in ({"shadow_of": real}, {"id": f"shadow-{real}"}):
        with refused("shadows_have_names_of_their_own"):
            async with owner.anyone() as tx:
                await tx.execute(tenant.update().where(tenant.c.id == real).values(change))
        with refused("permission denied"):
            async with database.tenant(real) as tx:
                await tx.execute(tenant.update().values(change))
    with refused("permission denied"):
        async with database.tenant(real) as tx:
            await tx.execute(insert(tenant).values({**row, "id": f"shadow-{real}", "shadow_of": real}))
    with refused("shadows_have_names_of_their_own"):
        async with database.tenant(real) as tx:
            await shadows.begin(tx, f"{real}-2", real)


async def test_a_shadow_has_no_shadow(database: Database, owner: Database) -> None:
    real = await firm(owner)
    shadow, second = f"shadow-{real}", f"shadow-{real}-2"
    for of, name in ((real, shadow), (shadow, second)):
        async with database.tenant(name) as tx:
            await shadows.begin(tx, name, of)
    async with database.anyone() as tx:
        assert await tx.scalar(select(tenant.c.id).where(tenant.c.id == second)) is None
    async with database.tenant(shadow) as tx:
        await shadows.end(tx, shadow)


async def test_what_is_append_only_stays_so_for_everybody_real(database: Database, owner: Database) -> None:
    """By no right of the application's role, and by a trigger where it or the owner has one."""
    real = await firm(owner)
    await lived(database, real)
    async with owner.anyone() as tx:
        guarded = set((await tx.execute(APPEND_ONLY)).scalars())
    assert {one.name for one in KEPT} <= guarded
    for role in (database, owner):
        for kept in KEPT:
            for change in CHANGES:
                with refused("permission denied|append-only"):
                    async with role.tenant(real) as tx:
                        await tx.execute(text(change.format(kept.name, real)))
            with refused("permission denied|append-only|referenced in a foreign key"):
                async with role.tenant(real) as tx:
                    await tx.execute(text(f"truncate {kept.name}"))
    assert await counted(database, real) == [1, 1, 2, 1]
