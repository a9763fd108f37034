"""A deliverable: until when it is expected, and whether it is there."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.decisions import Ask, Collected, Decisions
from database.internships.deliverable import deliverable_of
from database.internships.placement import placement_of
from database.session import Database
from domain.calendar import local_date
from domain.case import Review
from domain.decision import Bilingual, Decision

BOOK = "internships/deliverable"


@dataclass(frozen=True)
class DeliverableActivities:
    database: Database
    decisions: Decisions

    @activity.defn(name="internships.deliverable.review")
    async def review(self, review: Review) -> Decision:
        async with self.database.tenant(review.case.tenant) as tx:
            return await self.decisions.conclude(tx, review, self.collect_facts)

    async def collect_facts(self, tx: AsyncConnection, review: Review) -> Collected:
        case, day = review.case, local_date(review.at, review.case.zone)
        known = await deliverable_of(tx, case.tenant, case.ref)
        it = known.deliverable
        placement = (await placement_of(tx, case.tenant, it.placement_ref)).placement
        return Collected(
            asks=(Ask(BOOK, known.facts.as_facts()),),
            roles={"student": (placement.student_ref,), "tutor": (placement.school_tutor_ref,)},
            data={
                "deliverable": it.ref, "kind": it.kind.value, "title": it.title, "due_on": it.due_on,
                "days_left": it.days_left(day), "days_late": it.days_late(day),
                "about": placement.student_ref,
            },
            waiting_for=Bilingual(
                f"la remise du livrable {it.ref} (à remettre le {it.due_on:%d/%m/%Y})",
                f"the deliverable {it.ref} to be handed in (due on {it.due_on})",
            ),
            due_on=it.due_on,
        )  # fmt: skip
