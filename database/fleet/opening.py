"""Agencies and stations are opened, corrected and closed; a process follows each until it has closed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.asset_tables import agency, station, station_month
from database.fleet.places import (
    AGENCY,
    STATION,
    KnownAgency,
    KnownStation,
    agencies_named,
    agency_of,
    agency_row,
    station_of,
    station_row,
    stations_named,
)
from database.fleet.rows import difference
from database.fleet.tables import fleet_contract
from database.shared import outbox
from database.shared.contacts import Tenant, contact_or_none, is_erased, tenant_of
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.fleet.asset import Agency, MonthOfStation, Station


async def open_agency(tx: AsyncConnection, tenant: str, given: Agency, at: datetime) -> bool:
    """False if the same one is known. Raises NotFound (manager) and Conflict (another one is known)."""
    await _check_manager(tx, tenant, given.manager_ref)
    if not await _enter(tx, tenant, agency, agency_row(given)):
        known = (await agencies_named(tx, tenant, [given.ref]))[given.ref]
        return _same("agency", agency_row(known.agency), agency_row(given))
    await _owe(tx, await tenant_of(tx, tenant), outbox.START, AGENCY, given.ref, "opened", at)
    return True


async def open_station(tx: AsyncConnection, tenant: str, given: Station, at: datetime) -> bool:
    """False if the same one is known. Raises NotFound (agency, manager), Conflict and BadInput."""
    home = await tenant_of(tx, tenant)
    await _check_station(tx, home, given)
    if not await _enter(tx, tenant, station, station_row(given)):
        known = (await stations_named(tx, tenant, [given.ref]))[given.ref]
        return _same("station", station_row(known.station), station_row(given))
    await _owe(tx, home, outbox.START, STATION, given.ref, "opened", at)
    return True


async def correct_agency(tx: AsyncConnection, tenant: str, given: Agency, at: datetime) -> bool:
    """Everything but the reference may change. False if nothing does. Raises NotFound and BadInput."""
    await _check_manager(tx, tenant, given.manager_ref)
    known = await agency_of(tx, tenant, given.ref)
    _check_order(given.opened_on, known.closed_on)
    await _write(tx, tenant, agency, given.ref, agency_row(given))
    if known.agency == given:
        return False
    await _owe(tx, await tenant_of(tx, tenant), outbox.RING, AGENCY, given.ref, "corrected", at)
    return True


async def correct_station(tx: AsyncConnection, tenant: str, given: Station, at: datetime) -> bool:
    """Swaps that are recorded keep the price that was paid. Raises as `open_station`."""
    home = await tenant_of(tx, tenant)
    await _check_station(tx, home, given)
    known = await station_of(tx, tenant, given.ref)
    _check_order(given.opened_on, known.closed_on)
    await _write(tx, tenant, station, given.ref, station_row(given))
    if known.station == given:
        return False
    await _owe(tx, home, outbox.RING, STATION, given.ref, "corrected", at)
    return True


async def close_agency(tx: AsyncConnection, tenant: str, ref: str, on: date, at: datetime) -> bool:
    """``on`` is its last day; its last month is still judged. False if it closed on that day already.

    Raises NotFound, Conflict (it closed on another day) and BadInput.
    """
    known = await agency_of(tx, tenant, ref)
    if not _closes(known, known.agency.opened_on, ref, on):
        return False
    await _write(tx, tenant, agency, ref, {"closed_on": on})
    await _owe(tx, await tenant_of(tx, tenant), outbox.RING, AGENCY, ref, "closed", at)
    return True


async def close_station(tx: AsyncConnection, tenant: str, ref: str, on: date, at: datetime) -> bool:
    """As `close_agency`. What was swapped until then is still taken in."""
    known = await station_of(tx, tenant, ref)
    if not _closes(known, known.station.opened_on, ref, on):
        return False
    await _write(tx, tenant, station, ref, {"closed_on": on})
    await _owe(tx, await tenant_of(tx, tenant), outbox.RING, STATION, ref, "closed", at)
    return True


async def set_month(tx: AsyncConnection, tenant: str, given: MonthOfStation, at: datetime) -> bool:
    """What is planned and counted of one month. False if it is known. Raises NotFound and BadInput."""
    known = await station_of(tx, tenant, given.station_ref)
    currency, opened = known.station.swap_price.currency, known.station.opened_on
    if given.target and given.target.currency != currency:
        raise BadInput(Mistake("target", f"{given.target.currency} is not the station's", f"use {currency}"))
    if given.month_on < opened.replace(day=1):
        raise BadInput(Mistake("month_on", f"the station opened on {opened}", "give that month or a later"))
    values = {
        "target_minor": given.target.minor if given.target else None, "refused": given.refused,
        "open_minutes": given.open_minutes,
    }  # fmt: skip
    key = {"tenant_id": tenant, "station_ref": given.station_ref, "month_on": given.month_on}
    saved = insert(station_month).values({**key, **values})
    before = func.row(*(station_month.c[name] for name in values))
    after = func.row(*(saved.excluded[name] for name in values))
    upsert = saved.on_conflict_do_update(
        index_elements=list(key), set_=values, where=before.is_distinct_from(after)
    )
    if not (await tx.execute(upsert)).rowcount:
        return False
    # The process looks again: the month that is told of may be the one that is over.
    home = await tenant_of(tx, tenant)
    await _owe(tx, home, outbox.RING, STATION, given.station_ref, "month", at)
    return True


async def attach_contracts(tx: AsyncConnection, tenant: str, ref: str, contracts: Iterable[str]) -> int:
    """These contracts belong to the agency from now on. How many did not before. Raises NotFound."""
    await agency_of(tx, tenant, ref)
    wanted = sorted(set(contracts))
    mine = (fleet_contract.c.tenant_id == tenant, fleet_contract.c.ref.in_(wanted))
    known = set((await tx.execute(select(fleet_contract.c.ref).where(*mine))).scalars())
    if missing := [one for one in wanted if one not in known]:
        raise NotFound("contract", missing[0])
    others = fleet_contract.c.agency_ref.is_distinct_from(ref)
    done = await tx.execute(update(fleet_contract).where(*mine, others).values(agency_ref=ref))
    return int(done.rowcount)


async def _enter(tx: AsyncConnection, tenant: str, table: Table, row: Mapping[str, Any]) -> bool:
    fresh = insert(table).values({**row, "tenant_id": tenant}).on_conflict_do_nothing()
    return (await tx.execute(fresh.returning(table.c.ref))).first() is not None


async def _write(
    tx: AsyncConnection, tenant: str, table: Table, ref: str, row: Mapping[str, Any]
) -> None:  # fmt: skip
    await tx.execute(update(table).where(table.c.tenant_id == tenant, table.c.ref == ref).values(row))


async def _owe(
    tx: AsyncConnection, home: Tenant, kind: str, process: str, ref: str, fact: str, at: datetime
) -> None:
    name = f"{process.partition('.')[2]}.{fact}"
    await outbox.owe(tx, kind, home.case(process, ref), name, at, f"{fact}:{at.isoformat()}")


def _same(what: str, known: dict[str, Any], given: dict[str, Any]) -> bool:
    """Raises Conflict."""
    if other := difference(known, given):
        raise Conflict(f"the {what} {given['ref']} exists already: its {other}")
    return False


def _closes(known: KnownAgency | KnownStation, opened_on: date, ref: str, on: date) -> bool:
    if known.closed_on == on:
        return False
    if known.closed_on is not None:
        raise Conflict(f"{ref} closed on {known.closed_on} already")
    _check_order(opened_on, on)
    return True


def _check_order(opened_on: date, closed_on: date | None) -> None:
    if closed_on is not None and closed_on < opened_on:
        raise BadInput(
            Mistake("closed_on", f"{closed_on} is before the opening", f"give a day from {opened_on} on")
        )


async def _check_manager(tx: AsyncConnection, tenant: str, ref: str | None) -> None:
    if ref is None:
        return
    if await contact_or_none(tx, tenant, ref) is None:
        raise NotFound("contact", ref)
    if await is_erased(tx, tenant, ref):
        raise Conflict(f"the person {ref} was erased; nothing new begins with them")


async def _check_station(tx: AsyncConnection, home: Tenant, given: Station) -> None:
    await _check_manager(tx, home.id, given.manager_ref)
    if given.agency_ref is not None:
        await agency_of(tx, home.id, given.agency_ref)
    if given.swap_price.currency != home.currency:
        wrong = f"{given.swap_price.currency} is not yours"
        raise BadInput(Mistake("swap_price", wrong, f"use {home.currency}"))
