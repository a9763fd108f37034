"""A process that is one long piece of work; whoever asked for it follows it in its own row."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.workflow import ActivityCancellationType

from workflows.kit.options import PATIENT

with workflow.unsafe.imports_passed_through():
    from domain.case import Case, Ring


class Job:
    """Base of such processes. The work begins anew, or goes on, where a worker is lost."""

    @workflow.init
    def __init__(self, case: Case) -> None:
        self.case = case
        self.rings = 0

    @workflow.signal(name="rung")
    def on_ring(self, ring: Ring) -> None:  # noqa: ARG002
        """The work sees a stop by itself, at its next step."""
        self.rings += 1

    async def work(
        self, activity: Callable[[Any, Case], Awaitable[str]], within: timedelta,
        silence: timedelta = timedelta(seconds=60), task_queue: str | None = None,
    ) -> str:  # fmt: skip
        """The state in which it ends. A worker that is silent for longer than ``silence`` is given up."""
        return await workflow.execute_activity_method(
            activity,
            self.case,
            task_queue=task_queue,
            start_to_close_timeout=within,
            heartbeat_timeout=silence,
            retry_policy=PATIENT,
            cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
