"""Follow a driver whose class changed: alert, have a person look, until the driver is no longer at risk."""

from temporalio import workflow

from workflows.kit.options import EFFECT
from workflows.kit.watch import Watch

with workflow.unsafe.imports_passed_through():
    from activities.fleet.risk import RiskActivities
    from domain.case import Case, Outcome
    from domain.decision import Step


@workflow.defn(name="fleet.risk")
class Risk(Watch):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        while True:
            decision = await self.decide(RiskActivities.review)
            for step in decision.steps:
                await self.follow(step)
            if self.finished(decision):
                return self.outcome(decision)
            await self.rest(decision)

    async def follow(self, step: Step) -> None:
        order = self.order(step)
        match (step.kind, step.id):
            case ("act", "open_review"):
                if await workflow.execute_activity_method(RiskActivities.open_review, order, **EFFECT):
                    self.alarm.ring()  # the review that was opened is a new fact: look at it at once
            case ("act", "close_review"):
                await workflow.execute_activity_method(RiskActivities.close_review, order, **EFFECT)
            case _:
                await self.carry_out(step)
