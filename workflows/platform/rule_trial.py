"""A rule book tried on recorded facts: as long as it takes, and on from where a worker left it."""

from datetime import timedelta

from temporalio import workflow

from workflows.kit.job import Job

with workflow.unsafe.imports_passed_through():
    from activities.platform.rule_trial import RuleTrials
    from domain.case import Case, Outcome


@workflow.defn(name="platform.rule_trial")
class RuleTrial(Job):
    @workflow.init
    def __init__(self, case: Case) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: Case) -> Outcome:  # noqa: ARG002
        """One that is taken up again, perhaps before its stop was seen, is worked on again."""
        times = 0
        while True:
            seen = self.rings
            times += 1
            state = await self.work(RuleTrials.run, timedelta(hours=24), silence=timedelta(seconds=20))
            if seen == self.rings:
                return Outcome(state, times)
