"""Every quarter of an hour: files that wait for the virus scan are scanned, what is left over is deleted."""

from datetime import timedelta

from temporalio import workflow

from workflows.kit.options import PATIENT

with workflow.unsafe.imports_passed_through():
    from activities.platform.file_sweep import FileSweep


@workflow.defn(name="platform.file_sweep")
class FilesLeftOver:
    @workflow.run
    async def run(self) -> int:
        return await workflow.execute_activity_method(
            FileSweep.sweep,
            workflow.now(),
            start_to_close_timeout=timedelta(hours=2),
            heartbeat_timeout=timedelta(minutes=5),
            retry_policy=PATIENT,
        )
