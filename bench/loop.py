"""The loop beside a bare Temporal workflow with as many timers and activities, on one server, alternating.

Each of our cases is a maintenance contract near its end: five reviews (facts, rule book, decision kept), two
emails to the local twin of SendGrid, one alert, one state change, four timers; its history is sealed. The
bare case has nine activities that do nothing and four timers, in clear. Time is skipped in both.

    python -m bench.loop [cases a round] [rounds]
"""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from statistics import median
from uuid import uuid4

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, insert, select
from temporalio.worker import Worker

from adapters.simulation import Simulation
from adapters.temporal import TemporalDoorbell, connect
from bench.bare import Bare, nothing
from bench.usage import Usage
from database.maintenance import renewal
from database.relay import Relay
from database.session import Database
from database.shared import outbox
from database.shared.contacts import Contact, save_contact
from database.shared.tables import decision, message, tenant
from domain.case import Case
from domain.maintenance.contract import ServiceContract
from domain.maintenance.renewal import Level
from domain.money import Money
from seeds.ground import Place, stand
from worker import workers

AT_ONCE = 20
REVIEWS = 5
MESSAGES = 2
"""Of one case in its life."""


@dataclass
class Tally:
    """Seconds of each round to start the cases and to live them, and of processor by process over all."""

    starts: list[float] = field(default_factory=list)
    lives: list[float] = field(default_factory=list)
    used: Counter[str] = field(default_factory=Counter)

    def rates(self, cases: int, reviews: int, messages: int) -> dict[str, float]:
        """What happens in a second, by the median round."""
        whole = median(start + life for start, life in zip(self.starts, self.lives, strict=True))
        counts = {"reviews": reviews, "messages": messages, "cases": cases}
        return {"starts": cases / median(self.starts)} | {name: n / whole for name, n in counts.items()}

    def milliseconds(self, reviews: int) -> dict[str, float]:
        """Of processor for one review and what follows from it, in all rounds."""
        count = reviews * len(self.lives)
        return {name: 1000 * seconds / count for name, seconds in self.used.items()}


@dataclass(frozen=True)
class Track:
    """Where both sides run. ``plain`` seals nothing: it is what the other side would have."""

    place: Place
    simulation: Simulation
    plain: Simulation
    usage: Usage

    async def timed(self, jobs: Sequence[Callable[[], Awaitable[object]]]) -> float:
        """At most AT_ONCE of them at a time."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(job: Callable[[], Awaitable[object]]) -> None:
            async with gate:
                await job()

        began = time.perf_counter()
        await asyncio.gather(*(one(job) for job in jobs))
        return time.perf_counter() - began

    async def live(self, by: Simulation, cases: list[Case], tally: Tally) -> None:
        tally.lives.append(await self.timed([partial(by.finish, case) for case in cases]))
        tally.used.update(self.usage.spent())


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


async def our_round(track: Track, cases: int, tally: Tally) -> str:
    """The contracts are written beforehand: what is timed is the relay's starts, then the lives."""
    database = track.place.ground.database
    tenant_id = await new_tenant(track.place.owner)
    await write_contracts(database, tenant_id, cases, datetime.now(UTC))
    async with database.tenant(tenant_id) as tx:
        mine = [owed.case for owed in await outbox.take(tx, tenant_id, cases)]
    track.usage.spent()
    relay = Relay(database, TemporalDoorbell(track.simulation.skipper.client))
    tally.starts.append(await track.timed([relay.drain]))
    await track.live(track.simulation, mine, tally)
    return tenant_id


async def bare_round(track: Track, cases: int, tally: Tally) -> None:
    client, mark = track.plain.skipper.client, uuid4().hex[:8]
    made = [Case("bench", "bare", f"{mark}-{number}", "UTC") for number in range(cases)]
    track.usage.spent()
    start = partial(client.start_workflow, "bare", task_queue="bare")
    tally.starts.append(await track.timed([partial(start, case, id=case.workflow_id) for case in made]))
    await track.live(track.plain, made, tally)


async def counted(database: Database, tenant_id: str) -> tuple[int, int]:
    """Decisions kept and messages accepted."""
    async with database.tenant(tenant_id) as tx:
        reviews = await tx.execute(select(func.count()).select_from(decision))
        sent = select(func.count()).select_from(message).where(message.c.state.in_(["accepted", "delivered"]))
        return int(reviews.scalar_one()), int((await tx.execute(sent)).scalar_one())


def report(ours: Tally, bare: Tally, cases: int, reviews: int, messages: int) -> list[Table]:
    table = Table("a second", "ours", "bare Temporal", "ratio", title=f"Loop: {cases} cases a round")
    limits = bare.rates(cases, reviews, messages)
    for name, rate in ours.rates(cases, reviews, messages).items():
        table.add_row(name, f"{rate:.0f}", f"{limits[name]:.0f}", f"{rate / limits[name]:.2f}")
    used = Table("processor, ms a review", "ours", "bare Temporal")
    floor = bare.milliseconds(reviews)
    for name, spent in ours.milliseconds(reviews).items():
        used.add_row(name, f"{spent:.1f}", f"{floor[name]:.1f}")
    return [table, used]


async def main(cases: int = 100, rounds: int = 3) -> list[Table]:
    async with AsyncExitStack() as stack:
        place = await stand(stack)
        for worker in workers(place.client, place.ground, ["maintenance"]):
            await stack.enter_async_context(worker)
        plain = await connect(place.temporal.address)
        bare_worker = Worker(plain, task_queue="bare", workflows=[Bare], activities=[nothing])
        await stack.enter_async_context(bare_worker)
        track = Track(place, Simulation(place.client), Simulation(plain), Usage(processes(place)))
        await bare_round(track, 5, Tally())
        await our_round(track, 5, Tally())
        return await compare(track, cases, rounds)


async def compare(track: Track, cases: int, rounds: int) -> list[Table]:
    ours, bare = Tally(), Tally()
    reviews, messages = cases * REVIEWS, cases * MESSAGES
    for number in range(rounds):
        await bare_round(track, cases, bare)
        made = await our_round(track, cases, ours)
        found = await counted(track.place.ground.database, made)
        if found != (reviews, messages):
            raise SystemExit(f"round {number}: {found} reviews and messages, not {(reviews, messages)}")
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return report(ours, bare, cases, reviews, messages)


def processes(place: Place) -> dict[str, int]:
    return {
        "worker and bench": os.getpid(),
        "Temporal": place.temporal.pid,
        "PostgreSQL": place.postgres.pid,
        "twin of SendGrid": place.twin.pid,
    }


if __name__ == "__main__":
    Console().print(*asyncio.run(main(*map(int, sys.argv[1:]))))
