"""An agency's month: judged on the first business morning after it, told to its manager."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.decisions import Ask, Collected, Decisions
from activities.fleet.station import whole
from database.fleet import agency, places
from database.fleet.places import KnownAgency
from database.session import Database
from database.shared.contacts import tenant_of
from domain.calendar import add_months, local_date
from domain.case import Review
from domain.decision import Bilingual, Decision
from domain.fleet.agency import AgencyMonth
from domain.fleet.months import looked_at, named
from rules.asking import open_days

BOOK = "fleet/agency"


@dataclass(frozen=True)
class AgencyActivities:
    database: Database
    decisions: Decisions

    @activity.defn(name="fleet.agency.review")
    async def review(self, review: Review) -> Decision:
        async with self.database.tenant(review.case.tenant) as tx:
            return await self.decisions.conclude(tx, review, self.collect_facts)

    async def collect_facts(self, tx: AsyncConnection, review: Review) -> Collected:
        case, day = review.case, local_date(review.at, review.case.zone)
        known = await places.agency_of(tx, case.tenant, case.ref)
        is_open = open_days((await tenant_of(tx, case.tenant)).country, self.decisions.holidays)
        seen = looked_at(day, known.agency.opened_on, known.closed_on, is_open)
        name = named(add_months(seen.month_on, 1) if seen.month_on else known.agency.opened_on)
        waiting_for = Bilingual(
            f"la fin de {name.fr} (agence {case.ref})", f"the end of {name.en} (agency {case.ref})"
        )
        if seen.month_on is None:
            return Collected((), {}, {}, waiting_for, seen.next_on, seen.next_on)
        facts, months = await agency.facts_of(tx, case.tenant, known, seen.month_on)
        led = known.agency.manager_ref
        return Collected(
            asks=(Ask(BOOK, facts.as_facts()),),
            roles={"manager": (led,) if led else ()},
            data=words(known, months[-1]), waiting_for=waiting_for, due_on=seen.next_on,
            review_on=seen.next_on,
        )  # fmt: skip


def words(known: KnownAgency, month: AgencyMonth) -> dict[str, object]:
    return {
        "agency": known.agency.ref, "agency_name": known.agency.name, "month_on": month.month_on,
        "ends_on": add_months(month.month_on, 1) - timedelta(days=1), "collected": month.collected,
        "due": month.due, "percent": whole(month.collected_percent), "contracts": month.contracts,
        "late_contracts": month.late, "new_contracts": month.new,
    }  # fmt: skip
