"""Tell one external tool what happened: send what is due, then wait for the next try, or the next event."""

from datetime import datetime

from temporalio import workflow

from workflows.kit.alarm import Alarm
from workflows.kit.options import EFFECT
from workflows.kit.watch import next_review

with workflow.unsafe.imports_passed_through():
    from activities.platform.webhook import Webhooks
    from domain.case import Case, Outcome, Ring
    from domain.platform.webhook import Round


@workflow.defn(name="platform.webhook")
class Webhook:
    @workflow.init
    def __init__(self, case: Case) -> None:  # noqa: ARG002
        self.alarm = Alarm()

    @workflow.run
    async def run(self, case: Case) -> Outcome:
        rounds = 0
        while True:
            self.alarm.silence()
            rounds += 1
            done = await workflow.execute_activity_method(
                Webhooks.deliver, Round(case, workflow.now()), **EFFECT
            )
            if done.note and not self.alarm.rung:
                return Outcome(done.note, rounds)
            if workflow.info().is_continue_as_new_suggested():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(case)
            workflow.set_current_details(waiting(done.retry_at))
            workflow.upsert_search_attributes([next_review(done.retry_at)])
            if not done.note:
                await self.alarm.wait_until(done.retry_at)

    @workflow.signal
    def rung(self, ring: Ring) -> None:  # noqa: ARG002
        """Something happened that the tool wants to hear of, or somebody changed the endpoint."""
        self.alarm.ring()


def waiting(until: datetime | None) -> str:
    """Markdown for Temporal's UI."""
    if until is None:
        return "Waiting for **the next event**: everything is delivered"
    return f"Waiting **until {until:%Y-%m-%d %H:%M:%S} UTC** to try what was not accepted again"
