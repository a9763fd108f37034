"""Facts about battery swaps: recorded once in whatever order they are told, posted, counted, struck."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet import theft
from database.fleet.asset_tables import swap
from database.fleet.contract import Written
from database.fleet.places import KnownStation, stations_named
from database.fleet.rows import CASH, difference
from database.fleet.swap_batteries import move_batteries, place_again
from database.fleet.vehicles import batteries_named, bikes_named
from database.shared import ledger
from database.shared.contacts import Tenant, tenant_of
from database.shared.ledger import Entry, Posting
from database.shared.tables import contact
from domain.calendar import local_date
from domain.errors import BadInput, Conflict, DomainError, Mistake, NotFound
from domain.fleet.asset import BikeState
from domain.fleet.swap import CLOCKS_DIFFER, SwapEntry, SwapPaidBy
from domain.money import Money

REVENUE = "swap_revenue"


@dataclass(frozen=True)
class KnownSwap:
    """``entry.price`` is what was paid."""

    entry: SwapEntry
    recorded_at: datetime
    voided_at: datetime | None = None
    void_reason: str = ""


@dataclass(frozen=True)
class Around:
    """What is known of the things that some swaps name, and of their moments."""

    home: Tenant
    stations: Mapping[str, KnownStation]
    bikes: frozenset[str]
    stolen: frozenset[str]
    batteries: frozenset[str]
    drivers: frozenset[str]
    twins: Mapping[tuple[str, datetime], str]
    """Swaps by their bike and their moment."""


async def record_swap(tx: AsyncConnection, tenant: str, given: SwapEntry, at: datetime) -> bool:
    """Write a swap and post what was paid. False if the same one is known.

    Raises NotFound (station, bike, battery, driver), Conflict and BadInput.
    """
    written = (await record_swaps(tx, tenant, [given], at))[0]
    if isinstance(written, DomainError):
        raise written
    return written


async def record_swaps(
    tx: AsyncConnection, tenant: str, given: Sequence[SwapEntry], at: datetime
) -> list[Written]:
    """Many at once, in a few statements; one that is refused does not keep the others out.

    A battery is where the latest of its swaps says, in whatever order they come in.
    """
    around = await _around(tx, tenant, given)
    known = await _named(tx, tenant, {one.ref for one in given})
    fresh: dict[str, SwapEntry] = {}
    written: list[Written] = []
    taken = dict(around.twins)
    for one in given:
        priced = _priced(one, around)
        before = fresh.get(one.ref) or (known[one.ref].entry if one.ref in known else None)
        if before is not None:
            written.append(_same(before, priced))
        elif wrong := _wrong(priced, replace(around, twins=taken), at):
            written.append(wrong)
        else:
            fresh[one.ref] = priced
            taken[(one.bike_ref, one.swapped_at)] = one.ref
            written.append(True)
    entered = await _enter(tx, around.home, list(fresh.values()), at)
    for ref in entered:
        if fresh[ref].bike_ref in around.stolen:
            await theft.wake(tx, around.home, [fresh[ref].bike_ref], at, f"swap:{ref}")
    if late := [ref for ref in fresh if ref not in entered]:
        # Another writer, who held other batteries, was quicker with this reference.
        known = await _named(tx, tenant, late)
        for place, one in enumerate(given):
            if one.ref in known and written[place] is True:
                written[place] = _same(known[one.ref].entry, fresh[one.ref])
    return written


async def void_swap(tx: AsyncConnection, tenant: str, ref: str, reason: str, at: datetime) -> bool:
    """It was not made: it counts no more, and what was paid is posted back today. False if it was before.

    Raises NotFound and BadInput.
    """
    if not reason.strip():
        raise BadInput(Mistake("reason", "it is empty", "say why the swap is struck"))
    known = await swap_of(tx, tenant, ref)
    # Held as whoever records swaps holds them: cycles that are counted anew are counted with theirs.
    named = (known.entry.battery_in, known.entry.battery_out)
    await batteries_named(tx, tenant, named, held=True)
    mine = (swap.c.tenant_id == tenant, swap.c.ref == ref, swap.c.voided_at.is_(None))
    done = await tx.execute(update(swap).where(*mine).values(voided_at=at, void_reason=reason))
    if not done.rowcount:
        return False
    home = await tenant_of(tx, tenant)
    said = f"swap {ref} struck"
    await ledger.reverse(tx, tenant, ledger_key(ref), local_date(at, home.zone), said)
    await place_again(tx, tenant, known.entry)
    await theft.wake(tx, home, [known.entry.bike_ref], at, f"swap:{ref}:struck")
    return True


async def swap_of(tx: AsyncConnection, tenant: str, ref: str) -> KnownSwap:
    """Raises NotFound."""
    if known := (await _named(tx, tenant, [ref])).get(ref):
        return known
    raise NotFound("swap", ref)


async def swaps(
    tx: AsyncConnection, tenant: str, *, station: str = "", bike: str = "", battery: str = "",
    after: tuple[datetime, str] | None = None, limit: int = 50,
) -> list[KnownSwap]:  # fmt: skip
    """In the order in which they were made, struck ones included, beginning after moment and reference."""
    query = select(swap).where(swap.c.tenant_id == tenant)
    if station:
        query = query.where(swap.c.station_ref == station)
    if bike:
        query = query.where(swap.c.bike_ref == bike)
    if battery:
        query = query.where(or_(swap.c.battery_in == battery, swap.c.battery_out == battery))
    if after:
        query = query.where(tuple_(swap.c.swapped_at, swap.c.ref) > after)
    return [
        _known(row) for row in await tx.execute(query.order_by(swap.c.swapped_at, swap.c.ref).limit(limit))
    ]


def ledger_key(ref: str) -> str:
    return f"fleet.swap:{ref}"


async def _around(tx: AsyncConnection, tenant: str, given: Sequence[SwapEntry]) -> Around:
    # Held before anything is read: of two writers the second sees what the first one wrote.
    named = {ref for one in given for ref in (one.battery_in, one.battery_out)}
    batteries = await batteries_named(tx, tenant, named, held=True)
    bikes = await bikes_named(tx, tenant, {one.bike_ref for one in given})
    return Around(
        home=await tenant_of(tx, tenant),
        stations=await stations_named(tx, tenant, {one.station_ref for one in given}),
        bikes=frozenset(bikes),
        stolen=frozenset(ref for ref, one in bikes.items() if one.state is BikeState.STOLEN),
        batteries=frozenset(batteries),
        drivers=await _drivers(tx, tenant, {one.driver_ref for one in given if one.driver_ref}),
        twins=await _twins(tx, tenant, given),
    )


async def _drivers(tx: AsyncConnection, tenant: str, refs: set[str]) -> frozenset[str]:
    query = select(contact.c.ref).where(contact.c.tenant_id == tenant, contact.c.ref.in_(refs))
    return frozenset((await tx.execute(query)).scalars()) if refs else frozenset()


async def _twins(
    tx: AsyncConnection, tenant: str, given: Sequence[SwapEntry]
) -> dict[tuple[str, datetime], str]:
    there = (swap.c.tenant_id == tenant, swap.c.voided_at.is_(None))
    same = tuple_(swap.c.bike_ref, swap.c.swapped_at).in_([(one.bike_ref, one.swapped_at) for one in given])
    found = await tx.execute(select(swap.c.ref, swap.c.bike_ref, swap.c.swapped_at).where(*there, same))
    return {(row.bike_ref, row.swapped_at): row.ref for row in found}


def _priced(given: SwapEntry, around: Around) -> SwapEntry:
    """What is included costs nothing, else the station's price; free swaps are included."""
    if given.price is None:
        known = around.stations.get(given.station_ref)
        included = given.channel is SwapPaidBy.INCLUDED or known is None
        price = Money(around.home.currency, 0) if included or known is None else known.station.swap_price
        given = replace(given, price=price)
    if given.price is not None and not given.price.minor:
        given = replace(given, channel=SwapPaidBy.INCLUDED)
    return given


