"""Contracts and payments as a file brings them in, beside COPY into the same tables.

COPY knows no tenant, checks nothing, posts nothing in a ledger and wakes no process; it is the floor.
"""

import csv
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from rich.table import Table
from sqlalchemy import insert, text

from adapters.csv_fleet import CsvFleetFiles
from adapters.holidays import PublicHolidays
from bench.fleet.large import DAYS, EACH
from database.fleet import imports
from database.session import Database
from database.shared.tables import tenant

CONTRACTS, PAYMENTS = 200, 20_000
SIGNED = date(2025, 1, 1)
TABLES = {
    "contracts": ("fleet_contract", "due", "ledger_transaction", "ledger_entry"),
    "payments": ("payment", "ledger_transaction", "ledger_entry"),
}


@dataclass(frozen=True)
class Rate:
    what: str
    rows: int
    ours: float
    copied: float


async def measured(database: Database, owner: Database) -> list[Rate]:
    """Rows a second, of the dues with their contracts and of the payments."""
    home = f"imports-{uuid4().hex[:8]}"
    row = {"id": home, "name": home, "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values({**row, "locale": "fr"}))
    files, holidays, now = CsvFleetFiles(), PublicHolidays(), datetime.now(UTC)
    began = time.perf_counter()
    report = await imports.import_contracts(database, files, home, sheet(contracts()), now, holidays)
    signed = time.perf_counter() - began
    assert (report.created, report.refused) == (CONTRACTS, 0), report
    began = time.perf_counter()
    paid = await imports.import_payments(database, files, home, sheet(payments()), now)
    received = time.perf_counter() - began
    assert (paid.created, paid.refused) == (PAYMENTS, 0), paid
    dues = CONTRACTS * (DAYS + 1)
    return [
        Rate("dues of contracts", dues, dues / signed, await copied(owner, home, "contracts", dues)),
        Rate("payments", PAYMENTS, PAYMENTS / received, await copied(owner, home, "payments", PAYMENTS)),
    ]


async def copied(owner: Database, home: str, what: str, rows: int) -> float:
    """The rows that the import wrote, by COPY into tables like theirs with the same indexes."""
    spent = 0.0
    async with owner.anyone() as tx:
        raw: Any = (await tx.get_raw_connection()).driver_connection
        for name in TABLES[what]:
            await tx.execute(text(f"create temporary table copied (like {name} including indexes)"))
            picked = _picked(name, what)
            theirs = f"select * from {name} where tenant_id = '{home}' {picked}"
            async with raw.cursor() as cursor:
                async with cursor.copy(f"copy ({theirs}) to stdout") as out:
                    lines = [bytes(line) async for line in out]
                began = time.perf_counter()
                async with cursor.copy("copy copied from stdin") as into:
                    for line in lines:
                        await into.write(line)
                spent += time.perf_counter() - began
            await tx.execute(text("drop table copied"))
    return rows / spent


def _picked(name: str, what: str) -> str:
    kind = "contract" if what == "contracts" else "payment"
    if name == "ledger_transaction":
        return f"and key like 'fleet.{kind}:%'"
    if name == "ledger_entry":
        return (
            "and transaction_id in (select id from ledger_transaction t where t.tenant_id = "
            f"ledger_entry.tenant_id and t.key like 'fleet.{kind}:%')"
        )
    return ""


def sheet(rows: Iterator[dict[str, object]]) -> io.BytesIO:
    listed = list(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, listed[0].keys())
    writer.writeheader()
    writer.writerows(listed)
    return io.BytesIO(out.getvalue().encode())


def contracts() -> Iterator[dict[str, object]]:
    for number in range(CONTRACTS):
        yield {
            "contract_ref": f"C-{number}", "driver_ref": f"D-{number}", "full_name": f"Conducteur {number}",
            "phone": "", "email": "", "locale": "fr", "bike_ref": f"M-{number}", "currency": "XAF",
            "price_minor": 50_000 + DAYS * EACH, "down_payment_minor": 50_000, "instalment_minor": EACH,
            "frequency": "daily", "instalments": DAYS, "first_due_on": SIGNED + timedelta(days=1),
            "signed_on": SIGNED,
        }  # fmt: skip


def payments() -> Iterator[dict[str, object]]:
    for number in range(PAYMENTS):
        day = SIGNED + timedelta(days=1 + number // CONTRACTS)
        yield {
            "payment_ref": f"P-{number}", "contract_ref": f"C-{number % CONTRACTS}",
            "received_at": f"{day}T08:00:00+01:00", "amount_minor": EACH, "channel": "mobile_money",
        }  # fmt: skip


def table(rates: list[Rate]) -> Table:
    made = Table("rows", "count", "imported/s", "COPY/s", "ratio", title="Import beside COPY")
    for one in rates:
        ratio = f"{one.ours / one.copied:.2f}"
        made.add_row(one.what, f"{one.rows:,}", f"{one.ours:,.0f}", f"{one.copied:,.0f}", ratio)
    made.caption = "COPY checks nothing, posts nothing by itself, isolates no tenant and wakes no process."
    return made
