"""Foresee a contract's life, or a portfolio's: as long as it takes, and on from where a worker left it."""

from datetime import timedelta

from temporalio import workflow

from workflows.kit.job import Job

with workflow.unsafe.imports_passed_through():
    from activities.platform.foresight import Foresights
    from domain.case import Case, Outcome


@workflow.defn(name="platform.foresight")
class Foresight(Job):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        return Outcome(await self.work(Foresights.run, timedelta(hours=24)), 1)
