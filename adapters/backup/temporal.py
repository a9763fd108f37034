"""Processes that a restored database has forgotten."""

from datetime import UTC, datetime

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode


async def end_forgotten(client: Client, since: datetime, until: datetime) -> list[str]:
    """End what began between the two moments and still runs; their workflow ids.

    Their histories are sealed under keys that are no more, so they can never go on, and a start would only
    ring them. What the database knows it owes a start; the rest begins when its fact is entered again.
    """
    within = f"StartTime >= '{_told(since)}' AND StartTime <= '{_told(until)}'"
    ended = []
    async for found in client.list_workflows(f"ExecutionStatus = 'Running' AND {within}"):
        handle = client.get_workflow_handle(found.id, run_id=found.run_id)
        try:
            await handle.terminate("The database was restored to a moment before it began.")
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:  # another worker was quicker
                raise
        ended.append(found.id)
    return ended


def _told(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
