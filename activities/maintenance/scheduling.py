"""A visit that is due: whether it has its place in a round, and in time."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.decisions import Ask, Collected, Decisions
from database.maintenance import scheduling
from database.session import Database
from domain.calendar import local_date
from domain.case import Review
from domain.decision import Bilingual, Decision

BOOK = "maintenance/scheduling"


@dataclass(frozen=True)
class SchedulingActivities:
    database: Database
    decisions: Decisions

    @activity.defn(name="maintenance.scheduling.review")
    async def review(self, review: Review) -> Decision:
        async with self.database.tenant(review.case.tenant) as tx:
            return await self.decisions.conclude(tx, review, self.collect_facts)

    async def collect_facts(self, tx: AsyncConnection, review: Review) -> Collected:
        case, day = review.case, local_date(review.at, review.case.zone)
        known = await scheduling.facts_of(tx, case.tenant, case.ref, day)
        facts = known.facts
        planned = facts.planned_on
        return Collected(
            asks=(Ask(BOOK, facts.as_facts()),),
            roles={},
            data={"visit": case.ref, "due_on": facts.due_on, "planned_on": planned},
            waiting_for=Bilingual(
                f"la visite {case.ref}, prévue le {planned:%d/%m/%Y}" if planned
                else f"une place pour la visite {case.ref}",
                f"the visit {case.ref}, planned on {planned}" if planned
                else f"a place for the visit {case.ref}",
            ),
            due_on=facts.due_on, review_on=facts.look_on,
        )  # fmt: skip
