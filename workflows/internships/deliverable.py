"""Remind the student, and their tutor once it is late, until the deliverable is handed in."""

from temporalio import workflow

from workflows.kit.watch import Watch

with workflow.unsafe.imports_passed_through():
    from activities.internships.deliverable import DeliverableActivities
    from domain.case import Case, Outcome


@workflow.defn(name="internships.deliverable")
class Deliverable(Watch):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        while True:
            decision = await self.decide(DeliverableActivities.review)
            for step in decision.steps:
                await self.carry_out(step)
            if self.finished(decision):
                return self.outcome(decision)
            await self.rest(decision)
