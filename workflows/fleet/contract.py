"""Follow a contract's payments: open dunning when it is in arrears, hand over the bike when it is paid."""

from dataclasses import replace

from temporalio import workflow

from workflows.kit.options import EFFECT
from workflows.kit.watch import Watch

with workflow.unsafe.imports_passed_through():
    from activities.fleet.contract import ContractActivities
    from domain.case import Case, Outcome
    from domain.decision import Step

TRANSFER = "fleet/contract/transfer"


@workflow.defn(name="fleet.contract")
class Contract(Watch):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        while True:
            decision = await self.decide(ContractActivities.review)
            for step in decision.steps:
                await self.follow(step)
            if self.finished(decision):
                return self.outcome(decision)
            await self.rest(decision)

    async def follow(self, step: Step) -> None:
        order = self.order(step)
        match (step.kind, step.id):
            case ("act", "complete"):
                await workflow.execute_activity_method(ContractActivities.complete, order, **EFFECT)
            case ("act", "reopen"):
                await workflow.execute_activity_method(ContractActivities.reopen, order, **EFFECT)
            case ("act", "open_dunning"):
                await workflow.execute_activity_method(ContractActivities.open_dunning, order, **EFFECT)
            case ("act", "issue_transfer"):
                await self.carry_out(deed_of_transfer(step))
            case ("act", "issue_amendment"):
                await self.carry_out(replace(step, kind="document"))
            case _:
                await self.carry_out(step)


def deed_of_transfer(step: Step) -> Step:
    """The message that follows attaches the document by this key."""
    key, driver = step.data["attach"][0], step.data["driver"]
    return replace(step, kind="document", key=key, template=TRANSFER, contacts=(driver,))
