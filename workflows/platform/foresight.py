"""Foresee a contract's life, or a portfolio's: as long as it takes, and on from where a worker left it."""

from datetime import timedelta

from temporalio import workflow
from temporalio.workflow import ActivityCancellationType

from workflows.kit.options import PATIENT

with workflow.unsafe.imports_passed_through():
    from activities.platform.foresight import Foresights
    from domain.case import Case, Outcome, Ring


@workflow.defn(name="platform.foresight")
class Foresight:
    @workflow.init
    def __init__(self, case: Case) -> None:  # noqa: ARG002
        self.rings = 0

    @workflow.run
    async def run(self, case: Case) -> Outcome:
        state = await workflow.execute_activity_method(
            Foresights.run,
            case,
            start_to_close_timeout=timedelta(hours=24),
            heartbeat_timeout=timedelta(seconds=60),
            retry_policy=PATIENT,
            cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
        return Outcome(state, 1)

    @workflow.signal(name="rung")
    def on_ring(self, ring: Ring) -> None:  # noqa: ARG002
        """It runs by itself; a stop is seen at the next step."""
        self.rings += 1
