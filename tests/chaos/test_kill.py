"""kill -9 of workers, APIs, Temporal and PostgreSQL in the middle of 200 dunning cases, providers at fault.

Nothing may be lost and nothing sent twice. Progress, not time, pushes the test forward: each kill waits until
so many more messages are settled.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from pathlib import Path

import httpx
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from adapters.holidays import PublicHolidays
from adapters.temporal import connect
from database.fleet import contract, payments
from database.session import Database
from database.shared.api_keys import create_key
from database.shared.contacts import Contact, save_contact
from database.shared.tables import alert, ledger_entry, message, tenant
from domain.fleet.intake import Contract, PaidBy, PaymentEntry
from domain.fleet.terms import Frequency, Kind, Terms
from domain.money import Money
from tests.chaos.platform import Running, running

CASES = 200
PAID = 40
TENANT = "chaos"
FAULTS = {"429": 0.08, "500": 0.04, "500-after-accept": 0.05, "cut-after-accept": 0.08, "reset": 0.05}
KILLS = ("worker", "postgres", "worker-2", "temporal", "api", "worker", "postgres", "temporal")
PATIENCE = 300.0


async def until_settled(database: Database, enough: int) -> None:
    """Wait until this many messages are with a provider, or have a fate that a person has been told."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                async with database.tenant(TENANT) as tx:
                    query = select(func.count()).where(
                        message.c.state.in_(["accepted", "delivered", "unknown"])
                    )
                    if int((await tx.execute(query)).scalar_one()) >= enough:
                        return
            except (SQLAlchemyError, OSError):
                pass
            await asyncio.sleep(0.1)


def agreed(number: int, today: date) -> Contract:
    terms = Terms(
        kind=Kind.LEASE_TO_OWN, price=Money("XAF", 50_000), down_payment=Money("XAF", 20_000), instalments=3,
        frequency=Frequency.MONTHLY, first_due_on=today - timedelta(days=10),
        signed_on=today - timedelta(days=30),
    )  # fmt: skip
    return Contract(f"C-{number}", f"D-{number}", f"M-{number}", terms)


async def begin(platform: Running, database: Database, now: datetime) -> None:
    """Two hundred drivers, each ten days late with the first instalment."""
    owner = Database(platform.platform.postgres.url(), pool_size=1)
    row = {"id": TENANT, "name": "Chaos", "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    async with owner.anyone() as tx:
        # No quiet hours: the test runs at any hour of the day.
        await tx.execute(insert(tenant).values(row | {"quiet_from": "00:00", "quiet_until": "00:00"}))
    await owner.close()
    today = now.date()
    async with database.tenant(TENANT) as tx:
        for number in range(CASES):
            phone = f"+2376771{number:05d}"
            person = Contact(f"D-{number}", f"Driver {number}", f"d{number}@example.org", phone, "fr")
            await save_contact(tx, TENANT, person)
        given = [agreed(number, today) for number in range(CASES)]
        written = await contract.create_all_signed(tx, TENANT, given, now, PublicHolidays())
        assert written == [True] * CASES
        downs = [
            PaymentEntry(f"P-{number}-0", f"C-{number}", now, Money("XAF", 20_000), PaidBy.CASH, "test")
            for number in range(CASES)
        ]
        assert await payments.record_payments(tx, TENANT, downs, now) == [True] * CASES


async def pay(platform: Running, key: str, number: int, now: datetime) -> None:
    """As a careful client does it: the same command under one key, until it is answered."""
    payment = {
        "ref": f"P-{number}-1", "contract_ref": f"C-{number}", "received_at": now.isoformat(),
        "amount": {"amount": "10000", "currency": "XAF"}, "channel": "cash",
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"pay-{number}"}
    async with asyncio.timeout(PATIENCE), httpx.AsyncClient(trust_env=False, timeout=10) as http:
        for address in cycle(platform.apis):
            with suppress(httpx.HTTPError):
                answer = await http.post(f"{address}/v1/fleet/payments", json=payment, headers=headers)
                if answer.status_code == 201:
                    return
                assert answer.status_code >= 500, answer.text
            await asyncio.sleep(0.2)


async def until_all_told(database: Database) -> None:
    """Every case that is still owed has its message settled, every paid one is closed."""
    open_cases = "select count(*) from process_case where process = 'fleet.dunning' and closed_at is null"
    untold = (
        "select count(*) from process_case c where process = 'fleet.dunning' and closed_at is null"
        " and not exists (select from message m where m.process = c.process and m.ref = c.ref)"
    )
    under_way = (
        "select count(*) from message where state in ('pending', 'sending', 'unknown') and not exists"
        " (select from alert where alert.key = message.step_key || '\\:unknown')"
    )
    owed = "select count(*) from outbox where delivered_at is null"
    queries = [text(query) for query in (open_cases, untold, under_way, owed)]
    async with asyncio.timeout(PATIENCE):
        while True:
            async with database.tenant(TENANT) as tx:
                seen = [int((await tx.execute(query)).scalar_one()) for query in queries]
            if seen == [CASES - PAID, 0, 0, 0]:
                return
            await asyncio.sleep(0.3)


async def messages_of(database: Database) -> list[tuple[str, str, str]]:
    async with database.tenant(TENANT) as tx:
        rows = await tx.execute(select(message.c.ref, message.c.id, message.c.state))
        return [(row.ref, row.id, row.state) for row in rows]


async def running_workflows(platform: Running, process: str) -> Counter[str]:
    client = await connect(platform.platform.temporal.address)
    query = f"ExecutionStatus='Running' AND EcheanceProcess='{process}'"
    return Counter([found.id async for found in client.list_workflows(query)])


async def test_nothing_is_lost_and_nothing_is_sent_twice(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with running(tmp_path / "platform") as platform:
        database = Database(platform.platform.postgres.url(role="echeance_app"), ping=True)
        for channel in ("sms", "email"):
            platform.order_faults(channel=channel, rates=FAULTS, seed=7)
        await begin(platform, database, now)
        async with database.tenant(TENANT) as tx:
            key = await create_key(tx, TENANT, "payments", frozenset({"fleet:write"}))
        for number, name in enumerate(KILLS):
            await until_settled(database, 15 * (number + 1))
            platform.kill(name)
            for paid in range(number * 5, number * 5 + 5):
                await pay(platform, key, paid, now)
        await until_all_told(database)

        told = await messages_of(database)
        at_provider = platform.accepted_twice()
        assert at_provider == []
        per_case = Counter(ref for ref, _, _ in told)
        assert {f"C-{number}" for number in range(PAID, CASES)} <= set(per_case)
        assert set(per_case.values()) == {1}
        contracts = await running_workflows(platform, "fleet.contract")
        assert contracts == Counter(f"fleet.contract:{TENANT}:C-{number}" for number in range(CASES))
        dunning = await running_workflows(platform, "fleet.dunning")
        assert dunning == Counter(f"fleet.dunning:{TENANT}:C-{number}" for number in range(PAID, CASES))
        async with database.tenant(TENANT) as tx:
            off = await tx.execute(select(func.sum(ledger_entry.c.amount_minor)))
            paid_in = await tx.execute(
                select(func.sum(ledger_entry.c.amount_minor)).where(ledger_entry.c.account.like("cash%"))
            )
            listed = await tx.execute(select(alert.c.ref).where(alert.c.key.like("%:unknown")))
            unknown = {row.ref for row in listed}
            assert off.scalar_one() == 0
            assert paid_in.scalar_one() == 20_000 * CASES + 10_000 * PAID
        assert unknown == {ref for ref, _, state in told if state == "unknown"}
        await database.close()
