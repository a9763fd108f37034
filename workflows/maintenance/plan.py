"""Search for rounds as long as was asked, and go on with the best so far if a worker is lost."""

from datetime import timedelta

from temporalio import workflow

from workflows.kit.job import Job

with workflow.unsafe.imports_passed_through():
    from activities.maintenance.plan import QUEUE, Plans
    from domain.case import Case, Outcome


@workflow.defn(name="maintenance.plan")
class Planning(Job):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        state = await self.work(Plans.run, timedelta(hours=4), timedelta(seconds=10), QUEUE)
        return Outcome(state, 1)
