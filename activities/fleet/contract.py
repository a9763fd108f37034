"""A driver's contract: what is known of it, and the states it goes through."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.decisions import Ask, Collected, Decisions
from database.fleet import charges, contract, dunning, queries
from database.fleet.changes import changes_of, schedule_after
from database.fleet.queries import ContractFile
from database.session import Database
from domain.calendar import local_date
from domain.case import Case, Review
from domain.decision import Bilingual, Decision, Step
from domain.effects import Order
from domain.errors import Conflict
from domain.fleet.contract import COMPLETED, ContractFacts, contract_facts
from domain.fleet.earning import next_earning_on
from domain.fleet.misses import missed_events
from domain.fleet.paper import AMENDMENT, SIGNED, amendment
from domain.fleet.payments import Standing

BOOK = "fleet/contract"
MISSES = "fleet/misses"


@dataclass(frozen=True)
class ContractActivities:
    database: Database
    decisions: Decisions

    @activity.defn(name="fleet.contract.review")
    async def review(self, review: Review) -> Decision:
        async with self.database.tenant(review.case.tenant) as tx:
            # What fell due in the months that are over: bookkeeping, which no rule decides.
            await charges.earn_case(tx, review.case, local_date(review.at, review.case.zone))
            return await self.decisions.conclude(tx, review, self.collect_facts)

    async def collect_facts(self, tx: AsyncConnection, review: Review) -> Collected:
        case = review.case
        file = await queries.file_of(tx, case.tenant, case.ref)
        if file.standing is None:
            raise Conflict(f"the contract {case.ref} is not signed yet")
        day, grace_days = local_date(review.at, case.zone), file.contract.terms.grace_days
        facts = contract_facts(
            file.standing, state=file.known.state, day=day, grace_days=grace_days,
            dunning_open=await dunning.is_followed(tx, case),
        )  # fmt: skip
        ended = facts.terminated or not facts.remaining.minor
        misses = () if ended else missed_events(file.standing, day=day, grace_days=grace_days)
        return Collected(
            asks=(Ask(MISSES, {"events": misses}), Ask(BOOK, facts.as_facts())),
            roles={"driver": (file.contract.driver_ref,)},
            data=words(file, file.standing, facts),
            waiting_for=waiting_for(case.ref, next_due_on(file.standing)),
            due_on=next_due_on(file.standing),
            review_on=facts.next_review_on if ended else sooner(facts, next_earning_on(file.dues, day)),
            extra=(*reopening(review, file, facts), *await amendments(tx, case, file)),
        )

    @activity.defn(name="fleet.contract.complete")
    async def complete(self, order: Order) -> None:
        async with self.database.tenant(order.case.tenant) as tx:
            await contract.complete(tx, order.case, order.at)

    @activity.defn(name="fleet.contract.reopen")
    async def reopen(self, order: Order) -> None:
        async with self.database.tenant(order.case.tenant) as tx:
            await contract.reopen(tx, order.case)

    @activity.defn(name="fleet.contract.open_dunning")
    async def open_dunning(self, order: Order) -> None:
        async with self.database.tenant(order.case.tenant) as tx:
            await dunning.owe_start(tx, order.case, order.at)


def words(file: ContractFile, standing: Standing, facts: ContractFacts) -> dict[str, object]:
    """``attach`` is the key under which the deed of transfer is issued."""
    agreed = file.contract
    return {
        "contract": agreed.ref, "bike": agreed.bike_ref, "driver": agreed.driver_ref,
        "price": agreed.terms.price, "remaining": standing.remaining,
        "paid_total": standing.allocated + standing.overpayment, "signed_on": agreed.terms.signed_on,
        "completed_on": facts.settled_on,
        "attach": [f"{queries.CONTRACT}:{agreed.ref}:transfer:{facts.settled_on}"],
    }  # fmt: skip


async def amendments(tx: AsyncConnection, case: Case, file: ContractFile) -> tuple[Step, ...]:
    """A document for each change that is signed, kept with the case."""
    agreed, steps = file.contract, []
    for one in await changes_of(tx, case.tenant, case.ref):
        if one.kind in SIGNED:
            plan = await schedule_after(tx, case.tenant, case.ref, one.number)
            key = f"{case.process}:{case.ref}:amendment:{one.number}"
            steps.append(
                Step(
                    "issue_amendment", "act", key, one.changed_on, template=AMENDMENT,
                    contacts=(agreed.driver_ref,), data=amendment(agreed, one, plan),
                )
            )  # fmt: skip
    return tuple(steps)


def sooner(facts: ContractFacts, day: date | None) -> date | None:
    return min(filter(None, (facts.next_review_on, day)), default=None)


def next_due_on(standing: Standing) -> date | None:
    """The oldest due that is not paid in full, late or not."""
    return next((one.due.due_on for one in standing.settlements if one.unpaid.minor), None)


def waiting_for(ref: str, due_on: date | None) -> Bilingual:
    if due_on is None:
        return Bilingual(f"la clôture du contrat {ref}", f"the closing of the contract {ref}")
    return Bilingual(
        f"le paiement de l’échéance du {due_on:%d/%m/%Y} (contrat {ref})",
        f"the payment of the instalment due on {due_on} (contract {ref})",
    )


def reopening(review: Review, file: ContractFile, facts: ContractFacts) -> tuple[Step, ...]:
    """A completed contract of which a payment was taken back is active again."""
    if file.known.state != COMPLETED or not facts.remaining.minor:
        return ()
    case, day = review.case, local_date(review.at, review.case.zone)
    return (Step("reopen", "act", f"{case.process}:{case.ref}:reopen:{day}", day),)
