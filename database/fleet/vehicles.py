"""Facts about bikes and batteries: entered with what they cost, placed, and what they are fit for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet import theft
from database.fleet.asset_tables import battery
from database.fleet.places import agency_of, station_of
from database.fleet.tables import bike
from database.shared import ledger
from database.shared.contacts import tenant_of
from database.shared.ledger import Entry
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.fleet.asset import Battery, BatteryState, Bike, BikeState, Purchase
from domain.money import Money

BIKES, BATTERIES, BANK = "bikes", "batteries", "cash:bank"


@dataclass(frozen=True)
class KnownBattery:
    """``cycles`` are all it has run; ``placed_at`` the moment since when it is where it is."""

    battery: Battery
    cycles: int
    placed_at: datetime | None


async def save_bike(tx: AsyncConnection, tenant: str, given: Bike, at: datetime | None = None) -> bool:
    """Enter a bike, or correct what is known of one. True if it is new.

    What it was bought for is posted once and stays. ``at`` is since when one is stolen that was not before.
    Raises NotFound (agency), Conflict and BadInput.
    """
    if given.agency_ref is not None:
        await agency_of(tx, tenant, given.agency_ref)
    await _check_plate(tx, tenant, given)
    await _check_currency(tx, tenant, given.purchase)
    known = (await bikes_named(tx, tenant, [given.ref], held=True)).get(given.ref)
    _check_purchase(f"bike {given.ref}", known.purchase if known else None, given.purchase)
    row, was = _bike_row(given), known.state if known else None
    if was is not given.state:
        row["stolen_at"] = at if given.state is BikeState.STOLEN else None
    if known is None:
        await tx.execute(insert(bike).values({**row, "tenant_id": tenant}).on_conflict_do_nothing())
    await tx.execute(update(bike).where(bike.c.tenant_id == tenant, bike.c.ref == given.ref).values(row))
    await _post_purchase(tx, tenant, "bike", BIKES, given.ref, given.purchase)
    if at is not None and was is not given.state:
        await _tell_theft(tx, tenant, given, was, at)
    return known is None


async def _tell_theft(
    tx: AsyncConnection, tenant: str, given: Bike, was: BikeState | None, at: datetime
) -> None:
    home, key = await tenant_of(tx, tenant), f"{given.state.value}:{at.isoformat()}"
    if given.state is BikeState.STOLEN:
        await theft.wake(tx, home, [given.ref], at, key)
    elif was is BikeState.STOLEN:
        await theft.rest(tx, home, given.ref, at, key)


async def save_battery(tx: AsyncConnection, tenant: str, given: Battery, at: datetime) -> bool:
    """As `save_bike`. Where it is said to be now holds until a later swap."""
    await _check_places(tx, tenant, given)
    await _check_currency(tx, tenant, given.purchase)
    known = (await batteries_named(tx, tenant, [given.ref], held=True)).get(given.ref)
    _check_purchase(f"battery {given.ref}", known.battery.purchase if known else None, given.purchase)
    row = _battery_row(given)
    if known is None:
        row |= {"cycles": 0, "placed_at": at if given.bike_ref or given.station_ref else None}
        await tx.execute(insert(battery).values({**row, "tenant_id": tenant}).on_conflict_do_nothing())
    elif (given.bike_ref, given.station_ref) != (known.battery.bike_ref, known.battery.station_ref):
        row["placed_at"] = at
    mine = (battery.c.tenant_id == tenant, battery.c.ref == given.ref)
    await tx.execute(update(battery).where(*mine).values(row))
    await _post_purchase(tx, tenant, "battery", BATTERIES, given.ref, given.purchase)
    return known is None


async def bike_of(tx: AsyncConnection, tenant: str, ref: str) -> Bike:
    """Raises NotFound."""
    if known := (await bikes_named(tx, tenant, [ref])).get(ref):
        return known
    raise NotFound("bike", ref)


async def battery_of(tx: AsyncConnection, tenant: str, ref: str) -> KnownBattery:
    """Raises NotFound."""
    if known := (await batteries_named(tx, tenant, [ref])).get(ref):
        return known
    raise NotFound("battery", ref)


async def bikes_named(
    tx: AsyncConnection, tenant: str, refs: Iterable[str], *, held: bool = False
) -> dict[str, Bike]:  # fmt: skip
    """As `batteries_named`."""
    query = select(bike).where(bike.c.tenant_id == tenant, bike.c.ref.in_(sorted(refs)))
    query = query.order_by(bike.c.ref)
    return {row.ref: _bike(row) for row in await tx.execute(query.with_for_update() if held else query)}


async def batteries_named(
    tx: AsyncConnection, tenant: str, refs: Iterable[str], *, held: bool = False
) -> dict[str, KnownBattery]:
    """``held`` until the transaction's end, one after the other in the order of their references."""
    query = select(battery).where(battery.c.tenant_id == tenant, battery.c.ref.in_(sorted(refs)))
    query = query.order_by(battery.c.ref)
    return {row.ref: _battery(row) for row in await tx.execute(query.with_for_update() if held else query)}


