"""Every few minutes: ask the providers about messages whose reply was lost and that no case asks about."""

from datetime import timedelta

from temporalio import workflow

from workflows.kit.options import PATIENT

with workflow.unsafe.imports_passed_through():
    from activities.platform.reconciliation import Reconciliation


@workflow.defn(name="platform.reconciliation")
class LostMessages:
    @workflow.run
    async def run(self) -> int:
        return await workflow.execute_activity_method(
            Reconciliation.reconcile,
            workflow.now(),
            start_to_close_timeout=timedelta(minutes=10),
            heartbeat_timeout=timedelta(minutes=1),
            retry_policy=PATIENT,
        )
