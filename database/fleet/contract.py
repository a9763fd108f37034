"""Facts about contracts with drivers, and the state that their process writes."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy import case as sql_case
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.assigning import signed_as
from database.fleet.change_tables import settlement_quote
from database.fleet.charges import earn_all
from database.fleet.dues import write_dues
from database.fleet.ending import end_claim
from database.fleet.queries import CONTRACT, DUNNING, case_of, contract_of, contracts_named, file_of
from database.fleet.rows import DEFERRED_CHARGES, RECEIVABLE, SALES, contract_row, difference, due_rows
from database.fleet.tables import bike, fleet_contract
from database.shared import ledger, outbox
from database.shared.contacts import Tenant, tenant_of
from database.shared.ledger import Entry, Posting
from database.shared.tables import contact
from domain.calendar import local_date
from domain.case import Case
from domain.errors import BadInput, Conflict, DomainError, Mistake, NotFound
from domain.fleet.contract import ACTIVE, COMPLETED, DRAFT, TERMINATED
from domain.fleet.ending import End, EndKind
from domain.fleet.intake import Contract
from domain.fleet.schedule import Due, schedule
from domain.money import Money
from domain.ports import Holidays

Written = bool | DomainError
"""What became of one of many: True is new, False was there already, an error says why it was refused."""

AGREED = End()

Agreed = Mapping[str, tuple[Contract, tuple[Due, ...]]]


async def create_draft(
    tx: AsyncConnection, tenant: str, contract: Contract, holidays: Holidays
) -> bool:  # fmt: skip
    """Write a contract that is not signed yet. False if the same one is known. Raises as `create_signed`."""
    return _or_raise((await _write(tx, tenant, [contract], DRAFT, holidays))[0][0])


async def create_signed(
    tx: AsyncConnection, tenant: str, contract: Contract, at: datetime, holidays: Holidays
) -> bool:
    """Write a signed contract, its schedule and its claim; the watch over it starts.

    False if the same one is known. Raises BadInput, NotFound (driver) and Conflict (another one is known).
    """
    return _or_raise((await create_all_signed(tx, tenant, [contract], at, holidays))[0])


async def create_all_signed(
    tx: AsyncConnection, tenant: str, given: Sequence[Contract], at: datetime, holidays: Holidays
) -> list[Written]:
    """Many at once, in a few statements; one that is refused does not keep the others out."""
    written, fresh = await _write(tx, tenant, given, ACTIVE, holidays)
    await _enter(tx, await tenant_of(tx, tenant), fresh, at)
    return written


async def sign(tx: AsyncConnection, tenant: str, ref: str, at: datetime, holidays: Holidays) -> bool:
    """A draft becomes a claim with a schedule. False if it was signed before. Raises NotFound, Conflict."""
    known = await contract_of(tx, tenant, ref)
    signed = update(fleet_contract).where(
        fleet_contract.c.tenant_id == tenant, fleet_contract.c.ref == ref, fleet_contract.c.state == DRAFT
    )
    if not (await tx.execute(signed.values(state=ACTIVE))).rowcount:
        if (await contract_of(tx, tenant, ref)).state == TERMINATED:
            raise Conflict(f"the contract {ref} is terminated already")
        return False
    home = await tenant_of(tx, tenant)
    await _enter(tx, home, {ref: (known.contract, _schedule(known.contract, home, holidays))}, at)
    return True


async def terminate(
    tx: AsyncConnection, tenant: str, ref: str, reason: str, at: datetime, end: End = AGREED, by: str = ""
) -> bool:
    """End a contract before it is paid. What is not given up stays claimed, without unearned charges.

    Raises NotFound, Conflict and BadInput.
    """
    if not reason.strip():
        raise BadInput(Mistake("reason", "it is empty", "say why the contract is terminated"))
    known = await contract_of(tx, tenant, ref)
    if known.state == TERMINATED:
        return False
    if known.state == COMPLETED:
        raise Conflict(f"the contract {ref} is completed already")
    mine = (fleet_contract.c.tenant_id == tenant, fleet_contract.c.ref == ref)
    ended = update(fleet_contract).where(*mine, fleet_contract.c.state == known.state)
    if not (await tx.execute(ended.values(state=TERMINATED, end_reason=reason, ended_at=at))).rowcount:
        raise Conflict(f"the contract {ref} is no longer {known.state}: look at it again")
    if known.state == ACTIVE:
        await end_claim(tx, tenant, ref, end, reason, at, by)
    for process in (CONTRACT, DUNNING) if known.state == ACTIVE else ():
        case = await case_of(tx, tenant, process, ref)
        await outbox.owe(tx, outbox.RING, case, "contract.terminated", at, "terminated")
    return True


async def complete(tx: AsyncConnection, case: Case, at: datetime) -> None:
    """Written by the contract's process when everything is paid: its charges are earned."""
    await _turn(tx, case, ACTIVE, COMPLETED, at)
    file = await file_of(tx, case.tenant, case.ref)
    await earn_all(tx, case.tenant, case.ref, file.dues, local_date(at, case.zone))


async def reopen(tx: AsyncConnection, case: Case) -> None:
    """Written by the contract's process when a payment of a completed contract was reversed."""
    await _turn(tx, case, COMPLETED, ACTIVE, None)


