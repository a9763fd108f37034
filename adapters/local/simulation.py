"""Virtual time for tests, demonstrations and rehearsals, by the Temporal server's own time skipping.

A process begins at its fact's instant (a delayed start costs nothing), stands still, and is moved forward to
an instant; nothing in the processes knows of it. Works on a server started with time skipping allowed.
"""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from adapters.temporal import TemporalDoorbell, identity
from domain.case import Case, Outcome

SKIPS = 5000
"""Waits that one move may skip; the server's default of 200 is too few for years of daily reviews."""


class Simulation(TemporalDoorbell):
    """A doorbell whose processes live in virtual time."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.skipper = TimeSkipper(
            client, config=TimeSkippingConfig(enabled=False, max_session_skip_count=SKIPS)
        )
        self.started: set[Case] = set()

    async def start(self, case: Case, fact: str, at: datetime) -> str:
        """Begin at the virtual instant ``at``; one in the past begins now."""
        delay = max(at - datetime.now(UTC), timedelta(0))
        try:
            handle = await self.skipper.client.start_workflow(
                case.process, case, id=case.workflow_id, task_queue=case.domain, result_type=Outcome,
                search_attributes=identity(case), static_summary=f"{case.process} · {case.ref}",
                start_delay=delay,
            )  # fmt: skip
        except WorkflowAlreadyStartedError:
            return await self.ring(case, fact, at)
        self.started.add(case)
        await self._move(handle.id, at)
        return "started"

    async def forward(self, cases: Iterable[Case], to: datetime) -> None:
        """Move these processes to ``to``, all that they do on the way included. Closed ones stay."""
        await asyncio.gather(*(self._move(case.workflow_id, to) for case in cases))

    async def _move(self, workflow_id: str, to: datetime) -> None:
        handle = self.skipper.client.get_workflow_handle(workflow_id)
        try:
            if (await handle.describe()).status is not WorkflowExecutionStatus.RUNNING:
                return
            left = to - await self.skipper.get_current_time(handle)
            # A move of no length would not wait for what is under way.
            await self.skipper.fast_forward(handle, max(left, timedelta(milliseconds=1)))
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND and "already completed" not in str(error):
                raise
