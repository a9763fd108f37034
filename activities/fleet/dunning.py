"""Dunning: how late a contract is, and what its driver promised."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.decisions import Ask, Collected, Decisions
from database.fleet import dunning, queries
from database.session import Database
from domain.calendar import local_date
from domain.case import Review
from domain.decision import Bilingual, Decision, Step
from domain.errors import Conflict
from domain.fleet.contract import TERMINATED
from domain.fleet.dunning import dunning_facts
from domain.fleet.escalation import Reminder, escalation_events
from domain.wording import amount

BOOK = "fleet/dunning"
ESCALATION = "fleet/escalation"


@dataclass(frozen=True)
class DunningActivities:
    database: Database
    decisions: Decisions

    @activity.defn(name="fleet.dunning.review")
    async def review(self, review: Review) -> Decision:
        async with self.database.tenant(review.case.tenant) as tx:
            return await self.decisions.conclude(tx, review, self.collect_facts)

    async def collect_facts(self, tx: AsyncConnection, review: Review) -> Collected:
        case = review.case
        file = await queries.file_of(tx, case.tenant, case.ref)
        if file.standing is None:
            raise Conflict(f"the contract {case.ref} is not signed yet")
        standing, terms = file.standing, file.contract.terms
        promises = await dunning.promises_of(tx, case.tenant, case.ref, terms.price.currency)
        day, grace_days = local_date(review.at, case.zone), terms.grace_days
        facts = dunning_facts(
            standing, promises, day=day, grace_days=grace_days, terminated=file.known.state == TERMINATED
        )
        arrears = amount(facts.arrears)
        reminders = await dunning.firm_reminders_of(tx, case)

        def knowing(wanted: Sequence[Step]) -> dict[str, object]:
            """A firm reminder that goes out now counts from today: nobody looks again before that."""
            if facts.terminated or not facts.arrears.minor:
                return {"events": ()}
            now = [Reminder(step.key, day) for step in wanted if step.template == dunning.FIRM]
            sent = [*reminders, *now]
            return {"events": escalation_events(standing, promises, sent, day=day, grace_days=grace_days)}

        return Collected(
            asks=(Ask(ESCALATION, knowing=knowing), Ask(BOOK, facts.as_facts())),
            roles={"driver": (file.contract.driver_ref,)},
            data={
                "contract": case.ref, "arrears": facts.arrears, "days_late": facts.days_late,
                "oldest_due_on": facts.oldest_due_on, "remaining": standing.remaining,
                "paid_total": standing.allocated + standing.overpayment,
            },
            waiting_for=Bilingual(
                f"le paiement de {arrears.fr} (contrat {case.ref})",
                f"the payment of {arrears.en} (contract {case.ref})",
            ),
            due_on=facts.oldest_due_on,
        )  # fmt: skip
