"""Follow an agency month by month: judge what is over, say what stands out, sleep until the next."""

from temporalio import workflow

from workflows.kit.watch import Watch

with workflow.unsafe.imports_passed_through():
    from activities.fleet.agency import AgencyActivities
    from domain.case import Case, Outcome


@workflow.defn(name="fleet.agency")
class Agency(Watch):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        while True:
            decision = await self.decide(AgencyActivities.review)
            for step in decision.steps:
                await self.carry_out(step)
            if self.finished(decision):
                return self.outcome(decision)
            await self.rest(decision)