def _wrong(given: SwapEntry, around: Around, at: datetime) -> DomainError | None:
    known = around.stations.get(given.station_ref)
    if known is None:
        return NotFound("station", given.station_ref)
    if given.bike_ref not in around.bikes:
        return NotFound("bike", given.bike_ref)
    for battery in (given.battery_in, given.battery_out):
        if battery not in around.batteries:
            return NotFound("battery", battery)
    if given.driver_ref is not None and given.driver_ref not in around.drivers:
        return NotFound("driver", given.driver_ref)
    if twin := around.twins.get((given.bike_ref, given.swapped_at)):
        return Conflict(f"the bike {given.bike_ref} swapped at this very moment already: {twin}")
    mistakes = [*_price_mistakes(given, around), *_day_mistakes(given, known, around, at)]
    return BadInput(*mistakes) if mistakes else None


def _price_mistakes(given: SwapEntry, around: Around) -> list[Mistake]:
    currency = around.home.currency
    if given.price is not None and given.price.currency != currency:
        return [Mistake("price", f"{given.price.currency} is not yours", f"use {currency}")]
    return []


def _day_mistakes(given: SwapEntry, known: KnownStation, around: Around, at: datetime) -> list[Mistake]:
    day = local_date(given.swapped_at, around.home.zone)
    if given.swapped_at > at + CLOCKS_DIFFER:
        return [Mistake("swapped_at", "it lies in the future", "set the device’s clock; give the moment")]
    if day < known.station.opened_on:
        opened = known.station.opened_on
        return [Mistake("swapped_at", f"the station opened on {opened}", "correct the day or the station")]
    if known.closed_on is not None and day > known.closed_on:
        closed = known.closed_on
        return [Mistake("swapped_at", f"the station closed on {closed}", "correct the day or the station")]
    return []


