"""Follow a contract's arrears by days late, until they are paid."""

from temporalio import workflow

from workflows.kit.watch import Watch

with workflow.unsafe.imports_passed_through():
    from activities.fleet.dunning import DunningActivities
    from domain.case import Case, Outcome


@workflow.defn(name="fleet.dunning")
class Dunning(Watch):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        while True:
            decision = await self.decide(DunningActivities.review)
            for step in decision.steps:
                await self.carry_out(step)
            if self.finished(decision):
                return self.outcome(decision)
            await self.rest(decision)
