"""Until the last day on which the customer may refuse, tell them; then write how the term ended."""

from temporalio import workflow

from workflows.kit.options import EFFECT
from workflows.kit.watch import Watch

with workflow.unsafe.imports_passed_through():
    from activities.maintenance.renewal import RenewalActivities
    from domain.case import Case, Outcome
    from domain.decision import Decision


@workflow.defn(name="maintenance.renewal")
class Renewal(Watch):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        while True:
            decision = await self.decide(RenewalActivities.review)
            for step in decision.steps:
                await self.carry_out(step)
            if self.finished(decision):
                await self.end(decision)
                return self.outcome(decision)
            await self.rest(decision)

    async def end(self, decision: Decision) -> None:
        """Renewed, refused or lapsed is the contract's new state; stopped leaves it as it is."""
        if decision.closes != "stopped":
            await workflow.execute_activity_method(
                RenewalActivities.end_term, self.ending(decision), **EFFECT
            )
