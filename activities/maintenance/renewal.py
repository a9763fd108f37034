"""The renewal of a maintenance contract: what is known, and how its term ends."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.decisions import Ask, Collected, Decisions
from database.maintenance import renewal
from database.session import Database
from domain.case import Review
from domain.decision import Bilingual, Decision
from domain.effects import Ending

BOOK = "maintenance/renewal"


@dataclass(frozen=True)
class RenewalActivities:
    database: Database
    decisions: Decisions

    @activity.defn(name="maintenance.renewal.review")
    async def review(self, review: Review) -> Decision:
        async with self.database.tenant(review.case.tenant) as tx:
            return await self.decisions.conclude(tx, review, self.collect_facts)

    async def collect_facts(self, tx: AsyncConnection, review: Review) -> Collected:
        term = await renewal.term_of(tx, review.case.tenant, review.case.ref)
        contract, facts = term.contract, term.facts
        return Collected(
            asks=(Ask(BOOK, facts.as_facts()),),
            roles={"customer": (contract.customer_ref,)},
            data={
                "contract": contract.ref, "level": contract.level.value, "ends_on": contract.ends_on,
                "decide_by": facts.decide_by, "tacit": contract.tacit, "amount": contract.amount,
            },
            waiting_for=Bilingual(
                f"la réponse du client sur le contrat {contract.ref} (fin le {contract.ends_on:%d/%m/%Y})",
                f"the customer's answer about the contract {contract.ref} (ends on {contract.ends_on})",
            ),
            due_on=facts.decide_by,
        )  # fmt: skip

    @activity.defn(name="maintenance.renewal.end_term")
    async def end_term(self, ending: Ending) -> None:
        async with self.database.tenant(ending.case.tenant) as tx:
            await renewal.end_term(tx, ending.case, ending.outcome, ending.at)
