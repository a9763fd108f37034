"""All that is known of certain days, read at once for who lays them out as a problem."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from database.maintenance import technicians, visits
from database.maintenance.slots import holds_on
from database.shared.contacts import tenant_of
from domain.calendar import zone_info
from domain.errors import BadInput, Mistake, NotFound
from domain.maintenance.planning.horizon import STANDING, Horizon, Wish
from domain.maintenance.planning.intake import Hold, KnownVisit, Standing, VisitState
from domain.ports import Holidays

LONGEST_DAYS = 31


async def horizon_of(
    tx: AsyncConnection, tenant: str, wish: Wish, now: datetime, holidays: Holidays,
    spared: Collection[str] = (),
) -> Horizon:  # fmt: skip
    """``spared`` are visits whose held place does not count: theirs is just being asked for.

    Raises NotFound for a technician or a visit that is named and not there, BadInput for days of the past.
    """
    home = await tenant_of(tx, tenant)
    local = now.astimezone(zone_info(home.zone))
    today, last_on = local.date(), wish.first_on + timedelta(days=wish.days - 1)
    if wish.first_on < today:
        raise BadInput(Mistake("first_on", f"{wish.first_on} is over", f"begin on {today} or later"))
    workers = await technicians.workforce(tx, tenant, wish.technicians)
    refs = {one.ref for one in workers}
    holds = tuple(
        one for one in await holds_on(tx, tenant, wish.first_on, last_on, now) if one.visit not in spared
    )
    found = await _chosen(tx, tenant, wish, refs, holds)
    known = {one.ref for one in found}
    links = await visits.links_of(tx, tenant, known)
    others = {ref for link in links for ref in (link.first, link.second)} - known
    second = local.hour * 3600 + local.minute * 60 + local.second
    years = {day.year for day in wish.dates}
    return Horizon(
        wish, workers, tuple(found), await technicians.absences(tx, tenant, wish.first_on, last_on, refs),
        frozenset(day for year in years for day in holidays.of(home.country, year)), links,
        tuple(one for one in holds if one.visit in known),
        _standings(await visits.visits_named(tx, tenant, others)), (today, second), home.currency,
    )  # fmt: skip


async def _chosen(
    tx: AsyncConnection, tenant: str, wish: Wish, refs: set[str], holds: tuple[Hold, ...]
) -> list[KnownVisit]:
    """What stands in these rounds, and what waits and may come into them."""
    last_on = wish.first_on + timedelta(days=wish.days - 1)
    there = await visits.in_rounds(tx, tenant, wish.first_on, last_on, refs)
    standing = [one for one in there if one.standing.state in STANDING]
    waiting = await visits.waiting(tx, tenant, last_on)
    if wish.visits:
        await _refuse_unknown(tx, tenant, wish.visits)
        waiting = [one for one in waiting if one.ref in set(wish.visits)]
    held = {one.visit: one for one in holds}
    return standing + [one for one in waiting if _may(one, wish, refs, held.get(one.ref))]


def _may(one: KnownVisit, wish: Wish, refs: set[str], hold: Hold | None) -> bool:
    order = one.order
    if hold is not None and hold.technician not in refs:
        return False
    if order.pinned_technician is not None and wish.technicians and order.pinned_technician not in refs:
        return False
    if order.told is not None and order.told.on > wish.dates[-1] and one.ref not in wish.visits:
        return False  # its customer expects nobody before
    return order.pinned_on is None or order.pinned_on in wish.dates


async def _refuse_unknown(tx: AsyncConnection, tenant: str, named: tuple[str, ...]) -> None:
    found = await visits.visits_named(tx, tenant, named)
    if missing := set(named) - found.keys():
        raise NotFound("visit", min(missing))


def _standings(others: Mapping[str, KnownVisit]) -> dict[str, Standing]:
    """What was cancelled binds nobody; who was missed has no place."""
    return {
        ref: Standing() if one.standing.state is VisitState.MISSED else one.standing
        for ref, one in others.items()
        if one.standing.state is not VisitState.CANCELLED
    }
