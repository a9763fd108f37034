"""Whatever the order in which swaps become known, batteries, counts and the ledger are the same."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from sqlalchemy import insert, select

from database.fleet import opening, swaps, vehicles
from database.fleet.asset_tables import swap_month
from database.session import Database
from database.shared import ledger
from database.shared.contacts import Contact, save_contact
from database.shared.tables import tenant
from domain.errors import BadInput, Conflict, NotFound
from domain.fleet.asset import Agency, Battery, Bike, Purchase, Station
from domain.fleet.swap import SwapEntry, SwapPaidBy
from domain.money import Money

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
FIRST = datetime(2026, 5, 2, 9, tzinfo=UTC)


def xaf(minor: int) -> Money:
    return Money("XAF", minor)


async def opened(database: Database, owner: Database) -> str:
    """An agency with a station, two bikes and three batteries."""
    name = f"swaps-{uuid4().hex[:8]}"
    row = {"id": name, "name": name, "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(**row, locale="fr"))
    async with database.tenant(name) as tx:
        await save_contact(tx, name, Contact("G-1", "Odile Essomba", "odile@example.com", None, "fr"))
        await opening.open_agency(tx, name, Agency("A-1", "Akwa", date(2026, 1, 5), "G-1"), NOW)
        station = Station("S-1", "Bonabéri", date(2026, 5, 1), xaf(1500), 60, 720, "A-1", "G-1")
        await opening.open_station(tx, name, station, NOW)
        await opening.open_station(tx, name, Station("S-2", "Deïdo", date(2026, 5, 1), xaf(0), 0, 0), NOW)
        for ref in ("M-1", "M-2"):
            await vehicles.save_bike(tx, name, Bike(ref, agency_ref="A-1"))
        for ref in ("B-1", "B-2", "B-3"):
            await vehicles.save_battery(tx, name, Battery(ref, cycles_before=10), FIRST - timedelta(days=1))
    return name


def swapped(ref: str, days: int, battery_in: str, battery_out: str, bike: str = "M-1") -> SwapEntry:
    at = FIRST + timedelta(days=days)
    return SwapEntry(ref, "S-1", bike, battery_in, battery_out, at, SwapPaidBy.MOBILE_MONEY)


STORY = (
    swapped("W-1", 0, "B-1", "B-2"), swapped("W-2", 3, "B-2", "B-3"), swapped("W-3", 6, "B-3", "B-1"),
    swapped("W-4", 7, "B-1", "B-2", "M-2"),
)  # fmt: skip


async def where(database: Database, name: str) -> dict[str, tuple[str | None, str | None, int]]:
    async with database.tenant(name) as tx:
        found = await vehicles.batteries(tx, name)
    return {one.battery.ref: (one.battery.bike_ref, one.battery.station_ref, one.cycles) for one in found}


async def takings(database: Database, name: str) -> tuple[int, int]:
    """Counted and posted, of May."""
    async with database.tenant(name) as tx:
        counted = (await tx.execute(select(swap_month.c.swaps))).scalar_one()
        posted = await ledger.balance(tx, name, swaps.REVENUE, "S-1", "XAF")
        paid = await ledger.balance(tx, name, "cash:mobile_money", "S-1", "XAF")
    assert posted == -paid
    return counted, -posted.minor


async def test_any_order_gives_the_same_batteries_counts_and_books(
    database: Database, owner: Database
) -> None:  # fmt: skip
    told = []
    for order in [*permutations(STORY)][::5]:
        name = await opened(database, owner)
        for one in order:
            async with database.tenant(name) as tx:
                assert await swaps.record_swap(tx, name, one, NOW)
                assert not await swaps.record_swap(tx, name, one, NOW)
        told.append((await where(database, name), await takings(database, name)))
    assert all(one == told[0] for one in told)
    assert told[0] == (
        {"B-1": (None, "S-1", 12), "B-2": ("M-2", None, 11), "B-3": (None, "S-1", 11)}, (4, 6000),
    )  # fmt: skip


async def test_a_struck_swap_counts_for_nothing_and_the_batteries_are_where_the_others_say(
    database: Database, owner: Database
) -> None:
    name = await opened(database, owner)
    async with database.tenant(name) as tx:
        await swaps.record_swaps(tx, name, STORY[:2], NOW)
        assert await swaps.void_swap(tx, name, "W-2", "said twice by hand", NOW)
        assert not await swaps.void_swap(tx, name, "W-2", "said twice by hand", NOW)
    assert await where(database, name) == {
        "B-1": (None, "S-1", 11), "B-2": ("M-1", None, 10), "B-3": (None, None, 10)
    }  # fmt: skip
    assert await takings(database, name) == (1, 1500)
    async with database.tenant(name) as tx:
        assert await swaps.record_swap(tx, name, swapped("W-9", 3, "B-2", "B-3"), NOW)


async def test_what_cannot_be_right_is_refused_by_name_and_the_others_are_taken(
    database: Database, owner: Database
) -> None:
    name = await opened(database, owner)
    given = [
        STORY[0], swapped("W-5", 1, "B-7", "B-2"), swapped("W-6", 2, "B-2", "B-1", "M-9"),
        swapped("W-7", -40, "B-2", "B-1"), swapped("W-8", 60, "B-2", "B-1"), swapped("W-1", 1, "B-2", "B-1"),
        swapped("W-9", 0, "B-1", "B-2"),
    ]  # fmt: skip
    async with database.tenant(name) as tx:
        written = await swaps.record_swaps(tx, name, given, NOW)
    assert written[0] is True
    assert [type(one) for one in written[1:]] == [
        NotFound, NotFound, BadInput, BadInput, Conflict, Conflict
    ]  # fmt: skip
    said = [str(one) for one in written[1:]]
    hints = ("B-7", "M-9", "opened on 2026-05-01", "future", "exists already", "W-1")
    assert [hint in one for hint, one in zip(hints, said, strict=True)] == [True] * 6
    assert await takings(database, name) == (1, 1500)


async def test_free_swaps_are_counted_and_post_nothing(database: Database, owner: Database) -> None:
    name = await opened(database, owner)
    free = SwapEntry("W-1", "S-2", "M-1", "B-1", "B-2", FIRST, SwapPaidBy.CASH)
    async with database.tenant(name) as tx:
        assert await swaps.record_swap(tx, name, free, NOW)
        known = await swaps.swap_of(tx, name, "W-1")
        assert (known.entry.channel, known.entry.price) == (SwapPaidBy.INCLUDED, xaf(0))
        assert (await ledger.balance(tx, name, swaps.REVENUE, "S-2", "XAF")).minor == 0


async def test_a_purchase_is_posted_once_and_is_not_another_later(
    database: Database, owner: Database
) -> None:  # fmt: skip
    name = await opened(database, owner)
    bought = Bike("M-3", "E-Boda 2", "LT 123 AB", purchase=Purchase(date(2026, 4, 1), xaf(900_000)))
    async with database.tenant(name) as tx:
        assert await vehicles.save_bike(tx, name, bought)
        assert not await vehicles.save_bike(tx, name, bought)
        assert (await ledger.balance(tx, name, "bikes", "M-3", "XAF")).minor == 900_000
        other = Bike("M-3", purchase=Purchase(date(2026, 4, 1), xaf(800_000)))
        with pytest.raises(Conflict, match="posted"):
            await vehicles.save_bike(tx, name, other)
        with pytest.raises(Conflict, match="M-3 has the plate"):
            await vehicles.save_bike(tx, name, Bike("M-4", plate="LT 123 AB"))
