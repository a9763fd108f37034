"""Who drives which bike: another bike, another driver, from a day on."""

from datetime import date
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.change_tables import bike_assignment, contract_change
from database.fleet.changes import Act, Opened, keep, opened
from database.fleet.tables import bike, fleet_contract
from database.shared.tables import contact
from domain.calendar import DAY
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.fleet.change import Change
from domain.fleet.contract import ACTIVE

USELESS = ("stolen", "sold", "retired")


async def swap_bike(tx: AsyncConnection, tenant: str, ref: str, bike_ref: str, act: Act) -> Change:
    """The contract goes on with another bike, from ``act.on``. What is paid since is earned by that one.

    Raises NotFound, Conflict (another contract's bike) and BadInput.
    """
    here = await opened(tx, tenant, ref, act.at)
    before = here.file.contract.bike_ref
    day = act.on or here.today
    await _check_bike(tx, here, bike_ref)
    last = await _last_assignment(tx, here)
    _check_day(day, last.from_on + DAY if last.number else last.from_on, here.today)
    await _leave(tx, here, last, day)
    await tx.execute(upsert(bike).values(tenant_id=tenant, ref=bike_ref).on_conflict_do_nothing())
    row = {"tenant_id": tenant, "contract_ref": ref, "number": last.number + 1, "bike_ref": bike_ref}
    await tx.execute(insert(bike_assignment).values(**row, from_on=day))
    await _set(tx, here, bike_ref=bike_ref)
    return await keep(tx, here, "bike_swapped", act, {"bike_ref": before}, {"bike_ref": bike_ref})


async def change_driver(tx: AsyncConnection, tenant: str, ref: str, driver_ref: str, act: Act) -> Change:
    """The contract, with all that is owed, goes over to another driver, who gets its messages from now on.

    Raises NotFound, Conflict and BadInput.
    """
    here = await opened(tx, tenant, ref, act.at)
    before = here.file.contract.driver_ref
    if driver_ref == before:
        raise BadInput(Mistake("driver_ref", f"{driver_ref} drives it already", "give another driver"))
    known = select(contact.c.ref).where(
        contact.c.tenant_id == tenant, contact.c.ref == driver_ref, contact.c.erased_at.is_(None)
    )
    if (await tx.execute(known)).first() is None:
        raise NotFound("driver", driver_ref)
    _check_day(act.on or here.today, here.file.contract.terms.signed_on, here.today)
    await _set(tx, here, driver_ref=driver_ref)
    told = {"driver_ref": before}, {"driver_ref": driver_ref}
    return await keep(tx, here, "driver_changed", act, *told)


async def signed_as(tx: AsyncConnection, tenant: str, refs: list[str]) -> dict[str, dict[str, str]]:
    """Bike and driver at the signature, where they are others now: a file may tell of the contract again."""
    mine = contract_change.c
    rows = await tx.execute(
        select(mine.contract_ref, mine.before)
        .where(mine.tenant_id == tenant, mine.contract_ref.in_(refs),
               mine.kind.in_(("bike_swapped", "driver_changed")))
        .order_by(mine.contract_ref, mine.number.desc())
    )  # fmt: skip
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row.contract_ref, {}).update(row.before)
    return found


async def _check_bike(tx: AsyncConnection, here: Opened, bike_ref: str) -> None:
    """One change of a bike's contract at a time, so that it does not go to two of them."""
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(
        f"bike:{here.home.id}:{bike_ref}", 0))))  # fmt: skip
    if bike_ref == here.file.contract.bike_ref:
        raise BadInput(Mistake("bike_ref", f"{bike_ref} is its bike already", "give another bike"))
    held = select(fleet_contract.c.ref).where(
        fleet_contract.c.tenant_id == here.home.id, fleet_contract.c.bike_ref == bike_ref,
        fleet_contract.c.state == ACTIVE,
    )  # fmt: skip
    if (other := (await tx.execute(held.limit(1))).scalar()) is not None:
        raise Conflict(f"the bike {bike_ref} belongs to the contract {other}, which is active")
    state = select(bike.c.state).where(bike.c.tenant_id == here.home.id, bike.c.ref == bike_ref)
    if (found := (await tx.execute(state)).scalar()) in USELESS:
        raise Conflict(f"the bike {bike_ref} is {found}: it cannot be handed out")


async def _last_assignment(tx: AsyncConnection, here: Opened) -> Row[Any]:
    mine = bike_assignment.c
    query = select(bike_assignment).where(mine.tenant_id == here.home.id, mine.contract_ref == here.ref)
    return (await tx.execute(query.order_by(mine.number.desc()).limit(1))).one()


async def _leave(tx: AsyncConnection, here: Opened, last: Row[Any], day: date) -> None:
    mine = bike_assignment.c
    this = (mine.tenant_id == here.home.id, mine.contract_ref == here.ref, mine.number == last.number)
    until = max(day - DAY, last.from_on)
    await tx.execute(update(bike_assignment).where(*this).values(until_on=until))


async def _set(tx: AsyncConnection, here: Opened, **values: str) -> None:
    this = (fleet_contract.c.tenant_id == here.home.id, fleet_contract.c.ref == here.ref)
    await tx.execute(update(fleet_contract).where(*this).values(**values))


def _check_day(day: date, first: date, today: date) -> None:
    if not first <= day <= today:
        mend = f"give a day from {first} to {today}" if first <= today else "it changed today: try tomorrow"
        raise BadInput(Mistake("on", f"{day} is not one of its days", mend))


async def bikes_of(tx: AsyncConnection, tenant: str, ref: str) -> list[tuple[str, date, date | None]]:
    """Bike, first day and last day, in their order."""
    mine = bike_assignment.c
    rows = await tx.execute(
        select(bike_assignment)
        .where(mine.tenant_id == tenant, mine.contract_ref == ref)
        .order_by(mine.number)
    )
    return [(row.bike_ref, row.from_on, row.until_on) for row in rows]
