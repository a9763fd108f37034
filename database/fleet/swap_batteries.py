"""Where batteries are and how many cycles they ran: as their swaps tell, in whatever order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.asset_tables import battery, swap
from domain.fleet.swap import SwapEntry


@dataclass(frozen=True)
class Place:
    """``order`` parts two swaps of one moment, so that their order of arrival does not matter."""

    at: datetime
    order: str
    bike_ref: str | None
    station_ref: str | None


async def move_batteries(tx: AsyncConnection, tenant: str, swaps: Sequence[SwapEntry]) -> None:
    """The caller holds the batteries. A place that is known of later stays; a return is a cycle always."""
    latest: dict[str, Place] = {}
    cycles = Counter(one.battery_in for one in swaps)
    for one in swaps:
        for ref, place in (
            (one.battery_in, Place(one.swapped_at, one.ref, None, one.station_ref)),
            (one.battery_out, Place(one.swapped_at, one.ref, one.bike_ref, None)),
        ):
            if ref not in latest or (latest[ref].at, latest[ref].order) < (place.at, place.order):
                latest[ref] = place
    rows = [
        {"of_tenant": tenant, "of_ref": ref, "new_at": place.at, "new_bike": place.bike_ref,
         "new_station": place.station_ref, "more": cycles[ref]}
        for ref, place in sorted(latest.items())
    ]  # fmt: skip
    here = (battery.c.tenant_id == bindparam("of_tenant"), battery.c.ref == bindparam("of_ref"))
    moves = update(battery).where(
        *here, or_(battery.c.placed_at.is_(None), battery.c.placed_at <= bindparam("new_at"))
    )
    if rows:
        counted = update(battery).where(*here).values(cycles=battery.c.cycles + bindparam("more"))
        await tx.execute(counted, rows)
        await tx.execute(
            moves.values(
                placed_at=bindparam("new_at"), bike_ref=bindparam("new_bike"),
                station_ref=bindparam("new_station"),
            ),
            rows,
        )  # fmt: skip


async def place_again(tx: AsyncConnection, tenant: str, struck: SwapEntry) -> None:
    """From the swaps that are left. A place that is known of otherwise stays."""
    for ref in sorted((struck.battery_in, struck.battery_out)):
        there = (swap.c.tenant_id == tenant, swap.c.voided_at.is_(None))
        about = or_(swap.c.battery_in == ref, swap.c.battery_out == ref)
        query = select(swap).where(*there, about).order_by(swap.c.swapped_at.desc(), swap.c.ref.desc())
        row = (await tx.execute(query.limit(1))).first()
        back = row is not None and row.battery_in == ref
        values = {
            "placed_at": row.swapped_at if row is not None else None,
            "bike_ref": row.bike_ref if row is not None and not back else None,
            "station_ref": row.station_ref if row is not None and back else None,
        }
        here = (battery.c.tenant_id == tenant, battery.c.ref == ref)
        moved = update(battery).where(*here, battery.c.placed_at == struck.swapped_at)
        await tx.execute(moved.values(values))
        returned = select(func.count()).where(*there, swap.c.battery_in == ref).scalar_subquery()
        await tx.execute(update(battery).where(*here).values(cycles=returned))
