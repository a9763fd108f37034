"""Follow an investor's contract: state each month on its day, send it, and see that it is paid out."""

from dataclasses import replace

from temporalio import workflow

from workflows.kit.options import EFFECT
from workflows.kit.watch import Watch

with workflow.unsafe.imports_passed_through():
    from activities.fleet.statement import StatementActivities
    from domain.case import Case, Outcome
    from domain.decision import Decision, Step

STATEMENT = "fleet/statement/statement"


@workflow.defn(name="fleet.statement")
class Statement(Watch):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        while True:
            decision = await self.decide(StatementActivities.review)
            for step in decision.steps:
                await self.follow(step)
            if self.finished(decision):
                await self.end(decision)
                return self.outcome(decision)
            await self.rest(decision)

    async def follow(self, step: Step) -> None:
        match (step.kind, step.id):
            case ("act", "close_statement"):
                order = self.order(step)
                await workflow.execute_activity_method(StatementActivities.close_month, order, **EFFECT)
                self.alarm.ring()  # what was stated is a new fact: look at it at once
            case ("act", "issue_statement"):
                await self.carry_out(statement_of_month(step))
            case _:
                await self.carry_out(step)

    async def end(self, decision: Decision) -> None:
        if decision.closes != "stopped":
            ending = self.ending(decision)
            await workflow.execute_activity_method(StatementActivities.end_contract, ending, **EFFECT)


def statement_of_month(step: Step) -> Step:
    """The message that follows attaches the document by this key."""
    key, investor = step.data["attach"][0], step.data["investor"]
    return replace(step, kind="document", key=key, template=STATEMENT, contacts=(investor,))
