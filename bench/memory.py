"""Memory of one worker process with many open cases: what a machine must have for each worker.

python -m bench.memory [cases]
"""

import asyncio
import os
import sys
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from adapters.local.process import LocalProcess
from bench.loop import new_tenant, write_contracts
from database.session import Database
from database.shared.tables import process_case
from seeds.ground import ROOT, Place, stand

AIM = 200
"""MiB with a thousand open cases."""


def resident_mib(pid: int) -> tuple[float, float]:
    """Present and highest resident memory (``/proc``, Linux)."""
    words = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    now, peak = (int(words[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return now, peak


def start_worker(place: Place, stack: AsyncExitStack) -> LocalProcess:
    """A worker as operations run it: a process of its own, told by its environment."""
    environment = {
        **os.environ,
        **place.environment,
        "PYTHONPATH": str(ROOT),
        "ECHEANCE_TASK_QUEUES": "fleet,training,maintenance,internships",
    }
    log = place.folder / "worker.log"
    process = LocalProcess("worker", [sys.executable, "-m", "worker"], log, environment=environment)
    process.start(lambda: "working on" in log.read_text() if log.exists() else False, within=60)
    stack.callback(process.stop)
    return process


async def opened(database: Database, tenant: str) -> int:
    async with database.tenant(tenant) as tx:
        return int((await tx.execute(select(func.count()).select_from(process_case))).scalar_one())


async def main(cases: int = 1000) -> list[Table]:
    async with AsyncExitStack() as stack:
        place = await stand(stack)
        worker = start_worker(place, stack)
        empty, _ = resident_mib(worker.pid)
        tenant = await new_tenant(place.owner)
        await write_contracts(place.ground.database, tenant, cases, datetime.now(UTC))
        began = time.monotonic()
        while (known := await opened(place.ground.database, tenant)) < cases:
            print(f"\r{known} of {cases} cases open", end="", file=sys.stderr)
            await asyncio.sleep(1)
        took = time.monotonic() - began
        now, peak = resident_mib(worker.pid)
        print(file=sys.stderr)
        return [report(cases, {"idle": empty, f"{cases} open cases": now, "highest": peak}, cases / took)]


def report(cases: int, resident: dict[str, float], rate: float) -> Table:
    table = Table("one worker", "MiB", "of 200 MiB", title=f"Memory: {cases} open cases")
    for name, mib in resident.items():
        table.add_row(name, f"{mib:.0f}", f"{mib / AIM:.2f}")
    table.caption = f"{rate:.0f} cases/s from fact to first review"
    return table


if __name__ == "__main__":
    Console().print(*asyncio.run(main(*map(int, sys.argv[1:]))))