def _same(known: SwapEntry, given: SwapEntry) -> Written:
    """Who reported a swap is no part of it: a device and a file may tell of the same one."""
    facts = {name: value for name, value in _row(given).items() if name != "source"}
    other = difference(_row(known), facts)
    return Conflict(f"the swap {given.ref} exists already: its {other}") if other else False


async def _enter(
    tx: AsyncConnection, home: Tenant, given: Sequence[SwapEntry], at: datetime
) -> set[str]:  # fmt: skip
    """Those that nobody else has written meanwhile."""
    if not given:
        return set()
    ordered = sorted(given, key=lambda one: one.ref)
    rows = [{**_row(one), "tenant_id": home.id, "recorded_at": at} for one in ordered]
    made = await tx.execute(insert(swap).on_conflict_do_nothing().returning(swap.c.ref), rows)
    entered = set(made.scalars())
    fresh = [one for one in given if one.ref in entered]
    await move_batteries(tx, home.id, fresh)
    await ledger.post_all(
        tx, home.id, [_posting(home, one) for one in fresh if one.price and one.price.minor]
    )
    return entered


def _posting(home: Tenant, given: SwapEntry) -> Posting:
    assert given.price is not None
    return Posting(
        ledger_key(given.ref), local_date(given.swapped_at, home.zone), f"swap {given.ref}",
        (
            Entry(CASH.format(given.channel.value), given.station_ref, given.price),
            Entry(REVENUE, given.station_ref, -given.price),
        ),
    )  # fmt: skip


async def _named(tx: AsyncConnection, tenant: str, refs: Iterable[str]) -> dict[str, KnownSwap]:
    query = select(swap).where(swap.c.tenant_id == tenant, swap.c.ref.in_(list(refs)))
    return {row.ref: _known(row) for row in await tx.execute(query)}


def _row(given: SwapEntry) -> dict[str, Any]:
    row = {name: value for name, value in vars(given).items() if name != "price"}
    price = given.price
    return {
        **row, "channel": given.channel.value, "price_minor": price.minor if price else 0,
        "currency": price.currency if price else "",
    }  # fmt: skip


def _known(row: Any) -> KnownSwap:
    entry = SwapEntry(
        row.ref, row.station_ref, row.bike_ref, row.battery_in, row.battery_out, row.swapped_at,
        SwapPaidBy(row.channel), Money(row.currency, row.price_minor), row.driver_ref, row.charge_in,
        row.charge_out, row.source,
    )  # fmt: skip
    return KnownSwap(entry, row.recorded_at, row.voided_at, row.void_reason)
