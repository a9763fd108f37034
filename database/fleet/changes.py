"""Changes of a signed contract: each is kept with what stood before, posted, and told to its processes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet import charges, notice
from database.fleet.change_tables import contract_change, due_before, settlement_quote
from database.fleet.dues import write_dues
from database.fleet.queries import CONTRACT, DUNNING, ContractFile, contract_of, file_of
from database.fleet.rows import DEFERRED_CHARGES, RECEIVABLE, due_from, due_rows
from database.fleet.tables import due, fleet_contract
from database.shared import ledger, outbox
from database.shared.bulk import among
from database.shared.contacts import Tenant, tenant_of
from database.shared.ledger import Entry
from domain.calendar import local_date
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.fleet.change import Change, Told, total
from domain.fleet.change import charges as charges_in
from domain.fleet.contract import ACTIVE
from domain.fleet.notice import subjects
from domain.fleet.payments import Standing
from domain.fleet.schedule import Due
from domain.money import Money

RUNG_OTHERWISE = ("settled", "settlement_undone", "terminated")
"""A payment, its reversal and a termination ring by themselves."""


@dataclass(frozen=True)
class Act:
    """Who changes a contract, when and why. ``on`` None is today."""

    at: datetime
    by: str
    reason: str
    on: date | None = None


@dataclass(frozen=True)
class Opened:
    """A contract held for a change."""

    home: Tenant
    file: ContractFile
    standing: Standing
    number: int
    today: date

    @property
    def ref(self) -> str:
        return self.file.contract.ref

    @property
    def currency(self) -> str:
        return self.file.contract.terms.price.currency


@dataclass(frozen=True)
class Rewrite:
    """``entries`` are posted under the change's key; ``told`` is kept with the new shape."""

    dues: Sequence[Due]
    entries: tuple[Entry, ...] = ()
    told: Told = field(default_factory=dict)


async def opened(tx: AsyncConnection, tenant: str, ref: str, at: datetime, *states: str) -> Opened:
    """The contract, held until the end of the transaction: changes come one after the other.

    Raises NotFound, and Conflict in another state than ``states`` (active).
    """
    await hold(tx, tenant, ref)
    file = await file_of(tx, tenant, ref)
    if file.known.state not in (states or (ACTIVE,)) or file.standing is None:
        raise Conflict(f"the contract {ref} is {file.known.state}: it cannot be changed")
    home = await tenant_of(tx, tenant)
    mine = (contract_change.c.tenant_id == tenant) & (contract_change.c.contract_ref == ref)
    last = await tx.execute(select(func.coalesce(func.max(contract_change.c.number), 0)).where(mine))
    return Opened(home, file, file.standing, int(last.scalar_one()) + 1, local_date(at, home.zone))


async def hold(tx: AsyncConnection, tenant: str, ref: str) -> None:
    """Raises NotFound."""
    mine = (fleet_contract.c.tenant_id == tenant) & (fleet_contract.c.ref == ref)
    found = await tx.execute(select(fleet_contract.c.ref).where(mine).with_for_update())
    if found.first() is None:
        raise NotFound("contract", ref)


async def hold_all(tx: AsyncConnection, tenant: str, refs: Collection[str]) -> None:
    """Those that are known, in the order of their references, so that nobody waits in a circle."""
    mine = (fleet_contract.c.tenant_id == tenant, among(fleet_contract.c.ref, sorted(refs)))
    query = select(fleet_contract.c.ref).where(*mine).order_by(fleet_contract.c.ref)
    await tx.execute(query.with_for_update(key_share=True))


def check_reason(reason: str) -> None:
    """Raises BadInput."""
    if not reason.strip():
        raise BadInput(Mistake("reason", "it is empty", "say why the contract is changed"))


async def keep(
    tx: AsyncConnection, here: Opened, kind: str, act: Act, before: Told, after: Told
) -> Change:  # fmt: skip
    """The change, a ring for the processes of its contract, and notices of it. Raises BadInput (reason)."""
    check_reason(act.reason)
    change = Change(
        here.ref, here.number, kind, act.on or here.today, act.at, act.by, act.reason, before, after
    )
    await tx.execute(insert(contract_change).values(tenant_id=here.home.id, **vars(change)))
    for process in () if kind in RUNG_OTHERWISE else (CONTRACT, DUNNING):
        case = here.home.case(process, here.ref)
        await outbox.owe(tx, outbox.RING, case, "contract.changed", act.at, f"change:{here.number}")
    await notice.owe(tx, here.home, subjects(here.ref, kind, here.number), act.at)
    return change


async def rewrite(
    tx: AsyncConnection, here: Opened, kind: str, act: Act, new: Rewrite, before: Told | None = None
) -> Change:
    """The schedule takes another shape; the old one is kept, and the difference posted."""
    tenant, ref = here.home.id, here.ref
    await charges.earn_until(tx, tenant, ref, here.file.dues, here.today, f"change:{here.number}")
    old = {**shape(here.file.dues), **(before or {})}
    change = await keep(tx, here, kind, act, old, {**shape(new.dues), **new.told})
    await keep_dues(tx, here)
    await replace_dues(tx, here, new.dues)
    # Why is in the change: the ledger is never changed.
    said = f"contract {ref}: {kind.replace('_', ' ')}"
    if any(entry.amount.minor for entry in new.entries):
        await ledger.post(tx, tenant, ledger_key(ref, here.number), here.today, said, *new.entries)
    await withdraw_quotes(tx, tenant, ref)
    return change


