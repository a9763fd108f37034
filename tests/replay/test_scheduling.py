"""A recorded visit that waited fits the workflow of today."""

from tests.replay.recordings import replay
from workflows.maintenance.scheduling import Scheduling


async def test_the_recorded_history_replays() -> None:
    await replay("maintenance.scheduling", Scheduling)
