"""Tell a person what was done in their contract, once: the process ends when it is sent."""

from temporalio import workflow

from workflows.kit.watch import Watch

with workflow.unsafe.imports_passed_through():
    from activities.fleet.notice import NoticeActivities
    from domain.case import Case, Outcome


@workflow.defn(name="fleet.notice")
class Notice(Watch):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        while True:
            decision = await self.decide(NoticeActivities.review)
            for step in decision.steps:
                await self.carry_out(step)
            if self.finished(decision):
                return self.outcome(decision)
            await self.rest(decision)
