"""Take a file in, as long as it takes; from its last batch on if a worker is lost."""

from datetime import timedelta

from temporalio import workflow

from workflows.kit.job import Job

with workflow.unsafe.imports_passed_through():
    from activities.fleet.intake import Intakes
    from domain.case import Case, Outcome


@workflow.defn(name="fleet.intake")
class Intake(Job):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        return Outcome(await self.work(Intakes.run, timedelta(hours=4)), 1)
