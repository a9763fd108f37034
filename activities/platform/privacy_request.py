"""A person's request about their data: until when it is to be answered, and whether it was."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.decisions import Ask, Collected, Decisions
from database.privacy.requests import request_of
from database.session import Database
from domain.case import Review
from domain.decision import Bilingual, Decision
from domain.platform.privacy_request import LABELS, Kind, RequestFacts, State

BOOK = "platform/privacy_request"


@dataclass(frozen=True)
class PrivacyRequests:
    database: Database
    decisions: Decisions

    @activity.defn(name="platform.privacy_request.review")
    async def review(self, review: Review) -> Decision:
        async with self.database.tenant(review.case.tenant) as tx:
            return await self.decisions.conclude(tx, review, self.collect_facts)

    async def collect_facts(self, tx: AsyncConnection, review: Review) -> Collected:
        row = await request_of(tx, review.case.tenant, review.case.ref)
        about = LABELS[Kind(row.kind)]
        facts = RequestFacts(row.due_on, State(row.state))
        return Collected(
            asks=(Ask(BOOK, facts.as_facts()),),
            roles={},
            data={},
            waiting_for=Bilingual(
                f"la réponse à la demande {row.id}, {about.fr} (avant le {row.due_on:%d/%m/%Y})",
                f"the answer to the request {row.id}, {about.en} (by {row.due_on})",
            ),
            due_on=row.due_on,
        )
