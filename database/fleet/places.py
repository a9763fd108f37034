"""Agencies and stations as they are known, closed ones included."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.asset_tables import agency, station, station_month
from domain.errors import NotFound
from domain.fleet.asset import Agency, MonthOfStation, Station
from domain.money import Money

STATION, AGENCY = "fleet.station", "fleet.agency"
"""The processes that follow them."""


@dataclass(frozen=True)
class KnownAgency:
    agency: Agency
    closed_on: date | None = None


@dataclass(frozen=True)
class KnownStation:
    station: Station
    closed_on: date | None = None


async def agency_of(tx: AsyncConnection, tenant: str, ref: str) -> KnownAgency:
    """Raises NotFound."""
    if known := (await agencies_named(tx, tenant, [ref])).get(ref):
        return known
    raise NotFound("agency", ref)


async def station_of(tx: AsyncConnection, tenant: str, ref: str) -> KnownStation:
    """Raises NotFound."""
    if known := (await stations_named(tx, tenant, [ref])).get(ref):
        return known
    raise NotFound("station", ref)


async def agencies(tx: AsyncConnection, tenant: str, after: str = "", limit: int = 50) -> list[KnownAgency]:
    """In the order of their references, closed ones included."""
    query = select(agency).where(agency.c.tenant_id == tenant, agency.c.ref > after)
    return [known_agency(row) for row in await tx.execute(query.order_by(agency.c.ref).limit(limit))]


async def stations(
    tx: AsyncConnection, tenant: str, after: str = "", limit: int = 50, agency_ref: str = ""
) -> list[KnownStation]:
    """In the order of their references, closed ones included."""
    query = select(station).where(station.c.tenant_id == tenant, station.c.ref > after)
    if agency_ref:
        query = query.where(station.c.agency_ref == agency_ref)
    return [known_station(row) for row in await tx.execute(query.order_by(station.c.ref).limit(limit))]


async def agencies_named(tx: AsyncConnection, tenant: str, refs: Iterable[str]) -> dict[str, KnownAgency]:
    query = select(agency).where(agency.c.tenant_id == tenant, agency.c.ref.in_(list(refs)))
    return {row.ref: known_agency(row) for row in await tx.execute(query)}


async def stations_named(tx: AsyncConnection, tenant: str, refs: Iterable[str]) -> dict[str, KnownStation]:
    query = select(station).where(station.c.tenant_id == tenant, station.c.ref.in_(list(refs)))
    return {row.ref: known_station(row) for row in await tx.execute(query)}


async def month_of_station(
    tx: AsyncConnection, tenant: str, ref: str, month_on: date
) -> MonthOfStation:  # fmt: skip
    """Raises NotFound (station)."""
    known = (await station_of(tx, tenant, ref)).station
    mine = station_month.c
    query = select(station_month).where(
        mine.tenant_id == tenant, mine.station_ref == ref, mine.month_on == month_on
    )
    row = (await tx.execute(query)).first()
    if row is None:
        return MonthOfStation(ref, month_on)
    target = Money(known.swap_price.currency, row.target_minor) if row.target_minor else None
    return MonthOfStation(ref, month_on, target, row.refused, row.open_minutes)


def known_agency(row: Any) -> KnownAgency:
    found = Agency(row.ref, row.name, row.opened_on, row.manager_ref, row.new_target)
    return KnownAgency(found, row.closed_on)


def known_station(row: Any) -> KnownStation:
    found = Station(
        row.ref, row.name, row.opened_on, Money(row.currency, row.swap_price_minor), row.capacity_a_day,
        row.open_minutes_a_day, row.agency_ref, row.manager_ref,
    )  # fmt: skip
    return KnownStation(found, row.closed_on)


def agency_row(given: Agency) -> dict[str, Any]:
    return dict(vars(given))


def station_row(given: Station) -> dict[str, Any]:
    row = dict(vars(given))
    price: Money = row.pop("swap_price")
    return {**row, "swap_price_minor": price.minor, "currency": price.currency}
