"""What a seal costs: commands of one tenant and of many, with the chain and without, and its verification.

python -m bench.audit [commands]
"""

import asyncio
import os
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, text

from adapters.local.postgres import EmbeddedPostgres
from database.migrate import upgrade
from database.session import Database
from database.shared import audit_chain
from database.shared.audit import Actor, write
from database.shared.contacts import Contact, save_contact
from database.shared.marks import Marks
from database.shared.sealing import MasterKeys
from database.shared.tables import tenant

ACTOR = Actor("key:bench", "192.0.2.7", "bench", "r")
MARKS = Marks(MasterKeys(["bench"]))
SWITCH = "alter table audit {} trigger audit_is_sealed"


async def main(commands: int = 400, rounds: int = 3) -> list[Table]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        os.chmod(folder, 0o755)  # PostgreSQL runs as nobody
        postgres = EmbeddedPostgres(folder / "data")
        postgres.start()
        stack.callback(postgres.stop)
        upgrade(postgres.url())
        database, owner = Database(postgres.url(role="echeance_app"), 20), Database(postgres.url(), 2)
        stack.push_async_callback(database.close)
        stack.push_async_callback(owner.close)
        tables = Table("commands", "at once", "sealed/s", "not sealed/s", "ratio", title="The cost of a seal")
        for name, tenants, at_once in [("of one tenant", 1, 1), ("of one tenant", 1, 8), ("of 8", 8, 8)]:
            rates = [await both(database, owner, tenants, at_once, commands) for _ in range(rounds)]
            sealed, plain = (sorted(column)[rounds // 2] for column in zip(*rates, strict=True))
            tables.add_row(name, str(at_once), f"{sealed:.0f}", f"{plain:.0f}", f"{sealed / plain:.2f}")
        tables.caption = await verified(database, owner, commands * 10)
        return [tables]


async def both(database: Database, owner: Database, tenants: int, at_once: int, count: int) -> list[float]:
    """Commands a second, sealed and not."""
    rates = []
    for switch in ("enable always", "disable"):
        async with owner.anyone() as tx:
            await tx.execute(text(SWITCH.format(switch)))
        names = [await founded(owner) for _ in range(tenants)]
        began = time.perf_counter()
        each = count // at_once
        await asyncio.gather(*(commanded(database, names[n % tenants], n, each) for n in range(at_once)))
        rates.append(each * at_once / (time.perf_counter() - began))
    async with owner.anyone() as tx:
        await tx.execute(text(SWITCH.format("enable always")))
    return rates


async def founded(owner: Database) -> str:
    name = f"bench-{uuid4().hex[:8]}"
    row = {"id": name, "name": name, "country": "FR", "zone": "Europe/Paris", "currency": "EUR"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(row))
    return name


async def commanded(database: Database, name: str, number: int, count: int) -> None:
    """A contact written and audited, as the smallest of our commands."""
    for turn in range(count):
        ref = f"{number}-{turn}"
        async with database.tenant(name) as tx:
            await save_contact(tx, name, Contact(ref, ref, f"{ref}@example.org", None, "fr"))
            await write(tx, name, ACTOR, "contact.saved", f"contact:{ref}", None, {"changed": ["email"]})


async def verified(database: Database, owner: Database, rows: int) -> str:
    name = await founded(owner)
    async with database.tenant(name) as tx:
        for number in range(rows):
            await write(tx, name, ACTOR, "contact.saved", f"contact:{number}", None, {"changed": ["email"]})
    began = time.perf_counter()
    async with database.moment(name) as tx:
        checked = await audit_chain.check(tx, name, MARKS)
    rate = rows / (time.perf_counter() - began)
    assert not checked.findings
    assert checked.rows == rows
    return f"`echeance audit verify` reads {rate:,.0f} rows/s"


if __name__ == "__main__":
    Console().print(*asyncio.run(main(*map(int, sys.argv[1:]))))
