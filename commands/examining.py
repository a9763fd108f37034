"""What must hold of a restored database, files and Temporal state before anybody relies on them."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from adapters.backup.sources import is_whole
from database.backups import Connection, facts_of
from database.session import Database
from database.shared.contacts import tenants
from database.shared.sealing import MasterKeys, Unopenable
from seeds.invariants import Check, check_books

SHOWN = 5
UNBALANCED = """
    select tenant_id || ': transaction ' || transaction_id || ' ' || currency from ledger_entry
     group by tenant_id, transaction_id, currency having sum(amount_minor) <> 0
"""
WRAPPED = "select tenant_id, id, master, wrapped from data_key where wrapped is not null"


def compared(tx: Connection, manifest: Mapping[str, Any]) -> list[Check]:
    """Right after the dump went in, before anything else is written."""
    told, found = manifest["rows"], facts_of(tx)["rows"]
    wrong = [
        f"{table}: {told.get(table, 0)} backed up, {found.get(table, 0)} restored"
        for table in sorted(told.keys() | found.keys())
        if told.get(table) != found.get(table)
    ]
    return [
        Check("every table has the rows it had", tuple(wrong)),
        Check("the ledger is balanced", tuple(row[0] for row in tx.execute(UNBALANCED).fetchall())),
    ]


def opened(tx: Connection, masters: MasterKeys) -> Check:
    """Every key of a tenant, person and case, under the master keys that were given."""
    name = "every key opens under the master keys"
    return Check(name, tuple(_unopened(tx, masters))[:SHOWN])


def _unopened(tx: Connection, masters: MasterKeys) -> Iterator[str]:
    for tenant, id, master, wrapped in tx.execute(WRAPPED):
        try:
            masters.unwrap(master, bytes(wrapped), f"{tenant}:{id}")
        except Unopenable as problem:
            yield f"{tenant}:{id}: {problem}"


def whole(temporal: Path) -> Check:
    problem = () if is_whole(temporal) else (f"{temporal.name} is damaged",)
    return Check("Temporal's state is whole", problem)


def books(database_url: str) -> list[Check]:
    """The invariants of every tenant's books, as the application sees them."""
    return asyncio.run(_books(database_url))


async def _books(database_url: str) -> list[Check]:
    database = Database(database_url, pool_size=1)
    try:
        async with database.anyone() as tx:
            known = await tenants(tx)
        checks: list[Check] = []
        for tenant in known:
            async with database.tenant(tenant) as tx:
                checks += [named(tenant, check) for check in await check_books(tx, tenant)]
        return together(checks)
    finally:
        await database.close()


def named(tenant: str, check: Check) -> Check:
    return Check(check.name, tuple(f"{tenant}: {what}" for what in check.broken_by))


def together(checks: Sequence[Check]) -> list[Check]:
    """One line for each thing that must hold, whichever tenant breaks it."""
    names = dict.fromkeys(check.name for check in checks)
    return [
        Check(name, tuple(what for check in checks if check.name == name for what in check.broken_by))
        for name in names
    ]