async def bikes(
    tx: AsyncConnection, tenant: str, after: str = "", limit: int = 50, *, agency_ref: str = "",
    state: str = "",
) -> list[Bike]:  # fmt: skip
    """In the order of their references."""
    query = select(bike).where(bike.c.tenant_id == tenant, bike.c.ref > after)
    if agency_ref:
        query = query.where(bike.c.agency_ref == agency_ref)
    if state:
        query = query.where(bike.c.state == state)
    return [_bike(row) for row in await tx.execute(query.order_by(bike.c.ref).limit(limit))]


async def batteries(
    tx: AsyncConnection, tenant: str, after: str = "", limit: int = 50, *, station_ref: str = "",
    bike_ref: str = "",
) -> list[KnownBattery]:  # fmt: skip
    """In the order of their references."""
    query = select(battery).where(battery.c.tenant_id == tenant, battery.c.ref > after)
    if station_ref:
        query = query.where(battery.c.station_ref == station_ref)
    if bike_ref:
        query = query.where(battery.c.bike_ref == bike_ref)
    return [_battery(row) for row in await tx.execute(query.order_by(battery.c.ref).limit(limit))]


async def _check_plate(tx: AsyncConnection, tenant: str, given: Bike) -> None:
    if not given.plate:
        return
    query = select(bike.c.ref).where(bike.c.tenant_id == tenant, bike.c.plate == given.plate)
    if other := (await tx.execute(query.where(bike.c.ref != given.ref))).scalar():
        raise Conflict(f"the bike {other} has the plate {given.plate}")


async def _check_places(tx: AsyncConnection, tenant: str, given: Battery) -> None:
    if given.bike_ref is not None:
        await bike_of(tx, tenant, given.bike_ref)
    if given.station_ref is not None:
        await station_of(tx, tenant, given.station_ref)


async def _check_currency(tx: AsyncConnection, tenant: str, given: Purchase | None) -> None:
    currency = (await tenant_of(tx, tenant)).currency
    if given is not None and given.cost.currency != currency:
        raise BadInput(Mistake("cost", f"{given.cost.currency} is not yours", f"use {currency}"))


def _check_purchase(thing: str, known: Purchase | None, given: Purchase | None) -> None:
    """Raises Conflict: it is in the ledger."""
    if known is not None and known != given:
        raise Conflict(f"the {thing} was bought on {known.on} already; its purchase is posted")


async def _post_purchase(
    tx: AsyncConnection, tenant: str, what: str, account: str, ref: str, purchase: Purchase | None
) -> None:
    if purchase is None or not purchase.cost.minor:
        return
    await ledger.post(
        tx, tenant, f"fleet.{what}:{ref}", purchase.on, f"purchase of {ref}",
        Entry(account, ref, purchase.cost), Entry(BANK, ref, -purchase.cost),
    )  # fmt: skip


def _bike_row(given: Bike) -> dict[str, Any]:
    return {
        "ref": given.ref, "model": given.model, "plate": given.plate, "state": given.state.value,
        "agency_ref": given.agency_ref, **_purchase_row(given.purchase),
    }  # fmt: skip


def _battery_row(given: Battery) -> dict[str, Any]:
    return {
        "ref": given.ref, "state": given.state.value, "bike_ref": given.bike_ref,
        "station_ref": given.station_ref, "cycles_before": given.cycles_before,
        **_purchase_row(given.purchase),
    }  # fmt: skip


def _purchase_row(given: Purchase | None) -> dict[str, Any]:
    return {
        "bought_on": given.on if given else None, "cost_minor": given.cost.minor if given else None,
        "currency": given.cost.currency if given else None,
    }  # fmt: skip


def _bike(row: Any) -> Bike:
    return Bike(row.ref, row.model, row.plate, BikeState(row.state), _purchase(row), row.agency_ref)


def _battery(row: Any) -> KnownBattery:
    found = Battery(
        row.ref, BatteryState(row.state), row.bike_ref, row.station_ref, _purchase(row), row.cycles_before
    )
    return KnownBattery(found, row.cycles_before + row.cycles, row.placed_at)


def _purchase(row: Any) -> Purchase | None:
    return Purchase(row.bought_on, Money(row.currency, row.cost_minor)) if row.bought_on else None
