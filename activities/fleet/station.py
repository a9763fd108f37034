"""A swap station's month: judged on the first business morning after it, told to its manager."""

import math
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.decisions import Ask, Collected, Decisions
from database.fleet import places, station
from database.fleet.places import KnownStation
from database.session import Database
from database.shared.contacts import tenant_of
from domain.calendar import add_months, local_date
from domain.case import Review
from domain.decision import Bilingual, Decision
from domain.fleet.months import looked_at, named
from domain.fleet.station import StationFacts, StationMonth
from rules.asking import open_days

BOOK = "fleet/station"


@dataclass(frozen=True)
class StationActivities:
    database: Database
    decisions: Decisions

    @activity.defn(name="fleet.station.review")
    async def review(self, review: Review) -> Decision:
        async with self.database.tenant(review.case.tenant) as tx:
            return await self.decisions.conclude(tx, review, self.collect_facts)

    async def collect_facts(self, tx: AsyncConnection, review: Review) -> Collected:
        case, day = review.case, local_date(review.at, review.case.zone)
        known = await places.station_of(tx, case.tenant, case.ref)
        is_open = open_days((await tenant_of(tx, case.tenant)).country, self.decisions.holidays)
        seen = looked_at(day, known.station.opened_on, known.closed_on, is_open)
        following = add_months(seen.month_on, 1) if seen.month_on else known.station.opened_on
        name = named(following)
        waiting_for = Bilingual(
            f"la fin de {name.fr} (station {case.ref})", f"the end of {name.en} (station {case.ref})"
        )
        if seen.month_on is None:
            return Collected((), {}, {}, waiting_for, seen.next_on, seen.next_on)
        facts, months = await station.facts_of(tx, case.tenant, known, seen.month_on)
        return Collected(
            asks=(Ask(BOOK, facts.as_facts()),),
            roles={"manager": await managers(tx, case.tenant, known)},
            data=words(known, facts, months[-1]),
            waiting_for=waiting_for, due_on=seen.next_on, review_on=seen.next_on,
        )  # fmt: skip


async def managers(tx: AsyncConnection, tenant: str, known: KnownStation) -> tuple[str, ...]:
    """The station's own, else its agency's."""
    one = known.station
    if one.manager_ref is None and one.agency_ref is not None:
        led = (await places.agency_of(tx, tenant, one.agency_ref)).agency.manager_ref
        return (led,) if led else ()
    return (one.manager_ref,) if one.manager_ref else ()


def whole(share: Decimal | None) -> int | None:
    """For people: 79.99 % is 79 %, not 80."""
    return None if share is None else math.floor(share)


def words(known: KnownStation, facts: StationFacts, month: StationMonth) -> dict[str, object]:
    return {
        "station": known.station.ref, "station_name": known.station.name, "month_on": month.month_on,
        "ends_on": add_months(month.month_on, 1) - timedelta(days=1), "revenue": month.revenue,
        "costs": month.costs, "target": month.target, "swaps": month.swaps,
        "percent": whole(facts.target_percent),
    }  # fmt: skip
