"""Bikes that are stolen, and the stations at which they swap all the same."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.asset_tables import swap
from database.fleet.tables import bike
from database.shared import outbox
from database.shared.contacts import Tenant
from domain.errors import NotFound
from domain.fleet.asset import BikeState

THEFT = "fleet.theft"


@dataclass(frozen=True)
class Seen:
    station_ref: str
    at: datetime


async def wake(tx: AsyncConnection, home: Tenant, bikes: Collection[str], at: datetime, key: str) -> None:
    """Those among ``bikes`` that are stolen are looked for; a watch that is over begins anew."""
    mine = (bike.c.tenant_id == home.id, bike.c.ref.in_(sorted(bikes)))
    query = select(bike.c.ref).where(*mine, bike.c.state == BikeState.STOLEN.value)
    stolen = (await tx.execute(query)).scalars()
    cases = {f"{key}:{ref}": home.case(THEFT, ref) for ref in stolen}
    await outbox.owe_all(tx, outbox.START, cases, "bike.stolen", at)


async def rest(tx: AsyncConnection, home: Tenant, ref: str, at: datetime, key: str) -> None:
    """It is stolen no more."""
    await outbox.owe(tx, outbox.RING, home.case(THEFT, ref), "bike.found", at, key)


async def seen_since(tx: AsyncConnection, tenant: str, ref: str) -> tuple[bool, list[Seen]]:
    """Whether it is stolen, and its swaps since, in order. Raises NotFound."""
    known = (await tx.execute(select(bike).where(bike.c.tenant_id == tenant, bike.c.ref == ref))).first()
    if known is None:
        raise NotFound("bike", ref)
    if known.state != BikeState.STOLEN.value:
        return False, []
    of = swap.c
    query = select(of.station_ref, of.swapped_at).where(
        of.tenant_id == tenant, of.bike_ref == ref, of.voided_at.is_(None)
    )
    if known.stolen_at is not None:
        query = query.where(of.swapped_at >= known.stolen_at)
    rows = await tx.execute(query.order_by(of.swapped_at, of.ref))
    return True, [Seen(row.station_ref, row.swapped_at) for row in rows]
