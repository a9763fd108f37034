"""`echeance demo`: a whole data set lived through in virtual time on the real parts, then checked.

Contracts are imported; each then goes through its payments one by one: its processes are moved to the
payment's instant, the payment is recorded as the API would, and what it rings is let happen. At the end
everything is moved past the last due date.
"""

import asyncio
import io
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import insert

from adapters.csv_fleet import CsvFleetFiles
from adapters.holidays import PublicHolidays
from adapters.simulation import Simulation
from database.fleet.imports import import_contracts
from database.fleet.payments import record_payments
from database.relay import Relay
from database.shared.tables import tenant
from domain.case import Case
from domain.errors import DomainError
from domain.fleet.intake import Contract, PaymentEntry
from seeds.dataset import DataSet, read
from seeds.ground import Place, stand
from seeds.invariants import check_all
from seeds.summary import show
from worker import workers

TENANT, ZONE = "demo", "Africa/Douala"
AT_ONCE = 12
AFTER_LAST_DUE = timedelta(days=45)
HERE = Path(__file__).resolve().parent


class Demo:
    def __init__(self, place: Place, data: DataSet) -> None:
        self.place = place
        self.data = data
        self.database = place.ground.database
        self.simulation = Simulation(place.client)
        self.relay = Relay(self.database, self.simulation)
        self.ends_at = self._end()

    def _end(self) -> datetime:
        """Past every due date and payment, at an hour at which nothing is reviewed."""
        lengths = {"daily": 1, "weekly": 7, "monthly": 31}
        last = max(
            contract.terms.first_due_on
            + timedelta(days=contract.terms.instalments * lengths.get(contract.terms.frequency, 31))
            for contract in self.data.contracts
        )
        payments = [payment.received_at for paid in self.data.payments.values() for payment in paid]
        due = datetime(last.year, last.month, last.day, 15, 30, tzinfo=ZoneInfo(ZONE))
        return max([due, *payments]) + AFTER_LAST_DUE

    async def begin(self) -> None:
        """Import the contracts on the day on which the first one is signed."""
        row = {"id": TENANT, "name": "Motos Douala", "country": "CM", "zone": ZONE, "currency": "XAF"}
        async with self.place.owner.anyone() as tx:
            await tx.execute(insert(tenant).values(row))
        first = self.data.begins_on
        at = datetime(first.year, first.month, first.day, 8, 30, tzinfo=ZoneInfo(ZONE))
        source = io.BytesIO(self.data.contracts_file)
        report = await import_contracts(self.database, CsvFleetFiles(), TENANT, source, at, PublicHolidays())
        if report.refused or report.created != len(self.data.contracts):
            raise SystemExit(f"{report.refused} contracts were refused, {report.created} created")

    async def live(self, contract: Contract) -> None:
        """One contract from its signature to the end."""
        for payment in self.data.payments.get(contract.ref, ()):
            await self._settle(contract.ref, payment.received_at)
            await self._pay(payment)
        await self._settle(contract.ref, self.ends_at)

    async def _pay(self, payment: PaymentEntry) -> None:
        async with self.database.tenant(TENANT) as tx:
            written = (await record_payments(tx, TENANT, [payment], payment.received_at))[0]
        if isinstance(written, DomainError):
            raise SystemExit(f"payment {payment.ref}: {written}")

    async def _settle(self, ref: str, to: datetime) -> None:
        """Everything that this contract's processes do up to ``to``, and what they start on the way."""
        cases = [Case(TENANT, process, ref, ZONE) for process in ("fleet.contract", "fleet.dunning")]
        while True:
            await self.relay.deliver(TENANT, ref)
            await self.simulation.forward(cases, to)
            if not await self.relay.deliver(TENANT, ref):
                return


async def lived(demo: Demo, screen: Console) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    gate = asyncio.Semaphore(AT_ONCE)
    with Progress(*columns, console=screen) as progress:
        bar = progress.add_task("contracts lived", total=len(demo.data.contracts))

        async def one(contract: Contract) -> None:
            async with gate:
                await demo.live(contract)
            progress.advance(bar)

        await asyncio.gather(*(one(contract) for contract in demo.data.contracts))


async def run(folder: Path | None, screen: Console) -> bool:
    """True when every check holds. Raises BadInput for a data set that cannot be read."""
    began = time.monotonic()
    data = await asyncio.to_thread(read, folder or HERE / "data", datetime.now(UTC).date())
    screen.print(
        f"{len(data.contracts)} contracts, {data.payment_count} payments; dates are moved on by "
        f"{data.months} months, so that the first contract is signed on {data.begins_on}"
    )
    async with AsyncExitStack() as stack:
        place = await stand(stack)
        for worker in workers(place.client, place.ground, ["fleet"]):
            await stack.enter_async_context(worker)
        demo = Demo(place, data)
        await demo.begin()
        await lived(demo, screen)
        on = demo.ends_at.astimezone(ZoneInfo(ZONE)).date()
        checks = await check_all(demo.database, place.client, TENANT, on, await sent_twice(place))
        await show(screen, demo.database, TENANT, on, checks)
    screen.print(f"lived from {data.begins_on} to {on} in {time.monotonic() - began:.0f} s")
    return all(not check.broken_by for check in checks)


async def sent_twice(place: Place) -> list[str]:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(f"{place.environment['ECHEANCE_TWILIO_BASE_URL']}/twin/health")
    health = answer.raise_for_status().json()
    return sorted(health["repeated"])
