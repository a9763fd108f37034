"""A recorded round fits the workflow of today."""

from tests.replay.recordings import replay
from workflows.maintenance.round import Round


async def test_the_recorded_history_replays() -> None:
    await replay("maintenance.round", Round)
