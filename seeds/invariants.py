"""What must hold after any life of a fleet, however it was lived. Each check names what breaks it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client

from database.fleet.queries import ContractFile, contracts, file_of
from database.session import Database


@dataclass(frozen=True)
class Check:
    name: str
    broken_by: tuple[str, ...] = ()


UNBALANCED = """
    select transaction_id || ' ' || currency from ledger_entry
     where tenant_id = :tenant group by transaction_id, currency having sum(amount_minor) <> 0
"""

# A message wanted by a review before the last payment came in may be handed over in the same minute.
AFTER_PAID = """
    select m.ref || ' ' || m.template || ' ' || m.wrote_at from message m
      join process_case c on c.tenant_id = m.tenant_id and c.ref = m.ref and c.process = 'fleet.contract'
     where m.tenant_id = :tenant and m.process = 'fleet.dunning' and c.outcome = 'completed'
       and m.state in ('accepted', 'delivered')
       and m.wrote_at > (select max(received_at) from payment p
                          where p.tenant_id = m.tenant_id and contract_ref = m.ref and reversed_at is null)
"""

OPEN = """
    select process || ':' || tenant_id || ':' || ref from process_case
     where tenant_id = :tenant and closed_at is null
"""

UNDELIVERED = """
    select kind || ' ' || process || ' ' || ref from outbox
     where tenant_id = :tenant and delivered_at is null
"""

CASH = """
    select coalesce(sum(amount_minor), 0) from ledger_entry
     where tenant_id = :tenant and account like 'cash:%'
"""


async def check_all(
    database: Database, client: Client, tenant: str, on: date, sent_twice: Iterable[str]
) -> list[Check]:
    """``on`` is the local date to which everything has been lived."""
    async with database.tenant(tenant) as tx:
        files = await _files(tx, tenant)
        return [
            *await _books(tx, tenant, files),
            Check("every message is at most once at the provider", tuple(sent_twice)),
            Check("nothing is owed to Temporal", await _rows(tx, tenant, UNDELIVERED)),
            Check(
                "every open obligation has exactly one running workflow, and the reverse",
                await _unmatched(tx, client, tenant, obligations(tenant, files, on)),
            ),
            Check("no message after a contract is paid", await _rows(tx, tenant, AFTER_PAID)),
        ]


async def check_books(tx: AsyncConnection, tenant: str) -> list[Check]:
    """What the database alone can be asked."""
    return [
        *await _books(tx, tenant, await _files(tx, tenant)),
        Check("no message after a contract is paid", await _rows(tx, tenant, AFTER_PAID)),
    ]


async def _books(tx: AsyncConnection, tenant: str, files: Sequence[ContractFile]) -> list[Check]:
    return [
        Check("the ledger is balanced", await _rows(tx, tenant, UNBALANCED)),
        Check("allocations + remaining overpayment = payments", await _unallocated(tx, tenant, files)),
    ]


async def _rows(tx: AsyncConnection, tenant: str, query: str) -> tuple[str, ...]:
    return tuple((await tx.execute(text(query), {"tenant": tenant})).scalars())


async def _files(tx: AsyncConnection, tenant: str) -> list[ContractFile]:
    files, after = [], ""
    while page := await contracts(tx, tenant, after=after, limit=200):
        files += [await file_of(tx, tenant, known.contract.ref) for known in page]
        after = page[-1].contract.ref
    return files


async def _unallocated(tx: AsyncConnection, tenant: str, files: Sequence[ContractFile]) -> tuple[str, ...]:
    """Against the ledger, not against itself: what came in is what the cash accounts say."""
    cash = int((await tx.execute(text(CASH), {"tenant": tenant})).scalar_one())
    standings = [file.standing for file in files if file.standing]
    settled = sum(standing.allocated.minor + standing.overpayment.minor for standing in standings)
    return () if settled == cash else (f"{settled} allocated or kept, {cash} received",)


def obligations(tenant: str, files: Sequence[ContractFile], on: date) -> set[str]:
    """The workflows there should be: one for each active contract, one for each that is in arrears."""
    expected = set()
    for file in files:
        if file.known.state != "active" or not file.standing:
            continue
        expected.add(f"fleet.contract:{tenant}:{file.contract.ref}")
        if file.standing.arrears_on(on, file.contract.terms.grace_days).minor:
            expected.add(f"fleet.dunning:{tenant}:{file.contract.ref}")
    return expected


async def _unmatched(tx: AsyncConnection, client: Client, tenant: str, expected: set[str]) -> tuple[str, ...]:
    """Three accounts that must agree: what money says, what our table says, what Temporal runs."""
    query = f"ExecutionStatus='Running' AND EcheanceTenant='{tenant}'"
    running = [found.id async for found in client.list_workflows(query)]
    watched = set(await _rows(tx, tenant, OPEN))
    twice = {found for found in running if running.count(found) > 1}
    return tuple(sorted(twice | (set(running) ^ watched) | (expected ^ watched)))
