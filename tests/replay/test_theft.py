"""A stolen bike's recorded watch fits the workflow of today."""

from tests.replay.recordings import replay
from workflows.fleet.theft import Theft


async def test_the_recorded_history_replays() -> None:
    await replay("fleet.theft", Theft)
