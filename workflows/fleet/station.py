"""Follow a swap station month by month: judge what is over, say what stands out, sleep until the next."""

from temporalio import workflow

from workflows.kit.watch import Watch

with workflow.unsafe.imports_passed_through():
    from activities.fleet.station import StationActivities
    from domain.case import Case, Outcome


@workflow.defn(name="fleet.station")
class Station(Watch):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        while True:
            decision = await self.decide(StationActivities.review)
            for step in decision.steps:
                await self.carry_out(step)
            if self.finished(decision):
                return self.outcome(decision)
            await self.rest(decision)
