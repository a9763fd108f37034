"""Bring one letter to a person who signs in: a link, an invitation, a change of their account."""

from temporalio import workflow

from workflows.kit.alarm import Alarm
from workflows.kit.options import EFFECT

with workflow.unsafe.imports_passed_through():
    from activities.platform.letter import Letters
    from domain.case import Case, Outcome, Ring
    from domain.platform.letter import Posting


@workflow.defn(name="platform.letter")
class Letter:
    @workflow.init
    def __init__(self, case: Case) -> None:  # noqa: ARG002
        self.alarm = Alarm()

    @workflow.run
    async def run(self, case: Case) -> Outcome:
        times = 0
        while True:
            self.alarm.silence()
            times += 1
            posting = Posting(case, workflow.now())
            done = await workflow.execute_activity_method(Letters.send, posting, **EFFECT)
            if done.retry_at is None:
                return Outcome(done.note, times)
            await self.alarm.wait_until(done.retry_at)

    @workflow.signal
    def rung(self, ring: Ring) -> None:  # noqa: ARG002
        """Look again; a letter that has gone out stays so."""
        self.alarm.ring()
