"""What telling external tools costs a payment: without triggers, without endpoints, and with some.

python -m bench.webhooks [payments]
"""

import asyncio
import os
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, text

from adapters.holidays import PublicHolidays
from adapters.local.postgres import EmbeddedPostgres
from database.fleet import contract, payments
from database.migrate import upgrade
from database.session import Database
from database.shared import webhooks
from database.shared.contacts import Contact, save_contact
from database.shared.keys import Keyring
from database.shared.sealing import MasterKeys
from database.shared.tables import tenant
from database.shared.webhooks import Asked
from domain.fleet.intake import Contract, PaidBy, PaymentEntry
from domain.fleet.terms import Frequency, Kind, Terms
from domain.money import Money

NOW = datetime(2031, 3, 3, 9, 0, tzinfo=UTC)
KEYRING = Keyring(MasterKeys(["bench"]))
TERMS = Terms(
    kind=Kind.LEASE_TO_OWN, price=Money("XAF", 90_000_000), down_payment=Money("XAF", 0), instalments=30,
    frequency=Frequency.MONTHLY, first_due_on=date(2031, 2, 5), signed_on=date(2031, 1, 20),
)  # fmt: skip
KINDS = (
    ("no triggers", 0, False), ("no endpoint", 0, True), ("one that wants other types", -1, True),
    ("one endpoint", 1, True), ("five endpoints", 5, True),
)  # fmt: skip


async def main(count: int = 300, rounds: int = 5) -> list[Table]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        os.chmod(folder, 0o755)  # PostgreSQL runs as nobody
        postgres = EmbeddedPostgres(folder / "data")
        postgres.start()
        stack.callback(postgres.stop)
        upgrade(postgres.url())
        database, owner = Database(postgres.url(role="echeance_app"), 4), Database(postgres.url(), 2)
        stack.push_async_callback(database.close)
        stack.push_async_callback(owner.close)
        taken: dict[str, list[float]] = {name: [] for name, _, _ in KINDS}
        await paid(database, owner, 0, True, count)  # warm
        for _ in range(rounds):
            for name, endpoints, told in KINDS:
                taken[name].append(await paid(database, owner, endpoints, told, count))
        table = Table("endpoints", "ms a payment", "against none", title="The cost of telling a payment")
        plain = sorted(taken["no triggers"])[rounds // 2]
        for name, times in taken.items():
            median = sorted(times)[rounds // 2]
            table.add_row(name, f"{median:.2f}", f"{median - plain:+.2f}")
        return [table]


async def paid(database: Database, owner: Database, endpoints: int, told: bool, count: int) -> float:
    """Milliseconds a payment, one after the other, each in its own transaction."""
    name = await founded(database, owner, endpoints)
    switch = f"alter table payment {'enable' if told else 'disable'} trigger payment_is_told_when_new"
    async with owner.anyone() as tx:
        await tx.execute(text(switch))
    began = time.perf_counter()
    for number in range(count):
        entry = PaymentEntry(f"P-{number}", "C-1", NOW, Money("XAF", 100), PaidBy.CASH, "bench")
        async with database.tenant(name) as tx:
            await payments.record_payment(tx, name, entry, NOW + timedelta(seconds=number))
    return (time.perf_counter() - began) / count * 1000


async def founded(database: Database, owner: Database, endpoints: int) -> str:
    """A firm with one contract. ``endpoints`` -1: one that is not told of payments."""
    name = f"bench-{uuid4().hex[:8]}"
    row = {"id": name, "name": name, "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(row))
    types = ("payment.recorded",) if endpoints > 0 else ("rules.in_force",)
    async with database.tenant(name) as tx:
        await save_contact(tx, name, Contact("D-1", "Someone", "d@example.org", None, "fr"))
        await contract.create_signed(tx, name, Contract("C-1", "D-1", "M-1", TERMS), NOW, PublicHolidays())
        for number in range(abs(endpoints)):
            asked = Asked(f"https://tool.example/{number}", "bench", types)
            await webhooks.create(tx, name, asked, KEYRING, "bench", NOW)
    return name


if __name__ == "__main__":
    Console().print(*asyncio.run(main(*map(int, sys.argv[1:]))))
