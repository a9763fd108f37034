"""Write a list into a file: as long as it takes, anew if a worker is lost."""

from datetime import timedelta

from temporalio import workflow

from workflows.kit.job import Job

with workflow.unsafe.imports_passed_through():
    from activities.platform.export import Exports
    from domain.case import Case, Outcome


@workflow.defn(name="platform.export")
class Export(Job):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        return Outcome(await self.work(Exports.run, timedelta(hours=4)), 1)