async def _turn(tx: AsyncConnection, case: Case, before: str, after: str, ended_at: datetime | None) -> None:
    mine = (fleet_contract.c.tenant_id == case.tenant, fleet_contract.c.ref == case.ref)
    early = select(settlement_quote.c.number).where(
        settlement_quote.c.tenant_id == case.tenant, settlement_quote.c.contract_ref == case.ref,
        settlement_quote.c.state == "accepted",
    )  # fmt: skip
    how = sql_case((early.exists(), EndKind.SETTLED.value), else_=EndKind.PAID.value) if ended_at else ""
    await tx.execute(
        update(fleet_contract)
        .where(*mine, fleet_contract.c.state == before)
        .values(state=after, ended_at=ended_at, end_kind=how)
    )


def _or_raise(written: Written) -> bool:
    if isinstance(written, DomainError):
        raise written
    return written


async def _write(
    tx: AsyncConnection, tenant: str, given: Sequence[Contract], state: str, holidays: Holidays
) -> tuple[list[Written], Agreed]:
    """The rows of new contracts, and those that are new with their schedules."""
    home = await tenant_of(tx, tenant)
    refused: dict[Contract, DomainError] = {}
    sound: dict[str, tuple[Contract, tuple[Due, ...]]] = {}
    drivers = await _known_drivers(tx, tenant, given)
    for contract in given:
        try:
            if contract.driver_ref not in drivers:
                raise NotFound("driver", contract.driver_ref)
            sound.setdefault(contract.ref, (contract, _schedule(contract, home, holidays)))
        except DomainError as wrong:
            refused[contract] = wrong
    fresh = await _insert(tx, tenant, sound, state)
    known = await contracts_named(tx, tenant, [one.ref for one in given])
    changed = await signed_as(tx, tenant, [ref for ref in known if ref not in fresh])
    seen: set[str] = set()
    written: list[Written] = []
    for contract in given:
        if contract in refused:
            written.append(refused[contract])
        elif contract.ref in fresh and contract.ref not in seen:
            seen.add(contract.ref)
            written.append(True)
        else:
            written.append(_same(known[contract.ref].contract, contract, changed.get(contract.ref, {})))
    return written, fresh


def _same(known: Contract, given: Contract, signed: Mapping[str, str]) -> Written:
    """``signed``: who and which bike stood there at the signature, where they are others now."""
    other = difference({**contract_row(known), **signed}, contract_row(given))
    return Conflict(f"the contract {given.ref} exists already: its {other}") if other else False


async def _known_drivers(tx: AsyncConnection, tenant: str, given: Sequence[Contract]) -> set[str]:
    refs = [contract.driver_ref for contract in given]
    query = select(contact.c.ref).where(contact.c.tenant_id == tenant, contact.c.ref.in_(refs))
    return set((await tx.execute(query)).scalars())


async def _insert(tx: AsyncConnection, tenant: str, sound: Agreed, state: str) -> Agreed:
    """Those that were not known. A writer who is quicker wins."""
    if not sound:
        return {}
    bikes = {contract.bike_ref for contract, _ in sound.values()}
    await tx.execute(
        insert(bike).on_conflict_do_nothing(), [{"tenant_id": tenant, "ref": ref} for ref in sorted(bikes)]
    )
    rows = [
        {**contract_row(contract), "tenant_id": tenant, "state": state}
        for contract, _ in sorted(sound.values(), key=lambda pair: pair[0].ref)
    ]
    made = await tx.execute(
        insert(fleet_contract).on_conflict_do_nothing().returning(fleet_contract.c.ref), rows
    )
    new = set(made.scalars())
    return {ref: pair for ref, pair in sound.items() if ref in new}


def _schedule(contract: Contract, home: Tenant, holidays: Holidays) -> tuple[Due, ...]:
    currency = contract.terms.price.currency
    if currency != home.currency:
        raise BadInput(Mistake("currency", f"{currency} is not yours", f"use {home.currency}"))
    return schedule(contract.terms, lambda year: holidays.of(home.country, year))


async def _enter(tx: AsyncConnection, home: Tenant, signed: Agreed, at: datetime) -> None:
    """The schedule, the claim in the ledger, and the start of the watch."""
    if not signed:
        return
    await write_dues(tx, home.id, [row for ref, (_, plan) in signed.items() for row in due_rows(ref, plan)])
    await tx.execute(
        update(fleet_contract)
        .where(fleet_contract.c.tenant_id == home.id, fleet_contract.c.ref == bindparam("signed"))
        .values(total_minor=bindparam("total")),
        [
            {"signed": ref, "total": sum(one.amount.minor for one in plan)}
            for ref, (_, plan) in signed.items()
        ],
    )
    claims = [_claim(contract, plan) for contract, plan in signed.values()]
    await ledger.post_all(tx, home.id, claims)
    cases = {f"signed:{ref}": home.case(CONTRACT, ref) for ref in signed}
    await outbox.owe_all(tx, outbox.START, cases, "contract.signed", at)


def _claim(contract: Contract, plan: tuple[Due, ...]) -> Posting:
    """The whole claim is owed from the signature; charges are earned later."""
    price, ref = contract.terms.price, contract.ref
    charges = Money(price.currency, sum(one.charge.minor for one in plan))
    entries = (
        Entry(RECEIVABLE, ref, price + charges), Entry(SALES, ref, -price),
        Entry(DEFERRED_CHARGES, ref, -charges),
    )  # fmt: skip
    return Posting(f"fleet.contract:{ref}", contract.terms.signed_on, f"contract {ref} signed", entries)
