"""Facts about payments: what came in, and what was taken back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet import cash, settling
from database.fleet.cash import KnownAgent
from database.fleet.changes import hold_all
from database.fleet.contract import Written
from database.fleet.queries import (
    CONTRACT,
    DUNNING,
    KnownContract,
    KnownPayment,
    contract_of,
    contracts_named,
    known_payment,
)
from database.fleet.rows import CASH, IN_HAND, RECEIVABLE, difference, payment_row
from database.fleet.tables import payment
from database.shared import cases, ledger, outbox
from database.shared.bulk import among, insert_all
from database.shared.contacts import Tenant, tenant_of
from database.shared.ledger import Entry, Posting
from domain.calendar import local_date
from domain.errors import BadInput, Conflict, DomainError, Mistake, NotFound
from domain.fleet.contract import DRAFT, TERMINATED
from domain.fleet.intake import PaymentEntry, Reversal

CLOCKS_DIFFER = timedelta(days=1)


async def record_payment(tx: AsyncConnection, tenant: str, given: PaymentEntry, at: datetime) -> bool:
    """Write a payment, post it and wake what it concerns. False if the same one is known.

    Raises NotFound (contract), Conflict (another payment with this reference; draft) and BadInput.
    """
    written = (await record_payments(tx, tenant, [given], at))[0]
    if isinstance(written, DomainError):
        raise written
    return written


async def record_payments(
    tx: AsyncConnection, tenant: str, given: Sequence[PaymentEntry], at: datetime
) -> list[Written]:
    """Many at once, in a few statements; one that is refused does not keep the others out."""
    home = await tenant_of(tx, tenant)
    # Held before anything is written: who pays a quote holds the contract while its purse is awaited.
    await hold_all(tx, tenant, {entry.contract_ref for entry in given})
    contracts = await contracts_named(tx, tenant, {entry.contract_ref for entry in given})
    agents = await cash.agents_named(tx, tenant, {entry.agent_ref for entry in given if entry.agent_ref})
    refused = {entry: wrong for entry in given if (wrong := _wrong(entry, contracts, agents, at))}
    sound = {entry.ref: entry for entry in reversed(given) if entry not in refused}
    fresh = await _insert(tx, tenant, sound.values(), at)
    known = await payments_named(tx, tenant, sound.keys() - fresh.keys())
    await _post(tx, home, fresh.values())
    await settling.accept_paid(tx, tenant, {entry.contract_ref for entry in fresh.values()}, at)
    await _ring(tx, home, fresh.values(), at)
    written: list[Written] = []
    for entry in given:
        if entry in refused:
            written.append(refused[entry])
        else:
            first = fresh.pop(entry.ref, None) is not None
            there = known[entry.ref].entry if entry.ref in known else sound[entry.ref]
            written.append(first or _same(there, entry))
    return written


def _wrong(
    entry: PaymentEntry,
    contracts: Mapping[str, KnownContract],
    agents: Mapping[str, KnownAgent],
    at: datetime,
) -> DomainError | None:
    known = contracts.get(entry.contract_ref)
    if known is None:
        return NotFound("contract", entry.contract_ref)
    if known.state == DRAFT:
        return Conflict(f"the contract {entry.contract_ref} is not signed yet")
    currency = known.contract.terms.price.currency
    if entry.amount.currency != currency:
        return BadInput(
            Mistake("currency", f"{entry.amount.currency} is not its contract's", f"use {currency}")
        )
    if entry.received_at > at + CLOCKS_DIFFER:
        return BadInput(Mistake("received_at", "it lies in the future", "give the moment the money came in"))
    return _wrong_agent(entry.agent_ref, agents) if entry.agent_ref else None


def _wrong_agent(ref: str, agents: Mapping[str, KnownAgent]) -> DomainError | None:
    if ref not in agents:
        return NotFound("agent", ref)
    closed_on = agents[ref].closed_on
    return Conflict(f"the agent {ref} was closed on {closed_on}") if closed_on else None


def _same(known: PaymentEntry, given: PaymentEntry) -> Written:
    """Who reported a payment is no part of it: a webhook and a file may tell of the same one. A file may not
    know who took the cash.
    """
    untold = {"source"} if given.agent_ref else {"source", "agent_ref"}
    facts = {name: value for name, value in payment_row(given).items() if name not in untold}
    other = difference(payment_row(known), facts)
    return Conflict(f"the payment {given.ref} exists already: its {other}") if other else False


async def _insert(
    tx: AsyncConnection, tenant: str, entries: Iterable[PaymentEntry], at: datetime
) -> dict[str, PaymentEntry]:
    """Those that were not known. A writer who is quicker wins."""
    by_ref = {entry.ref: entry for entry in sorted(entries, key=lambda entry: entry.ref)}
    if not by_ref:
        return {}
    rows = [{**payment_row(entry), "tenant_id": tenant, "recorded_at": at} for entry in by_ref.values()]
    made = await tx.execute(insert_all(payment, rows).on_conflict_do_nothing().returning(payment.c.ref))
    return {ref: by_ref[ref] for ref in made.scalars()}


async def payment_of(tx: AsyncConnection, tenant: str, ref: str) -> KnownPayment:
    """Raises NotFound."""
    found = await payments_named(tx, tenant, [ref])
    if ref not in found:
        raise NotFound("payment", ref)
    return found[ref]


async def is_reversed(tx: AsyncConnection, tenant: str, ref: str) -> bool:
    """False for one that is not known."""
    mine = (payment.c.tenant_id == tenant, payment.c.ref == ref, payment.c.reversed_at.is_not(None))
    return (await tx.execute(select(payment.c.ref).where(*mine))).first() is not None


async def payments_named(tx: AsyncConnection, tenant: str, refs: Collection[str]) -> dict[str, KnownPayment]:
    if not refs:
        return {}
    mine = (payment.c.tenant_id == tenant) & among(payment.c.ref, refs)
    return {row.ref: known_payment(row) for row in await tx.execute(select(payment).where(mine))}


async def _post(tx: AsyncConnection, home: Tenant, entries: Iterable[PaymentEntry]) -> None:
    postings = [
        Posting(
            ledger_key(entry.ref), local_date(entry.received_at, home.zone), f"payment {entry.ref}",
            (
                _where_it_is(entry),
                Entry(RECEIVABLE, entry.contract_ref, -entry.amount),
            ),
        )
        for entry in entries
    ]  # fmt: skip
    await ledger.post_all(tx, home.id, postings)


def _where_it_is(entry: PaymentEntry) -> Entry:
    if entry.agent_ref:
        return Entry(IN_HAND, entry.agent_ref, entry.amount)
    return Entry(CASH.format(entry.channel.value), entry.contract_ref, entry.amount)


def ledger_key(payment_ref: str) -> str:
    return f"fleet.payment:{payment_ref}"


async def _ring(tx: AsyncConnection, home: Tenant, entries: Collection[PaymentEntry], at: datetime) -> None:
    """One ring a contract, and one for its dunning, open or not.

    A dunning case that is just being opened is not seen from this transaction, and does not see this payment.
    """
    last = {entry.contract_ref: entry.ref for entry in entries}
    for process in (CONTRACT, DUNNING):
        rung = {f"payment:{ref}": home.case(process, contract) for contract, ref in last.items()}
        await outbox.owe_all(tx, outbox.RING, rung, "payment.recorded", at)
    taken = {entry.agent_ref: f"payment:{entry.ref}" for entry in entries if entry.agent_ref}
    await cash.wake(tx, home.id, taken, "cash.taken", at)


async def reverse_payment(
    tx: AsyncConnection, tenant: str, ref: str, reason: str, at: datetime,
    why: Reversal = Reversal.REFUSED,
) -> bool:  # fmt: skip
    """Take a payment back. False if it was before. Raises NotFound and BadInput.

    A completed contract is watched again: its process is started anew, and sees what is left to pay.
    """
    if not reason.strip():
        raise BadInput(Mistake("reason", "it is empty", "say why the payment is reversed"))
    known = (await payments_named(tx, tenant, [ref])).get(ref)
    if known is None:
        raise NotFound("payment", ref)
    await hold_all(tx, tenant, {known.entry.contract_ref})
    mine = (payment.c.tenant_id == tenant, payment.c.ref == ref, payment.c.reversed_at.is_(None))
    values = {"reversed_at": at, "reversal_reason": reason, "reversed_for": why.value}
    done = await tx.execute(update(payment).where(*mine).values(values))
    if not done.rowcount:
        return False
    home = await tenant_of(tx, tenant)
    # Why is in the payment: the ledger is never changed.
    said = f"payment {ref} reversed"
    await ledger.reverse(tx, tenant, ledger_key(ref), local_date(at, home.zone), said)
    await settling.undo_unpaid(tx, tenant, known.entry.contract_ref, at)
    await _wake(tx, home, known.entry.contract_ref, f"payment:{ref}:reversed", at)
    if known.entry.agent_ref:
        await cash.wake(
            tx, tenant, {known.entry.agent_ref: f"payment:{ref}:reversed"}, "payment.reversed", at
        )
    return True


async def _wake(tx: AsyncConnection, home: Tenant, contract_ref: str, key: str, at: datetime) -> None:
    """Starts rather than rings: a process that is just ending would not hear a ring."""
    if (await contract_of(tx, home.id, contract_ref)).state == TERMINATED:
        return
    await outbox.owe(tx, outbox.START, home.case(CONTRACT, contract_ref), "payment.reversed", at, key)
    # A dunning case that is just being opened is not seen from here: it is rung.
    kind = outbox.START if await cases.is_open(tx, home.case(DUNNING, contract_ref)) else outbox.RING
    await outbox.owe(tx, kind, home.case(DUNNING, contract_ref), "payment.reversed", at, key)
