"""One run over fleets of a hundred, a thousand and ten thousand drivers.

python -m bench.fleet.size [drivers …]
"""

import asyncio
import re
import sys
import time
from contextlib import AsyncExitStack
from datetime import date, timedelta

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.api import serve
from bench.fleet import imports, large, pages, scores
from bench.fleet.pages import Seen
from database.fleet.positions import positions
from database.session import Database
from seeds.ground import Place, stand

SIZES = (100, 1_000, 10_000)
DAY = timedelta(days=1)
LARGEST = text(
    "select relname, pg_total_relation_size(oid) as bytes, reltuples::bigint as rows from pg_class "
    "where relkind = 'r' and relnamespace = 'public'::regnamespace "
    "order by pg_total_relation_size(oid) desc limit 8"
)

PLAN = text("explain select sum(arrears_minor) from fleet_positions(:tenant, :day)")
SCAN = re.compile(r"((?:Index Only|Index|Seq|Bitmap Heap) Scan(?: Backward)?(?: using \w+)? on \w+)")


async def main(sizes: tuple[int, ...] = SIZES) -> list[Table]:
    async with AsyncExitStack() as stack:
        place = await stand(stack)
        rates = await imports.measured(place.ground.database, place.owner)
        built: dict[int, float] = {}
        for size in sizes:
            began = time.perf_counter()
            await large.write(place.owner, name_of(size), size, date.today())
            built[size] = time.perf_counter() - began
        nights = {
            size: await scores.measured(place.ground.database, name_of(size), date.today()) for size in sizes
        }
        url, _ = serve(place, "serving:create_app", stack)
        found: dict[int, list[Seen]] = {}
        for size in sizes:
            cookie = await pages.cookie_of(place.ground.database, name_of(size))
            found[size] = await pages.asked(url, cookie)
        return [
            imports.table(rates),
            pages.table(found),
            scores.table(nights),
            await whole(place, sizes, built),
            await weight(place.owner),
        ]


def name_of(size: int) -> str:
    return f"large-{size}"


async def whole(place: Place, sizes: tuple[int, ...], built: dict[int, float]) -> Table:
    """The question behind most figures: where every contract stands, on the day for which the night counted
    the dues, and on one for which it did not.
    """
    made = Table(
        "drivers", "written in s", "arrears of all, ms", "on another day, ms", "scans of its plan",
        title="Where all stand",
    )  # fmt: skip
    today = date.today()
    for size in sizes:
        name = name_of(size)
        async with place.ground.database.tenant(name) as tx:
            counted, other = [f"{await _asked(tx, name, day):.0f}" for day in (today, today + DAY)]
            plan = await tx.execute(PLAN, {"tenant": name, "day": today})
            scans = sorted({match[1] for (line,) in plan if (match := SCAN.search(line))})
        made.add_row(f"{size:,}", f"{built[size]:.0f}", counted, other, "; ".join(scans))
    return made


async def _asked(tx: AsyncConnection, tenant: str, day: date) -> float:
    """Milliseconds, half the time."""
    query, took = select(func.sum(positions(tenant, day).c.arrears_minor)), []
    for _ in range(5):
        began = time.perf_counter()
        await tx.execute(query)
        took.append(1000 * (time.perf_counter() - began))
    return sorted(took)[2]


async def weight(owner: Database) -> Table:
    made = Table("table", "rows", "MB", title="The database, indexes included")
    async with owner.anyone() as tx:
        for row in await tx.execute(LARGEST):
            made.add_row(row.relname, f"{row.rows:,}", f"{row.bytes / 2**20:,.0f}")
        whole = (await tx.execute(text("select pg_database_size(current_database())"))).scalar_one()
    made.caption = f"{whole / 2**30:.1f} GB in all"
    return made


if __name__ == "__main__":
    console = Console()
    for shown in asyncio.run(main(tuple(map(int, sys.argv[1:])) or SIZES)):
        console.print(shown)
