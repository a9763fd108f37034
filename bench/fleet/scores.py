"""How long a night of scoring takes: every driver with facts, points, class, levers, and what is written."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from rich.table import Table

from activities.fleet.score import DriverScores
from database.session import Database
from rules.library import Library
from settings import HERE

AIM = 60
"""Seconds, for ten thousand drivers."""


@dataclass(frozen=True)
class Nights:
    """Seconds of the first night, on which every score is new, and of the next one; how many batches were
    told of on the way.
    """

    drivers: int
    first: float
    next: float
    told: int


async def measured(database: Database, tenant: str, today: date) -> Nights:
    runner, told = DriverScores(database, Library.load(HERE / "rules")), 0

    def tell(_done: int, _total: int) -> None:
        nonlocal told
        told += 1

    took, drivers = [], 0
    for day in (today - timedelta(days=1), today):
        began = time.perf_counter()
        night = await runner.go_on(tenant, day, datetime.now(UTC), tell)
        took.append(time.perf_counter() - began)
        drivers = night.done if night else 0
    return Nights(drivers, took[0], took[1], told)


def table(found: Mapping[int, Nights]) -> Table:
    made = Table(
        "drivers", "first night, s", "next night, s", "drivers a second", "told on the way",
        title=f"A night of scoring (aim: 10,000 drivers in {AIM} s)",
    )  # fmt: skip
    for one in found.values():
        rate = f"{one.drivers / one.next:,.0f}"
        made.add_row(f"{one.drivers:,}", f"{one.first:.1f}", f"{one.next:.1f}", rate, str(one.told))
    return made
