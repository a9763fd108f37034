"""A list of 100,000 rows as a file: streamed, beside reading all of it into memory first.

    python -m bench.export [rows]

Each way runs in a process of its own, so that its peak of memory is its own (``ru_maxrss``); what Python and
the libraries take before the first row is told as well.
"""

import asyncio
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.table import Table as Sheet
from sqlalchemy import insert, text

from adapters.local.postgres import EmbeddedPostgres
from adapters.table_files import TableFiles
from database.fleet.lists import PAYMENTS
from database.migrate import upgrade
from database.session import Database
from database.shared.listing import Scope, asked_of, whole
from database.shared.tables import tenant
from domain.calendar import local_date
from domain.table import Table
from domain.table import given as in_memory

FILL = """
insert into contact (tenant_id, ref, full_name, locale)
select :tenant, 'D-' || n, 'Fabrice Nguema ' || n, 'fr' from generate_series(1, 1000) n;
insert into bike (tenant_id, ref) select :tenant, 'M-' || n from generate_series(1, 1000) n;
insert into fleet_contract (tenant_id, ref, driver_ref, bike_ref, kind, state, currency, price_minor,
    down_payment_minor, instalments, frequency, every_days, first_due_on, signed_on, rest_days, holiday_rule,
    grace_days, charge_kind, charge_value, rounding, total_minor)
select :tenant, 'C-' || n, 'D-' || n, 'M-' || n, 'lease_to_own', 'active', 'XAF', 900000, 0, 300, 'daily', 0,
       '2030-01-02', '2030-01-01', '{}', 'keep', 0, 'none', 0, 1, 900000 from generate_series(1, 1000) n;
insert into payment (tenant_id, ref, contract_ref, received_at, amount_minor, currency, channel, source,
    recorded_at)
select :tenant, 'P-' || n, 'C-' || (n % 1000 + 1), timestamptz '2030-01-02' + n * interval '1 minute', 3000,
       'XAF', 'mobile_money', 'import', now() from generate_series(1, :rows) n;
analyze payment;
"""
WAYS = ("xlsx, streamed", "csv, streamed", "xlsx, all in memory", "csv, all in memory")
Way = Callable[[Table, Path], Awaitable[int]]


async def main(rows: int = 100_000) -> list[Sheet]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        os.chmod(folder, 0o755)  # PostgreSQL runs as nobody
        postgres = EmbeddedPostgres(folder / "data")
        postgres.start()
        stack.callback(postgres.stop)
        await asyncio.to_thread(upgrade, postgres.url())
        name = await filled(postgres.url(), rows)
        few = await filled(postgres.url(), rows // 10)
        sheet = Sheet("way", "rows", "seconds", "peak MiB", "before the rows", "file MiB", title="Export")
        for way in WAYS:
            for firm in (few, name):
                told = await measured(way, postgres.url(role="echeance_app"), firm, folder)
                sheet.add_row(
                    way, f"{told['rows']:,}", f"{told['seconds']:.1f}", f"{told['peak']:.0f}",
                    f"{told['before']:.0f}", f"{told['size']:.1f}",
                )  # fmt: skip
        return [sheet]


async def filled(url: str, rows: int) -> str:
    """A firm with so many payments."""
    name, database = f"bench-{uuid4().hex[:8]}", Database(url, 1)
    row = {"id": name, "name": "Bench", "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    try:
        async with database.tenant(name) as tx:
            await tx.execute(insert(tenant).values(row))
            for statement in FILL.split(";\n"):
                if statement.strip():
                    asked = {"tenant": name, "rows": rows}
                    await tx.execute(
                        text(statement), {k: v for k, v in asked.items() if f":{k}" in statement}
                    )
    finally:
        await database.close()
    return name


async def measured(way: str, url: str, firm: str, folder: Path) -> dict[str, float]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.export", "--child", way, url, firm, str(folder),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, _ = await child.communicate()
    if child.returncode:
        raise RuntimeError(f"{way} failed")
    found: dict[str, float] = json.loads(told)
    return found


async def written(way: str, url: str, firm: str, folder: Path) -> dict[str, float]:
    """In the child."""
    format, _, how = way.partition(", ")
    database, into = Database(url, 1), folder / f"export.{format}"
    now = datetime.now(UTC)
    scope = Scope(firm, local_date(now, "Africa/Douala"), "Africa/Douala", "XAF")
    before, begun = peak(), time.perf_counter()
    async with database.moment(firm) as tx:
        table = whole(tx, scope, PAYMENTS, asked_of(PAYMENTS, {}))
        if how != "streamed":
            table = replace(table, rows=in_memory([row async for row in table.rows]))
        rows = await TableFiles().write(table, format, "fr", str(into), lambda _: None)
    took = time.perf_counter() - begun
    await database.close()
    return {
        "rows": rows, "seconds": took, "peak": peak(), "before": before,
        "size": into.stat().st_size / 2**20,
    }  # fmt: skip


def peak() -> float:
    """MiB of this process, at its highest so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        way, url, firm, folder = sys.argv[2:]
        print(json.dumps(asyncio.run(written(way, url, firm, Path(folder)))))
    else:
        for one in asyncio.run(main(*(int(word) for word in sys.argv[1:2]))):
            Console().print(one)
