"""The money of a contract that ends before it is paid: given back, covered by the bike, or written off."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet import charges, theft
from database.fleet.changes import Act, Rewrite, claim, opened, rewrite
from database.fleet.rows import RECEIVABLE
from database.fleet.tables import bike, fleet_contract
from database.shared.contacts import Tenant
from database.shared.ledger import Entry
from domain.errors import BadInput, Mistake
from domain.fleet.asset import BikeState
from domain.fleet.change import charges as charges_in
from domain.fleet.contract import TERMINATED
from domain.fleet.ending import End, Ended, EndKind, ended
from domain.money import Money

REPOSSESSED, BAD_DEBT = "repossessed_bikes", "bad_debt"
BIKE_THEN = {EndKind.DEFAULT: "repossessed", EndKind.THEFT: "stolen"}


async def end_claim(
    tx: AsyncConnection, tenant: str, ref: str, end: End, reason: str, at: datetime, by: str
) -> None:
    """For a contract that was active and is terminated now. Raises BadInput."""
    here = await opened(tx, tenant, ref, at, TERMINATED)
    for amount, name in ((end.bike_value, "bike_value"), (end.still_owed, "still_owed")):
        if amount and amount.currency != here.currency:
            mend = f"use {here.currency}"
            raise BadInput(Mistake(name, f"{amount.currency} is not the contract's", mend))
    made = ended(here.standing, end, here.today)
    told = {
        "end_kind": end.kind.value, "given_back_minor": made.given_back, "bike_value_minor": made.bike_value,
        "written_off_minor": made.written_off,
    }  # fmt: skip
    covered = _covered(ref, here.file.contract.bike_ref, made, here.currency)
    entries = (*claim(here, -made.given_back), *covered)
    await rewrite(tx, here, "terminated", Act(at, by, reason), Rewrite(made.dues, entries, told))
    earned = Money(here.currency, charges_in(here.file.dues) - made.given_back)
    await charges.close(tx, tenant, ref, earned, here.today)
    this = (fleet_contract.c.tenant_id == tenant, fleet_contract.c.ref == ref)
    await tx.execute(update(fleet_contract).where(*this).values(end_kind=end.kind.value))
    await _mark_bike(tx, here.home, here.file.contract.bike_ref, end.kind, at)


def _covered(ref: str, bike_ref: str, made: Ended, currency: str) -> tuple[Entry, ...]:
    value, off = Money(currency, made.bike_value), Money(currency, made.written_off)
    return (
        Entry(REPOSSESSED, bike_ref, value), Entry(BAD_DEBT, ref, off), Entry(RECEIVABLE, ref, -value - off)
    )  # fmt: skip


async def _mark_bike(tx: AsyncConnection, home: Tenant, ref: str, kind: EndKind, at: datetime) -> None:
    """A bike that another contract has got meanwhile stays what it is."""
    tenant = home.id
    state = BIKE_THEN.get(kind)
    if state is None:
        return
    held = select(func.count()).where(
        fleet_contract.c.tenant_id == tenant, fleet_contract.c.bike_ref == ref,
        fleet_contract.c.state == "active",
    )  # fmt: skip
    if (await tx.execute(held)).scalar_one():
        return
    mine, is_theft = (bike.c.tenant_id == tenant, bike.c.ref == ref), kind is EndKind.THEFT
    was = (await tx.execute(select(bike.c.state).where(*mine).with_for_update())).scalar()
    since = func.coalesce(bike.c.stolen_at, at) if is_theft else None
    await tx.execute(update(bike).where(*mine).values(state=state, stolen_at=since))
    if is_theft:
        await theft.wake(tx, home, [ref], at, f"stolen:{at.isoformat()}")
    elif was == BikeState.STOLEN:
        await theft.rest(tx, home, ref, at, f"{state}:{at.isoformat()}")
