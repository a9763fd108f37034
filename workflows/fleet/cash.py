"""While an agent holds cash: remind them of the bank, alert when they do not go, end when they went."""

from temporalio import workflow

from workflows.kit.options import REVIEW
from workflows.kit.watch import Watch

with workflow.unsafe.imports_passed_through():
    from activities.fleet.cash import CashActivities
    from domain.case import Case, Outcome
    from domain.decision import Decision


@workflow.defn(name="fleet.cash")
class Cash(Watch):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        while True:
            decision = await self.decide()
            for step in decision.steps:
                await self.carry_out(step)
            if self.finished(decision):
                return self.outcome(decision)
            await self.rest(decision)

    async def decide(self) -> Decision:
        decision = await workflow.execute_activity_method(CashActivities.review, self.look(), **REVIEW)
        self.show(decision)
        return decision