def shape(dues: Sequence[Due]) -> dict[str, Any]:
    return {
        "total_minor": total(dues), "charges_minor": charges_in(dues), "dues": len(dues),
        "last_due_on": max(one.due_on for one in dues).isoformat(),
    }  # fmt: skip


def ledger_key(ref: str, number: int) -> str:
    return f"fleet.contract:{ref}:change:{number}"


def claim(here: Opened, minor: int) -> tuple[Entry, Entry]:
    """So much more, or less, is claimed for fees and interest."""
    amount = Money(here.currency, minor)
    return Entry(RECEIVABLE, here.ref, amount), Entry(DEFERRED_CHARGES, here.ref, -amount)


async def replace_dues(tx: AsyncConnection, here: Opened, dues: Sequence[Due]) -> None:
    """Those that stay as they are are not touched."""
    tenant, ref = here.home.id, here.ref
    old = {row["number"]: row for row in due_rows(ref, here.file.dues)}
    new = {row["number"]: row for row in due_rows(ref, dues)}
    gone = [number for number, row in old.items() if new.get(number) != row]
    fresh = [row for number, row in new.items() if old.get(number) != row]
    mine = (due.c.tenant_id == tenant, due.c.contract_ref == ref)
    await tx.execute(delete(due).where(*mine, due.c.number.in_(gone)))
    await write_dues(tx, tenant, fresh)
    held = (fleet_contract.c.tenant_id == tenant, fleet_contract.c.ref == ref)
    await tx.execute(update(fleet_contract).where(*held).values(total_minor=total(dues)))


async def withdraw_quotes(tx: AsyncConnection, tenant: str, ref: str) -> None:
    """What was quoted for another schedule holds no more."""
    mine = settlement_quote.c
    open_ones = (mine.tenant_id == tenant, mine.contract_ref == ref, mine.state == "open")
    await tx.execute(update(settlement_quote).where(*open_ones).values(state="withdrawn"))


async def changes_of(tx: AsyncConnection, tenant: str, ref: str) -> list[Change]:
    """In their order. Raises NotFound (contract)."""
    await contract_of(tx, tenant, ref)
    mine = (contract_change.c.tenant_id == tenant) & (contract_change.c.contract_ref == ref)
    rows = await tx.execute(select(contract_change).where(mine).order_by(contract_change.c.number))
    return [_change(row) for row in rows]


async def change_of(tx: AsyncConnection, tenant: str, ref: str, number: int) -> Change:
    """Raises NotFound."""
    for one in await changes_of(tx, tenant, ref):
        if one.number == number:
            return one
    raise NotFound("change", f"{ref}:{number}")


async def is_handed_over(tx: AsyncConnection, tenant: str, made: Change) -> bool:
    """Another driver has taken the contract over since."""
    mine = contract_change.c
    query = select(mine.number).where(
        mine.tenant_id == tenant, mine.contract_ref == made.contract_ref, mine.kind == "driver_changed",
        mine.number > made.number,
    )  # fmt: skip
    return (await tx.execute(query.limit(1))).first() is not None


async def schedule_before(tx: AsyncConnection, tenant: str, ref: str, number: int) -> tuple[Due, ...]:
    """The dues as they stood before a change; empty for one that left them as they were."""
    currency = (await contract_of(tx, tenant, ref)).contract.terms.price.currency
    mine = due_before.c
    rows = await tx.execute(
        select(due_before)
        .where(mine.tenant_id == tenant, mine.contract_ref == ref, mine.change_number == number)
        .order_by(mine.number)
    )
    return tuple(due_from(row, currency) for row in rows)


async def schedule_after(tx: AsyncConnection, tenant: str, ref: str, number: int) -> tuple[Due, ...]:
    """The dues as a change left them. Raises NotFound (contract)."""
    mine = due_before.c
    later = select(func.min(mine.change_number)).where(
        mine.tenant_id == tenant, mine.contract_ref == ref, mine.change_number > number
    )
    if (next_one := (await tx.execute(later)).scalar()) is not None:
        return await schedule_before(tx, tenant, ref, next_one)
    return (await file_of(tx, tenant, ref)).dues


async def keep_dues(tx: AsyncConnection, here: Opened) -> None:
    """The schedule as it stands, under the number of the change."""
    kept = {"tenant_id": here.home.id, "change_number": here.number}
    await tx.execute(insert(due_before), [{**row, **kept} for row in due_rows(here.ref, here.file.dues)])


def _change(row: Row[Any]) -> Change:
    return Change(
        row.contract_ref, row.number, row.kind, row.changed_on, row.at, row.by, row.reason, row.before,
        row.after,
    )  # fmt: skip
