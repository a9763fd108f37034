"""Commands that come at the same moment, from a double click or from two desks."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet import contract, vehicles
from database.fleet.queries import contract_of
from database.internships import deliverable, placement
from database.privacy.erasure import erase
from database.privacy.holds import set_hold
from database.privacy.subject import subject_of
from database.session import Database
from database.shared import people
from database.shared.contacts import Contact, save_contact
from database.shared.people import Invited
from database.shared.tables import outbox, tenant
from domain.case import Case
from domain.errors import Conflict
from domain.fleet.asset import Bike, BikeState
from domain.fleet.contract import COMPLETED
from domain.internships.deliverable import Deliverable, Kind
from domain.internships.placement import Placement
from tests.database.test_fleet_money import LATER, begun
from tests.ground import store_in

AT = datetime(2032, 5, 1, 9, tzinfo=UTC)


async def school(database: Database, owner: Database) -> str:
    name = f"school-{uuid4().hex[:8]}"
    row = {"id": name, "name": name, "country": "FR", "zone": "Europe/Paris", "currency": "EUR"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(row))
    async with database.tenant(name) as tx:
        for ref in ("E-1", "T-1", "T-2"):
            await save_contact(tx, name, Contact(ref, ref, f"{ref}@example.org", None, "fr"))
        given = Placement("S-1", "E-1", "T-1", "T-2", "Atelier", date(2032, 2, 1), date(2032, 7, 31))
        await placement.create_placement(tx, name, given)
        report = Deliverable("R-1", "S-1", Kind.REPORT, "R", date(2032, 6, 1))
        await deliverable.announce(tx, name, report, AT)
    return name


async def test_a_report_handed_in_by_a_double_click_is_handed_in(database: Database, owner: Database) -> None:
    name = await school(database, owner)

    async def hand_in() -> bool:
        async with database.tenant(name) as tx:
            return await deliverable.hand_in(tx, name, "R-1", "report.pdf", "link:E-1", AT)

    assert sorted(await asyncio.gather(*(hand_in() for _ in range(5)))) == [False, False, False, False, True]


async def test_a_contract_paid_at_this_moment_is_not_terminated(database: Database, owner: Database) -> None:
    """The desk looked at the contract before its process wrote that it is paid."""
    name = await begun(database, owner, 0)

    async def terminate() -> bool:
        async with database.tenant(name) as tx:
            return await contract.terminate(tx, name, "C-1", "he gave the bike back", LATER)

    async with database.tenant(name) as tx:
        await contract.complete(tx, Case(name, "fleet.contract", "C-1", "Africa/Douala"), LATER)
        desk = asyncio.create_task(terminate())
        while not await waits(owner):
            pass
    with pytest.raises(Conflict, match="no longer active"):
        await desk
    async with database.tenant(name) as tx:
        assert (await contract_of(tx, name, "C-1")).state == COMPLETED


async def test_of_two_who_write_of_one_bike_the_second_sees_the_first(
    database: Database, owner: Database
) -> None:
    name = await begun(database, owner, 0)

    async def say(state: BikeState) -> None:
        async with database.tenant(name) as tx:
            await vehicles.save_bike(tx, name, Bike("M-9", state=state), AT)

    await say(BikeState.IN_USE)
    async with database.tenant(name) as tx:
        await vehicles.save_bike(tx, name, Bike("M-9", state=BikeState.STOLEN), AT)
        desk = asyncio.create_task(say(BikeState.IN_USE))
        while not await waits(owner):
            pass
    await desk
    async with database.tenant(name) as tx:
        owed = select(outbox.c.fact).where(outbox.c.ref == "M-9").order_by(outbox.c.id)
        assert (await tx.execute(owed)).scalars().all() == ["bike.stolen", "bike.found"]


async def waits(owner: Database) -> bool:
    """Whether a statement of the application waits for another's lock."""
    query = text("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
    async with owner.anyone() as tx:
        return bool((await tx.execute(query)).scalar_one())


async def test_two_last_administrators_who_are_erased_at_once_leave_one(
    database: Database, owner: Database, tmp_path: Path
) -> None:
    name = await school(database, owner)
    store = store_in(tmp_path)

    async def invited(email: str) -> str:
        who = Invited(email, "Anne Roy", frozenset({"administrator"}))
        async with database.tenant(name) as tx:
            return (await people.invite(tx, name, who, "test", people.ACTIVE)).id

    async def erased(tx: AsyncConnection, id: str) -> None:
        subject = await subject_of(tx, name, AT.date(), person_id=id)
        await erase(tx, store.keyring, store, subject, AT, AT.date())

    async def desk() -> None:
        async with database.tenant(name) as tx:
            await erased(tx, second)

    first, second = await invited("anne@example.org"), await invited("bruno@example.org")
    async with database.tenant(name) as tx:
        await erased(tx, first)
        beside = asyncio.create_task(desk())
        while not beside.done() and not await waits(owner):
            pass
    with pytest.raises(Conflict, match="without an administrator"):
        await beside


async def test_a_legal_hold_that_is_set_at_this_moment_holds(
    database: Database, owner: Database, tmp_path: Path
) -> None:
    name = await school(database, owner)
    store = store_in(tmp_path)

    async def desk() -> None:
        async with database.tenant(name) as tx:
            subject = await subject_of(tx, name, AT.date(), "X-1")
            await erase(tx, store.keyring, store, subject, AT, AT.date())

    async with database.tenant(name) as tx:
        await save_contact(tx, name, Contact("X-1", "Claire Martin", "x@example.org", None, "fr"))
    async with database.tenant(name) as tx:
        await set_hold(tx, await subject_of(tx, name, AT.date(), "X-1"), "a dispute", "test", AT)
        beside = asyncio.create_task(desk())
        while not beside.done() and not await waits(owner):
            pass
    with pytest.raises(Conflict, match="a legal hold is set"):
        await beside
