"""Cash that an agent holds: how much, since when, and against which ceiling."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.decisions import Ask, Collected, Decisions
from database.fleet import cash
from database.session import Database
from domain.case import Review
from domain.decision import Bilingual, Decision
from domain.wording import amount

BOOK = "fleet/cash"
CEILING = "fleet/ceiling"


@dataclass(frozen=True)
class CashActivities:
    database: Database
    decisions: Decisions

    @activity.defn(name="fleet.cash.review")
    async def review(self, review: Review) -> Decision:
        async with self.database.tenant(review.case.tenant) as tx:
            return await self.decisions.conclude(tx, review, self.collect_facts)

    async def collect_facts(self, tx: AsyncConnection, review: Review) -> Collected:
        case = review.case
        agent = (await cash.agent_of(tx, case.tenant, case.ref)).agent
        facts = await cash.facts_of(tx, case.tenant, agent, review.at)
        told = amount(facts.held)
        over = (Ask(CEILING, facts.ceiling_facts.as_facts()),) if facts.over_on else ()
        return Collected(
            asks=(*over, Ask(BOOK, facts.as_facts())),
            roles={"agent": (agent.contact_ref,)},
            data={
                "agent": case.ref, "held": facts.held, "ceiling": facts.ceiling, "excess": facts.excess,
                "held_on": facts.held_on,
            },
            waiting_for=Bilingual(
                f"le dépôt de {told.fr} par l’agent {case.ref}",
                f"the deposit of {told.en} by the agent {case.ref}",
            ),
            due_on=facts.held_on,
        )  # fmt: skip
