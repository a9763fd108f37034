"""Every hour: the drivers of those for whom it is night, and who were not scored yet."""

from datetime import timedelta

from temporalio import workflow

from workflows.kit.options import PATIENT

with workflow.unsafe.imports_passed_through():
    from activities.fleet.score import DriverScores


@workflow.defn(name="fleet.score")
class NightlyScores:
    @workflow.run
    async def run(self) -> dict[str, int]:
        return await workflow.execute_activity_method(
            DriverScores.score_all,
            workflow.now(),
            start_to_close_timeout=timedelta(hours=2),
            heartbeat_timeout=timedelta(minutes=2),
            retry_policy=PATIENT,
        )
