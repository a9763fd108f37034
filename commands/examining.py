"""What must hold of a restored database, files and Temporal state before anybody relies on them."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from adapters.backup.sources import is_whole
from commands.audit import read_anchors
from database.backups import Connection, facts_of
from database.session import Database
from database.shared import audit_chain
from database.shared.contacts import tenants
from database.shared.files import stored_name
from database.shared.marks import Marks
from database.shared.sealing import MasterKeys, Unopenable
from domain.trail import Anchor
from seeds.invariants import Check, check_books

SHOWN = 5
Anchored = Mapping[str, Sequence[Anchor]]
STORED = "select tenant_id, id from file where state <> 'removed' order by 1, 2"
WRAPPED = "select tenant_id, id, master, wrapped from data_key where wrapped is not null"


def compared(tx: Connection, manifest: Mapping[str, Any]) -> Check:
    """Right after the dump went in, before anything else is written."""
    told, found = manifest["rows"], facts_of(tx)["rows"]
    wrong = [
        f"{table}: {told.get(table, 0)} backed up, {found.get(table, 0)} restored"
        for table in sorted(told.keys() | found.keys())
        if told.get(table) != found.get(table)
    ]
    return Check("every table has the rows it had", tuple(wrong))


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


def kept(tx: Connection, folder: Path) -> Check:
    """Every file that the database knows lies in the folder; what it holds is checked when it is opened."""
    missing = (
        f"{tenant}: file {id}"
        for tenant, id in tx.execute(STORED)
        if not (folder / stored_name(tenant, id)).exists()
    )
    return Check("every file that is known is there", tuple(islice(missing, SHOWN)))


def books(database_url: str, masters: MasterKeys, anchors: Path | None) -> list[Check]:
    """The invariants of every tenant's books and trail, as the application sees them."""
    marks = Marks(masters)
    known, _ = read_anchors([anchors] if anchors and anchors.exists() else [], marks)
    return asyncio.run(_books(database_url, marks, known))


async def _books(database_url: str, marks: Marks, anchors: Anchored) -> list[Check]:
    database = Database(database_url, pool_size=1)
    try:
        async with database.anyone() as tx:
            known = await tenants(tx)
        checks: list[Check] = []
        for tenant in known:
            async with database.tenant(tenant) as tx:
                checks += [named(tenant, check) for check in await check_books(tx, tenant)]
            checks.append(named(tenant, await _trail(database, tenant, marks, anchors.get(tenant, []))))
        return together(checks)
    finally:
        await database.close()


async def _trail(database: Database, tenant: str, marks: Marks, anchors: Sequence[Anchor]) -> Check:
    async with database.moment(tenant) as tx:
        found = await audit_chain.check(tx, tenant, marks, anchors)
    return Check("the audit trail is unbroken", tuple(one.says for one in found.findings))


def named(tenant: str, check: Check) -> Check:
    return Check(check.name, tuple(f"{tenant}: {what}" for what in check.broken_by))


def together(checks: Sequence[Check]) -> list[Check]:
    """One line for each thing that must hold, whichever tenant breaks it."""
    names = dict.fromkeys(check.name for check in checks)
    return [
        Check(name, tuple(what for check in checks if check.name == name for what in check.broken_by))
        for name in names
    ]
