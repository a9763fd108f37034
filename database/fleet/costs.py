"""What bikes, stations, agencies and the fleet cost: recorded once, posted, taken back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.asset_tables import fleet_cost
from database.fleet.places import agency_of, station_of
from database.fleet.rows import CASH, difference
from database.fleet.vehicles import bike_of
from database.shared import ledger
from database.shared.contacts import tenant_of
from database.shared.ledger import Entry
from domain.calendar import DAY, local_date
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.fleet.asset import Cost, CostKind, CostOf
from domain.fleet.intake import PaidBy
from domain.money import Money

ACCOUNT = "{}_cost"


@dataclass(frozen=True)
class KnownCost:
    cost: Cost
    recorded_at: datetime
    reversed_at: datetime | None = None
    reversal_reason: str = ""


async def record_cost(tx: AsyncConnection, tenant: str, given: Cost, at: datetime) -> bool:
    """Write a cost and post it. False if the same one is known.

    Raises NotFound (what it is for), Conflict (another one with this reference) and BadInput.
    """
    home = await tenant_of(tx, tenant)
    if given.amount.currency != home.currency:
        raise BadInput(Mistake("amount", f"{given.amount.currency} is not yours", f"use {home.currency}"))
    if given.incurred_on > local_date(at, home.zone) + DAY:
        raise BadInput(Mistake("incurred_on", "it lies in the future", "give the day of the cost"))
    await _check_subject(tx, tenant, given)
    row = _row(given)
    fresh = insert(fleet_cost).values({**row, "tenant_id": tenant, "recorded_at": at})
    made = await tx.execute(fresh.on_conflict_do_nothing().returning(fleet_cost.c.ref))
    if made.first() is None:
        known = (await cost_of(tx, tenant, given.ref)).cost
        if other := difference(_row(known), row):
            raise Conflict(f"the cost {given.ref} exists already: its {other}")
        return False
    account, ref = ACCOUNT.format(given.of.value), given.subject_ref
    await ledger.post(
        tx, tenant, ledger_key(given.ref), given.incurred_on, f"{given.kind.value} {given.ref}",
        Entry(account, ref, given.amount), Entry(CASH.format(given.channel.value), ref, -given.amount),
    )  # fmt: skip
    return True


async def reverse_cost(tx: AsyncConnection, tenant: str, ref: str, reason: str, at: datetime) -> bool:
    """It counts for nothing from today on. False if it was reversed before. Raises NotFound and BadInput."""
    if not reason.strip():
        raise BadInput(Mistake("reason", "it is empty", "say why the cost is reversed"))
    await cost_of(tx, tenant, ref)
    mine = (fleet_cost.c.tenant_id == tenant, fleet_cost.c.ref == ref, fleet_cost.c.reversed_at.is_(None))
    done = await tx.execute(update(fleet_cost).where(*mine).values(reversed_at=at, reversal_reason=reason))
    if not done.rowcount:
        return False
    on = local_date(at, (await tenant_of(tx, tenant)).zone)
    await ledger.reverse(tx, tenant, ledger_key(ref), on, f"cost {ref} reversed")
    return True


def ledger_key(ref: str) -> str:
    return f"fleet.cost:{ref}"


async def cost_of(tx: AsyncConnection, tenant: str, ref: str) -> KnownCost:
    """Raises NotFound."""
    query = select(fleet_cost).where(fleet_cost.c.tenant_id == tenant, fleet_cost.c.ref == ref)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("cost", ref)
    return _known(row)


async def costs(
    tx: AsyncConnection, tenant: str, *, of: str = "", subject_ref: str = "",
    after: tuple[date, str] | None = None, limit: int = 50,
) -> list[KnownCost]:  # fmt: skip
    """By day and reference, beginning after the day and the reference ``after``."""
    query = select(fleet_cost).where(fleet_cost.c.tenant_id == tenant)
    if of:
        query = query.where(fleet_cost.c.subject_kind == of)
    if subject_ref:
        query = query.where(fleet_cost.c.subject_ref == subject_ref)
    if after:
        query = query.where(tuple_(fleet_cost.c.incurred_on, fleet_cost.c.ref) > after)
    found = query.order_by(fleet_cost.c.incurred_on, fleet_cost.c.ref).limit(limit)
    return [_known(row) for row in await tx.execute(found)]


async def _check_subject(tx: AsyncConnection, tenant: str, given: Cost) -> None:
    match given.of:
        case CostOf.BIKE:
            await bike_of(tx, tenant, given.subject_ref)
        case CostOf.STATION:
            await station_of(tx, tenant, given.subject_ref)
        case CostOf.AGENCY:
            await agency_of(tx, tenant, given.subject_ref)


def _row(given: Cost) -> dict[str, Any]:
    return {
        "ref": given.ref, "kind": given.kind.value, "subject_kind": given.of.value,
        "subject_ref": given.subject_ref, "incurred_on": given.incurred_on,
        "amount_minor": given.amount.minor, "currency": given.amount.currency,
        "channel": given.channel.value, "note": given.note,
    }  # fmt: skip


def _known(row: Any) -> KnownCost:
    cost = Cost(
        row.ref, CostKind(row.kind), CostOf(row.subject_kind), row.subject_ref, row.incurred_on,
        Money(row.currency, row.amount_minor), PaidBy(row.channel), row.note,
    )  # fmt: skip
    return KnownCost(cost, row.recorded_at, row.reversed_at, row.reversal_reason)
