"""A recorded search fits the workflow of today."""

from tests.replay.recordings import replay
from workflows.maintenance.plan import Planning


async def test_the_recorded_history_replays() -> None:
    await replay("maintenance.plan", Planning)
