"""What nobody should do to a workflow with open cases: one more timer before its first review."""

from datetime import timedelta

from temporalio import workflow

from workflows.internships.deliverable import Deliverable

with workflow.unsafe.imports_passed_through():
    from domain.case import Case, Outcome


@workflow.defn(name="internships.deliverable")
class Hesitant(Deliverable):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:
        await workflow.sleep(timedelta(minutes=1))
        return await super().run(case)
