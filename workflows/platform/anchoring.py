"""Every minute: the ends of the audit trails are read again and kept outside the database."""

from datetime import timedelta

from temporalio import workflow

from workflows.kit.options import PATIENT

with workflow.unsafe.imports_passed_through():
    from activities.platform.anchoring import Anchoring


@workflow.defn(name="platform.anchoring")
class Anchors:
    @workflow.run
    async def run(self) -> int:
        return await workflow.execute_activity_method(
            Anchoring.anchor,
            workflow.now(),
            start_to_close_timeout=timedelta(minutes=10),
            heartbeat_timeout=timedelta(minutes=1),
            retry_policy=PATIENT,
        )
