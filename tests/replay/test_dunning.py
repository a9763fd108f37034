"""A driver's recorded arrears fit the workflow of today."""

from tests.replay.recordings import replay
from workflows.fleet.dunning import Dunning


async def test_the_recorded_history_replays() -> None:
    await replay("fleet.dunning", Dunning)
