"""Each tenant's rows are its own, by the database, whatever a query forgets."""

from uuid import uuid4

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from database.session import Database
from database.shared.contacts import Contact, save_contact
from database.shared.tables import contact, tenant

WITHOUT = text("""
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
     where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
       and not (c.relrowsecurity and c.relforcerowsecurity)
""")
POLICIES = text("select tablename, cmd, permissive, qual, with_check from pg_policies")
OWNED = text("select table_name from information_schema.columns where column_name = 'tenant_id' "
             "and table_schema = 'public'")  # fmt: skip
RIGHTS = text("""
    select table_name, privilege_type from information_schema.role_table_grants
     where grantee = 'echeance_app' and table_schema = 'public'
""")
ROLE = text("select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb from pg_roles where rolname = "
            "current_user")  # fmt: skip
FREE = text("""
    select c.relname from pg_class c where c.relkind in ('v', 'm') and c.relnamespace = 'public'::regnamespace
    union all select p.proname from pg_proc p where p.prosecdef
       and p.prorettype <> 'trigger'::regtype and p.pronamespace = 'public'::regnamespace
""")
KEPT = {"audit_seal", "ledger_transaction", "ledger_entry", "due_date_change"}
WIDE = "( SELECT (COALESCE(current_setting('app.own'::text, true), ''::text) = ''::text))"
MINE = "(tenant_id = current_setting('app.tenant'::text, true))"


async def firm(owner: Database) -> str:
    name = f"firm-{uuid4().hex[:8]}"
    row = {"id": name, "name": name, "country": "FR", "zone": "Europe/Paris", "currency": "EUR"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(row))
    return name


async def test_every_table_of_tenants_has_forced_security_and_one_policy(database: Database) -> None:
    async with database.anyone() as tx:
        owned = set((await tx.execute(OWNED)).scalars())
        assert len(owned) > 20
        assert list((await tx.execute(WITHOUT)).scalars()) == []
        policies = [tuple(row) for row in await tx.execute(POLICIES)]
    walls = [policy for policy in policies if policy[2] == "PERMISSIVE"]
    of_tenants = [
        ("tenant", "SELECT", "PERMISSIVE", "true", None),
        ("tenant", "UPDATE", "PERMISSIVE", "(id = current_setting('app.tenant'::text, true))", None),
    ]
    assert sorted(walls, key=str) == sorted(
        [*((name, "ALL", "PERMISSIVE", MINE, MINE) for name in owned), *of_tenants], key=str
    )
    floors = [policy for policy in policies if policy[2] == "RESTRICTIVE"]
    assert sorted(policy[0] for policy in floors) == sorted(owned)
    for name, command, _, using, check in floors:
        assert (command, check) == ("ALL", "true"), name
        assert using.startswith(f"({WIDE} OR "), name


async def test_no_view_or_function_leads_around_it(owner: Database) -> None:
    """Triggers nobody can call: they see rows that were let in. Two functions make and end shadows alone."""
    async with owner.anyone() as tx:
        assert set((await tx.execute(FREE)).scalars()) == {"open_shadow", "end_shadow"}


async def test_the_applications_role_may_only_what_it_needs(database: Database) -> None:
    async with database.anyone() as tx:
        assert (await tx.execute(ROLE)).scalar_one() is False
        rights = {tuple(row) for row in await tx.execute(RIGHTS)}
    assert {right for _, right in rights} <= {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert {right for table, right in rights if table == "tenant"} == {"SELECT"}
    assert {right for table, right in rights if table in KEPT} == {"SELECT", "INSERT"}
    assert {right for table, right in rights if table == "audit"} == {"SELECT", "INSERT", "DELETE"}


async def test_a_row_of_another_tenant_is_neither_seen_nor_written(
    database: Database, owner: Database
) -> None:
    one, other = await firm(owner), await firm(owner)
    async with database.tenant(one) as tx:
        await save_contact(tx, one, Contact("D-1", "Driver", None, None, "fr"))
    async with database.tenant(other) as tx:
        assert (await tx.execute(select(contact))).first() is None
        assert not (await tx.execute(contact.update().values(full_name="?"))).rowcount
        assert not (await tx.execute(contact.delete())).rowcount
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.tenant(other) as tx:
            await save_contact(tx, one, Contact("D-2", "Driver", None, None, "fr"))


async def test_a_tenant_sets_its_own_settings_and_nothing_else_of_any_tenant(
    database: Database, owner: Database
) -> None:
    one, other = await firm(owner), await firm(owner)
    async with database.tenant(one) as tx:
        assert (await tx.execute(tenant.update().values(second_factor="all"))).rowcount == 1
        rows = await tx.execute(select(tenant.c.id, tenant.c.second_factor))
        found = {row.id: row.second_factor for row in rows}
    assert (found[one], found[other]) == ("all", "staff")
    async with database.anyone() as tx:
        assert not (await tx.execute(tenant.update().values(second_factor="off"))).rowcount
    for forbidden in ({"country": "CM"}, {"currency": "XAF"}, {"zone": "UTC"}, {"id": "x"}):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.tenant(one) as tx:
                await tx.execute(tenant.update().values(forbidden))


async def test_a_connection_forgets_its_tenant(owner: Database, database: Database) -> None:
    """The one connection of this pool is used by both, and by the failed transaction in between."""
    single = Database(database.engine.url.render_as_string(hide_password=False), pool_size=1)
    one = await firm(owner)
    async with single.tenant(one) as tx:
        await save_contact(tx, one, Contact("D-1", "Driver", None, None, "fr"))
    with pytest.raises(DBAPIError):
        async with single.tenant(one) as tx:
            await tx.execute(text("select 1 / 0"))
    async with single.anyone() as tx:
        assert (await tx.execute(select(contact))).first() is None
    await single.close()
