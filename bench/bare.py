"""What a user would write without us: timers and activities that decide, keep and tell nothing."""

from datetime import timedelta

from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from domain.case import Case, Outcome

TIMEOUT = timedelta(seconds=30)


@activity.defn(name="bare.nothing")
async def nothing(case: Case) -> Outcome:
    return Outcome(case.ref, 0)


@workflow.defn(name="bare")
class Bare:
    @workflow.run
    async def run(self, case: Case) -> Outcome:
        for number in range(9):
            await workflow.execute_activity(nothing, case, start_to_close_timeout=TIMEOUT)
            if number % 2 == 0 and number < 8:
                await workflow.sleep(timedelta(days=20))
        return Outcome("done", 9)
