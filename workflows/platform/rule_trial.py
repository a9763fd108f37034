"""A rule book tried on recorded facts: as long as it takes, and on from where a worker left it."""

from datetime import timedelta

from temporalio import workflow
from temporalio.workflow import ActivityCancellationType

from workflows.kit.options import PATIENT

with workflow.unsafe.imports_passed_through():
    from activities.platform.rule_trial import RuleTrials
    from domain.case import Case, Outcome, Ring


@workflow.defn(name="platform.rule_trial")
class RuleTrial:
    @workflow.init
    def __init__(self, case: Case) -> None:  # noqa: ARG002
        self.rung = False

    @workflow.run
    async def run(self, case: Case) -> Outcome:
        times = 0
        while True:
            self.rung = False
            times += 1
            state = await workflow.execute_activity_method(
                RuleTrials.run,
                case,
                start_to_close_timeout=timedelta(hours=24),
                heartbeat_timeout=timedelta(seconds=20),
                retry_policy=PATIENT,
                cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            )
            if not self.rung:
                return Outcome(state, times)

    @workflow.signal(name="rung")
    def on_ring(self, ring: Ring) -> None:  # noqa: ARG002
        """It was stopped and is taken up again, perhaps before the stop was seen."""
        self.rung = True
