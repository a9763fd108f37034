"""Every quarter of an hour: is the last good backup young enough, and what must no restore bring back?"""

from datetime import timedelta

from temporalio import workflow

from workflows.kit.options import PATIENT

with workflow.unsafe.imports_passed_through():
    from activities.platform.backup import BackupWatch


@workflow.defn(name="platform.backup")
class BackupAge:
    @workflow.run
    async def run(self) -> str:
        await workflow.execute_activity_method(
            BackupWatch.note_destroyed,
            start_to_close_timeout=timedelta(minutes=5),
            retry_policy=PATIENT,
        )
        return await workflow.execute_activity_method(
            BackupWatch.look,
            workflow.now(),
            start_to_close_timeout=timedelta(minutes=1),
            retry_policy=PATIENT,
        )
