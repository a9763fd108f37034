"""Watch a project's budget until the project is closed; ask the client for funds when the book says so."""

from temporalio import workflow

from workflows.kit.options import EFFECT
from workflows.kit.watch import Watch

with workflow.unsafe.imports_passed_through():
    from activities.training.fund_call import FundCallActivities
    from domain.case import Case, Outcome
    from domain.decision import Decision, Step


@workflow.defn(name="training.fund_call")
class FundCall(Watch):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        while True:
            decision = await self.decide(FundCallActivities.review)
            for step in decision.steps:
                await self.do(step, decision)
            if self.finished(decision):
                return self.outcome(decision)
            await self.rest(decision)

    async def do(self, step: Step, decision: Decision) -> None:
        match step.kind, step.id:
            case "act", "open_call" | "open_requested":
                await workflow.execute_activity_method(
                    FundCallActivities.open_call, self.order(step), **EFFECT
                )
            case "act", "expire" | "close_call":
                await workflow.execute_activity_method(
                    FundCallActivities.close_call, self.order(step), **EFFECT
                )
            case _:
                await self.carry_out(step)
                return
        if not decision.closes:
            self.alarm.ring()  # what the process wrote is a fact too: look at it at once
