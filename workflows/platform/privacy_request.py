"""Until a person's request about their data is answered, remind whoever has to."""

from temporalio import workflow

from workflows.kit.options import REVIEW
from workflows.kit.watch import Watch

with workflow.unsafe.imports_passed_through():
    from activities.platform.privacy_request import PrivacyRequests
    from domain.case import Case, Outcome


@workflow.defn(name="platform.privacy_request")
class PrivacyRequest(Watch):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        while True:
            decision = await workflow.execute_activity_method(PrivacyRequests.review, self.look(), **REVIEW)
            self.show(decision)
            for step in decision.steps:
                await self.carry_out(step)
            if self.finished(decision):
                return self.outcome(decision)
            await self.rest(decision)
