"""A local platform as processes, the providers' twin apart from it, and the operator's command."""

import asyncio
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from adapters.holidays import PublicHolidays
from adapters.local.folder import DataFolder
from adapters.local.platform import LocalPlatform, Ports
from adapters.local.ports import any_port
from adapters.local.supervisor import Supervisor
from adapters.temporal import connect
from database.fleet import contract, payments
from database.session import Database
from database.shared.contacts import Contact, save_contact
from database.shared.tables import message, tenant
from domain.fleet.intake import Contract, PaidBy, PaymentEntry
from domain.fleet.terms import Frequency, Kind, Terms
from domain.money import Money

ROOT = Path(__file__).resolve().parents[2]
TENANT = "motos"
PATIENCE = 120.0
HASTE = {
    "ECHEANCE_PROVIDER_RETRY_AFTER": "1",
    "ECHEANCE_RECONCILE_EVERY": "2",
    "ECHEANCE_SENDGRID_SETTLES_AFTER": "0",
    "ECHEANCE_TWILIO_SETTLES_AFTER": "0",
}
PARTS = ("postgres", "temporal", "twins", "worker")


@dataclass
class Machine:
    platform: LocalPlatform
    supervisor: Supervisor
    keeper: threading.Thread

    @property
    def folder(self) -> Path:
        return self.platform.folder.path

    def kill(self) -> None:
        """The plug is pulled: every process at once, and nobody starts them again."""
        self.supervisor.ask_to_stop()
        for name in PARTS:
            os.killpg(os.getpgid(self.supervisor.pid(name)), signal.SIGKILL)
        self.keeper.join()

    def at_provider(self) -> Counter[str]:
        """How many messages each address was sent."""
        url = f"http://127.0.0.1:{self.platform.ports.twins}/twin/messages.json"
        answer = httpx.get(url, params={"limit": "500"}, trust_env=False).raise_for_status()
        return Counter(one["to"] for one in answer.json()["messages"])


@contextmanager
def running(folder: Path) -> Iterator[Machine]:
    """Without API and daily backup: what the test does not ask for does not happen."""
    data = DataFolder(folder)
    with data.held():
        ports = Ports(any_port(), any_port(), any_port(), any_port())
        platform = LocalPlatform(data, ports)
        platform.environment.update(HASTE)
        data.keep_environment(platform.environment)
        services = [service for service in platform.services() if service.name in PARTS]
        supervisor = Supervisor(services, data.logs, lambda *_: None)
        supervisor.start()
        keeper = threading.Thread(target=supervisor.run)
        keeper.start()
        try:
            yield Machine(platform, supervisor, keeper)
        finally:
            supervisor.ask_to_stop()
            keeper.join()
            platform.postgres.tidy()


def echeance(*words: str, given: Mapping[str, str] | None = None) -> str:
    """What the command says; ``given`` is its environment. Raises AssertionError with it when it fails."""
    done = run(*words, given=given)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run(
    *words: str, given: Mapping[str, str] | None = None, limit: Callable[[], None] | None = None
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "cli", *words], cwd=ROOT, env=clean(given or {}), capture_output=True,
        text=True, check=False, preexec_fn=limit,
    )  # fmt: skip


def clean(given: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ECHEANCE_")}
    return {**kept, **given}


def short_of_room() -> None:
    """As if the disk took no file of more than a megabyte."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))


def carry_provider_over(old: Path, new: Path) -> None:
    """The providers live elsewhere: what they know survives the machine."""
    shutil.copytree(old / "outbox", new / "outbox")


class Fleet:
    """Drivers who are each ten days late; a message goes to each one."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.now = datetime.now(UTC)
        self.database = Database(machine.platform.postgres.url(role="echeance_app"), pool_size=3, ping=True)

    async def found(self) -> None:
        owner = Database(self.machine.platform.postgres.url(), pool_size=1)
        row = {"id": TENANT, "name": "Motos", "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
        async with owner.anyone() as tx:
            await tx.execute(insert(tenant).values(row | {"quiet_from": "00:00", "quiet_until": "00:00"}))
        await owner.close()

    async def begin(self, *numbers: int) -> None:
        """Facts as the API writes them; entered again they are the same facts."""
        today = self.now.date()
        async with self.database.tenant(TENANT) as tx:
            for number in numbers:
                mail = f"d{number}@example.org"
                person = Contact(f"D-{number}", f"Driver {number}", mail, phone(number), "fr")
                await save_contact(tx, TENANT, person)
            given = [agreed(number, today) for number in numbers]
            await contract.create_all_signed(tx, TENANT, given, self.now, PublicHolidays())
            down = Money("XAF", 20_000)
            paid = [
                PaymentEntry(f"P-{number}", f"C-{number}", self.now, down, PaidBy.CASH, "test")
                for number in numbers
            ]
            await payments.record_payments(tx, TENANT, paid, self.now)

    async def until_told(self, count: int) -> None:
        """Until so many messages are with the provider and nothing is owed or under way."""
        told = select(func.count()).where(message.c.state.in_(["accepted", "delivered"]))
        busy = select(func.count()).where(message.c.state.in_(["pending", "sending", "unknown"]))
        owed = text("select count(*) from outbox where delivered_at is null")
        seen: list[Any] = []
        async with asyncio.timeout(PATIENCE):
            while seen != [count, 0, 0]:
                try:
                    async with self.database.tenant(TENANT) as tx:
                        seen = [(await tx.execute(query)).scalar_one() for query in (told, busy, owed)]
                except (SQLAlchemyError, OSError):
                    seen = []
                await asyncio.sleep(0.1)

    async def running(self) -> Counter[str]:
        """The references of the processes that Temporal runs."""
        client = await connect(self.machine.platform.temporal.address)
        query = f"ExecutionStatus='Running' AND EcheanceTenant='{TENANT}'"
        return Counter([found.id async for found in client.list_workflows(query)])

    async def __aenter__(self) -> "Fleet":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.database.close()


def phone(number: int) -> str:
    return f"+2376772{number:05d}"


def agreed(number: int, today: date) -> Contract:
    terms = Terms(
        kind=Kind.LEASE_TO_OWN, price=Money("XAF", 50_000), down_payment=Money("XAF", 20_000), instalments=3,
        frequency=Frequency.MONTHLY, first_due_on=today - timedelta(days=10),
        signed_on=today - timedelta(days=30),
    )  # fmt: skip
    return Contract(f"C-{number}", f"D-{number}", f"M-{number}", terms)
