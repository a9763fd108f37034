"""Virtual time for foresight, tests and demonstrations, by the Temporal server's own time skipping.

A process begins at its fact's instant (a delayed start costs nothing), stands still, and is moved forward to
an instant; nothing in the processes knows of it. Works on a server started with time skipping allowed.
"""

import asyncio
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import (
    DeleteWorkflowExecutionRequest,
    TerminateWorkflowExecutionRequest,
)
from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowHandle,
)
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from adapters.temporal import TemporalDoorbell, identity
from domain.case import Case, Outcome

REVIEW_TAKES = timedelta(minutes=2)
"""Of virtual time, which passes at the pace of the wall while a process is busy."""

FIRST_REVIEW_TAKES = timedelta(seconds=20)
"""A delayed process begins some milliseconds after ``at``: a move that ends before would pass it over."""

LOOK_AGAIN, LONGEST_LOOK = 0.005, 0.05
SOONER = 0.95
"""Who rested at the first look is looked at sooner the next time."""
PATIENCE = 90.0
"""Seconds of the wall's time."""

NEXT_REVIEW = SearchAttributeKey.for_datetime("EcheanceNextReview")

PROBED = timedelta(seconds=30)
NOT_ALLOWED = (
    RPCStatusCode.INVALID_ARGUMENT, RPCStatusCode.UNIMPLEMENTED, RPCStatusCode.FAILED_PRECONDITION,
    RPCStatusCode.PERMISSION_DENIED,
)  # fmt: skip
"""What a server says that does not skip time."""

SKIPS = 5000
"""Waits that one move may skip; the server's default of 200 is too few for years of daily reviews."""


class StillBusy(Exception):
    """A process does not come to rest."""

    def __init__(self, workflow_id: str, seen: WorkflowExecutionDescription) -> None:
        what = [
            f"{one.activity_type.name}, attempt {one.attempt}: {one.last_failure.message}"
            for one in seen.raw_description.pending_activities
        ]
        super().__init__(f"{workflow_id} is busy with {'; '.join(what) or 'a workflow task'}")


