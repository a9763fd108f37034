"""Every night: what has been kept as long as the retention book says is taken out."""

from datetime import timedelta

from temporalio import workflow

from workflows.kit.options import PATIENT

with workflow.unsafe.imports_passed_through():
    from activities.platform.retention import Retention


@workflow.defn(name="platform.retention")
class NightlyRetention:
    @workflow.run
    async def run(self) -> dict[str, dict[str, int]]:
        return await workflow.execute_activity_method(
            Retention.take_out,
            workflow.now(),
            start_to_close_timeout=timedelta(hours=2),
            heartbeat_timeout=timedelta(minutes=10),
            retry_policy=PATIENT,
        )
