"""What every process shares: its bell, its shared effects, and what operations see of it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, time
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

from workflows.kit.alarm import Alarm
from workflows.kit.options import EFFECT, REVIEW

with workflow.unsafe.imports_passed_through():
    from activities.alerts import Alerts
    from activities.documents import Documents
    from activities.messages import Messages
    from domain.calendar import at_local, local_date
    from domain.case import Case, Outcome, Review, Ring
    from domain.decision import Decision, Step
    from domain.effects import Done, Ending, Order

STAGE = SearchAttributeKey.for_keyword("EcheanceStage")
NEXT_REVIEW = SearchAttributeKey.for_datetime("EcheanceNextReview")
DUE_DATE = SearchAttributeKey.for_datetime("EcheanceDueDate")


class Watch:
    """Base of the processes. A subclass has ``run`` and nothing that waits elsewhere."""

    @workflow.init
    def __init__(self, case: Case) -> None:
        self.case = case
        self.alarm = Alarm()
        self._reviews = 0
        self._retry_at: datetime | None = None
        self._shown: tuple[object, ...] = ()

    @workflow.signal
    def rung(self, ring: Ring) -> None:  # noqa: ARG002
        """A fact changed: look again. It carries no decision; lost, doubled or late it does no harm."""
        self.alarm.ring()

    async def decide(self, review: Callable[[Any, Review], Awaitable[Decision]]) -> Decision:
        """What the process's own review activity makes of the facts of now; operations see it at once."""
        look = self.look()
        if self.case.is_shadow:  # hundreds in a row: one that is local costs the server half
            decision = await workflow.execute_local_activity_method(review, look, **REVIEW)
        else:
            decision = await workflow.execute_activity_method(review, look, **REVIEW)
        self.show(decision)
        return decision

    def look(self) -> Review:
        """Begin a review: facts written from now on ring for the next one."""
        self.alarm.silence()
        self._reviews += 1
        self._retry_at = None
        return Review(self.case, workflow.now(), workflow.info().run_id, self._reviews)

    async def carry_out(self, step: Step) -> None:
        """A step that any process may have. Acts are the process's own."""
        order = self.order(step)
        match step.kind:
            case "message":
                self._await(await workflow.execute_activity_method(Messages.send, order, **EFFECT))
            case "alert":
                await workflow.execute_activity_method(Alerts.raise_alert, order, **EFFECT)
            case "document":
                await workflow.execute_activity_method(Documents.issue, order, **EFFECT)
            case _:
                raise ValueError(f"{step.kind} {step.id} is not a shared step")

    def order(self, step: Step) -> Order:
        return Order(self.case, step, workflow.now())

    def ending(self, decision: Decision) -> Ending:
        return Ending(self.case, decision.closes, workflow.now())

    def _await(self, done: Done) -> None:
        if done.retry_at and (self._retry_at is None or done.retry_at < self._retry_at):
            self._retry_at = done.retry_at

    def finished(self, decision: Decision) -> bool:
        """Closed, with nothing left to send, and nobody rang meanwhile (to open the case again, say)."""
        return bool(decision.closes) and self._retry_at is None and not self.alarm.rung

    async def rest(self, decision: Decision) -> None:
        """Sleep until the next review or ring; continue as new when the history has grown long."""
        if workflow.info().is_continue_as_new_suggested():
            await workflow.wait_condition(workflow.all_handlers_finished)
            workflow.continue_as_new(self.case)
        moments = [at for at in (decision.review_at, self._retry_at) if at]
        wake_at = min(moments, default=None)
        if wake_at != decision.review_at:
            workflow.upsert_search_attributes([next_review(wake_at)])
            self._shown = ()
        await self.alarm.wait_until(wake_at)

    def outcome(self, decision: Decision) -> Outcome:
        return Outcome(decision.closes, self._reviews)

    def show(self, decision: Decision) -> None:
        """Tell operations: search attributes when they change, and *waiting for X until Y because Z*."""
        workflow.set_current_details(waiting_sentence(decision, self.case))
        seen = (decision.stage, decision.review_at, decision.due_on)
        if seen == self._shown:
            return
        self._shown = seen
        due = at_local(decision.due_on, time(), self.case.zone) if decision.due_on else None
        updates: list[SearchAttributeUpdate[Any]] = [
            STAGE.value_set(decision.stage),
            next_review(decision.review_at),
            DUE_DATE.value_set(due) if due else DUE_DATE.value_unset(),
        ]
        workflow.upsert_search_attributes(updates)


def next_review(at: datetime | None) -> SearchAttributeUpdate[Any]:
    return NEXT_REVIEW.value_set(at) if at else NEXT_REVIEW.value_unset()


def waiting_sentence(decision: Decision, case: Case) -> str:
    """Markdown for Temporal's UI."""
    waiting = decision.waiting
    until = (
        f"**until {local_date(decision.review_at, case.zone)}**" if decision.review_at else "**until rung**"
    )
    return f"Waiting for **{waiting.what.en}** {until} because {waiting.because.en}\n\n" + "\n".join(
        f"- `{reason.rule}` (line {reason.line}): {reason.why.en}" for reason in decision.reasons
    )
