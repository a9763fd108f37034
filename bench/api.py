"""The API under load, beside an empty FastAPI route under the same uvicorn, alternating.

The API runs as in production: uvicorn, PostgreSQL, an API key in every request. 16 connections ask from a
process of their own, as fast as answers come. A single answer that is not a success ends the bench.

    python -m bench.api [seconds each time] [rounds]
"""

import asyncio
import json
import os
import sys
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Any
from uuid import uuid4

import httpx
from rich.console import Console
from rich.table import Table

from adapters.local.platform import listens
from adapters.local.ports import choose_port
from adapters.local.process import LocalProcess
from bench.loop import new_tenant, write_contracts
from bench.usage import Usage
from database.shared.api_keys import create_key
from seeds.ground import ROOT, Place, stand

CONNECTIONS = 16
THINGS = 50
"""Contracts of each kind; requests go to them in turn."""


@dataclass
class Seen:
    """Seconds of every request, of the load as a whole, and of processor in the server."""

    took: list[float] = field(default_factory=list)
    elapsed: float = 0.0
    server: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.took) / self.elapsed

    def percentile(self, number: int) -> float:
        """In milliseconds."""
        return 1000 * quantiles(self.took, n=100, method="inclusive")[number - 1]


def serve(place: Place, application: str, stack: AsyncExitStack) -> tuple[str, LocalProcess]:
    port, _ = choose_port(0)
    command = [
        sys.executable, "-m", "uvicorn", application, "--factory", "--host", "127.0.0.1", "--port", str(port),
        "--timeout-graceful-shutdown", "10", "--no-access-log",
    ]  # fmt: skip
    told = {**os.environ, **place.environment, "PYTHONPATH": str(ROOT)}
    log = place.folder / f"{application.partition(':')[0]}.log"
    process = LocalProcess(application, command, log, environment=told)
    process.start(lambda: listens(port), within=60)
    stack.callback(process.stop)
    return f"http://127.0.0.1:{port}", process


async def furnish(place: Place, url: str) -> dict[str, str]:
    """A tenant with contracts; the headers that its program sends."""
    tenant, database = await new_tenant(place.owner), place.ground.database
    await write_contracts(database, tenant, THINGS, datetime.now(UTC))
    async with database.tenant(tenant) as tx:
        key = await create_key(tx, tenant, "bench", frozenset("*"))
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as http:
        for number in range(THINGS):
            (await http.post("/v1/fleet/contracts", json=bike_contract(number))).raise_for_status()
    return headers


def bike_contract(number: int) -> dict[str, Any]:
    today = datetime.now(UTC).date()
    return {
        "ref": f"C-{number}", "driver_ref": f"K-{number}", "bike_ref": f"M-{number}", "instalments": 200,
        "price": {"amount": "450000.00", "currency": "EUR"}, "frequency": "daily",
        "signed_on": str(today - timedelta(days=90)), "first_due_on": str(today - timedelta(days=89)),
    }  # fmt: skip


def plans(url: str, empty: str, headers: dict[str, str], seconds: float) -> dict[str, dict[str, Any]]:
    """Each kind of request, the empty route first."""
    payment = {
        "ref": "{n}", "contract_ref": "C-{m}", "amount": {"amount": "0.05", "currency": "EUR"},
        "received_at": datetime.now(UTC).isoformat(), "channel": "mobile_money",
    }  # fmt: skip
    common = {
        "url": url, "method": "GET", "headers": headers, "body": "", "expected": 200, "seconds": seconds,
        "connections": CONNECTIONS, "things": THINGS,
    }  # fmt: skip
    command = {"method": "POST", "expected": 201, "headers": {**headers, "Idempotency-Key": "{n}"}}
    return {
        "an empty route": {**common, "url": empty, "path": "/nothing", "headers": {}},
        "read a contract": {**common, "path": "/v1/maintenance/contracts/K-{m}"},
        "list 50 contracts": {**common, "path": "/v1/maintenance/contracts?limit=50"},
        "record a payment": {**common, **command, "path": "/v1/fleet/payments", "body": json.dumps(payment)},
    }


async def put_under_load(plan: dict[str, Any]) -> dict[str, Any]:
    load = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.load", cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await load.communicate(json.dumps({**plan, "mark": uuid4().hex[:8]}).encode())
    if load.returncode:
        raise SystemExit("the load could not be made")
    seen: dict[str, Any] = json.loads(said)
    if seen["wrong"]:
        raise SystemExit(f"{plan['method']} {plan['path']} was answered {seen['wrong'][0]}")
    return seen


async def main(seconds: float = 4.0, rounds: float = 3) -> list[Table]:
    async with AsyncExitStack() as stack:
        place = await stand(stack)
        url, api = serve(place, "serving:create_app", stack)
        empty, nothing = serve(place, "bench.empty:create_app", stack)
        usage = Usage({"api": api.pid, "empty": nothing.pid})
        asked = plans(url, empty, await furnish(place, url), seconds)
        kinds: dict[str, Seen] = defaultdict(Seen)
        for number in range(int(rounds)):
            for name, plan in asked.items():
                usage.spent()
                seen, kind = await put_under_load(plan), kinds[name]
                kind.took += seen["took"]
                kind.elapsed += seen["elapsed"]
                kind.server += sum(usage.spent().values())
            print(f"round {number + 1} of {rounds:.0f}", file=sys.stderr)
        return [report(kinds)]


def report(kinds: dict[str, Seen]) -> Table:
    columns = ("requests/s", "p50 ms", "p95 ms", "p99 ms", "processor ms", "ratio")
    table = Table("request", *columns, title=f"API: {CONNECTIONS} connections")
    floor = next(iter(kinds.values())).rate
    for name, seen in kinds.items():
        delays = [f"{seen.percentile(number):.1f}" for number in (50, 95, 99)]
        each = 1000 * seen.server / len(seen.took)
        table.add_row(name, f"{seen.rate:.0f}", *delays, f"{each:.2f}", f"{seen.rate / floor:.2f}")
    return table


if __name__ == "__main__":
    Console().print(*asyncio.run(main(*map(float, sys.argv[1:]))))
