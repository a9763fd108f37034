"""A recorded agency fits the workflow of today."""

from tests.replay.recordings import replay
from workflows.fleet.agency import Agency


async def test_the_recorded_history_replays() -> None:
    await replay("fleet.agency", Agency)
