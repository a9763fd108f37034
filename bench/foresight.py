"""How long it takes to foresee two years of daily instalments, on the real engine."""

import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from rich.table import Table
from sqlalchemy import insert

from activities.platform.foresight import Foresights
from adapters.holidays import PublicHolidays
from adapters.simulation import Simulation
from database.fleet import contract
from database.shared import foresights
from database.shared.audit import Actor
from database.shared.contacts import Contact, save_contact
from database.shared.foresights import Wish
from database.shared.tables import tenant
from domain.fleet.intake import Contract
from domain.fleet.terms import Frequency, Kind, Terms
from domain.money import Money
from seeds.ground import Place, stand
from worker import workers

TENANT, ZONE, DUES = "bench", "Africa/Douala", 730
Assumed = dict[str, Any]
ASSUMED: tuple[Assumed, ...] = ({"kind": "perfect"}, {"kind": "as_so_far", "seed": 1}, {"kind": "stops"})
AIM = 60.0


async def main() -> list[Table]:
    table = Table(
        "assumption", "s", "payments", "messages", "aim < 60 s", title=f"Foresight of {DUES} daily dues"
    )
    async with AsyncExitStack() as stack:
        place = await stand(stack)
        for worker in workers(place.client, place.ground, ["shadow"]):
            await stack.enter_async_context(worker)
        now = datetime.now(UTC)
        await agreed(place, now)
        runner = Foresights(
            place.ground.database, place.ground.library, partial(Simulation, place.client),
            place.ground.files.files,
        )  # fmt: skip
        for assumption in ASSUMED:
            begun = time.perf_counter()
            told = await foreseen(place, runner, assumption, now)
            took = time.perf_counter() - begun
            totals = told["futures"][0]["totals"]
            row = (str(assumption["kind"]), f"{took:.1f}", str(totals["payments"]), str(totals["messages"]))
            table.add_row(*row, "met" if took < AIM else "missed")
    return [table]


async def agreed(place: Place, now: datetime) -> None:
    """A driver who began a week ago."""
    today = now.astimezone(ZoneInfo(ZONE)).date()
    terms = Terms(
        Kind.LEASE_TO_OWN, Money("XAF", 1_460_000), Money("XAF", 0), DUES, Frequency.DAILY,
        today + timedelta(days=1), today,
    )  # fmt: skip
    row = {"id": TENANT, "name": "Bench", "country": "CM", "zone": ZONE, "currency": "XAF"}
    async with place.owner.anyone() as tx:
        await tx.execute(insert(tenant).values(row))
    async with place.ground.database.tenant(TENANT) as tx:
        await save_contact(tx, TENANT, Contact("D-1", "Paul Ngono", None, "+237677000000", "fr"))
        signed = Contract("C-1", "D-1", "M-1", terms)
        await contract.create_signed(tx, TENANT, signed, now, PublicHolidays())


async def foreseen(place: Place, runner: Foresights, assumption: Assumed, now: datetime) -> Assumed:
    begins = now.astimezone(ZoneInfo(ZONE)).date()
    wish = Wish("contract", "C-1", assumption, {}, begins, begins + timedelta(days=DUES + 5))
    async with place.ground.database.tenant(TENANT) as tx:
        made = await foresights.begin(tx, TENANT, Actor("bench"), wish, datetime.now(UTC))
    done = await runner.go_on(TENANT, made.id, lambda _: None)
    if done.result is None:
        raise SystemExit(f"the foresight {done.state}: {done.problem}")
    return dict(done.result)
