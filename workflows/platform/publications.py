"""Every few minutes: what comes into force on a tenant's new day rings the cases that use it."""

from datetime import timedelta

from temporalio import workflow

from workflows.kit.options import PATIENT

with workflow.unsafe.imports_passed_through():
    from activities.platform.publications import Publications


@workflow.defn(name="platform.publications")
class ComingPublications:
    @workflow.run
    async def run(self) -> int:
        return await workflow.execute_activity_method(
            Publications.bring_in_force,
            workflow.now(),
            start_to_close_timeout=timedelta(minutes=10),
            heartbeat_timeout=timedelta(minutes=1),
            retry_policy=PATIENT,
        )
