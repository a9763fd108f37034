"""The loop beside a bare Temporal workflow with as many timers and activities, on one server, alternating.

Each of our cases is a maintenance contract near its end: five reviews (facts, rule book, decision kept), two
emails to the local twin of SendGrid, one alert, one state change, four timers. The bare case has nine
activities that do nothing and four timers. Time is skipped in both.

    python -m bench.loop [cases a round] [rounds]
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from statistics import median
from uuid import uuid4

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, insert, select
from temporalio.client import Client
from temporalio.worker import Worker

from adapters.local.simulation import Simulation
from bench.bare import Bare, nothing
from bench.ground import stand
from database.maintenance import renewal
from database.relay import Relay
from database.session import Database
from database.shared.contacts import Contact, save_contact
from database.shared.tables import decision, message, tenant
from domain.case import Case
from domain.maintenance.contract import ServiceContract
from domain.maintenance.renewal import Level
from domain.money import Money
from worker import Ground, workers

AT_ONCE = 20


@dataclass
class Tally:
    """Seconds of each round, to start the cases and to live them."""

    starts: list[float] = field(default_factory=list)
    lives: list[float] = field(default_factory=list)


async def gathered(jobs: list[Callable[[], Awaitable[object]]]) -> None:
    """At most AT_ONCE of them at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(job: Callable[[], Awaitable[object]]) -> None:
        async with gate:
            await job()

    await asyncio.gather(*(one(job) for job in jobs))


async def new_tenant(owner: Database) -> str:
    made = f"bench-{uuid4().hex[:8]}"
    row = {"id": made, "name": "Bench", "country": "FR", "zone": "Europe/Paris", "currency": "EUR"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(row))
    return made


async def write_contracts(database: Database, tenant_id: str, cases: int, now: datetime) -> None:
    ends_on = now.date() + timedelta(days=100)
    async with database.tenant(tenant_id) as tx:
        for number in range(cases):
            ref = f"K-{number}"
            await save_contact(tx, tenant_id, Contact(ref, "Claire Martin", f"{ref}@example.org", None, "fr"))
            amount = Money("EUR", 48000)
            begins = date(ends_on.year - 2, 1, 1)
            contract = ServiceContract(ref, ref, Level.SILVER, begins, ends_on, 0, False, amount)
            await renewal.sign(tx, tenant_id, contract, now)


async def our_round(simulation: Simulation, ground: Ground, owner: Database, cases: int, tally: Tally) -> str:
    """The contracts are written beforehand: what is timed is the relay's starts, then the lives."""
    now = datetime.now(UTC)
    tenant_id = await new_tenant(owner)
    await write_contracts(ground.database, tenant_id, cases, now)
    began = time.perf_counter()
    await Relay(ground.database, simulation).drain()
    tally.starts.append(time.perf_counter() - began)
    mine = [case for case in simulation.started if case.tenant == tenant_id]
    began = time.perf_counter()
    await gathered([partial(simulation.finish, case) for case in mine])
    tally.lives.append(time.perf_counter() - began)
    return tenant_id


async def bare_round(simulation: Simulation, cases: int, tally: Tally) -> None:
    now, mark = datetime.now(UTC), uuid4().hex[:8]
    made = [Case("bench", "bare", f"{mark}-{number}", "UTC") for number in range(cases)]
    began = time.perf_counter()
    await gathered([partial(simulation.start, case, "bench", now) for case in made])
    tally.starts.append(time.perf_counter() - began)
    began = time.perf_counter()
    await gathered([partial(simulation.finish, case) for case in made])
    tally.lives.append(time.perf_counter() - began)


async def counted(database: Database, tenant_id: str) -> tuple[int, int]:
    """Decisions kept and messages accepted."""
    async with database.tenant(tenant_id) as tx:
        reviews = await tx.execute(select(func.count()).select_from(decision))
        sent = select(func.count()).select_from(message).where(message.c.state.in_(["accepted", "delivered"]))
        return int(reviews.scalar_one()), int((await tx.execute(sent)).scalar_one())


def report(ours: Tally, bare: Tally, cases: int, reviews: int, messages: int) -> None:
    table = Table("measure", "ours /s", "bare /s", "ratio", title=f"{cases} cases a round, median of rounds")
    our_start, bare_start = median(ours.starts), median(bare.starts)
    our_life, bare_life = median(ours.lives), median(bare.lives)
    rows = [("starts", cases / our_start, cases / bare_start)]
    rows += [("reviews", reviews / our_life, cases * 5 / bare_life)]
    rows += [("messages", messages / our_life, cases * 2 / bare_life)]
    rows += [("cases", cases / our_life, cases / bare_life)]
    for name, rate, limit in rows:
        table.add_row(name, f"{rate:.0f}", f"{limit:.0f}", f"{rate / limit:.2f}")
    Console().print(table)


async def main(cases: int, rounds: int) -> None:
    async with AsyncExitStack() as stack:
        place = await stand(stack)
        client: Client = place.client
        for worker in workers(client, place.ground, ["maintenance"]):
            await stack.enter_async_context(worker)
        bare_worker = Worker(
            client, task_queue="bare", workflows=[Bare], activities=[nothing], max_concurrent_activities=50
        )
        await stack.enter_async_context(bare_worker)
        ours, bare, simulation = Tally(), Tally(), Simulation(client)
        reviews = messages = 0
        await bare_round(simulation, 5, Tally())
        await our_round(simulation, place.ground, place.owner, 5, Tally())
        for number in range(rounds):
            await bare_round(simulation, cases, bare)
            made = await our_round(simulation, place.ground, place.owner, cases, ours)
            reviews, messages = await counted(place.ground.database, made)
            if (reviews, messages) != (cases * 5, cases * 2):
                raise SystemExit(f"round {number}: {reviews} reviews and {messages} messages, not as planned")
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
        report(ours, bare, cases, reviews, messages)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    asyncio.run(main(*(given + [100, 3][len(given) :])))
