"""Until a visit that is due is done, say in time that it has no place in a round."""

from temporalio import workflow

from workflows.kit.watch import Watch

with workflow.unsafe.imports_passed_through():
    from activities.maintenance.scheduling import SchedulingActivities
    from domain.case import Case, Outcome


@workflow.defn(name="maintenance.scheduling")
class Scheduling(Watch):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        while True:
            decision = await self.decide(SchedulingActivities.review)
            for step in decision.steps:
                await self.carry_out(step)
            if self.finished(decision):
                return self.outcome(decision)
            await self.rest(decision)