class Simulation(TemporalDoorbell):
    """A doorbell whose processes live in virtual time."""

    def __init__(self, client: Client, queue: str = "") -> None:
        """``queue``: where the processes are worked on; left out, where they always are."""
        super().__init__(client)
        self.queue = queue
        self.skipper = TimeSkipper(
            client, config=TimeSkippingConfig(enabled=False, max_session_skip_count=SKIPS)
        )
        self.started: set[Case] = set()
        self._rung: set[str] = set()
        self._takes = LOOK_AGAIN
        """Seconds until a process that was rung rests again, by what was seen so far."""

    def queue_of(self, case: Case) -> str:
        return self.queue or super().queue_of(case)

    async def start(self, case: Case, fact: str, at: datetime) -> str:
        """Begin at the virtual instant ``at``; one in the past begins now."""
        delay = max(at - datetime.now(UTC), timedelta(0))
        try:
            handle = await self.skipper.client.start_workflow(
                case.process, case, id=case.workflow_id, task_queue=self.queue_of(case), result_type=Outcome,
                search_attributes=identity(case), static_summary=f"{case.process} · {case.ref}",
                start_delay=delay,
            )  # fmt: skip
        except WorkflowAlreadyStartedError:
            self.started.add(case)
            return await self.ring(case, fact, at)
        self.started.add(case)
        begins_at = (await handle.describe()).execution_time or at
        await self._move(handle.id, max(at, begins_at) + FIRST_REVIEW_TAKES)
        return "started"

    async def ring(self, case: Case, fact: str, at: datetime) -> str:
        """On a queue of its own nothing is open that was not started here: the server need not be asked."""
        if self.queue and case not in self.started:
            return "no open process"
        self._rung.add(case.workflow_id)
        return await super().ring(case, fact, at)

    async def forward(self, cases: Iterable[Case], to: datetime) -> None:
        """Move these processes to ``to``, all that they do on the way included. Closed ones stay."""
        await asyncio.gather(*(self._move(case.workflow_id, to) for case in cases))

    async def finish(self, case: Case) -> None:
        """Let a case live to its end without a stop."""
        handle = self.skipper.client.get_workflow_handle(case.workflow_id)
        await self._idle(handle)
        await self.skipper.fast_forward(handle)

    async def possible(self) -> bool:
        """Asked with a process that nobody works on; it is ended at once."""
        probe = f"platform.skipping-{uuid4().hex}"
        try:
            handle = await self.skipper.client.start_workflow(
                "platform.skipping", id=probe, task_queue=probe, execution_timeout=PROBED
            )
            await self.skipper.fast_forward(handle, timedelta(milliseconds=1))
        except RPCError as error:
            if error.status in NOT_ALLOWED:
                return False
            raise
        finally:
            await self._end(probe)
        return True

    async def forget(self, cases: Iterable[Case]) -> None:
        await asyncio.gather(*(self._end(case.workflow_id) for case in cases))

    async def _end(self, workflow_id: str) -> None:
        """What is not there is no error. Nothing is sealed for it: its keys may be gone."""
        service, namespace = self.client.workflow_service, self.client.namespace
        one = WorkflowExecution(workflow_id=workflow_id)
        ended = TerminateWorkflowExecutionRequest(namespace=namespace, workflow_execution=one)
        gone = DeleteWorkflowExecutionRequest(namespace=namespace, workflow_execution=one)
        for step in (
            service.terminate_workflow_execution(ended),
            service.delete_workflow_execution(gone),
        ):
            try:
                await step
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise

    async def _move(self, workflow_id: str, to: datetime) -> None:
        """Review by review. A move must not end while a review is under way: measured, the server then skips
        on to the next timer, and the one after that is passed over."""
        handle = self.skipper.client.get_workflow_handle(workflow_id)
        try:
            while seen := await self._idle(handle):
                now = virtual_now(seen)
                review = next_review_of(seen)
                stop = review + REVIEW_TAKES if review and review < to else to
                if stop <= now:
                    return
                await self.skipper.fast_forward(handle, stop - now)
                if review and review > to + REVIEW_TAKES:
                    return  # it slept all the way
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND and "already completed" not in str(error):
                raise

    async def _idle(self, handle: WorkflowHandle[Any, Any]) -> WorkflowExecutionDescription | None:
        """Wait until the workflow waits for nothing but time or a ring. None when it has ended.

        Raises StillBusy, which names what it waits for, after PATIENCE.
        """
        waited_from, pause = time.monotonic(), LOOK_AGAIN
        if rung := handle.id in self._rung:
            self._rung.discard(handle.id)
            await asyncio.sleep(self._takes)
        while True:
            seen = await handle.describe()
            waited = time.monotonic() - waited_from
            if waited > PATIENCE:
                raise StillBusy(handle.id, seen)
            raw = seen.raw_description
            running = seen.status is WorkflowExecutionStatus.RUNNING
            if not (running and (raw.pending_activities or raw.HasField("pending_workflow_task"))):
                if rung:
                    self._takes = min(waited, LONGEST_LOOK) if pause > LOOK_AGAIN else self._takes * SOONER
                return seen if running else None
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LONGEST_LOOK)


def virtual_now(seen: WorkflowExecutionDescription) -> datetime:
    """The process's own time; the wall's while it has never been moved."""
    extended = seen.raw_description.workflow_extended_info
    if not extended.HasField("time_skipping_info"):
        return datetime.now(UTC)
    return extended.time_skipping_info.current_time.ToDatetime().replace(tzinfo=UTC)


def next_review_of(seen: WorkflowExecutionDescription) -> datetime | None:
    return seen.typed_search_attributes.get(NEXT_REVIEW)
