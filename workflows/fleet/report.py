"""Wait until a report falls due, make it, send it to whoever should have it."""

from datetime import timedelta

from temporalio import workflow

from workflows.kit.options import EFFECT, PATIENT
from workflows.kit.watch import Watch

with workflow.unsafe.imports_passed_through():
    from activities.fleet.report import ReportActivities
    from domain.case import Case, Outcome
    from domain.decision import Step

NOT_MADE = "not_made"
LONG = timedelta(minutes=15)


@workflow.defn(name="fleet.report")
class Report(Watch):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        while True:
            decision = await self.decide(ReportActivities.review)
            for step in decision.steps:
                if not await self.follow(step):
                    return Outcome(NOT_MADE, self._reviews)
            if self.finished(decision):
                return self.outcome(decision)
            await self.rest(decision)

    async def follow(self, step: Step) -> bool:
        """False when there is no report to be sent."""
        order = self.order(step)
        match (step.kind, step.id):
            case ("act", "make_report"):
                return await workflow.execute_activity_method(
                    ReportActivities.make, order, start_to_close_timeout=LONG, retry_policy=PATIENT
                )
            case ("act", "drop_report"):
                await workflow.execute_activity_method(ReportActivities.drop, order, **EFFECT)
            case _:
                await self.carry_out(step)
        return True
